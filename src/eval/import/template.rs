/// What stands between the double braces of a text, in order; an open pair without an end is text.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest
        .split_once("{{")
        .and_then(|(_, rest)| rest.split_once("}}"))
    {
        names.push(name.trim());
        rest = after;
    }
    names
}

/// Says why a template cannot be filled.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// It asks for more than a name: a filter, an expression, a block.
    NotPlain,
    /// Nothing has this name.
    Unknown(String),
}

/// Puts the value of each name between double braces in its place. What was put in is text: braces
/// in it stay as they are.
pub(super) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, Unfilled> {
    let is_block = |text: &str| text.contains("{%") || text.contains("{#");
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            break;
        };
        let name = name.trim();
        if !is_plain(name) || is_block(before) {
            return Err(Unfilled::NotPlain);
        }
        filled.push_str(before);
        filled.push_str(&value(name).ok_or_else(|| Unfilled::Unknown(name.to_owned()))?);
        rest = after;
    }
    if is_block(rest) {
        return Err(Unfilled::NotPlain);
    }
    filled.push_str(rest);
    Ok(filled)
}

fn is_plain(name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && name.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn filled(text: &str) -> Result<String, Unfilled> {
        fill(text, |name| match name {
            "a" => Some("one".to_owned()),
            "b" => Some("{{a}}".to_owned()),
            _ => None,
        })
    }

    #[rstest]
    #[case("x {{a}} y {{ a }}", "x one y one")]
    #[case("{{b}}", "{{a}}")]
    #[case("{{ open", "{{ open")]
    #[case("{} }}", "{} }}")]
    fn names_are_filled_once(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(filled(text).as_deref(), Ok(expected));
    }

    #[rstest]
    #[case("{{ a | upper }}", Unfilled::NotPlain)]
    #[case("{{ }}", Unfilled::NotPlain)]
    #[case("{% if a %}x{% endif %}", Unfilled::NotPlain)]
    #[case("{{ none }}", Unfilled::Unknown("none".to_owned()))]
    fn more_than_a_known_name_is_refused(#[case] text: &str, #[case] expected: Unfilled) {
        assert_eq!(filled(text), Err(expected));
    }

    #[test]
    fn names_are_listed_in_order() {
        assert_eq!(names("{{ a }} {{item.b}} {{"), ["a", "item.b"]);
    }
}
