use super::sample::{Graded, same};

/// A value at a place, and how much it counts; the weight is above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Observation {
    x: f64,
    y: f64,
    weight: f64,
}

/// Neighbouring places that share a value, their weighted mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    /// The lowest place.
    pub(super) first: f64,
    /// The highest place.
    pub(super) last: f64,
    /// The sum of the values, each times its weight.
    pub(super) total: f64,
    /// The sum of the weights, above 0.
    pub(super) weight: f64,
}

impl Block {
    /// The mean.
    pub(super) fn value(self) -> f64 {
        self.total / self.weight
    }

    /// Joins the block that follows.
    pub(super) fn with(self, next: Self) -> Self {
        Self {
            first: self.first,
            last: next.last,
            total: self.total + next.total,
            weight: self.weight + next.weight,
        }
    }
}

/// Joins neighbours until each value is above the one before it: the weighted least squares fit
/// that never falls. The blocks come by rising place.
///
/// Pools adjacent violators (Barlow, Bartholomew, Bremner and Brunk, "Statistical Inference under
/// Order Restrictions", 1972; Robertson, Wright and Dykstra, "Order Restricted Statistical
/// Inference", 1988, section 1.2).
pub(super) fn pool_adjacent_violators(blocks: impl IntoIterator<Item = Block>) -> Vec<Block> {
    let mut pooled: Vec<Block> = Vec::new();
    for mut block in blocks {
        while let Some(before) = pooled.pop_if(|before| before.value() >= block.value()) {
            block = before.with(block);
        }
        pooled.push(block);
    }
    pooled
}

/// The isotonic fit to observations, as the first and the last point of each of its flat pieces.
///
/// Values at one place are averaged first, as scikit-learn's `IsotonicRegression` does.
fn isotonic(observations: &[Observation]) -> Vec<[f64; 2]> {
    let mut sorted = observations.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    let one = |seen: &Observation| Block {
        first: seen.x,
        last: seen.x,
        total: seen.weight * seen.y,
        weight: seen.weight,
    };
    let ties = sorted.chunk_by(|a, b| same(a.x, b.x));
    let ties = ties.filter_map(|tied| tied.iter().map(one).reduce(Block::with));
    let ends = |block: Block| [block.first, block.last].map(|x| [x, block.value()]);
    let blocks = pool_adjacent_violators(ties).into_iter();
    let mut points: Vec<_> = blocks.flat_map(ends).collect();
    points.dedup();
    points
}

/// The points of a map from scores to human scores: isotonic, through `[0, 0]`, flat beyond the
/// highest score seen.
///
/// Since the map is fixed at 0 and human scores are never below that, the best fit under this
/// condition is the fit to all other scores; what was given at 0 cannot move it. Where nothing
/// scored above 0, nothing is known, and the map changes nothing. Calibrated scores have six
/// decimals, so that the file shows the very numbers that are used.
pub(super) fn score_map(sample: &[Graded]) -> Vec<[f64; 2]> {
    let above_zero = sample.iter().filter(|one| one.score > 0.0);
    let observations: Vec<_> = above_zero
        .map(|one| Observation {
            x: one.score,
            y: one.human,
            weight: 1.0,
        })
        .collect();
    let mut points = vec![[0.0, 0.0]];
    points.extend(isotonic(&observations));
    for point in &mut points {
        point[1] = six_decimals(point[1].clamp(0.0, 1.0));
    }
    match points.last() {
        Some([last, value]) if *last > 0.0 && *last < 1.0 => points.push([1.0, *value]),
        Some([last, _]) if *last > 0.0 => {}
        _ => points.push([1.0, 1.0]),
    }
    without_flat_inside(&points)
}

/// Rounds to six decimals: finer than any sample can tell.
pub(super) fn six_decimals(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// Leaves out the points between two others of the same value, which tell nothing.
fn without_flat_inside(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let flat = points.chunk_by(|a, b| same(a[1], b[1]));
    let mut ends: Vec<_> = flat
        .flat_map(|piece| piece.first().into_iter().chain(piece.last()).copied())
        .collect();
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::ScoreMap;
    use proptest::prelude::*;

    fn observations(xyw: &[[f64; 3]]) -> Vec<Observation> {
        let one = |[x, y, weight]: &[f64; 3]| Observation {
            x: *x,
            y: *y,
            weight: *weight,
        };
        xyw.iter().map(one).collect()
    }

    fn graded(scores: &[[f64; 2]]) -> Vec<Graded<'static>> {
        let one = |[score, human]: &[f64; 2]| Graded {
            id: "a",
            question: "q",
            human: *human,
            score: *score,
            confidence: 0.5,
        };
        scores.iter().map(one).collect()
    }

    fn assert_near(points: &[[f64; 2]], expected: &[[f64; 2]]) {
        assert_eq!(points.len(), expected.len(), "{points:?}");
        for (point, expected) in points.as_flattened().iter().zip(expected.as_flattened()) {
            assert!((point - expected).abs() < 1e-9, "{points:?}");
        }
    }

    /// scikit-learn 1.9.1: `m = IsotonicRegression().fit(x, y, sample_weight=w)`, then
    /// `zip(m.X_thresholds_, m.y_thresholds_)`.
    #[test]
    fn it_is_the_fit_of_scikit_learn_with_ties_and_weights() {
        let seen = [
            [0.7, 1.0, 1.0],
            [0.1, 0.0, 1.0],
            [0.2, 0.5, 2.0],
            [0.2, 0.25, 1.0],
            [0.3, 0.25, 3.0],
            [0.4, 0.75, 1.0],
            [0.4, 0.5, 1.0],
            [0.5, 0.25, 2.0],
            [0.7, 0.75, 4.0],
            [0.9, 0.75, 1.0],
        ];
        let third = 1.0 / 3.0;
        let weighted = [
            [0.1, 0.0],
            [0.2, third],
            [0.3, third],
            [0.4, 0.4375],
            [0.5, 0.4375],
            [0.7, 0.791_666_666_666_666_6],
            [0.9, 0.791_666_666_666_666_6],
        ];
        assert_near(&isotonic(&observations(&seen)), &weighted);
        let equal = seen.map(|[x, y, _]| [x, y, 1.0]);
        let five_sixths = 0.833_333_333_333_333_4;
        let unweighted = [
            [0.1, 0.0],
            [0.2, third],
            [0.3, third],
            [0.4, 0.5],
            [0.5, 0.5],
            [0.7, five_sixths],
            [0.9, five_sixths],
        ];
        assert_near(&isotonic(&observations(&equal)), &unweighted);
    }

    /// scikit-learn 1.9.1: `IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")` on these
    /// and on (0, 0) with a weight of 1e12; its points, with (1, 1) for its clipping, and its
    /// `predict`.
    #[test]
    fn a_map_is_the_fit_of_scikit_learn_held_at_zero() {
        let pairs = [
            [0.0, 0.25],
            [0.0, 0.0],
            [0.05, 0.25],
            [0.1, 0.0],
            [0.15, 0.5],
            [0.2, 0.25],
            [0.3, 0.5],
            [0.35, 0.25],
            [0.35, 0.75],
            [0.5, 0.5],
            [0.6, 0.75],
            [0.6, 0.5],
            [0.75, 1.0],
            [0.8, 0.75],
            [0.9, 1.0],
        ];
        let points = score_map(&graded(&pairs));
        let expected = [
            [0.0, 0.0],
            [0.05, 0.125],
            [0.1, 0.125],
            [0.15, 0.375],
            [0.2, 0.375],
            [0.3, 0.5],
            [0.5, 0.5],
            [0.6, 0.625],
            [0.75, 0.875],
            [0.8, 0.875],
            [0.9, 1.0],
            [1.0, 1.0],
        ];
        assert_near(&points, &expected);
        let map = ScoreMap::new(points).unwrap();
        let predicted = [
            [0.0, 0.0],
            [0.02, 0.05],
            [0.07, 0.125],
            [0.25, 0.4375],
            [0.4, 0.5],
            [0.55, 0.5625],
            [0.7, 0.791_666_666_666_666_6],
            [0.78, 0.875],
            [0.95, 1.0],
            [1.0, 1.0],
        ];
        assert_near(
            &predicted.map(|[score, _]| [score, map.apply(score)]),
            &predicted,
        );
    }

    #[test]
    fn where_nothing_scored_above_zero_the_map_changes_nothing() {
        let identity = [[0.0, 0.0], [1.0, 1.0]];
        assert_eq!(score_map(&graded(&[[0.0, 0.5]])), identity);
        assert_eq!(score_map(&[]), identity);
    }

    /// Scores and human scores with many ties, as graders and people give them.
    fn any_sample() -> impl Strategy<Value = Vec<[f64; 2]>> {
        let one = (0_u32..=40, 0_u32..=8);
        let pair = |(score, human)| [f64::from(score) / 40.0, f64::from(human) / 8.0];
        prop::collection::vec(one.prop_map(pair), 0..60)
    }

    proptest! {
        #[test]
        fn a_fitted_map_is_a_map_and_its_points_fit_themselves(pairs in any_sample()) {
            let points = score_map(&graded(&pairs));
            prop_assert!(ScoreMap::new(points.clone()).is_ok(), "{:?}", points);
            prop_assert_eq!(score_map(&graded(&points)), points);
        }

        #[test]
        fn no_other_height_of_a_flat_piece_fits_better(pairs in any_sample(), by in -0.1..0.1) {
            let pairs: Vec<_> = pairs.into_iter().filter(|[score, _]| *score > 0.0).collect();
            let seen: Vec<_> = pairs.iter().map(|[x, y]| [*x, *y, 1.0]).collect();
            let points = isotonic(&observations(&seen));
            for value in points.iter().map(|point| point[1]) {
                let piece = || points.iter().filter(|point| same(point[1], value));
                let from = piece().map(|point| point[0]).fold(1.0, f64::min);
                let to = piece().map(|point| point[0]).fold(0.0, f64::max);
                let inside = || pairs.iter().filter(|[x, _]| (from..=to).contains(x));
                let error = |at: f64| inside().map(|[_, y]| (y - at).powi(2)).sum::<f64>();
                prop_assert!(error(value) <= error(value + by) + 1e-9);
            }
        }
    }
}
