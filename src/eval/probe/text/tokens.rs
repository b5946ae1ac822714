use unicode_segmentation::UnicodeSegmentation as _;

/// What a token is to a perturbation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum TokenKind {
    /// A word of prose: letters and apostrophes.
    Word,
    /// Something that other letters would turn into something else: an identifier, a call, a path,
    /// a number, text in back quotes, an indented line.
    Code,
    /// White space, punctuation, symbols.
    Gap,
}

/// A stretch of a text; the tokens of a text put together are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Token<'a> {
    /// What it is.
    pub(in super::super) kind: TokenKind,
    /// Its characters.
    pub(in super::super) text: &'a str,
}

/// Splits a text into tokens.
pub(in super::super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut new_line = true;
    while let Some(at) = rest.find('`') {
        prose(&rest[..at], new_line, &mut found);
        let length = quoted(&rest[at..]);
        let kind = if length > 1 {
            TokenKind::Code
        } else {
            TokenKind::Gap
        };
        push(kind, &rest[at..at + length], &mut found);
        new_line = false;
        rest = &rest[at + length..];
    }
    prose(rest, new_line, &mut found);
    found
}

/// Puts a text together again with other words; `other` is asked for every word of prose.
pub(in super::super) fn reword(
    text: &str,
    mut other: impl FnMut(&str) -> Option<String>,
) -> String {
    let reworded = tokens(text).into_iter().map(|token| {
        let replacement = match token.kind {
            TokenKind::Word => other(token.text),
            TokenKind::Code | TokenKind::Gap => None,
        };
        replacement.unwrap_or_else(|| token.text.to_owned())
    });
    reworded.collect()
}

/// Counts words and pieces of code.
pub(in super::super) fn word_count(text: &str) -> usize {
    let tokens = tokens(text);
    let says = tokens.iter().filter(|token| token.kind != TokenKind::Gap);
    says.count()
}

fn push<'a>(kind: TokenKind, text: &'a str, found: &mut Vec<Token<'a>>) {
    if !text.is_empty() {
        found.push(Token { kind, text });
    }
}

/// How many bytes the back quote at the start quotes, itself included; 1 where it is alone.
fn quoted(text: &str) -> usize {
    if let Some(fenced) = text.strip_prefix("```") {
        return fenced.find("```").map_or(text.len(), |end| end + 6);
    }
    match text[1..].find(['`', '\n']) {
        Some(end) if text[1 + end..].starts_with('`') => end + 2,
        _ => 1,
    }
}

fn prose<'a>(text: &'a str, mut new_line: bool, found: &mut Vec<Token<'a>>) {
    for line in text.split_inclusive('\n') {
        let indented = line.starts_with("    ") || line.starts_with('\t');
        if new_line && indented && !line.trim().is_empty() {
            push(TokenKind::Code, line, found);
        } else {
            runs(line, found);
        }
        new_line = true;
    }
}

fn runs<'a>(line: &'a str, found: &mut Vec<Token<'a>>) {
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.trim_start();
        let (space, word) = rest.split_at(rest.len() - word.len());
        push(TokenKind::Gap, space, found);
        let end = word.find(char::is_whitespace).unwrap_or(word.len());
        chunk(&word[..end], found);
        rest = &word[end..];
    }
}

/// Sorts out a stretch without white space.
fn chunk<'a>(text: &'a str, found: &mut Vec<Token<'a>>) {
    if is_code(text) {
        let (before, code, after) = bare(text);
        push(TokenKind::Gap, before, found);
        push(TokenKind::Code, code, found);
        push(TokenKind::Gap, after, found);
        return;
    }
    let mut end = 0;
    for (start, word) in text.unicode_word_indices() {
        push(TokenKind::Gap, &text[end..start], found);
        let plain = word.chars().all(|c| c.is_alphabetic() || is_apostrophe(c));
        let kind = if plain {
            TokenKind::Word
        } else {
            TokenKind::Code
        };
        push(kind, word, found);
        end = start + word.len();
    }
    push(TokenKind::Gap, &text[end..], found);
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

fn is_code(text: &str) -> bool {
    let core = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let called = text
        .chars()
        .zip(text.chars().skip(1))
        .any(|(c, next)| c.is_alphanumeric() && next == '(');
    let marked = core
        .chars()
        .any(|c| c.is_numeric() || "_=<>{}[]\\|$@#&^~+/:.".contains(c));
    let inner_capital = core.chars().skip(1).any(char::is_uppercase);
    let name = inner_capital && core.chars().any(char::is_lowercase);
    !core.is_empty() && (called || marked || name)
}

/// Takes the punctuation of the sentence off a piece of code: what stands before and after it.
fn bare(text: &str) -> (&str, &str, &str) {
    let code = text.trim_start_matches(['(', '"', '\'', '“', '‘', '*', ',', ';']);
    let (before, code) = text.split_at(text.len() - code.len());
    let mut end = code.len();
    while let Some(last) = code[..end].chars().next_back() {
        let inside = &code[..end];
        let surplus = last == ')' && inside.matches(')').count() > inside.matches('(').count();
        if !surplus && !".,;:!?\"'”’*".contains(last) {
            break;
        }
        end -= last.len_utf8();
    }
    (before, &code[..end], &code[end..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn of_kind(text: &str, kind: TokenKind) -> Vec<&str> {
        let found = tokens(text).into_iter().filter(|token| token.kind == kind);
        found.map(|token| token.text).collect()
    }

    #[rstest]
    #[case("Use select_related().", &["select_related()"])]
    #[case("(save()) and \"exists()\"!", &["save()", "exists()"])]
    #[case("a QuerySet, e.g. filter(id=1), on 3 rows", &["QuerySet", "e.g", "filter(id=1)", "3"])]
    #[case("`raw sql` and ```py\nx = 1\n```", &["`raw sql`", "```py\nx = 1\n```"])]
    #[case("a lone ` quote", &[])]
    #[case("Say:\n    for x in y\nso", &["    for x in y\n"])]
    #[case("Don't (please) “quote” well-known *things*.", &[])]
    #[case("SQL is fine", &[])]
    fn code_is_told_from_prose(#[case] text: &str, #[case] code: &[&str]) {
        assert_eq!(of_kind(text, TokenKind::Code), code);
    }

    #[test]
    fn words_keep_their_apostrophes() {
        assert_eq!(
            of_kind("Don't stop, it’s fine.", TokenKind::Word),
            ["Don't", "stop", "it’s", "fine"]
        );
    }

    #[test]
    fn only_words_of_prose_are_reworded() {
        let reworded = reword("Call save() now.", |word| Some(word.to_uppercase()));
        assert_eq!(reworded, "CALL save() NOW.");
    }

    proptest! {
        #[test]
        fn the_tokens_of_a_text_are_the_text(text in "\\PC*|[`a-c_. (\n\t)]*") {
            let whole: String = tokens(&text).iter().map(|token| token.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
