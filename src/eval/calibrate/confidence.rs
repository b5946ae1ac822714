use super::isotonic::{Block, pool_adjacent_violators, six_decimals};
use super::sample::{Graded, same};
use crate::eval::metrics::NEAR;
use crate::grade::{CalibrationError, ConfidenceStep, ConfidenceTable};

/// How many grades a step rests on at least, where there are that many.
const FEWEST: usize = 20;

/// Estimates how often a calibrated score lies within .15 of a person's, by the grader's
/// confidence; `calibrated` are the scores out of fold.
///
/// Grades of like confidence are put into blocks of 20 or more, and blocks pooled until the share
/// of near ones never falls. Each share then counts one near and one far grade more than there are,
/// so that it is never 0 or 1: Laplace's rule of succession ("Essai philosophique sur les
/// probabilités", 1814), the mean of what the share may be if every share was as likely before. As
/// that moves small blocks further than large ones, they are pooled once more.
pub(super) fn confidence_table(
    sample: &[Graded],
    calibrated: &[f64],
) -> Result<ConfidenceTable, CalibrationError> {
    let succession = |block: Block| Block {
        total: block.total + 1.0,
        weight: block.weight + 2.0,
        ..block
    };
    let pooled = pool_adjacent_violators(blocks(sample, calibrated));
    let pooled = pool_adjacent_violators(pooled.into_iter().map(succession));
    let steps = pooled.into_iter().enumerate();
    let steps = steps.map(|(index, block)| ConfidenceStep {
        at_least: if index == 0 { 0.0 } else { block.first },
        chance: six_decimals(block.value()),
    });
    ConfidenceTable::new(steps.collect())
}

/// Blocks of 20 grades or more by rising confidence, whose value is the share of near ones. Equal
/// confidences share a block; too few for one of their own join the last.
fn blocks(sample: &[Graded], calibrated: &[f64]) -> Vec<Block> {
    let mut sorted: Vec<_> = sample.iter().zip(calibrated).collect();
    sorted.sort_by(|a, b| a.0.confidence.total_cmp(&b.0.confidence));
    let mut blocks: Vec<Block> = Vec::new();
    let mut left = sorted.len();
    for tied in sorted.chunk_by(|a, b| same(a.0.confidence, b.0.confidence)) {
        let near = |one: &&(&Graded, &f64)| (one.1 - one.0.human).abs() <= NEAR;
        let tie = Block {
            first: tied[0].0.confidence,
            last: tied[0].0.confidence,
            total: tied.iter().filter(near).count() as f64,
            weight: tied.len() as f64,
        };
        match blocks.last_mut() {
            Some(block) if block.weight < FEWEST as f64 || left < FEWEST => {
                *block = block.with(tie);
            }
            _ => blocks.push(tie),
        }
        left -= tied.len();
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Grades of one confidence: how many, and how many of them are near.
    type Group = (f64, usize, usize);

    fn table(groups: &[Group]) -> Vec<[f64; 2]> {
        let mut sample = Vec::new();
        let mut calibrated = Vec::new();
        for (confidence, count, near) in groups {
            for place in 0..*count {
                sample.push(Graded {
                    id: "a",
                    question: "q",
                    human: 0.75,
                    score: 0.5,
                    confidence: *confidence,
                });
                calibrated.push(if place < *near { 0.9 } else { 0.59 });
            }
        }
        let table = confidence_table(&sample, &calibrated).unwrap();
        let steps = table.steps().iter();
        steps.map(|step| [step.at_least, step.chance]).collect()
    }

    /// By hand: (8 + 1) / (20 + 2) and (16 + 1) / (20 + 2).
    #[test]
    fn a_step_is_its_share_by_the_rule_of_succession() {
        let steps = [[0.0, 0.409_091], [0.7, 0.772_727]];
        assert_eq!(table(&[(0.7, 20, 16), (0.3, 20, 8)]), steps);
    }

    /// By hand: (12 + 8 + 1) / (20 + 20 + 2).
    #[test]
    fn steps_that_fall_are_pooled() {
        assert_eq!(table(&[(0.3, 20, 12), (0.7, 20, 8)]), [[0.0, 0.5]]);
    }

    /// 99 of 100 would be 100 / 102, above the 21 / 22 of 20 of 20: pooled, 121 / 124.
    #[test]
    fn steps_that_the_rule_makes_fall_are_pooled_again() {
        assert_eq!(table(&[(0.3, 100, 99), (0.7, 20, 20)]), [[0.0, 0.975_806]]);
    }

    /// By hand: 10 and 10 grades make one block, the last 5 join that of .6: 21 / 22 would need
    /// 20; so (0 + 1) / (20 + 2) and (25 + 1) / (25 + 2).
    #[test]
    fn a_step_is_never_a_few_grades() {
        let groups = [(0.1, 10, 0), (0.2, 10, 0), (0.6, 20, 20), (0.9, 5, 5)];
        assert_eq!(table(&groups), [[0.0, 0.045_455], [0.6, 0.962_963]]);
        assert_eq!(table(&[(0.9, 1, 1)]), [[0.0, 0.666_667]]);
    }

    proptest! {
        #[test]
        fn any_sample_makes_a_table(
            groups in prop::collection::vec((0.0..=1.0, 1_usize..40, 0_usize..40), 1..12),
        ) {
            // `table` unwraps the checks of `ConfidenceTable::new`.
            prop_assert!(!table(&groups).is_empty());
        }
    }
}
