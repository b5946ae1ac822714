use crate::eval::metrics::{Kappa, level};

use super::sample::same;

/// How well scores agree with people's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Root mean square of score minus human score, 0..1.
    pub rmse: f64,
    /// Mean of the absolute differences, 0..1.
    pub mae: f64,
    /// Mean of score minus human score, -1..1; above 0 where scores are too kind.
    pub bias: f64,
    /// Pearson's correlation, -1..1; `None` where either side is constant.
    pub pearson_r: Option<f64>,
    /// Quadratic weighted kappa of the scores rounded to levels, up to 1; `None` where all scores
    /// of both sides are at one level.
    pub qwk: Option<f64>,
}

/// Measures pairs of a score and a human score; there must be one or more.
pub(super) fn agreement(pairs: &[[f64; 2]], levels: usize) -> Agreement {
    let mean = |value: fn(&[f64; 2]) -> f64| pairs.iter().map(value).sum::<f64>() / length(pairs);
    let mut kappa = Kappa::default();
    for [score, human] in pairs {
        kappa.add(level(*score, levels), level(*human, levels), 1.0);
    }
    Agreement {
        rmse: rmse(pairs),
        mae: mean(|[score, human]| (score - human).abs()),
        bias: mean(|[score, human]| score - human),
        pearson_r: pearson_r(pairs),
        qwk: kappa.value(),
    }
}

/// Root mean square difference of each pair; there must be one or more.
pub(super) fn rmse(pairs: &[[f64; 2]]) -> f64 {
    let squares = pairs.iter().map(|[a, b]| (a - b).powi(2));
    (squares.sum::<f64>() / length(pairs)).sqrt()
}

fn length(pairs: &[[f64; 2]]) -> f64 {
    pairs.len() as f64
}

fn pearson_r(pairs: &[[f64; 2]]) -> Option<f64> {
    let constant = |side: usize| pairs.windows(2).all(|two| same(two[0][side], two[1][side]));
    if constant(0) || constant(1) {
        return None;
    }
    let mean = |side: usize| pairs.iter().map(|pair| pair[side]).sum::<f64>() / length(pairs);
    let means = [mean(0), mean(1)];
    let product = |a: usize, b: usize| {
        let products = pairs
            .iter()
            .map(|pair| (pair[a] - means[a]) * (pair[b] - means[b]));
        products.sum::<f64>()
    };
    Some(product(0, 1) / (product(0, 0) * product(1, 1)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const PAIRS: [[f64; 2]; 8] = [
        [0.1, 0.0],
        [0.4, 0.25],
        [0.35, 0.5],
        [0.62, 0.5],
        [0.9, 1.0],
        [0.7, 0.75],
        [0.2, 0.5],
        [1.0, 0.75],
    ];

    /// scikit-learn 1.9.1 and numpy: `cohen_kappa_score(a, b, weights="quadratic")` of the levels
    /// `floor(x * 4 + .5)`, `corrcoef`, and means of the differences.
    #[test]
    fn the_figures_are_those_of_scikit_learn() {
        let found = agreement(&PAIRS, 5);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(near(found.rmse, 0.171_172_427_686_236_92), "{found:?}");
        assert!(near(found.mae, 0.152_500_000_000_000_02), "{found:?}");
        assert!(near(found.bias, 0.002_499_999_999_999_995_3), "{found:?}");
        assert!(
            near(found.pearson_r.unwrap(), 0.835_372_833_304_751_9),
            "{found:?}"
        );
        assert!(
            near(found.qwk.unwrap(), 0.844_660_194_174_757_4),
            "{found:?}"
        );
    }

    #[test]
    fn what_constants_leave_undefined_is_none() {
        let found = agreement(&[[0.1, 0.0], [0.1, 0.0]], 5);
        assert_eq!((found.pearson_r, found.qwk), (None, None));
        assert!((found.rmse - 0.1).abs() < 1e-12);
    }

    #[rstest]
    #[case(0.0, 5, 0.0)]
    #[case(0.124, 5, 0.0)]
    #[case(0.125, 5, 1.0)]
    #[case(1.0, 5, 4.0)]
    #[case(0.5, 2, 1.0)]
    fn halves_are_rounded_up(#[case] score: f64, #[case] levels: usize, #[case] expected: f64) {
        assert_eq!(level(score, levels).to_bits(), expected.to_bits());
    }
}
