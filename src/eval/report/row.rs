use serde::Serialize;

use super::picks::difference;
use crate::eval::{CaseResult, Report, Run};

/// The columns of a case result, in order.
pub(super) const COLUMNS: [&str; 21] = [
    "run",
    "id",
    "question_id",
    "repetition",
    "tags",
    "human_score",
    "score",
    "difference",
    "ungraded",
    "method",
    "missing_concepts",
    "labelled_missing",
    "confidence",
    "needs_review",
    "review_reasons",
    "flags",
    "snapshot",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "latency_ms",
];

/// A case result as a line by itself; its fields are [`COLUMNS`].
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    pub(super) run: &'a str,
    pub(super) id: &'a str,
    pub(super) question_id: &'a str,
    pub(super) repetition: u32,
    pub(super) tags: &'a [String],
    pub(super) human_score: f64,
    pub(super) score: Option<f64>,
    /// Score minus human score.
    pub(super) difference: Option<f64>,
    pub(super) ungraded: Option<&'a str>,
    pub(super) method: Option<&'a str>,
    pub(super) missing_concepts: &'a [String],
    pub(super) labelled_missing: Option<&'a [String]>,
    pub(super) confidence: f64,
    pub(super) needs_review: bool,
    pub(super) review_reasons: &'a [String],
    pub(super) flags: &'a [String],
    pub(super) snapshot: Option<&'a str>,
    pub(super) input_tokens: u64,
    pub(super) output_tokens: u64,
    pub(super) cost_usd: Option<f64>,
    pub(super) latency_ms: f64,
}

impl<'a> Row<'a> {
    pub(super) fn new(run: &'a Run, case: &'a CaseResult) -> Self {
        Self {
            run: &run.name,
            id: &case.id,
            question_id: &case.question_id,
            repetition: case.repetition,
            tags: &case.tags,
            human_score: case.human_score,
            score: case.score,
            difference: difference(case),
            ungraded: case.ungraded.as_deref(),
            method: case.method.as_deref(),
            missing_concepts: &case.missing_concepts,
            labelled_missing: case.labelled_missing.as_deref(),
            confidence: case.confidence,
            needs_review: case.needs_review,
            review_reasons: &case.review_reasons,
            flags: &case.flags,
            snapshot: case.snapshot.as_deref(),
            input_tokens: case.usage.input_tokens,
            output_tokens: case.usage.output_tokens,
            cost_usd: case.usage.cost_usd,
            latency_ms: case.latency_ms,
        }
    }
}

/// Every case result of every run, in the report's order.
pub(super) fn rows(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report
        .runs
        .iter()
        .flat_map(|run| run.cases.iter().map(move |case| Row::new(run, case)))
}
