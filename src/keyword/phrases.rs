//! Key phrases of a reference answer: what stands in for concepts where none are declared.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::grade::Concept;
use crate::text::{Language, Span, Term, terms};

/// A clause with fewer new content words than this is joined with the one before.
const LEAST_WORDS: usize = 3;
/// A phrase longer than this is cut to its densest part.
const MOST_WORDS: usize = 9;
/// More phrases than this would be a copy of the reference, not a list of what is missing.
const MOST_PHRASES: usize = 12;

/// Splits a reference into phrases, one per idea as far as punctuation and conjunctions tell, in
/// the reference's order. Each is a stretch of the reference as it is written, so that it reads
/// as a person would put it; `weight` is the number of content words it brings in.
///
/// The ids are `k1`, `k2` …. A phrase holds at least one content word that neither the question
/// (`asked`, stems) nor a phrase before has; a reference without any is one phrase.
pub(super) fn key_phrases(
    reference: &str,
    asked: &HashSet<String>,
    language: Language,
) -> Vec<Concept> {
    let terms = terms(reference, language);
    let text: Vec<char> = reference.chars().collect();
    let mut known = asked.clone();
    let mut phrases = Vec::new();
    for clause in clauses(&text, &terms, language) {
        let new = clause
            .iter()
            .filter(|term| term.content && known.insert(term.stem.clone()))
            .count();
        if new > 0 {
            phrases.push((new, surface(&text, densest(clause, asked))));
        }
    }
    if phrases.is_empty() && !terms.is_empty() {
        phrases.push((1, surface(&text, densest(&terms, &HashSet::new()))));
    }
    keep_heaviest(&mut phrases);
    let numbered = phrases.into_iter().enumerate();
    let concept = |(index, (new, text)): (usize, (usize, String))| Concept {
        id: format!("k{}", index + 1),
        text,
        weight: new as f64,
        aliases: Vec::new(),
        required: false,
    };
    numbered.map(concept).collect()
}

fn keep_heaviest(phrases: &mut Vec<(usize, String)>) {
    while phrases.len() > MOST_PHRASES {
        let lightest = phrases
            .iter()
            .enumerate()
            .min_by_key(|(_, (new, _))| *new)
            .map(|(at, _)| at);
        phrases.remove(lightest.unwrap_or_default());
    }
}

/// Cuts a text into clauses: at sentence ends, at punctuation, and at conjunctions between parts
/// that are long enough to stand alone.
fn clauses<'a>(text: &[char], terms: &'a [Term], language: Language) -> Vec<&'a [Term]> {
    let mut clauses: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    let mut sentence_start = true;
    for at in 1..=terms.len() {
        let gap = terms
            .get(at)
            .map(|next| &text[terms[at - 1].span.end..next.span.start]);
        let ends_sentence = gap.is_none_or(|gap| {
            gap.iter()
                .any(|c| matches!(c, '!' | '?' | '\n' | ';' | ':'))
                || ends_with_stop(gap)
        });
        let pauses = gap.is_some_and(|gap| {
            gap.iter().any(|c| matches!(c, ',' | '–' | '—' | '(')) && !is_call(gap)
        });
        let joins = terms.get(at).is_some_and(|next| {
            language == Language::English && CONJUNCTIONS.contains(&next.word.as_str())
        });
        if !(ends_sentence || pauses || joins) {
            continue;
        }
        let size =
            |from: usize, to: usize| terms[from..to].iter().filter(|term| term.content).count();
        let thin = size(start, at) < LEAST_WORDS;
        if thin && !ends_sentence {
            continue;
        }
        match clauses.last_mut() {
            // What is left of a sentence is too thin to stand alone.
            Some(last) if thin && !sentence_start => last.1 = at,
            _ => clauses.push((start, at)),
        }
        start = at;
        sentence_start = ends_sentence;
    }
    clauses
        .into_iter()
        .map(|(from, to)| &terms[from..to])
        .collect()
}

const CONJUNCTIONS: [&str; 14] = [
    "and", "but", "while", "which", "whereas", "because", "so", "where", "when", "instead", "then",
    "if", "unless", "although",
];

/// A full stop that ends a sentence is followed by white space.
fn ends_with_stop(gap: &[char]) -> bool {
    gap.iter().position(|c| *c == '.').is_some_and(|at| {
        gap.get(at + 1)
            .is_none_or(|next| next.is_whitespace() || *next == ')')
    })
}

/// The brackets of `save()` open no clause.
fn is_call(gap: &[char]) -> bool {
    gap.starts_with(&['(', ')']) && !gap.contains(&',')
}

/// The part of a clause from its first to its last content word, cut to the window of
/// [`MOST_WORDS`] words that holds the most of what the question does not say.
fn densest<'a>(clause: &'a [Term], asked: &HashSet<String>) -> &'a [Term] {
    let first = clause.iter().position(|term| term.content).unwrap_or(0);
    let last = clause
        .iter()
        .rposition(|term| term.content)
        .map_or(clause.len(), |at| at + 1);
    let inner = &clause[first..last.max(first)];
    if inner.len() <= MOST_WORDS {
        return inner;
    }
    let news = |window: &[Term]| {
        window
            .iter()
            .filter(|term| term.content && !asked.contains(&term.stem))
            .count()
    };
    let starts = (0..=inner.len() - MOST_WORDS).rev();
    let best = starts
        .max_by_key(|at| news(&inner[*at..at + MOST_WORDS]))
        .unwrap_or(0);
    let window = &inner[best..best + MOST_WORDS];
    let first = window.iter().position(|term| term.content).unwrap_or(0);
    let last = window
        .iter()
        .rposition(|term| term.content)
        .map_or(window.len(), |at| at + 1);
    &window[first..last.max(first)]
}

/// The phrase as it is written, whole identifiers and the brackets of a call included.
fn surface(text: &[char], phrase: &[Term]) -> String {
    let (Some(first), Some(last)) = (phrase.first(), phrase.last()) else {
        return String::new();
    };
    let mut span = Span {
        start: first.span.start,
        end: last.span.end,
    };
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
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

/// The sentences of a text, as runs of its terms.
pub(super) fn sentences<'a>(text: &str, terms: &'a [Term]) -> Vec<&'a [Term]> {
    let mut ends = Vec::new();
    let mut end = 0;
    for sentence in text.split_sentence_bounds() {
        end += sentence.chars().count();
        ends.push(end);
    }
    let mut rest = terms;
    let mut sentences = Vec::new();
    for end in ends {
        let count = rest.iter().take_while(|term| term.span.start < end).count();
        let (sentence, after) = rest.split_at(count);
        if !sentence.is_empty() {
            sentences.push(sentence);
        }
        rest = after;
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Use select_related() for foreign keys and prefetch_related() for many-to-many relations. Put indexes on filtered columns.",
        &["Use select_related() for foreign keys", "prefetch_related() for many-to-many relations", "Put indexes on filtered columns"])]
    #[case("It caches the rows, which saves later queries.", &["caches the rows, which saves later queries"])]
    #[case("Evaporation.", &["Evaporation"])]
    #[case("The query.", &["query"])]
    #[case("", &[])]
    fn phrases_read_as_they_are_written(#[case] reference: &str, #[case] expected: &[&str]) {
        let phrases = key_phrases(
            reference,
            &HashSet::from(["queri".to_owned()]),
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
            key_phrases(&reference, &HashSet::new(), Language::English).len(),
            MOST_PHRASES
        );
    }
}
