//! Keywords strung together instead of sentences.

use std::ops::Range;

use foldhash::HashSet;

use super::{Pair, function_words};
use crate::keyword::answer::Answer;
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

/// So many of a reference's words without a function word among them are a list, also between
/// commas; terse answers have up to seven. Where the reference itself has a list, it takes so many times
/// its length.
const LISTED_WORDS: usize = 8;
const LONGER: f64 = 1.25;
/// Of a list's neighbours at most this share are neighbours in the reference, too.
const LISTED_ADJACENT: f64 = 0.5;
/// What a list alone is worth, as in an answer that is one as a whole.
const LISTED_FACTOR: f64 = LIST_FACTOR;

/// Which content words of a reference follow one another.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    known: HashSet<Place>,
    pairs: HashSet<(Place, Place)>,
    /// The number of words in its own longest list.
    longest: usize,
}

impl Neighbours {
    pub(super) fn new(reference: &Reference) -> Self {
        let places = &reference.places;
        let runs = content_runs(&reference.terms, &reference.sentences);
        let lengths = runs.map(|run| words(&reference.terms[run]));
        Self {
            known: reference.stems.iter().copied().collect(),
            pairs: places.windows(2).map(|pair| (pair[0], pair[1])).collect(),
            longest: lengths.max().unwrap_or_default(),
        }
    }

    /// Passages of an answer that only list the reference's words, whatever stands before and after
    /// them.
    pub(super) fn listed(&self, answer: &Answer<'_>) -> Vec<Range<usize>> {
        let runs = content_runs(answer.terms, answer.sentences);
        runs.filter(|run| self.is_list(answer, run.clone()))
            .collect()
    }

    fn is_list(&self, answer: &Answer<'_>, run: Range<usize>) -> bool {
        let least = (LONGER * self.longest as f64).max(LISTED_WORDS as f64);
        if (run.len() as f64) < least {
            return false;
        }
        let known = |at: &usize| answer.known[*at].is_some_and(|place| self.known.contains(&place));
        let known_words = run.clone().filter(known);
        let known_words = known_words
            .filter(|at| !answer.terms[*at].continues)
            .count();
        let neighbours = self.neighbours(&answer.known[run]);
        known_words as f64 >= least
            && neighbours as f64 <= LISTED_ADJACENT * (known_words - 1) as f64
    }

    /// How many neighbours are neighbours in the reference, too.
    fn neighbours(&self, known: &[Option<Place>]) -> usize {
        let pairs = known.windows(2);
        let neighbours = pairs.filter(|pair| match pair {
            [Some(one), Some(next)] => self.pairs.contains(&(*one, *next)),
            _ => false,
        });
        neighbours.count()
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
            let terms = &answer.terms[run.clone()];
            let most = STUFFED_ADJACENT * (run.len() - 1) as f64;
            words(terms) >= STUFFED_LENGTH
                && self.neighbours(&answer.known[run.clone()]) as f64 <= most
        });
        let rest = || score_without(&runs).min(STUFFED_FACTOR * pair.score);
        (!runs.is_empty()).then(rest)
    }
}

/// The ceiling for an answer with listed words: what the rest of it is worth, or the list alone.
pub(super) fn ceiling_with_list(score: f64, rest: f64) -> f64 {
    rest.max(LISTED_FACTOR * score)
}

/// The stretches of a text without a function word, none of which goes beyond its sentence.
fn content_runs<'a>(
    terms: &'a [Term],
    sentences: &'a [Range<usize>],
) -> impl Iterator<Item = Range<usize>> + 'a {
    sentences.iter().flat_map(|sentence| {
        let mut from = sentence.start;
        let pieces = terms[sentence.clone()].split(|term| term.function);
        pieces.map(move |piece| {
            let run = from..from + piece.len();
            from = run.end + 1;
            run
        })
    })
}

/// The number of words; an identifier is one.
fn words(terms: &[Term]) -> usize {
    terms.iter().filter(|term| !term.continues).count()
}

/// Words set apart by commas or arrows are a terse answer, not a stuffed one.
fn touching(one: &Term, next: &Term) -> bool {
    next.span.start <= one.span.end + 1
}
