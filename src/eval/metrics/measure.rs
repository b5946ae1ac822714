use std::collections::{BTreeMap, HashSet};

use super::bootstrap::{Bootstrap, estimate};
use super::figures::{Figures, METRICS};
use super::sample::{Sample, resampling_of};
use super::{Metric, raters, risk, totals};
use crate::eval::{CaseResult, Estimate, Metrics, Resampling, Settings};

/// Measures all cases of a run.
pub fn measure(cases: &[CaseResult], settings: &Settings) -> Metrics {
    let cases: Vec<_> = cases.iter().collect();
    let sample = Sample::new(&cases, settings);
    Metrics {
        risk_coverage: risk::risk_coverage(&sample, settings),
        confidence_bins: risk::confidence_bins(&sample, settings),
        human_agreement: raters::human_agreement(&cases, &sample, settings),
        ..measured(&cases, &sample, settings)
    }
}

/// Measures the cases of a tag or a question.
pub fn measure_group(cases: &[&CaseResult], settings: &Settings) -> Metrics {
    measured(cases, &Sample::new(cases, settings), settings)
}

/// What intervals over these cases resample.
pub fn resampling(cases: &[CaseResult]) -> Resampling {
    let questions: HashSet<_> = cases.iter().map(|case| &case.question_id).collect();
    resampling_of(questions.len())
}

fn measured(cases: &[&CaseResult], sample: &Sample, settings: &Settings) -> Metrics {
    let (agreement, coverage) = agreement(sample, settings);
    Metrics {
        n: cases.len(),
        graded: sample.len(),
        ungraded: totals::ungraded(cases),
        coverage,
        agreement,
        risk_coverage: Vec::new(),
        confidence_bins: Vec::new(),
        human_agreement: None,
        spread: raters::spread(cases, settings),
        usage: totals::usage(cases),
        latency_ms: totals::latency(cases),
    }
}

/// Every metric, and the share of grades that have a score.
fn agreement(sample: &Sample, settings: &Settings) -> (BTreeMap<Metric, Estimate>, Estimate) {
    let mut bootstrap = Bootstrap::new(sample, settings.seed);
    let mut figures = Figures::new(sample);
    let coverage = |units: &[f64]| {
        let weighted =
            |counts: &[f64]| -> f64 { units.iter().zip(counts).map(|(w, n)| w * n).sum() };
        weighted(&sample.graded) / weighted(&sample.wanted)
    };
    let point = figures.compute(sample, &bootstrap.rows);
    let covered = coverage(&bootstrap.units);
    let mut drawn = vec![Vec::new(); METRICS];
    let mut covers = Vec::with_capacity(settings.resamples);
    for _ in 0..settings.resamples {
        bootstrap.draw(sample);
        let values = figures.compute(sample, &bootstrap.rows);
        for (drawn, value) in drawn.iter_mut().zip(values) {
            drawn.push(value);
        }
        covers.push(coverage(&bootstrap.units));
    }
    let figures = Metric::ALL.into_iter().zip(point).zip(&mut drawn);
    let agreement = figures.map(|((metric, value), drawn)| (metric, estimate(value, drawn)));
    (agreement.collect(), estimate(covered, &mut covers))
}
