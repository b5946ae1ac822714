//! Guards against answers that are written for a word counter. Each holds the score down by a rule
//! that next to no full-mark answer meets; each that fires is flagged. English only.
//!
//! | file | answers that |
//! |---|---|
//! | `novelty` | only say the question again |
//! | `lists` | string keywords together instead of sentences |
//! | `order` | hold the right words in no order |
//! | `copies` | copy the reference and turn it into its opposite |
//! | `antonyms` | — which words are opposites |
//!
//! Where the numbers come from, and how often each guard fires on full-mark answers, stands in
//! `docs/scoring.md`.

mod antonyms;
mod copies;
mod lists;
mod novelty;
mod order;

use std::ops::Range;

pub(super) use novelty::Question;

use super::answer::{Answer, Stretch};
use super::coverage::{FOUND, Reference};
use super::lexicon::Place;
use crate::grade::FlagCode;
use crate::text::Term;

/// So small a share of a long reference's words is found in any answer.
const COVERED_BY_CHANCE: f64 = 0.05;

/// A guard that fired: its name, and the ceiling it sets for the answer's score.
pub(super) type Fired = (FlagCode, f64);

/// What the guards need to know of a reference.
#[derive(Debug, Clone)]
pub(super) struct Guards {
    lists: lists::Neighbours,
    order: order::Order,
    copies: copies::Original,
}

/// An answer beside a reference.
pub(super) struct Pair<'a> {
    pub(super) question: &'a Question,
    pub(super) reference: &'a Reference,
    pub(super) answer: &'a Answer<'a>,
    pub(super) whole: &'a Stretch,
    /// The score without guards.
    pub(super) score: f64,
}

impl Guards {
    /// Prepares a reference.
    pub(super) fn new(reference: &Reference) -> Self {
        Self {
            lists: lists::Neighbours::new(reference),
            order: order::Order::new(reference),
            copies: copies::Original::new(reference),
        }
    }

    /// Passages of an answer that only list the reference's words, and say nothing.
    pub(super) fn listed(&self, answer: &Answer<'_>) -> Vec<Range<usize>> {
        self.lists.listed(answer)
    }

    /// Runs all guards; `listed` are such passages, and `score_without` scores the answer without some of its terms.
    pub(super) fn check(
        &self,
        pair: &Pair<'_>,
        listed: &[Range<usize>],
        score_without: impl Fn(&[Range<usize>]) -> f64,
    ) -> Vec<Fired> {
        let coverage = pair.coverage();
        let mut fired = Vec::new();
        let mut fire =
            |code, ceiling: Option<f64>| fired.extend(ceiling.map(|ceiling| (code, ceiling)));
        fire(FlagCode::NothingNew, novelty::nothing_new(pair));
        fire(FlagCode::KeywordList, lists::keyword_list(pair));
        let list = (!listed.is_empty())
            .then(|| lists::ceiling_with_list(pair.score, score_without(listed)));
        let run = || self.lists.stuffed_runs(pair, &score_without);
        fire(FlagCode::StuffedRun, list.or_else(run));
        fire(FlagCode::Scramble, self.order.scrambled(pair, coverage));
        fire(FlagCode::NegatedCopy, self.copies.negated(pair, coverage));
        fire(
            FlagCode::AntonymCopy,
            self.copies.turned_round(pair, coverage),
        );
        fired
    }
}

impl Pair<'_> {
    /// Tells whether the answer has next to none of the words that the reference has beyond the
    /// question.
    fn nothing_covered(&self) -> bool {
        let found = |place: &Place| self.whole.of_stem(*place).best_new > 0.0;
        share(self.reference.new.iter(), found) < COVERED_BY_CHANCE
    }

    /// The share of the reference's stems that the answer has.
    fn coverage(&self) -> f64 {
        let found = |place: &Place| self.whole.of_stem(*place).best >= FOUND;
        share(self.reference.stems.iter(), found)
    }
}

/// The share of items that pass a test; 0 of none.
fn share<T>(items: impl ExactSizeIterator<Item = T>, test: impl Fn(T) -> bool) -> f64 {
    let count = items.len();
    let passed = items.filter_map(|item| test(item).then_some(())).count();
    passed as f64 / count.max(1) as f64
}

fn function_words(terms: &[Term]) -> f64 {
    share(terms.iter(), |term| term.function)
}

fn content_words(terms: &[Term]) -> f64 {
    terms.iter().filter(|term| term.content).count() as f64
}
