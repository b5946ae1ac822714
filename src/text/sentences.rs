//! The sentences of a text, by Unicode's rules (UAX #29).

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::Term;

/// Cuts a text, whose words are `terms`, into sentences (UAX #29): each as the range of its terms;
/// those without terms are left out.
///
/// ```
/// use answer_grader::text::{Language, sentences, terms};
///
/// let text = "It joins. It saves queries.";
/// let terms = terms(text, Language::English);
/// assert_eq!(sentences(text, &terms), [0..2, 2..5]);
/// ```
pub fn sentences(text: &str, terms: &[Term]) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut from = 0;
    let mut add = |end: usize| {
        let inside = terms[from..]
            .iter()
            .take_while(|term| term.span.start < end);
        let to = from + inside.count();
        if to > from {
            sentences.push(from..to);
        }
        from = to;
    };
    if text.is_ascii() {
        ascii_ends(text.as_bytes(), add);
    } else if let Some(text) = in_ascii(text) {
        ascii_ends(&text, add);
    } else {
        let mut end = 0;
        for sentence in text.split_sentence_bounds() {
            end += sentence.chars().count();
            add(end);
        }
    }
    sentences
}

/// Tells where the sentences of an ASCII text end, one after the other.
///
/// Half the time of grading a short answer would go into looking up each character's class; of
/// ASCII only the few characters that can end a sentence have to be looked at. The rules are named
/// as in UAX #29, the result is that of the library.
fn ascii_ends(text: &[u8], mut end: impl FnMut(usize)) {
    let mut last = 0;
    let mut at = 0;
    while at < text.len() {
        let bound = match text[at] {
            b'\r' if text.get(at + 1) == Some(&b'\n') => None, // SB3
            b'\r' | b'\n' => Some(at + 1),                     // SB4
            b'.' | b'!' | b'?' => after_terminator(text, at),
            _ => None,
        };
        if let Some(bound) = bound {
            end(bound);
            last = bound;
        }
        at += 1;
    }
    if last < text.len() {
        end(text.len());
    }
}

/// A text with the characters outside ASCII that European texts are full of replaced by ASCII ones
/// of the same class, one by one; `None` where it has others.
fn in_ascii(text: &str) -> Option<Vec<u8>> {
    let class = |c: char| match c {
        '\0'..='\x7f' => u8::try_from(c).ok(),
        '‘' | '’' | '“' | '”' | '„' | '«' | '»' => Some(b'"'),
        '–' | '—' => Some(b'-'),
        '\u{a0}' => Some(b' '),
        '…' | '•' | '→' | '×' | '÷' | '°' => Some(b'*'),
        'À'..='ſ' if c.is_lowercase() => Some(b'a'),
        'À'..='ſ' => Some(b'A'),
        _ => None,
    };
    text.chars().map(class).collect()
}

/// Where the sentence ends that the terminator at `at` may end.
fn after_terminator(text: &[u8], at: usize) -> Option<usize> {
    let is_full_stop = text[at] == b'.';
    if is_full_stop {
        let next = text.get(at + 1)?;
        let before = at.checked_sub(1).map(|before| text[before]);
        let in_number = next.is_ascii_digit(); // SB6
        let in_abbreviation =
            next.is_ascii_uppercase() && before.is_some_and(|byte| byte.is_ascii_alphabetic()); // SB7
        if in_number || in_abbreviation {
            return None;
        }
    }
    let mut bound = at + 1;
    while text.get(bound).is_some_and(|byte| is_closing(*byte)) {
        bound += 1;
    }
    while text.get(bound).is_some_and(|byte| is_space(*byte)) {
        bound += 1;
    }
    match text.get(bound)? {
        // SB8a; and a paragraph's end goes with the sentence, SB9 to SB11.
        b',' | b'-' | b':' | b';' | b'.' | b'!' | b'?' | b'\r' | b'\n' => None,
        _ if is_full_stop && goes_on(&text[bound..]) => None, // SB8
        _ => Some(bound),
    }
}

/// After a full stop, a sentence goes on where the next letter is a small one.
fn goes_on(rest: &[u8]) -> bool {
    let stops = |byte: &&u8| {
        byte.is_ascii_alphabetic() || matches!(**byte, b'\r' | b'\n' | b'.' | b'!' | b'?')
    };
    rest.iter().find(stops).is_some_and(u8::is_ascii_lowercase)
}

fn is_closing(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0B | 0x0C)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_library(text: &str) -> Vec<usize> {
        let mut at = 0;
        let lengths = text
            .split_sentence_bounds()
            .map(|sentence| sentence.chars().count());
        let end = |length| {
            at += length;
            at
        };
        lengths.map(end).collect()
    }

    fn by_rules(text: &[u8]) -> Vec<usize> {
        let mut ends = Vec::new();
        ascii_ends(text, |end| ends.push(end));
        ends
    }

    proptest! {
        #[test]
        fn sentences_are_those_of_the_library(
            text in r#"([aB1., !?;:"')(\[{\r\n\t\x0b\x0c\x1c_*-]|\. |[a-zA-Z]{2}){0,40}"#,
            any in "[\\x00-\\x7f]{0,40}",
            european in "([aB1. !?,;’“”„«»–—…•→×÷°\u{a0}À-ſ]|\\. ){0,40}",
        ) {
            for text in [text, any, european] {
                let ascii = in_ascii(&text).unwrap_or_default();
                prop_assert_eq!(by_rules(&ascii), by_library(&text), "{:?}", text);
            }
        }
    }
}
