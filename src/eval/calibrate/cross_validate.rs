use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::isotonic::score_map;
use super::sample::Graded;
use crate::grade::{CalibrationError, ScoreMap};

/// How many parts the questions are dealt into, where there are that many.
const FOLDS: usize = 5;

/// What maps make of scores that they were not fitted to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OutOfFold {
    /// Into how many folds the questions were dealt.
    pub(super) folds: usize,
    /// The calibrated score of each grade, 0..1.
    pub(super) scores: Vec<f64>,
}

/// Fits a map to all folds but one and applies it to that one, for each fold.
///
/// All answers to a question are in one fold, since a map is for questions that it has not seen.
/// `None` where all answers are to one question.
pub(super) fn out_of_fold(sample: &[Graded]) -> Result<Option<OutOfFold>, CalibrationError> {
    let order = dealing_order(sample);
    let folds = order.len().min(FOLDS);
    if folds < 2 {
        return Ok(None);
    }
    let fold_of = |one: &Graded| {
        let place = order.iter().position(|question| *question == one.question);
        place.unwrap_or_default() % folds
    };
    let fold_of: Vec<usize> = sample.iter().map(fold_of).collect();
    let mut maps = Vec::new();
    for fold in 0..folds {
        let others = sample.iter().zip(&fold_of).filter(|(_, of)| **of != fold);
        let others: Vec<Graded> = others.map(|(one, _)| *one).collect();
        maps.push(ScoreMap::new(score_map(&others))?);
    }
    let scores = sample.iter().zip(&fold_of);
    let scores = scores
        .map(|(one, fold)| maps[*fold].apply(one.score))
        .collect();
    Ok(Some(OutOfFold { folds, scores }))
}

/// The questions in the order of the SHA-256 of their ids: as good as shuffled, and the same on
/// every machine and in whatever order the cases come. Dealt in turn, no fold is empty.
fn dealing_order<'a>(sample: &[Graded<'a>]) -> Vec<&'a str> {
    let questions: BTreeSet<&str> = sample.iter().map(|one| one.question).collect();
    let mut order: Vec<&str> = questions.into_iter().collect();
    order.sort_by_cached_key(|question| Sha256::digest(question.as_bytes()));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn one(question: &str, [score, human]: [f64; 2]) -> Graded<'_> {
        Graded {
            id: "a",
            question,
            human,
            score,
            confidence: 0.5,
        }
    }

    #[test]
    fn one_question_cannot_be_left_out() {
        let sample = [one("q", [0.5, 0.5]), one("q", [0.7, 0.5])];
        assert_eq!(out_of_fold(&sample), Ok(None));
    }

    #[rstest]
    #[case(2, 2)]
    #[case(4, 4)]
    #[case(5, 5)]
    #[case(17, 5)]
    fn there_are_five_folds_or_as_many_as_questions(
        #[case] questions: usize,
        #[case] folds: usize,
    ) {
        let ids: Vec<_> = (0..questions).map(|at| format!("q{at}")).collect();
        let sample: Vec<_> = ids.iter().map(|id| one(id, [0.5, 0.5])).collect();
        assert_eq!(out_of_fold(&sample).unwrap().unwrap().folds, folds);
    }

    /// With a question in each of two folds, each is calibrated by the other one alone: people give
    /// .25 for .5 in one and 1 for .5 in the other.
    #[test]
    fn a_question_is_calibrated_by_the_others_only() {
        let sample = [
            one("p", [0.5, 0.25]),
            one("q", [0.5, 1.0]),
            one("p", [0.25, 0.25]),
            one("q", [0.0, 0.25]),
        ];
        let found = out_of_fold(&sample).unwrap().unwrap();
        assert_eq!(found.scores, [1.0, 0.25, 0.5, 0.0]);
    }

    /// Python: `sorted(["orm", "cache", "auth"], key=lambda q: sha256(q.encode()).digest())`.
    #[test]
    fn the_order_is_that_of_the_hashes_whatever_comes_first() {
        let expected = ["cache", "orm", "auth"];
        let sample = ["orm", "cache", "auth", "orm"].map(|question| one(question, [0.5, 0.5]));
        assert_eq!(dealing_order(&sample), expected);
        let backwards: Vec<_> = sample.into_iter().rev().collect();
        assert_eq!(dealing_order(&backwards), expected);
    }
}
