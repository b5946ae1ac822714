use std::borrow::Cow;

use crate::eval::CaseResult;

/// The most characters of a name that are shown where space is short.
const SHOWN: usize = 60;

/// Names a case result within its run: the case's id, and the repetition where there are several.
pub(super) fn case_name(id: &str, repetition: u32, repeat: u32) -> Cow<'_, str> {
    if repeat > 1 || repetition > 1 {
        Cow::Owned(format!("{id} [{repetition}]"))
    } else {
        Cow::Borrowed(id)
    }
}

/// Names a case result as [`case_name`] does.
pub(super) fn name_of(case: &CaseResult, repeat: u32) -> Cow<'_, str> {
    case_name(&case.id, case.repetition, repeat)
}

/// Makes a text from a case file fit to be shown on one line: control characters and those that
/// turn the direction of writing are replaced, since they could rewrite a terminal; of a long one
/// the middle is left out, since long ids differ at their ends.
pub(super) fn shown(text: &str) -> String {
    shortened(&plain(text), SHOWN)
}

/// Makes a text safe to show as [`shown`] does, at its full length.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains(is_unsafe) {
        Cow::Owned(text.replace(is_unsafe, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Leaves out the middle of a text of more than `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let tail = most / 2;
    let head = text.chars().take(most - tail - 1);
    let end = text.chars().skip(length - tail);
    head.chain(std::iter::once('…')).chain(end).collect()
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_is_named_where_there_are_several() {
        assert_eq!(case_name("a", 1, 1), "a");
        assert_eq!(case_name("a", 1, 3), "a [1]");
        assert_eq!(case_name("a", 2, 1), "a [2]");
    }

    #[test]
    fn a_name_cannot_drive_a_terminal() {
        assert_eq!(
            shown("a\u{1b}[31mb\nc\u{202e}d"),
            "a\u{fffd}[31mb\u{fffd}c\u{fffd}d"
        );
        assert_eq!(shown("Käse|`x`"), "Käse|`x`");
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        let text = shown(&format!("{}-{}-ü", "a".repeat(100), "b".repeat(100)));
        assert_eq!(text.chars().count(), 60);
        assert!(text.starts_with("aaa") && text.ends_with("bbb-ü"), "{text}");
        assert_eq!(shortened("abcdef", 5), "ab…ef");
        assert_eq!(shortened("abcde", 5), "abcde");
    }
}
