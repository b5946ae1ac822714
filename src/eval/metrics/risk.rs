use super::bootstrap::{Bootstrap, estimate};
use super::kappa::Kappa;
use super::sample::Sample;
use crate::eval::{ConfidenceBin, CoveragePoint, Settings};

/// The shares of most confident grades that are looked at.
const COVERAGES: [f64; 5] = [0.5, 0.7, 0.8, 0.9, 1.0];
/// Bins of confidence between 0 and 1.
const BINS: usize = 10;
/// A grade is near a person's within this distance (`docs/scoring.md`); tenths add up to a little
/// more.
pub(in crate::eval) const NEAR: f64 = 0.15 + 1e-9;

/// One coverage of one resample: how many grades, the lowest confidence, QWK and RMSE.
type Point = [f64; 4];

/// QWK and RMSE of the most confident grades, by how many of them there are.
pub(super) fn risk_coverage(sample: &Sample, settings: &Settings) -> Vec<CoveragePoint> {
    if sample.len() == 0 {
        return Vec::new();
    }
    let mut order: Vec<_> = (0..sample.len()).collect();
    order.sort_by(|a, b| sample.confidence[*b].total_cmp(&sample.confidence[*a]));
    let mut bootstrap = Bootstrap::new(sample, settings.seed);
    let points = walk(sample, &order, &bootstrap.rows);
    let mut qwk = vec![Vec::new(); COVERAGES.len()];
    let mut rmse = qwk.clone();
    for _ in 0..settings.resamples {
        bootstrap.draw(sample);
        let drawn = walk(sample, &order, &bootstrap.rows);
        for (at, [_, _, kappa, error]) in drawn.into_iter().enumerate() {
            qwk[at].push(kappa);
            rmse[at].push(error);
        }
    }
    let figures = COVERAGES
        .into_iter()
        .zip(points)
        .zip(qwk.iter_mut().zip(&mut rmse));
    figures
        .map(
            |((coverage, [n, confidence, kappa, error]), (qwk, rmse))| CoveragePoint {
                coverage,
                n: count(n),
                confidence,
                qwk: estimate(kappa, qwk),
                rmse: estimate(error, rmse),
            },
        )
        .collect()
}

/// Adds grades from the most confident one on, and looks at each coverage; grades as confident as the
/// last one that is needed are all in.
fn walk(sample: &Sample, order: &[usize], weights: &[f64]) -> [Point; COVERAGES.len()] {
    let mut kappa = Kappa::default();
    let all: f64 = weights.iter().sum();
    let mut points = [[f64::NAN; 4]; COVERAGES.len()];
    let (mut next, mut n, mut squares) = (0, 0.0, 0.0);
    for (at, &row) in order.iter().enumerate() {
        let weight = weights[row];
        let difference = sample.score[row] - sample.human[row];
        n += weight;
        squares += weight * difference * difference;
        kappa.add(sample.level[row], sample.human_level[row], weight);
        let confidence = sample.confidence[row];
        let tied = order
            .get(at + 1)
            .is_some_and(|after| sample.confidence[*after].total_cmp(&confidence).is_eq());
        if tied {
            continue;
        }
        let mut here = None;
        while next < COVERAGES.len() && n >= COVERAGES[next] * all - 1e-9 {
            let value = *here.get_or_insert_with(|| kappa.value().unwrap_or(f64::NAN));
            points[next] = [n, confidence, value, (squares / n).sqrt()];
            next += 1;
        }
    }
    points
}

/// How often grades of a certain confidence are near a person's; bins without grades are left out.
pub(super) fn confidence_bins(sample: &Sample, settings: &Settings) -> Vec<ConfidenceBin> {
    let bin: Vec<_> = sample
        .confidence
        .iter()
        .map(|confidence| bin_of(*confidence))
        .collect();
    let near: Vec<_> = sample
        .score
        .iter()
        .zip(&sample.human)
        .map(|(score, human)| f64::from(u8::from((score - human).abs() <= NEAR)))
        .collect();
    let shares = |weights: &[f64]| {
        let mut sums = [[0.0; 3]; BINS];
        for (row, weight) in weights.iter().enumerate() {
            let sum = &mut sums[bin[row]];
            sum[0] += weight;
            sum[1] += weight * near[row];
            sum[2] += weight * sample.confidence[row];
        }
        sums
    };
    let mut bootstrap = Bootstrap::new(sample, settings.seed);
    let sums = shares(&bootstrap.rows);
    let mut drawn = vec![Vec::new(); BINS];
    for _ in 0..settings.resamples {
        bootstrap.draw(sample);
        for (drawn, [n, near, _]) in drawn.iter_mut().zip(shares(&bootstrap.rows)) {
            drawn.push(near / n);
        }
    }
    let bins = sums.into_iter().zip(&mut drawn).enumerate();
    bins.filter(|(_, ([n, ..], _))| *n > 0.0)
        .map(|(at, ([n, near, confidence], drawn))| ConfidenceBin {
            from: at as f64 / BINS as f64,
            to: (at + 1) as f64 / BINS as f64,
            n: count(n),
            confidence: confidence / n,
            near: estimate(near / n, drawn),
        })
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a confidence is 0 to 1, and counts are whole"
)]
fn bin_of(confidence: f64) -> usize {
    ((confidence * BINS as f64 + 1e-9) as usize).min(BINS - 1)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of ones"
)]
fn count(n: f64) -> usize {
    n.round() as usize
}
