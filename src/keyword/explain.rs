//! How a score came about, for whoever asks.

use std::ops::Range;

use super::answer::Answer;
use super::coverage::{FOUND, Reference};
use super::lexicon::{Lexicon, Place};
use super::matching::Match;
use crate::grade::{Explanation, FiredGuard, FormulaParts, MatchedWord};

/// Explains the comparison of an answer with the reference that it was closest to.
pub(super) fn explain(
    (number, reference): (usize, &Reference),
    found: &Match,
    answer: &Answer<'_>,
    lexicon: &Lexicon,
    denied_share: f64,
) -> Explanation {
    let parts = &found.parts;
    Explanation {
        reference: number,
        parts: FormulaParts {
            covered: round(parts.covered),
            sequence: round(parts.sequence),
            words: round(parts.words),
            characters: round(parts.characters),
            soft: round(parts.soft),
        },
        value: round(parts.value()),
        choice_bonus: round(found.choice_bonus),
        mapped: round(found.score),
        denied_share: round(denied_share),
        guards: found
            .fired
            .iter()
            .map(|(code, ceiling)| FiredGuard {
                code: *code,
                ceiling: round(*ceiling),
            })
            .collect(),
        words: reference
            .stems
            .iter()
            .filter_map(|place| matched(*place, reference, &found.stretch, answer, lexicon))
            .collect(),
    }
}

/// What was found for a stem of the reference. Identifiers as a whole are left out: their parts
/// are words of their own.
fn matched(
    place: Place,
    reference: &Reference,
    stretch: &Range<usize>,
    answer: &Answer<'_>,
    lexicon: &Lexicon,
) -> Option<MatchedWord> {
    let at = reference.places.iter().position(|other| *other == place)?;
    let in_question = lexicon.is_asked(place);
    let likeness = |at: usize| {
        let likes = answer.likes(at).iter();
        let same = likes.filter(|like| like.place == place);
        same.map(|like| like.likeness).fold(0.0, f64::max)
    };
    let better = |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
    let best = stretch
        .clone()
        .map(|at| (at, likeness(at)))
        .reduce(better)
        .filter(|(_, likeness)| *likeness >= FOUND);
    Some(MatchedWord {
        word: reference.terms[at].word.to_string(),
        found: best.map(|(at, _)| answer.terms[at].word.to_string()),
        likeness: best.map_or(0.0, |(_, likeness)| likeness),
        in_question,
    })
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
