use super::super::text::reword;

/// Writes the prose in small letters; code keeps its own.
pub(in super::super) fn lower_case(text: &str) -> String {
    reword(text, |word| Some(word.to_lowercase()))
}

/// Writes the prose in capital letters; code keeps its own.
pub(in super::super) fn upper_case(text: &str) -> String {
    reword(text, |word| Some(word.to_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_changes_its_case_and_code_does_not() {
        let text = "Call QuerySet.first() in Über `X y`.";
        assert_eq!(lower_case(text), "call QuerySet.first() in über `X y`.");
        assert_eq!(upper_case(text), "CALL QuerySet.first() IN ÜBER `X y`.");
    }
}
