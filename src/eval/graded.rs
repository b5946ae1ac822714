use sha2::{Digest as _, Sha256};

use super::missing::match_missing;
use super::{Case, CaseResult, ConceptResult, Usage};
use crate::grade::Grade;
use crate::grader::{GradeError, Spent};
use crate::text::hex;

/// What became of a case: a grade, or why there is none. Neither is ever a score of 0 by default.
pub(super) fn result(
    case: &Case,
    repetition: u32,
    outcome: Result<Grade, GradeError>,
    spent: &Spent,
) -> CaseResult {
    let nothing = CaseResult {
        usage: Usage {
            input_tokens: spent.usage.input,
            cached_input_tokens: spent.usage.cached_input,
            output_tokens: spent.usage.output,
            cost_usd: spent.cost_usd,
        },
        latency_ms: spent.waited.as_secs_f64() * 1e3,
        snapshot: spent.answered_by.as_ref().map(|by| by.model.clone()),
        replayed: spent.cached,
        ..ungraded(case, repetition, "")
    };
    match outcome {
        Ok(grade) => graded(case, nothing, &grade),
        Err(error) => CaseResult {
            ungraded: Some(error.code().to_owned()),
            ..nothing
        },
    }
}

/// Identifies what a grader gets: question, key and answer.
pub(super) fn input_of(case: &Case) -> String {
    let submission = &case.submission;
    let parts = serde_json::json!([
        *submission.task,
        submission.candidate_answer,
        submission.answer_source,
        submission.language,
    ]);
    hex(&Sha256::digest(parts.to_string())[..6])
}

/// An earlier result with the labels of now.
pub(super) fn refreshed(result: &CaseResult, case: &Case) -> CaseResult {
    CaseResult {
        concept_match: match_missing(case, &result.missing_concepts),
        question_id: case.question_id.clone(),
        tags: case.tags.clone(),
        human_score: case.human_score,
        human_scores: case.human_scores.clone(),
        labelled_missing: labelled(case),
        ..result.clone()
    }
}

fn labelled(case: &Case) -> Option<Vec<String>> {
    let missing = case.missing_concepts.as_ref()?;
    Some(missing.iter().map(|one| one.name.clone()).collect())
}

/// A case that has no grade, for `reason`.
pub(super) fn ungraded(case: &Case, repetition: u32, reason: &str) -> CaseResult {
    CaseResult {
        input: input_of(case),
        id: case.id.clone(),
        question_id: case.question_id.clone(),
        repetition,
        tags: case.tags.clone(),
        human_score: case.human_score,
        human_scores: case.human_scores.clone(),
        score: None,
        ungraded: Some(reason.to_owned()),
        method: None,
        missing_concepts: Vec::new(),
        labelled_missing: labelled(case),
        concept_match: None,
        concepts: Vec::new(),
        confidence: 0.0,
        needs_review: false,
        review_reasons: Vec::new(),
        flags: Vec::new(),
        snapshot: None,
        replayed: false,
        usage: Usage {
            cost_usd: Some(0.0),
            ..Usage::default()
        },
        latency_ms: 0.0,
    }
}

fn graded(case: &Case, nothing: CaseResult, grade: &Grade) -> CaseResult {
    let declared = !case.submission.task.concepts.is_empty();
    let missing = grade
        .missing_concepts
        .iter()
        .map(|concept| match &concept.text {
            Some(text) if !declared => text.clone(),
            _ => concept.id.clone(),
        });
    let concepts = grade.concepts.iter().map(|concept| ConceptResult {
        id: concept.id.clone(),
        verdict: concept.verdict.name().to_owned(),
        evidence: concept
            .evidence
            .as_ref()
            .map(|evidence| [evidence.start, evidence.end]),
    });
    // An answer that cannot be judged has its reason among those for a review.
    let unjudged = || {
        let reason = grade.review_reasons.first();
        reason.map_or("not_judged", String::as_str).to_owned()
    };
    let missing: Vec<_> = missing.collect();
    CaseResult {
        score: grade.score,
        ungraded: grade.score.is_none().then(unjudged),
        method: Some(grade.method.name().to_owned()),
        concept_match: grade.score.and_then(|_| match_missing(case, &missing)),
        missing_concepts: missing,
        concepts: concepts.collect(),
        confidence: grade.confidence,
        needs_review: grade.needs_review,
        review_reasons: grade.review_reasons.clone(),
        flags: grade
            .flags
            .iter()
            .map(|flag| flag.code.to_string())
            .collect(),
        latency_ms: grade.timing_ms.total.max(nothing.latency_ms),
        ..nothing
    }
}
