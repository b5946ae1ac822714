use super::{Token, TokenKind, tokens};

/// Replaces phrases of a table, lower-case words with single spaces, by others; earlier entries go
/// first, and `wanted` is asked before each replacement. None where nothing was replaced.
///
/// Capitals follow the replaced phrase; code is left alone.
pub(in super::super) fn replace_phrases(
    text: &str,
    table: &[(&str, &str)],
    mut wanted: impl FnMut() -> bool,
) -> Option<String> {
    let tokens = tokens(text);
    let mut replaced = String::with_capacity(text.len());
    let mut count = 0;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let entry = table.iter().find_map(|(phrase, other)| {
            length_at(&tokens[at..], phrase).map(|length| (length, other))
        });
        match entry {
            Some((length, other)) if wanted() => {
                replaced.push_str(&in_case_of(token.text, other));
                count += 1;
                at += length;
            }
            _ => {
                replaced.push_str(token.text);
                at += 1;
            }
        }
    }
    (count > 0).then_some(replaced)
}

/// Writes `word` with the capitals of `model`: the first letter, or all where `model` has several
/// letters and no small one.
pub(in super::super) fn in_case_of(model: &str, word: &str) -> String {
    let capital = model.chars().next().is_some_and(char::is_uppercase);
    let small = model.chars().any(char::is_lowercase);
    if !capital {
        return word.to_owned();
    }
    if !small && model.chars().nth(1).is_some() {
        return word.to_uppercase();
    }
    let mut chars = word.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// How many tokens the phrase takes where it begins here.
fn length_at(tokens: &[Token<'_>], phrase: &str) -> Option<usize> {
    let mut at = 0;
    for (position, word) in phrase.split(' ').enumerate() {
        if position > 0 {
            let gap = tokens.get(at)?;
            (gap.kind == TokenKind::Gap && gap.text.trim().is_empty()).then_some(())?;
            at += 1;
        }
        let token = tokens.get(at)?;
        (token.kind == TokenKind::Word && same(token.text, word)).then_some(())?;
        at += 1;
    }
    Some(at)
}

/// Compares without regard to case and to the kind of apostrophe.
fn same(text: &str, word: &str) -> bool {
    let plain = text
        .chars()
        .map(|c| if c == '’' { '\'' } else { c })
        .flat_map(char::to_lowercase);
    plain.eq(word.chars())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TABLE: [(&str, &str); 3] = [("do not", "don't"), ("before", "after"), ("i", "we")];

    #[rstest]
    #[case("Do not run it before.", Some("Don't run it after."))]
    #[case("BEFORE before_save", Some("AFTER before_save"))]
    #[case("I do, not", Some("We do, not"))]
    #[case("nothing here", None)]
    fn phrases_take_each_others_place(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(replace_phrases(text, &TABLE, || true).as_deref(), expected);
    }

    #[test]
    fn what_is_not_wanted_stays() {
        assert_eq!(replace_phrases("before", &TABLE, || false), None);
    }
}
