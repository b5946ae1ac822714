use std::collections::HashSet;

use compact_str::CompactString;
use unicode_segmentation::UnicodeSegmentation as _;

use super::function_words::Languages;
use super::vocabulary::{self, Vocabulary};
use super::{Language, Span};

/// One word of a text, ready to be compared.
///
/// ```
/// use answer_grader::text::{Language, terms};
///
/// let terms = terms("The queries", Language::English);
/// assert!(terms[0].function && !terms[0].content);
/// assert_eq!(terms[1].stem, "queri");
/// assert_eq!(terms[1].span.start, 4);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The word in lower case, compatibility characters folded (NFKC).
    pub word: CompactString,
    /// Its stem in the text's language; the word itself where the language has no stemmer.
    pub stem: CompactString,
    /// Whether it carries content: neither a function word nor a single letter.
    pub content: bool,
    /// Whether it is a function word of the language.
    pub function: bool,
    /// Whether it goes on with the identifier that the term before it is a part of.
    pub continues: bool,
    /// Where the word stands.
    pub span: Span,
    /// The languages that it is a function word of.
    pub(super) languages: Languages,
}

/// Splits a text into terms, in order.
///
/// Words are those of Unicode's segmentation rules (UAX #29). Identifiers come apart at
/// underscores, dots and inner capitals, so that `select_related()` meets "select related".
/// Scripts written without spaces (Chinese, Japanese, Thai …) have no words without a dictionary:
/// there every two neighbouring characters are a term, as search engines do it.
///
/// ```
/// use answer_grader::text::{Language, terms};
///
/// let terms = terms("Use select_related() here.", Language::English);
/// let words: Vec<_> = terms.iter().map(|term| term.word.as_str()).collect();
/// assert_eq!(words, ["use", "select", "related", "here"]);
/// assert!(terms[2].continues);
/// ```
pub fn terms(text: &str, language: Language) -> Vec<Term> {
    vocabulary::with(language, |vocabulary| {
        let mut reader = Reader {
            vocabulary,
            offsets: CharOffsets::new(text),
            terms: Vec::with_capacity(text.len() / 5),
        };
        reader.read(text);
        reader.terms
    })
}

/// Makes terms of words, with all that is prepared once for a text.
struct Reader<'a> {
    vocabulary: &'a mut Vocabulary,
    offsets: CharOffsets<'a>,
    terms: Vec<Term>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str) {
        let mut words = text.unicode_word_indices().peekable();
        while let Some((start, word)) = words.next() {
            if is_plain(word) {
                self.push(start, word, false);
                continue;
            }
            if !is_unspaced(word) {
                let mut continues = false;
                parts(word, |from, part| {
                    self.push(start + from, part, continues);
                    continues = true;
                });
                continue;
            }
            let mut last = (start, word);
            let mut pairs = 0;
            while let Some(next) =
                words.next_if(|(at, next)| *at == last.0 + last.1.len() && is_unspaced(next))
            {
                self.push(last.0, &text[last.0..next.0 + next.1.len()], false);
                pairs += 1;
                last = next;
            }
            if pairs == 0 {
                self.push(start, word, false);
            }
        }
    }

    fn push(&mut self, start: usize, part: &str, continues: bool) {
        let span = self.offsets.span(start, part);
        let terms = &mut self.terms;
        self.vocabulary.with(part, |entry| {
            if entry.word.is_empty() {
                return;
            }
            terms.push(Term {
                word: entry.word.clone(),
                stem: entry.stem.clone(),
                content: !entry.function && !is_single_letter(&entry.word),
                function: entry.function,
                languages: entry.languages,
                continues,
                span,
            });
        });
    }
}

/// Tells words that are surely no identifier, as nearly all are.
fn is_plain(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_lowercase())
}

/// Tells characters of scripts that are written without spaces, which the segmentation rules
/// leave as they are: everything from Thai on that comes one character at a time.
fn is_unspaced(word: &str) -> bool {
    let mut bases = word.chars().filter(|c| !is_mark(*c));
    let first = bases.next();
    let unspaced = |c: char| {
        matches!(c, '\u{0E00}'..='\u{0FFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
            | '\u{2E80}'..='\u{31FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
    };
    first.is_some_and(unspaced) && bases.next().is_none()
}

/// Marks that stand above or below the character before them.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn chars(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// Lists the stems of the content words, each once, in the order of their first use.
///
/// ```
/// use answer_grader::text::{Language, distinct_stems, terms};
///
/// let terms = terms("The index of an indexed table", Language::English);
/// assert_eq!(distinct_stems(&terms), ["index", "tabl"]);
/// ```
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
///
/// ```
/// use answer_grader::text::identifiers;
///
/// let text = "Call save() on a QuerySet, or use select_related.";
/// assert_eq!(identifiers(text), ["save", "QuerySet", "select_related"]);
/// ```
pub fn identifiers(text: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    let found = text.unicode_word_indices().filter(|(start, word)| {
        let called = text[start + word.len()..].starts_with("()");
        called || has_parts(word) || mixes_case(word)
    });
    found
        .map(|(_, word)| word)
        .filter(|word| seen.insert(*word))
        .collect()
}

fn has_parts(word: &str) -> bool {
    let mut count = 0;
    parts(word, |_, _| count += 1);
    count > 1
}

/// Tells names such as `URLconf` from words and from the plurals of abbreviations.
fn mixes_case(word: &str) -> bool {
    let inner_capital = word.chars().skip(1).any(char::is_uppercase);
    inner_capital && word.chars().filter(|c| c.is_lowercase()).count() >= 2
}

/// A lone letter says nothing; a lone ideograph is a word.
fn is_single_letter(word: &str) -> bool {
    // No character has more bytes.
    if word.len() > 4 {
        return false;
    }
    let mut chars = word.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic() && (c as u32) < 0x2E80)
}

/// Cuts a word at underscores, at dots between letters and before inner capitals; gives each part
/// with its byte offset in the word.
fn parts<'a>(word: &'a str, mut found: impl FnMut(usize, &'a str)) {
    let mut start = 0;
    let mut previous = None::<char>;
    for (at, c) in word.char_indices() {
        let next_is_letter = || {
            let next = word[at + c.len_utf8()..].chars().next();
            next.is_some_and(char::is_alphabetic)
        };
        let separator = c == '_' || (c == '.' && next_is_letter());
        let hump = c.is_uppercase() && previous.is_some_and(char::is_lowercase);
        if separator || hump {
            if at > start {
                found(start, &word[start..at]);
            }
            start = if separator { at + c.len_utf8() } else { at };
        }
        previous = Some(c);
    }
    if start < word.len() {
        found(start, &word[start..]);
    }
}

/// Turns ascending byte offsets into character offsets in one pass.
struct CharOffsets<'a> {
    text: &'a str,
    byte: usize,
    chars: usize,
    is_ascii: bool,
}

impl<'a> CharOffsets<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            chars: 0,
            is_ascii: text.is_ascii(),
        }
    }

    /// Where a part of the text stands that begins at a byte.
    fn span(&mut self, byte: usize, part: &str) -> Span {
        if self.is_ascii {
            return Span {
                start: byte,
                end: byte + part.len(),
            };
        }
        self.chars += chars(&self.text[self.byte..byte]);
        self.byte = byte;
        Span {
            start: self.chars,
            end: self.chars + chars(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn words(text: &str) -> Vec<String> {
        terms(text, Language::English)
            .into_iter()
            .map(|term| term.word.into())
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
