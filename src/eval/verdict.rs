use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Estimate;
use super::metrics::Metric;

/// A run beside a run of the baseline, on the grades that both have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The baseline's run.
    pub baseline: BaselineRun,
    /// Grades compared.
    pub n: usize,
    /// What it comes to, by the primary metric.
    pub outcome: Outcome,
    /// The metric that decides.
    pub primary: Metric,
    /// How much worse is tolerated.
    pub max_regression: f64,
    /// About how many further labelled answers would settle what cannot be told yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers_needed: Option<u64>,
    /// Every metric then and now.
    pub differences: BTreeMap<Metric, Difference>,
    /// The answers that crossed the pass mark.
    pub flips: Vec<Flip>,
    /// Whether other models replied than then.
    pub snapshot_changed: bool,
}

/// What a run is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaselineRun {
    /// The run's name.
    pub name: String,
    /// The prompt's identity.
    pub prompt: Option<String>,
    /// The models that replied.
    pub snapshots: Vec<String>,
    /// The version of the software.
    pub software: String,
}

/// How a run compares with the baseline, by its primary metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The whole interval of the difference is better than nothing.
    Better,
    /// The whole interval is within what is tolerated.
    NoWorse,
    /// The whole interval is worse than nothing, and the difference beyond what is tolerated.
    Worse,
    /// None of these.
    CannotTell,
}

/// A metric then and now, on the same grades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The baseline's value.
    pub baseline: Option<f64>,
    /// This run's value.
    pub current: Option<f64>,
    /// How much better it is, in the metric's unit: above 0 is better, whichever way it counts.
    pub improvement: Estimate,
    /// Two-sided chance of such a difference without a real one, by the paired bootstrap.
    pub p: Option<f64>,
    /// The same after Holm's correction over the metrics that do not decide; null for the primary.
    pub p_holm: Option<f64>,
}

/// An answer that passes now and failed then, or the other way round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// The case's id.
    pub id: String,
    /// The repetition, from 1.
    pub repetition: u32,
    /// What people gave.
    pub human_score: f64,
    /// The baseline's score.
    pub before: f64,
    /// This run's score.
    pub after: f64,
}

/// What an evaluation comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// `inconclusive` where too much is ungraded; else `fail` where any check failed; else
    /// `inconclusive` where any is; else `pass`.
    pub conclusion: Conclusion,
    /// Every check of every run.
    pub checks: Vec<Check>,
}

/// Whether something passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// It did.
    Pass,
    /// It did not.
    Fail,
    /// It could not be measured.
    Inconclusive,
}

/// A threshold, or the comparison with the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The run's name.
    pub run: String,
    /// The gate's key, such as `qwk` or `ungraded_max`, or `baseline`.
    pub name: String,
    /// What was measured; null where it is undefined.
    pub value: Option<f64>,
    /// Its interval.
    pub ci95: Option<[f64; 2]>,
    /// What it is held against.
    pub limit: f64,
    /// Whether it holds.
    pub conclusion: Conclusion,
    /// The same in a sentence.
    pub detail: String,
}
