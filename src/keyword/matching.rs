//! An answer compared with every reference.

use std::collections::HashSet;

use super::coverage::{self, Prepared};
use super::guards;
use crate::grade::FlagCode;
use crate::text::{Language, Term};

/// Times its reference's length up to which an answer is compared as a whole.
const STRETCH: usize = 2;
/// Stretches from which an answer is so long that a person should see it.
const VERY_LONG: usize = 3;
/// Words; answers to a shorter reference are compared as if it had so many.
const SHORT_REFERENCE: usize = 50;

/// An answer compared with one reference.
pub(super) struct Match {
    /// The formula's score, before the guards.
    pub(super) score: f64,
    /// The guards that fired.
    pub(super) fired: Vec<guards::Fired>,
}

impl Match {
    fn guarded(&self) -> f64 {
        self.fired
            .iter()
            .fold(self.score, |score, (_, ceiling)| score.min(*ceiling))
    }
}

/// Compares with every reference and keeps the best, guards included: what negates one accepted
/// answer may be another one.
pub(super) fn best(
    references: &[Prepared],
    answer: &Prepared,
    asked: &HashSet<String>,
    language: Language,
) -> Option<Match> {
    let matches = references.iter().map(|reference| {
        let score = score(reference, answer, asked);
        let mut fired = match language {
            Language::English => guards::check(reference, answer, score),
            _ => Vec::new(),
        };
        if answer.terms.len() > VERY_LONG * stretch(reference) {
            fired.push((FlagCode::VeryLong, score));
        }
        Match { score, fired }
    });
    matches.max_by(|a, b| a.guarded().total_cmp(&b.guarded()))
}

/// The formula's score, mapped. In a text of many times the reference's length each of its words is
/// found somewhere, by chance; there the best stretch of a few times that length counts.
fn score(reference: &Prepared, answer: &Prepared, asked: &HashSet<String>) -> f64 {
    let stretch = stretch(reference);
    if answer.terms.len() <= stretch {
        return coverage::score(coverage::value(reference, answer, asked));
    }
    let value =
        |terms: &[Term]| coverage::value(reference, &Prepared::new(terms.to_vec(), asked), asked);
    let starts = (0..answer.terms.len() - stretch / 2).step_by(stretch / 2);
    let stretches = starts.map(|from| &answer.terms[from..answer.terms.len().min(from + stretch)]);
    coverage::score(stretches.map(value).fold(0.0, f64::max))
}

/// Words of an answer that are compared with a reference at once.
fn stretch(reference: &Prepared) -> usize {
    STRETCH * reference.terms.len().max(SHORT_REFERENCE)
}
