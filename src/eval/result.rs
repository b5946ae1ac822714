use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::metrics::Metric;
use super::{Comparison, Gate};

/// Names the report's format; another number means other fields.
pub const SCHEMA: &str = "answer-grader/eval-report/1";

/// An evaluation: how the graders that were asked for agree with people on a suite of cases.
///
/// It holds no text of a question, a key or an answer; those stand in the cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The suite's name, or the case files' names.
    pub suite: String,
    /// The version of this software.
    pub software: String,
    /// What was measured, and how.
    pub settings: Settings,
    /// How many cases were labelled by whom: `human`, `model`.
    pub label_sources: BTreeMap<String, usize>,
    /// Why not every case was graded; absent where every one was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
    /// A row of the matrix each.
    pub runs: Vec<Run>,
    /// What it comes to.
    pub gate: Gate,
}

/// What was measured, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// A score from which an answer passes, 0..1.
    pub pass_mark: f64,
    /// A human score from which an answer passes, 0..1.
    pub human_pass_mark: f64,
    /// Into how many levels scores are rounded for QWK; 2 or more.
    pub levels: usize,
    /// The metric that decides against a baseline.
    pub primary: Metric,
    /// How often each case was graded.
    pub repeat: u32,
    /// How many resamples an interval rests on.
    pub resamples: usize,
    /// The seed of the resampling.
    pub seed: u64,
    /// What was resampled.
    pub resampling: Resampling,
    /// How many questions the cases are about.
    pub questions: usize,
    /// Options that chose among the cases, as they were given, such as `--split dev`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selection: Vec<String>,
}

/// What a bootstrap interval resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resampling {
    /// Whole questions, since answers to one question are not independent.
    Questions,
    /// Answers within each question, where there are too few questions to resample them: the
    /// interval then says nothing about other questions.
    WithinQuestions,
}

/// Why an evaluation ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// Somebody stopped it.
    Interrupted,
    /// The next call might have cost more than was allowed.
    Budget,
}

/// One grader on all cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Names the run within the report, such as `keyword` or `gpt-4.1-mini, grade@1f3a9c02d4e5`.
    pub name: String,
    /// `llm` or `keyword`.
    pub method: String,
    /// The model that was asked for; null offline.
    pub model: Option<String>,
    /// The models that replied, as the provider named them, sorted.
    #[serde(default)]
    pub snapshots: Vec<String>,
    /// The prompt's identity; null offline.
    pub prompt: Option<String>,
    /// The calibration's identity; null without one.
    #[serde(default)]
    pub calibration: Option<String>,
    /// All cases together.
    pub metrics: Metrics,
    /// The cases with each tag.
    #[serde(default)]
    pub by_tag: BTreeMap<String, Metrics>,
    /// The cases of each question.
    #[serde(default)]
    pub by_question: BTreeMap<String, Metrics>,
    /// Against the baseline; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// Every case and what became of it; with `repeat` above 1 several times.
    pub cases: Vec<CaseResult>,
}

/// A figure with its 95 % interval; null where it is undefined, as a correlation of constants is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure itself.
    pub value: Option<f64>,
    /// Lower and upper end; null where too many resamples leave the figure undefined.
    pub ci95: Option<[f64; 2]>,
}

/// How well the grades of some cases agree with people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Grades that were wanted: cases times `repeat`.
    pub n: usize,
    /// Those that have a score.
    pub graded: usize,
    /// Those that have none, by reason.
    pub ungraded: BTreeMap<String, usize>,
    /// `graded / n`.
    pub coverage: Estimate,
    /// The agreement with people of those that have a score.
    #[serde(flatten)]
    pub agreement: BTreeMap<Metric, Estimate>,
    /// Agreement of the most confident grades only; empty for tags and questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risk_coverage: Vec<CoveragePoint>,
    /// How often a grade of a certain confidence is near a person's; empty for tags and questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confidence_bins: Vec<ConfidenceBin>,
    /// What people agree to among themselves: the ceiling. Absent without a second rater.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub human_agreement: Option<HumanAgreement>,
    /// How far repeated grades of one answer lie apart; absent where nothing was repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
    /// What the grades took.
    pub usage: Usage,
    /// How long they took.
    pub latency_ms: Latency,
}

/// QWK and RMSE of the most confident share of the grades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CoveragePoint {
    /// The share that was asked for: .5, .7, .8, .9 or 1.
    pub coverage: f64,
    /// How many grades that is; grades as confident as the last of them are all in.
    pub n: usize,
    /// The lowest confidence among them.
    pub confidence: f64,
    /// Quadratic weighted kappa.
    pub qwk: Estimate,
    /// Root mean square error.
    pub rmse: Estimate,
}

/// Grades whose confidence lies in a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceBin {
    /// Lower end, in.
    pub from: f64,
    /// Upper end, out; the last bin holds 1.
    pub to: f64,
    /// How many grades.
    pub n: usize,
    /// Mean confidence.
    pub confidence: f64,
    /// The share whose score lies within .15 of a person's.
    pub near: Estimate,
}

/// Agreement of people with each other: all pairs of raters of each answer, in both orders.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HumanAgreement {
    /// Answers with two raters or more.
    pub n: usize,
    /// Pearson's correlation.
    pub pearson_r: Estimate,
    /// Quadratic weighted kappa at the suite's levels.
    pub qwk: Estimate,
    /// Root mean square difference.
    pub rmse: Estimate,
}

/// How far repeated grades of one answer lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Answers with two scores or more.
    pub n: usize,
    /// Mean over the answers of the standard deviation (n - 1) of the scores.
    pub mean_sd: f64,
    /// The largest difference between two scores of one answer.
    pub max_range: f64,
    /// Answers that both passed and failed.
    pub flips: usize,
}

/// What grades took, summed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// All input tokens.
    pub input_tokens: u64,
    /// Those of them that the provider had cached.
    pub cached_input_tokens: u64,
    /// Output tokens.
    pub output_tokens: u64,
    /// US dollars; null where a price is unknown.
    pub cost_usd: Option<f64>,
}

/// Milliseconds from request to grade; the reply's own time where it was recorded earlier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// The median.
    pub p50: Option<f64>,
    /// The 99th percentile.
    pub p99: Option<f64>,
}

/// One case and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case's id.
    pub id: String,
    /// The question it belongs to.
    pub question_id: String,
    /// Identifies question, key and answer, so that a case that was changed is not taken for what
    /// it was; empty in reports that do not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub input: String,
    /// Which of the repetitions, from 1.
    pub repetition: u32,
    /// The case's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What people gave, 0..1.
    pub human_score: f64,
    /// What each rater gave; empty where that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub human_scores: Vec<f64>,
    /// What the grader gave, 0..1; null where it gave nothing.
    pub score: Option<f64>,
    /// Why there is no score: a failure's code, or why the answer cannot be judged.
    pub ungraded: Option<String>,
    /// Who judged: `llm`, `keyword`, `gate`; null where nobody did.
    pub method: Option<String>,
    /// The concepts reported missing: ids where concepts are declared, else phrases.
    pub missing_concepts: Vec<String>,
    /// What people found missing; null where the case does not say.
    pub labelled_missing: Option<Vec<String>>,
    /// How the two lists match; null where the case does not say or there is no score.
    pub concept_match: Option<ConceptMatch>,
    /// Every concept with its verdict and where in the answer its evidence stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<ConceptResult>,
    /// 0..1.
    pub confidence: f64,
    /// Whether the grade is for a person to look at.
    pub needs_review: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review_reasons: Vec<String>,
    /// What was noticed, by code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// The model that replied, as the provider named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// Whether the reply came from a recording.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// What it took.
    pub usage: Usage,
    /// Milliseconds from request to grade.
    pub latency_ms: f64,
}

/// How reported and labelled missing concepts match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConceptMatch {
    /// In both lists.
    pub both: usize,
    /// Reported only.
    pub reported_only: usize,
    /// Labelled only.
    pub labelled_only: usize,
}

/// A concept's verdict; `start` and `end` count Unicode scalar values of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConceptResult {
    /// The concept's id.
    pub id: String,
    /// `covered`, `partial`, `missing` or `contradicted`.
    pub verdict: String,
    /// Where its evidence begins and ends; null without evidence.
    pub evidence: Option<[usize; 2]>,
}
