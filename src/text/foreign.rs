//! Answers that are in another language or script than their key, and cannot be compared with it.

use std::ops::Range;

use super::census::Census;
use super::language::{KNOWN, MIN_STOP_SHARE, MIN_WORDS};
use super::{Language, Span, Term, Words};

/// Below this share of function words a text is hardly in the expected language.
const NO_STOP_SHARE: f64 = 0.1;
/// So many words in another language are no quotation of a name or a term.
const LONG_SENTENCE: usize = 8;
/// Trigrams need more words than function words do.
const MIN_WORDS_FOR_TRIGRAMS: usize = 8;
/// How far another language's share of function words must exceed that of the expected one.
const CLEAR_LEAD: f64 = 0.15;

/// Tells whether a text, whose words are `terms`, is in a language as far as its words tell.
///
/// `false` only on clear evidence (clearly more function words of another language), since a wrong
/// `false` costs a candidate the grade.
///
/// ```
/// use answer_grader::text::{Language, is_in, terms};
///
/// let answer = "Ein Index beschleunigt das Lesen, aber nicht das Schreiben.";
/// let words = terms(answer, Language::English);
/// assert!(!is_in(Language::English, answer, &words));
/// assert!(is_in(Language::German, answer, &terms(answer, Language::German)));
/// ```
pub fn is_in(expected: Language, text: &str, terms: &[Term]) -> bool {
    match Impression::of(expected, terms) {
        Impression::Expected => true,
        Impression::Other => false,
        Impression::Unclear => !is_unknown_language(text, expected),
    }
}

/// Tells whether an answer that can be compared is in one language, but for a few words; `false`
/// where a good part of it, eight words or a quarter, is in another, so that a person should see it.
///
/// ```
/// use answer_grader::text::{Language, Words, is_one_language};
///
/// let english = "An index makes reads faster. It does not make writes any faster.";
/// let mixed = format!("{english} Das Schreiben dauert mit einem Index etwas länger als ohne ihn.");
/// let one = |text| is_one_language(Language::English, text, &Words::of(text, Language::English));
/// assert!(one(english));
/// assert!(!one(&mixed));
/// ```
pub fn is_one_language(expected: Language, text: &str, words: &Words) -> bool {
    let (mut other, mut unclear) = (0, Vec::new());
    for sentence in &words.sentences {
        match Impression::of(expected, &words.terms[sentence.clone()]) {
            Impression::Expected => {}
            Impression::Other => other += sentence.len(),
            Impression::Unclear => unclear.push(sentence),
        }
    }
    let is_good_part =
        |words_of: usize| words_of >= LONG_SENTENCE || 4 * words_of >= words.terms.len().max(1);
    // Trigrams take longer than all the rest, so they are left alone where they change nothing.
    let at_most = other + unclear.iter().map(|sentence| sentence.len()).sum::<usize>();
    if is_good_part(other) || !is_good_part(at_most) {
        return !is_good_part(other);
    }
    let is_unknown = |sentence: &&&Range<usize>| {
        let terms = &words.terms[(**sentence).clone()];
        let span = terms.first().zip(terms.last()).map(|(first, last)| Span {
            start: first.span.start,
            end: last.span.end,
        });
        span.is_some_and(|span| is_unknown_language(&span.of(text), expected))
    };
    let unknown = unclear.iter().filter(is_unknown);
    !is_good_part(other + unknown.map(|sentence| sentence.len()).sum::<usize>())
}

/// What the function words of a text say about its language.
enum Impression {
    Expected,
    Other,
    /// There are next to none, so that the trigrams decide.
    Unclear,
}

impl Impression {
    fn of(expected: Language, terms: &[Term]) -> Self {
        let Some(row) = expected.row().filter(|_| terms.len() >= MIN_WORDS) else {
            return Self::Expected;
        };
        let words = || terms.iter().filter(|term| is_word(term)).count();
        let census = Census::of(terms);
        let (language, share) = census.best();
        let own = census.share(row);
        if language != expected
            && share >= MIN_STOP_SHARE
            && share >= own + CLEAR_LEAD
            && share >= 2.0 * own
        {
            Self::Other
        } else if own < NO_STOP_SHARE && words() >= MIN_WORDS_FOR_TRIGRAMS {
            Self::Unclear
        } else {
            Self::Expected
        }
    }
}

/// Numbers and the letters of formulas are of no language.
fn is_word(term: &Term) -> bool {
    term.word.len() > 1 && term.word.starts_with(char::is_alphabetic)
}

/// Tells, by trigrams, whether a text is surely in a language without a stop list here.
fn is_unknown_language(text: &str, expected: Language) -> bool {
    let Some(info) = whatlang::detect(text) else {
        return false;
    };
    let row = KNOWN.iter().find(|row| row.3 == info.lang());
    info.is_reliable() && row.is_none_or(|row| row.0 != expected)
}

/// Tells whether an answer is written in the script of the texts of a key, or may be.
///
/// ```
/// use answer_grader::text::same_script;
///
/// let key = ["An index makes reads faster."];
/// assert!(same_script(key.into_iter(), "Lookups are quicker."));
/// assert!(!same_script(key.into_iter(), "Индекс ускоряет чтение."));
/// ```
pub fn same_script<'a>(key: impl Iterator<Item = &'a str> + Clone, answer: &str) -> bool {
    if is_plainly_latin(answer) && key.clone().all(is_plainly_latin) {
        return true;
    }
    let reference = key.collect::<Vec<_>>().join("\n");
    let letters = answer.chars().filter(|c| c.is_alphabetic()).count();
    match (
        whatlang::detect_script(&reference),
        whatlang::detect_script(answer),
    ) {
        (Some(reference), Some(answer)) => {
            reference == answer || letters < 8 || both_japanese(reference, answer)
        }
        _ => true,
    }
}

/// Tells whether an answer in Latin script holds a passage in another one, as far as the key has none
/// either: eight letters or more. Greek letters do not count: formulas are full of them.
///
/// ```
/// use answer_grader::text::holds_another_script;
///
/// let key = ["An index makes reads faster."];
/// let answer = "Reads are faster with an index, ускоряет чтение.";
/// assert!(holds_another_script(key.into_iter(), answer));
/// assert!(!holds_another_script(key.into_iter(), "Reads take O(log n), or Θ(log n)."));
/// ```
pub fn holds_another_script<'a>(mut key: impl Iterator<Item = &'a str>, answer: &str) -> bool {
    let foreign = |text: &str| text.chars().filter(|c| is_of_another_script(*c)).count();
    !answer.is_ascii() && foreign(answer) >= PASSAGE && key.all(|text| foreign(text) == 0)
}

/// So many letters of another script are more than a name.
const PASSAGE: usize = 8;

/// Cyrillic, Hebrew, Arabic, the scripts of India, Thai, and those of China, Japan and Korea.
fn is_of_another_script(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}' | '\u{590}'..='\u{6FF}' | '\u{900}'..='\u{E7F}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

/// A text with more ASCII letters than other characters is in Latin script, whatever the others are.
fn is_plainly_latin(text: &str) -> bool {
    let letters = || text.bytes().filter(u8::is_ascii_alphabetic).count();
    // Each character outside ASCII has at least two bytes.
    let others = || text.bytes().filter(|byte| !byte.is_ascii()).count() / 2;
    text.is_ascii() || letters() > others()
}

/// Japanese is written in three scripts at once, one of which Chinese shares.
fn both_japanese(one: whatlang::Script, other: whatlang::Script) -> bool {
    use whatlang::Script::{Hiragana, Katakana, Mandarin};
    let eastern = |script| matches!(script, Hiragana | Katakana | Mandarin);
    eastern(one) && eastern(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::terms;
    use rstest::rstest;

    #[rstest]
    #[case(
        "Man nutzt select_related, damit die Zeilen in einer Abfrage geladen werden.",
        false
    )]
    #[case("Use select_related so that the rows come in one query.", true)]
    #[case("select_related, prefetch_related, only, defer", true)]
    #[case("in die database", true)]
    #[case(
        "Używam select_related, żeby powiązane wiersze zostały pobrane jednym zapytaniem do bazy.",
        false
    )]
    fn only_clear_evidence_is_one_languages_apart(#[case] answer: &str, #[case] same: bool) {
        let terms = terms(answer, Language::English);
        assert_eq!(is_in(Language::English, answer, &terms), same);
    }

    #[test]
    fn scripts_are_told_apart_but_for_those_of_one_language() {
        let same = |key: &'static str, answer| same_script(std::iter::once(key), answer);
        let key = "rows come in one query";
        assert!(!same(key, "запросы выполняются заранее"));
        assert!(same(key, "use all those запросы"));
        assert!(same("データベース", "検索が速くなるので"));
    }
}
