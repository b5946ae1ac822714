use unicode_segmentation::UnicodeSegmentation as _;

use super::{TokenKind, tokens};

/// Splits a text into sentences (UAX #29), white space behind them included; together they are the
/// text. A piece of code is never cut.
pub(in super::super) fn sentences(text: &str) -> Vec<&str> {
    let mut code = Vec::new();
    let mut at = 0;
    for token in tokens(text) {
        let end = at + token.text.len();
        if token.kind == TokenKind::Code {
            code.push(at..end);
        }
        at = end;
    }
    let mut found = Vec::new();
    let mut start = 0;
    for (bound, _) in text.split_sentence_bound_indices().skip(1) {
        if code
            .iter()
            .any(|code| code.start < bound && bound < code.end)
        {
            continue;
        }
        found.push(&text[start..bound]);
        start = bound;
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("One. Two! Three", &["One. ", "Two! ", "Three"])]
    #[case("Call `a. B` now. Then", &["Call `a. B` now. ", "Then"])]
    #[case("```\na\nb\n``` end", &["```\na\nb\n``` end"])]
    #[case("", &[])]
    fn sentences_end_where_people_end_them(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(sentences(text), expected);
    }

    proptest! {
        #[test]
        fn the_sentences_of_a_text_are_the_text(text in "\\PC*|[`a-cA. \n]*") {
            prop_assert_eq!(sentences(&text).concat(), text);
        }
    }
}
