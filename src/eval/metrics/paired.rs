use std::collections::{BTreeMap, HashMap};

use super::Metric;
use super::bootstrap::{Bootstrap, estimate};
use super::figures::{Figures, METRICS};
use super::sample::Sample;
use crate::eval::failing::passes;
use crate::eval::{CaseResult, Difference, Estimate, Flip, Outcome, Settings};

/// More answers than this nobody labels.
const MOST_ANSWERS: f64 = 1e6;

/// Two runs on the grades that both have.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// Grades compared.
    pub n: usize,
    /// What it comes to.
    pub outcome: Outcome,
    /// About how many further labelled answers would settle what cannot be told.
    pub answers_needed: Option<u64>,
    /// Every metric then and now.
    pub differences: BTreeMap<Metric, Difference>,
    /// The answers that crossed the pass mark, by id.
    pub flips: Vec<Flip>,
}

/// Compares a run with a baseline on the grades that both have, by a bootstrap that resamples both
/// together. `max_regression` says how much worse the primary metric may be.
pub fn compare(
    current: &[CaseResult],
    baseline: &[CaseResult],
    primary: Metric,
    max_regression: f64,
    settings: &Settings,
) -> Paired {
    let then: HashMap<_, _> = baseline
        .iter()
        .filter(|case| case.score.is_some())
        .map(|case| ((case.id.as_str(), case.repetition), case))
        .collect();
    let pairs = current
        .iter()
        .filter(|case| case.score.is_some())
        .filter_map(|now| {
            let then = then.get(&(now.id.as_str(), now.repetition))?;
            // People's labels are those of now on both sides.
            let labelled = CaseResult {
                score: then.score,
                concept_match: then.concept_match.filter(|_| now.concept_match.is_some()),
                ..now.clone()
            };
            Some((now, labelled))
        });
    let (now, then): (Vec<_>, Vec<_>) = pairs.unzip();
    let then: Vec<_> = then.iter().collect();
    let mut differences = differences(&now, &then, settings);
    correct(&mut differences, primary);
    let improvement = differences.get(&primary).map(|one| one.improvement);
    let improvement = improvement.unwrap_or_default();
    let outcome = outcome(improvement, max_regression);
    let mut flips: Vec<_> = now
        .iter()
        .zip(&then)
        .filter_map(|pair| flip(pair, settings))
        .collect();
    flips.sort_by(|a, b| (&a.id, a.repetition).cmp(&(&b.id, b.repetition)));
    Paired {
        n: now.len(),
        answers_needed: answers_needed(outcome, improvement, max_regression, now.len()),
        outcome,
        differences,
        flips,
    }
}

fn differences(
    now: &[&CaseResult],
    then: &[&CaseResult],
    settings: &Settings,
) -> BTreeMap<Metric, Difference> {
    let (now, then) = (Sample::new(now, settings), Sample::new(then, settings));
    let mut bootstrap = Bootstrap::new(&now, settings.seed);
    let (mut of_now, mut of_then) = (Figures::new(&now), Figures::new(&then));
    let mut compute = |rows: &[f64]| (of_now.compute(&now, rows), of_then.compute(&then, rows));
    let (current, baseline) = compute(&bootstrap.rows);
    let mut drawn = vec![Vec::new(); METRICS];
    for _ in 0..settings.resamples {
        bootstrap.draw(&now);
        let (current, baseline) = compute(&bootstrap.rows);
        for (at, metric) in Metric::ALL.into_iter().enumerate() {
            drawn[at].push(metric.goodness(current[at]) - metric.goodness(baseline[at]));
        }
    }
    let metrics = Metric::ALL.into_iter().enumerate();
    metrics
        .map(|(at, metric)| {
            let defined = |value: f64| value.is_finite().then_some(value);
            let value = metric.goodness(current[at]) - metric.goodness(baseline[at]);
            let improvement = estimate(value, &mut drawn[at]);
            let difference = Difference {
                baseline: defined(baseline[at]),
                current: defined(current[at]),
                improvement,
                p: improvement.ci95.map(|_| two_sided(&drawn[at])),
                p_holm: None,
            };
            (metric, difference)
        })
        .collect()
}

/// Twice the share of resamples on the rarer side of no difference, one more counted on each, so that
/// it is never 0 (Davison and Hinkley 1997, section 4.2.3).
fn two_sided(differences: &[f64]) -> f64 {
    let share = |rare: usize| (rare + 1) as f64 / (differences.len() + 1) as f64;
    let worse = differences
        .iter()
        .filter(|difference| **difference <= 0.0)
        .count();
    let better = differences
        .iter()
        .filter(|difference| **difference >= 0.0)
        .count();
    (2.0 * share(worse.min(better))).min(1.0)
}

/// Holm's step-down correction (1979) of the metrics that do not decide.
pub(super) fn correct(differences: &mut BTreeMap<Metric, Difference>, primary: Metric) {
    let others = differences.iter().filter(|(metric, _)| **metric != primary);
    let mut ps: Vec<_> = others
        .filter_map(|(metric, one)| Some((one.p?, *metric)))
        .collect();
    ps.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut least: f64 = 0.0;
    for (at, (p, metric)) in ps.iter().enumerate() {
        least = least.max(p * (ps.len() - at) as f64).min(1.0);
        if let Some(difference) = differences.get_mut(metric) {
            difference.p_holm = Some(least);
        }
    }
}

/// What a difference comes to; `docs/evaluation.md` has the table.
fn outcome(improvement: Estimate, max_regression: f64) -> Outcome {
    let (Some(value), Some([low, high])) = (improvement.value, improvement.ci95) else {
        return Outcome::CannotTell;
    };
    if low > 0.0 {
        Outcome::Better
    } else if low >= -max_regression {
        Outcome::NoWorse
    } else if high < -max_regression || (high < 0.0 && value < -max_regression) {
        Outcome::Worse
    } else {
        Outcome::CannotTell
    }
}

/// Intervals shrink with the root of the number of answers: how many more would part this
/// difference, if it stayed as it is, from what is tolerated or from nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is above 0 and at most a million"
)]
fn answers_needed(
    outcome: Outcome,
    improvement: Estimate,
    max_regression: f64,
    n: usize,
) -> Option<u64> {
    let (value, [low, high]) = (improvement.value?, improvement.ci95?);
    if outcome != Outcome::CannotTell {
        return None;
    }
    let margin = value + max_regression;
    let (half, needed) = if margin >= 0.0 {
        (value - low, margin)
    } else {
        (high - value, -value)
    };
    let answers = n as f64 * (half / needed).powi(2);
    let more = (answers - n as f64).ceil();
    (more.is_finite() && (1.0..=MOST_ANSWERS).contains(&more)).then_some(more as u64)
}

fn flip((now, then): (&&CaseResult, &&CaseResult), settings: &Settings) -> Option<Flip> {
    let (before, after) = (then.score?, now.score?);
    let mark = settings.pass_mark;
    (passes(before, mark) != passes(after, mark)).then(|| Flip {
        id: now.id.clone(),
        repetition: now.repetition,
        human_score: now.human_score,
        before,
        after,
    })
}
