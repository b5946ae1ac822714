use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{Language, Span};

/// One word of a text, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The word in lower case, compatibility characters folded (NFKC).
    pub word: String,
    /// Its stem in the text's language; the word itself where the language has no stemmer.
    pub stem: String,
    /// Whether it carries content: neither a function word nor a single letter.
    pub content: bool,
    /// Whether it is a function word of the language.
    pub function: bool,
    /// Where the word stands.
    pub span: Span,
}

/// Splits a text into terms, in order.
///
/// Words are those of Unicode's segmentation rules (UAX #29). Identifiers come apart at
/// underscores, dots and inner capitals, so that `select_related()` meets "select related".
pub fn terms(text: &str, language: Language) -> Vec<Term> {
    let stemmer = language.stemmer();
    let mut offsets = CharOffsets::new(text);
    let mut terms = Vec::new();
    for (start, word) in text.unicode_word_indices() {
        for (from, part) in parts(word) {
            let start = offsets.at(start + from);
            let span = Span {
                start,
                end: start + part.chars().count(),
            };
            let word = normalise(part);
            if word.is_empty() {
                continue;
            }
            let stem = stemmer
                .as_ref()
                .map_or_else(|| word.clone(), |stemmer| stemmer.stem(&word).into_owned());
            let function = language.is_stop_word(&word);
            let content = !function && !is_single_letter(&word);
            terms.push(Term {
                word,
                stem,
                content,
                function,
                span,
            });
        }
    }
    terms
}

/// Lists the stems of the content words, each once, in the order of their first use.
pub fn distinct_stems(terms: &[Term]) -> Vec<&str> {
    let mut seen = HashSet::new();
    let stems = terms
        .iter()
        .filter(|term| term.content)
        .map(|term| term.stem.as_str());
    stems.filter(|stem| seen.insert(*stem)).collect()
}

/// Lists the identifiers a text names, each once: words with an underscore or inner capital,
/// dotted names, and calls such as `save()`.
pub fn identifiers(text: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    let found = text.unicode_word_indices().filter(|(start, word)| {
        let called = text[start + word.len()..].starts_with("()");
        called || parts(word).len() > 1 || mixes_case(word)
    });
    found
        .map(|(_, word)| word)
        .filter(|word| seen.insert(*word))
        .collect()
}

/// Tells names such as `URLconf` from words and from the plurals of abbreviations.
fn mixes_case(word: &str) -> bool {
    let inner_capital = word.chars().skip(1).any(char::is_uppercase);
    inner_capital && word.chars().filter(|c| c.is_lowercase()).count() >= 2
}

fn normalise(word: &str) -> String {
    word.nfkc()
        .collect::<String>()
        .to_lowercase()
        .replace('’', "'")
}

/// A lone letter says nothing; a lone ideograph is a word.
fn is_single_letter(word: &str) -> bool {
    let mut chars = word.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic() && (c as u32) < 0x2E80)
}

/// Cuts a word at underscores, at dots between letters and before inner capitals; gives the byte
/// offset of each part in the word.
fn parts(word: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut previous = None::<char>;
    for (at, c) in word.char_indices() {
        let next_is_letter = word[at + c.len_utf8()..]
            .chars()
            .next()
            .is_some_and(char::is_alphabetic);
        let separator = c == '_' || (c == '.' && next_is_letter);
        let hump = c.is_uppercase() && previous.is_some_and(char::is_lowercase);
        if separator || hump {
            if at > start {
                parts.push((start, &word[start..at]));
            }
            start = if separator { at + c.len_utf8() } else { at };
        }
        previous = Some(c);
    }
    if start < word.len() {
        parts.push((start, &word[start..]));
    }
    parts
}

/// Turns ascending byte offsets into character offsets in one pass.
struct CharOffsets<'a> {
    text: &'a str,
    byte: usize,
    chars: usize,
}

impl<'a> CharOffsets<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            chars: 0,
        }
    }

    fn at(&mut self, byte: usize) -> usize {
        self.chars += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.chars
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn words(text: &str) -> Vec<String> {
        terms(text, Language::English)
            .into_iter()
            .map(|term| term.word)
            .collect()
    }

    #[rstest]
    #[case("select_related()", &["select", "related"])]
    #[case("BaseCommand in settings.py", &["base", "command", "in", "settings", "py"])]
    #[case("1.5 V, many-to-many", &["1.5", "v", "many", "to", "many"])]
    #[case("__init__ HTTP2 ORMs", &["init", "http2", "orms"])]
    #[case("don’t", &["don't"])]
    #[case("＿", &[])]
    fn identifiers_come_apart_and_numbers_do_not(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(words(text), expected);
    }

    #[test]
    fn spans_count_characters_of_the_text() {
        let text = "né 😀 prefetch_related";
        let terms = terms(text, Language::English);
        let cut: Vec<_> = terms.iter().map(|term| term.span.of(text)).collect();
        assert_eq!(cut, ["né", "prefetch", "related"]);
    }

    #[test]
    fn function_words_and_single_letters_carry_no_content() {
        let terms = terms("a query is x indexed 3", Language::English);
        assert_eq!(distinct_stems(&terms), ["queri", "index", "3"]);
    }

    #[test]
    fn identifiers_are_told_from_words() {
        let text =
            "Call save() or use bulk_create, BaseCommand, URLconf (no URLs) and settings.py.";
        assert_eq!(
            identifiers(text),
            [
                "save",
                "bulk_create",
                "BaseCommand",
                "URLconf",
                "settings.py"
            ]
        );
    }
}
