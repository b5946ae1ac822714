use super::{Edit, says, span};
use crate::text::Term;

/// Announcements that what follows replaces what was just said; the longer ones first.
const CORRECTIONS: [&str; 11] = [
    "no wait sorry i mean",
    "no sorry i mean",
    "no wait i mean",
    "sorry i mean",
    "wait no i mean",
    "no i mean",
    "let me correct myself",
    "let me correct that",
    "no wait",
    "no sorry",
    "scratch that",
];
/// Words before "no wait" and "no sorry" that make them part of a statement ("there is no wait").
const BEFORE_PLAIN_NO: [&str; 14] = [
    "is", "are", "was", "were", "be", "there", "there's", "with", "has", "have", "had", "say",
    "says", "means",
];
/// A correction never reaches further back than this many words.
const REACH: usize = 12;

/// Takes out what a correction replaces, together with its announcement.
///
/// The repair usually repeats a word of what it replaces ("one query, no wait, two queries"):
/// the two are laid on top of each other there. Without such a word the clause before goes.
pub(super) fn corrections(text: &[char], words: &[Term]) -> Vec<Edit> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(count) = correction(words, at) else {
            at += 1;
            continue;
        };
        let floor = found.last().map_or(0, |(range, _): &Edit| range.end);
        let start = replaced_from(text, words, at, at + count).filter(|start| *start >= floor);
        let announced = span(&words[at..at + count]);
        let end = words
            .get(at + count)
            .map_or(announced.end, |next| next.span.start);
        found.push((start.unwrap_or(announced.start)..end, String::new()));
        at += count;
    }
    found
}

/// The length of a correction's announcement at this place.
fn correction(words: &[Term], at: usize) -> Option<usize> {
    let count = CORRECTIONS
        .iter()
        .find_map(|phrase| says(&words[at..], phrase))?;
    let before = at.checked_sub(1).map(|before| words[before].word.as_str());
    let plain = count == 2
        && words[at].word == "no"
        && before.is_some_and(|word| BEFORE_PLAIN_NO.contains(&word));
    (!plain).then_some(count)
}

/// Offset from which the words before `marker` are replaced by those from `repair` on.
fn replaced_from(text: &[char], words: &[Term], marker: usize, repair: usize) -> Option<usize> {
    let ends_sentence = |word: &Term, next: &Term| {
        text.get(word.span.end..next.span.start)
            .is_some_and(|gap| gap.iter().any(|c| matches!(c, '.' | '!' | '?')))
    };
    let first = (marker.saturating_sub(REACH)..marker)
        .rev()
        .take_while(|at| *at + 1 == marker || !ends_sentence(&words[*at], &words[*at + 1]))
        .last()?;
    let aligned = words[repair..]
        .iter()
        .take(4)
        .enumerate()
        .find_map(|(offset, word)| {
            let back = words[first..marker]
                .iter()
                .rposition(|said| said.stem == word.stem)?;
            (first + back)
                .checked_sub(offset)
                .filter(|start| *start >= first)
        });
    let clause = || {
        let starts_clause = |at: usize| {
            at == first
                || text
                    .get(words[at - 1].span.end..words[at].span.start)
                    .is_some_and(|gap| gap.contains(&','))
                || matches!(words[at].word.as_str(), "and" | "so" | "but" | "because")
        };
        (first..marker).rev().find(|at| starts_clause(*at))
    };
    // Half an identifier is no word to begin with.
    let whole = |at: usize| {
        (0..=at)
            .rev()
            .find(|at| !inside_identifier(text, &words[*at]))
            .unwrap_or(at)
    };
    aligned
        .or_else(clause)
        .map(|at| words[whole(at)].span.start)
}

fn inside_identifier(text: &[char], word: &Term) -> bool {
    let before = word.span.start.checked_sub(1).and_then(|at| text.get(at));
    matches!(before, Some('_' | '.'))
}
