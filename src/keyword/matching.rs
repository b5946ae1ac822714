//! An answer compared with every reference.

use std::ops::Range;

use super::answer::{Answer, Stretch};
use super::choice::{Choice, Chosen};
use super::coverage::{Parts, Reference};
use super::guards::{Fired, Guards, Pair, Question};
use super::lexicon::Lexicon;
use crate::grade::FlagCode;

/// Times its reference's length up to which an answer is compared as a whole.
const STRETCH: usize = 2;
/// Stretches from which an answer is so long that a person should see it.
const VERY_LONG: usize = 3;
/// Words; answers to a shorter reference are compared as if it had so many.
const SHORT_REFERENCE: usize = 50;

/// An answer compared with one reference.
pub(super) struct Match {
    /// The parts of the formula.
    pub(super) parts: Parts,
    /// The terms of the answer that they are about.
    pub(super) stretch: Range<usize>,
    /// What the choice that the answer begins with adds to the formula's score, as a share of the rest.
    pub(super) choice_bonus: f64,
    /// The formula's score with that, before the guards.
    pub(super) score: f64,
    /// Passages of the answer that only list words: they say nothing.
    pub(super) listed: Vec<Range<usize>>,
    /// The guards that fired.
    pub(super) fired: Vec<Fired>,
}

impl Match {
    fn guarded(&self) -> f64 {
        let held = |score: f64, fired: &Fired| score.min(fired.1);
        self.fired.iter().fold(self.score, held)
    }
}

/// A reference with its guards, prepared for comparing.
#[derive(Debug, Clone)]
pub(super) struct Accepted {
    pub(super) reference: Reference,
    choice: Option<Choice>,
    guards: Guards,
}

impl Accepted {
    /// Prepares a reference.
    pub(super) fn new(text: &str, reference: Reference) -> Self {
        Self {
            choice: Choice::of(text, &reference.terms),
            guards: Guards::new(&reference),
            reference,
        }
    }

    fn compare(
        &self,
        answer: &Answer<'_>,
        whole: &Stretch,
        lexicon: &Lexicon,
        question: Option<&Question>,
    ) -> Match {
        let reference = &self.reference;
        let (stretches, stretch, parts) = parts(reference, answer, whole, lexicon);
        let choice = question.and(answer.choice.as_ref());
        let chosen = Chosen::between(
            (self.choice.as_ref(), reference.terms.len()),
            (choice, answer.terms.len()),
        );
        let score = chosen.raise(parts.score(stretches));
        let listed = question.map_or_else(Vec::new, |_| self.guards.listed(answer));
        let mut fired = question.map_or_else(Vec::new, |question| {
            let pair = Pair {
                question,
                reference,
                answer,
                whole,
                score,
            };
            self.guards.check(&pair, &listed, |runs| {
                let rest = Stretch::without(answer, runs, lexicon);
                chosen.raise(reference.parts(&rest, lexicon).score(stretches))
            })
        });
        fired.extend(chosen.fired);
        if answer.terms.len() > VERY_LONG * longest(reference) {
            fired.push((FlagCode::VeryLong, score));
        }
        Match {
            parts,
            stretch,
            choice_bonus: chosen.bonus,
            score,
            listed,
            fired,
        }
    }
}

/// Compares with every reference and keeps the best, guards included: what negates one accepted
/// answer may be another one. The guards know English; they run where a question is given.
///
/// Gives the number of the reference, too.
pub(super) fn best(
    references: &[Accepted],
    answer: &Answer<'_>,
    lexicon: &Lexicon,
    question: Option<&Question>,
) -> Option<(usize, Match)> {
    let whole = Stretch::new(answer, 0..answer.terms.len(), lexicon);
    let compare = |accepted: &Accepted| accepted.compare(answer, &whole, lexicon, question);
    // Of several that are as good the first, which is the task's own reference.
    let better = |best: (usize, Match), next: (usize, Match)| {
        if next.1.guarded() > best.1.guarded() {
            next
        } else {
            best
        }
    };
    references.iter().map(compare).enumerate().reduce(better)
}

/// Compares an answer with a reference. In a text of many times the reference's length each of its
/// words is found somewhere, by chance; there the best stretch of a few times that length counts.
fn parts(
    reference: &Reference,
    answer: &Answer<'_>,
    whole: &Stretch,
    lexicon: &Lexicon,
) -> (usize, Range<usize>, Parts) {
    let length = longest(reference);
    if answer.terms.len() <= length {
        return (1, 0..answer.terms.len(), reference.parts(whole, lexicon));
    }
    let starts = (0..answer.terms.len() - length / 2).step_by(length / 2);
    let stretches = starts.map(|from| {
        let terms = from..answer.terms.len().min(from + length);
        let stretch = Stretch::new(answer, terms.clone(), lexicon);
        (terms, reference.parts(&stretch, lexicon))
    });
    let better = |best: (Range<usize>, Parts), next: (Range<usize>, Parts)| {
        if next.1.value() > best.1.value() {
            next
        } else {
            best
        }
    };
    let count = stretches.len();
    let (stretch, parts) = stretches.reduce(better).unwrap_or_default();
    (count, stretch, parts)
}

/// Words of an answer that are compared with a reference at once.
fn longest(reference: &Reference) -> usize {
    STRETCH * reference.terms.len().max(SHORT_REFERENCE)
}
