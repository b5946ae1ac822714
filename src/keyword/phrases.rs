//! Key phrases of a reference answer: what stands in for concepts where none are declared.

use std::ops::Range;

use compact_str::CompactString;
use foldhash::HashSet;

use crate::grade::Concept;
use crate::text::{Language, Span, Term, sentences, terms};

/// A sentence with fewer new content words than this is no idea of its own but goes with the one
/// before it.
const LEAST_WORDS: usize = 2;
/// A sentence of more words than this may hold several ideas, and is parted where it pauses.
const LONG: usize = 24;
/// Content words that each part then has at least.
const LEAST_PART: usize = 5;
/// More phrases than this would be a copy of the reference, not a list of what is missing.
const MOST_PHRASES: usize = 12;

/// Splits a reference into phrases, one per idea as far as sentences tell, in the reference's
/// order. Each is a stretch of the reference as it is written, so that it reads as a person would
/// put it; `weight` is the number of content words it brings in.
///
/// The ids are `k1`, `k2` …. A phrase holds at least one content word that neither the question
/// (`asked`, stems) nor a phrase before has; a reference without any is one phrase.
pub(super) fn key_phrases(
    reference: &str,
    asked: &HashSet<CompactString>,
    language: Language,
) -> Vec<Concept> {
    let terms = terms(reference, language);
    let text: Vec<char> = reference.chars().collect();
    let mut known = asked.clone();
    let mut phrases: Vec<(usize, &[Term])> = Vec::new();
    for idea in ideas(reference, &text, &terms) {
        let is_new = |term: &&Term| term.content && known.insert(term.stem.clone());
        let new = idea.iter().filter(is_new).count();
        if new >= LEAST_WORDS || (new > 0 && phrases.is_empty()) {
            phrases.push((new, idea));
        } else if let Some(last) = phrases.last_mut() {
            last.0 += new;
        }
    }
    if phrases.is_empty() && !terms.is_empty() {
        phrases.push((1, &terms));
    }
    keep_heaviest(&mut phrases);
    let numbered = phrases.into_iter().enumerate();
    let concept = |(index, (new, idea)): (usize, (usize, &[Term]))| Concept {
        id: format!("k{}", index + 1),
        text: surface(&text, standing_alone(idea)),
        weight: new as f64,
        aliases: Vec::new(),
        required: false,
    };
    numbered.map(concept).collect()
}

fn keep_heaviest(phrases: &mut Vec<(usize, &[Term])>) {
    while phrases.len() > MOST_PHRASES {
        let lightest = phrases
            .iter()
            .enumerate()
            .min_by_key(|(_, (new, _))| *new)
            .map(|(at, _)| at);
        phrases.remove(lightest.unwrap_or_default());
    }
}

/// Cuts a text into ideas: sentences, lines and what semicolons set apart; long ones at the pauses
/// within them.
fn ideas<'a>(reference: &str, text: &[char], terms: &'a [Term]) -> Vec<&'a [Term]> {
    let gap = |at: usize| {
        let (one, next) = (&terms[at - 1], &terms[at]);
        text.get(one.span.end..next.span.start).unwrap_or_default()
    };
    let apart = |at: usize| gap(at).iter().any(|c| matches!(c, '\n' | ';'));
    let mut ideas = Vec::new();
    for sentence in sentences(reference, terms) {
        let mut from = sentence.start;
        for at in sentence.start + 1..=sentence.end {
            if at == sentence.end || apart(at) {
                part_long(from..at, terms, &gap, &mut ideas);
                from = at;
            }
        }
    }
    ideas
}

/// Parts a long sentence at the pauses after which, and before which, enough is said.
fn part_long<'a, 't>(
    range: Range<usize>,
    terms: &'a [Term],
    gap: &impl Fn(usize) -> &'t [char],
    ideas: &mut Vec<&'a [Term]>,
) {
    let content = |range: Range<usize>| terms[range].iter().filter(|term| term.content).count();
    let mut from = range.start;
    if range.len() > LONG {
        for at in range.start + 1..range.end {
            let pauses = gap(at).iter().any(|c| matches!(c, ',' | ':' | '–' | '—'));
            let enough = content(from..at) >= LEAST_PART && content(at..range.end) >= LEAST_PART;
            if pauses && enough {
                ideas.push(&terms[from..at]);
                from = at;
            }
        }
    }
    ideas.push(&terms[from..range.end]);
}

/// An idea without the words that only join it to what stands before it.
fn standing_alone(idea: &[Term]) -> &[Term] {
    let joins = |term: &Term| JOINING.contains(&term.word.as_str());
    let first = idea.iter().position(|term| !joins(term)).unwrap_or(0);
    &idea[first..]
}

const JOINING: [&str; 8] = ["and", "but", "or", "so", "that", "then", "because", "since"];

/// The phrase as it is written, whole identifiers and the brackets of a call included.
fn surface(text: &[char], phrase: &[Term]) -> String {
    let (Some(first), Some(last)) = (phrase.first(), phrase.last()) else {
        return String::new();
    };
    let mut span = Span {
        start: first.span.start,
        end: last.span.end,
    };
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@');
    while span.start > 0 && in_name(text[span.start - 1]) {
        span.start -= 1;
    }
    while span.end < text.len() && in_name(text[span.end]) {
        span.end += 1;
    }
    while span.end > 0 && text[span.end - 1] == '.' {
        span.end -= 1;
    }
    if text[span.end..].starts_with(&['(', ')']) {
        span.end += 2;
    }
    let written: String = text[span.start..span.end].iter().collect();
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Use select_related() for foreign keys and prefetch_related() for many-to-many relations. Put indexes on filtered columns.",
        &["Use select_related() for foreign keys and prefetch_related() for many-to-many relations", "Put indexes on filtered columns"])]
    #[case("It caches the rows, which saves later queries.", &["It caches the rows, which saves later queries"])]
    #[case("Rows are cached; so that later queries cost nothing!\nBut writes are slow.",
        &["Rows are cached", "later queries cost nothing", "writes are slow"])]
    #[case("It reads the first rows of the table in the order of the key, and it writes what it found into another table that nobody has seen before.",
        &["It reads the first rows of the table in the order of the key", "it writes what it found into another table that nobody has seen before"])]
    #[case("Evaporation.", &["Evaporation"])]
    #[case("The query.", &["The query"])]
    #[case("数据库索引可以加快查询速度。", &["数据库索引可以加快查询速度"])]
    #[case("", &[])]
    fn phrases_read_as_they_are_written(#[case] reference: &str, #[case] expected: &[&str]) {
        let phrases = key_phrases(
            reference,
            &HashSet::from_iter(["queri".into()]),
            Language::English,
        );
        assert_eq!(
            phrases
                .iter()
                .map(|phrase| phrase.text.as_str())
                .collect::<Vec<_>>(),
            expected
        );
    }

    #[test]
    fn a_long_reference_has_a_bounded_number_of_phrases() {
        let ideas = (0..60).map(|at| format!("Idea{at} alpha{at} beta{at}."));
        let reference = ideas.collect::<Vec<_>>().join(" ");
        assert_eq!(
            key_phrases(&reference, &HashSet::default(), Language::English).len(),
            MOST_PHRASES
        );
    }
}
