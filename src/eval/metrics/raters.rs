use std::collections::{BTreeMap, HashMap};

use super::bootstrap::{Bootstrap, estimate};
use super::figures::pearson;
use super::kappa::Kappa;
use super::sample::{Sample, level};
use crate::eval::failing::passes;
use crate::eval::{CaseResult, HumanAgreement, Settings, Spread};

/// How far people agree among themselves, on answers that two or more have graded: every pair of
/// raters of an answer, in both orders, since nobody is the first.
pub(super) fn human_agreement(
    cases: &[&CaseResult],
    sample: &Sample,
    settings: &Settings,
) -> Option<HumanAgreement> {
    let mut units: HashMap<&str, usize> = HashMap::new();
    let (mut x, mut y, mut unit_of) = (Vec::new(), Vec::new(), Vec::new());
    let mut n = 0;
    for case in cases {
        let next = units.len();
        let unit = *units.entry(&case.id).or_insert(next);
        if unit < next || case.human_scores.len() < 2 {
            continue;
        }
        n += 1;
        for (at, one) in case.human_scores.iter().enumerate() {
            for (_, other) in case
                .human_scores
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
            {
                x.push(*one);
                y.push(*other);
                unit_of.push(unit);
            }
        }
    }
    if n == 0 {
        return None;
    }
    let levels = |scores: &[f64]| -> Vec<_> {
        scores
            .iter()
            .map(|score| level(*score, settings.levels))
            .collect()
    };
    let (x_levels, y_levels) = (levels(&x), levels(&y));
    let figures = |weights: &[f64]| {
        let mut kappa = Kappa::default();
        let (mut n, mut squares) = (0.0, 0.0);
        for (row, weight) in weights.iter().enumerate() {
            kappa.add(x_levels[row], y_levels[row], *weight);
            n += weight;
            squares += weight * (x[row] - y[row]).powi(2);
        }
        [
            pearson(&x, &y, weights),
            kappa.value().unwrap_or(f64::NAN),
            (squares / n).sqrt(),
        ]
    };
    let mut bootstrap = Bootstrap::new(sample, settings.seed);
    let mut weights = vec![1.0; x.len()];
    let point = figures(&weights);
    let mut drawn = vec![Vec::new(); point.len()];
    for _ in 0..settings.resamples {
        bootstrap.draw(sample);
        for (weight, unit) in weights.iter_mut().zip(&unit_of) {
            *weight = bootstrap.units[*unit];
        }
        for (drawn, value) in drawn.iter_mut().zip(figures(&weights)) {
            drawn.push(value);
        }
    }
    let mut estimates = point
        .into_iter()
        .zip(&mut drawn)
        .map(|(value, drawn)| estimate(value, drawn));
    let mut next = || estimates.next().unwrap_or_default();
    Some(HumanAgreement {
        n,
        pearson_r: next(),
        qwk: next(),
        rmse: next(),
    })
}

/// How far repeated grades of one answer lie apart.
pub(super) fn spread(cases: &[&CaseResult], settings: &Settings) -> Option<Spread> {
    let mut scores: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for case in cases {
        scores.entry(&case.id).or_default().extend(case.score);
    }
    scores.retain(|_, scores| scores.len() >= 2);
    if scores.is_empty() {
        return None;
    }
    let (mut deviations, mut max_range, mut flips) = (0.0, 0.0_f64, 0);
    for scores in scores.values() {
        let n = scores.len() as f64;
        let mean = scores.iter().sum::<f64>() / n;
        let squares: f64 = scores.iter().map(|score| (score - mean).powi(2)).sum();
        deviations += (squares / (n - 1.0)).sqrt();
        let lowest = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        max_range = max_range.max(highest - lowest);
        let mark = settings.pass_mark;
        flips += usize::from(passes(highest, mark) && !passes(lowest, mark));
    }
    Some(Spread {
        n: scores.len(),
        mean_sd: deviations / scores.len() as f64,
        max_range,
        flips,
    })
}
