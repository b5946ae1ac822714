//! Keywords strung together instead of sentences.

use std::ops::Range;

use foldhash::HashSet;

use super::{Pair, function_words};
use crate::keyword::coverage::Reference;
use crate::keyword::lexicon::Place;
use crate::text::Term;

const LIST_WORDS: usize = 6;
/// Running prose has 35 % function words and more, a list next to none.
const LIST_FUNCTION_WORDS: f64 = 0.12;
const PROSE_FUNCTION_WORDS: f64 = 0.20;
const LIST_FACTOR: f64 = 0.5;
const STUFFED_LENGTH: usize = 6;
const STUFFED_ADJACENT: f64 = 1.0 / 3.0;
const STUFFED_FACTOR: f64 = 0.5;
/// In longer answers such a run may be a list that belongs there.
const STUFFED_ANSWER_TOKENS: usize = 60;

/// The answer is a list of words where the reference is prose. Numbers and single letters are no
/// words: a calculation is no list of keywords.
pub(super) fn keyword_list(pair: &Pair<'_>) -> Option<f64> {
    let terms = pair.answer.terms;
    let function_words_in = terms.iter().filter(|term| term.function).count() as f64;
    if function_words_in >= LIST_FUNCTION_WORDS * terms.len() as f64 {
        return None;
    }
    let is_word = |term: &&Term| {
        term.function || (term.content && !term.word.contains(|c: char| c.is_ascii_digit()))
    };
    let words = terms.iter().filter(is_word).count();
    let is_list = words >= LIST_WORDS
        && function_words_in < LIST_FUNCTION_WORDS * words as f64
        && function_words(&pair.reference.terms) >= PROSE_FUNCTION_WORDS;
    is_list.then_some(LIST_FACTOR * pair.score)
}

/// Which content words of a reference follow one another.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    known: HashSet<Place>,
    pairs: HashSet<(Place, Place)>,
}

impl Neighbours {
    pub(super) fn new(reference: &Reference) -> Self {
        let places = &reference.places;
        Self {
            known: reference.stems.iter().copied().collect(),
            pairs: places.windows(2).map(|pair| (pair[0], pair[1])).collect(),
        }
    }

    /// Long runs of the reference's content words that are no neighbours there. What they hold is
    /// not said, so that the score is at most that of the rest.
    pub(super) fn stuffed_runs(
        &self,
        pair: &Pair<'_>,
        score_without: impl Fn(&[Range<usize>]) -> f64,
    ) -> Option<f64> {
        let answer = pair.answer;
        if answer.terms.len() >= STUFFED_ANSWER_TOKENS {
            return None;
        }
        let is_known = |at: usize| {
            answer.terms[at].content
                && answer.known[at].is_some_and(|place| self.known.contains(&place))
        };
        let mut runs: Vec<Range<usize>> = Vec::new();
        for at in (0..answer.terms.len()).filter(|at| is_known(*at)) {
            match runs.last_mut() {
                Some(run)
                    if run.end == at && touching(&answer.terms[at - 1], &answer.terms[at]) =>
                {
                    run.end = at + 1;
                }
                _ => runs.push(at..at + 1),
            }
        }
        runs.retain(|run| {
            // An identifier is one word, and its parts are neighbours anywhere.
            let terms = &answer.terms[run.clone()];
            let words = terms.iter().filter(|term| !term.continues).count();
            let pairs = answer.known[run.clone()].windows(2);
            let neighbours = pairs.filter(|pair| match pair {
                [Some(one), Some(next)] => self.pairs.contains(&(*one, *next)),
                _ => false,
            });
            let most = STUFFED_ADJACENT * (run.len() - 1) as f64;
            words >= STUFFED_LENGTH && neighbours.count() as f64 <= most
        });
        let rest = || score_without(&runs).min(STUFFED_FACTOR * pair.score);
        (!runs.is_empty()).then(rest)
    }
}

/// Words set apart by commas or arrows are a terse answer, not a stuffed one.
fn touching(one: &Term, next: &Term) -> bool {
    next.span.start <= one.span.end + 1
}
