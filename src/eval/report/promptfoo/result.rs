use serde_json::{Map, Value, json};

use super::{label, prompt_id, provider, raw, tokens};
use crate::eval::report::numbers::score;
use crate::eval::report::wording;
use crate::eval::{CaseResult, CaseText, ConceptResult, Failing, Run, Settings, failing};

/// What promptfoo calls a result without and with a failed assertion, and one with an error.
const PASSED: u8 = 0;
const FAILED: u8 = 1;
const ERROR: u8 = 2;

/// Where a result belongs.
pub(super) struct Place<'a> {
    pub(super) run: &'a Run,
    /// The column of the table.
    pub(super) prompt: usize,
    /// The row of the table.
    pub(super) row: usize,
}

impl Place<'_> {
    /// One cell of the table: what became of a case.
    pub(super) fn result(
        &self,
        case: &CaseResult,
        text: Option<&CaseText>,
        settings: &Settings,
    ) -> Value {
        let vars = vars(case, text);
        let named: Map<_, _> = case
            .concepts
            .iter()
            .map(|one| (one.id.clone(), json!(worth(one))))
            .collect();
        let outcome = outcome(case, settings);
        let told = told(case, settings);
        let mut result = json!({
            "id": format!("{}-{}-{}", self.prompt, self.row, &prompt_id(self.run)[..12]),
            "promptIdx": self.prompt,
            "testIdx": self.row,
            "promptId": prompt_id(self.run),
            "prompt": {"raw": raw(self.run), "label": label(self.run)},
            "provider": {"id": provider(self.run), "label": self.run.name},
            "vars": vars,
            "testCase": {"description": case.id, "vars": vars, "metadata": {"tags": case.tags}},
            "success": outcome == PASSED,
            "failureReason": outcome,
            "score": case.score.unwrap_or_default(),
            "namedScores": named,
            "response": {"output": told, "tokenUsage": tokens(&case.usage, 1), "cached": case.replayed},
            "latencyMs": case.latency_ms,
            "tokenUsage": tokens(&case.usage, 1),
            "metadata": {
                "human_score": case.human_score,
                "confidence": case.confidence,
                "needs_review": case.needs_review,
                "missing_concepts": case.missing_concepts,
                "flags": case.flags,
                "snapshot": case.snapshot,
            },
        });
        if let Some(cost) = case.usage.cost_usd {
            result["cost"] = json!(cost);
        }
        match case.score {
            None => result["error"] = json!(told),
            Some(value) => {
                let components: Vec<_> = case
                    .concepts
                    .iter()
                    .map(|one| component(one, text))
                    .collect();
                result["gradingResult"] = json!({
                    "pass": outcome == PASSED,
                    "score": value,
                    "reason": told,
                    "namedScores": named,
                    "componentResults": components,
                });
            }
        }
        result
    }
}

/// The columns of promptfoo's table.
fn vars(case: &CaseResult, text: Option<&CaseText>) -> Value {
    let mut vars = json!({"id": case.id, "human_score": case.human_score});
    if let Some(text) = text {
        vars["question"] = json!(text.question);
        vars["reference_answer"] = json!(text.reference_answer);
        vars["candidate_answer"] = json!(text.candidate_answer);
    }
    vars
}

/// Whether a case passed, failed, or could not be graded.
pub(super) fn outcome(case: &CaseResult, settings: &Settings) -> u8 {
    match failing(case, settings) {
        Some(Failing::Ungraded) => ERROR,
        Some(Failing::OtherSide) => FAILED,
        // How far apart the scores lie is no matter of passing.
        Some(Failing::FarApart) | None => PASSED,
    }
}

fn told(case: &CaseResult, settings: &Settings) -> String {
    match failing(case, settings) {
        Some(reason) => wording::failing(case, reason, settings),
        None => format!(
            "score {}, human score {}: on the same side of the pass marks",
            score(case.score),
            score(Some(case.human_score))
        ),
    }
}

/// A concept as promptfoo shows an assertion: whether it was found, and the passage that shows it.
fn component(concept: &ConceptResult, text: Option<&CaseText>) -> Value {
    let quote = concept.evidence.zip(text).map(|([start, end], text)| {
        let answer = text.candidate_answer.chars();
        let length = end.saturating_sub(start);
        answer.skip(start).take(length).collect::<String>()
    });
    let reason = match quote {
        Some(quote) => format!("{}: {quote}", concept.verdict),
        None => concept.verdict.clone(),
    };
    let idea = text.and_then(|text| text.concepts.get(&concept.id));
    json!({
        "pass": is_found(concept),
        "score": worth(concept),
        "reason": reason,
        "assertion": {"type": "concept", "value": idea, "metric": concept.id},
    })
}

/// Whether an answer has a concept, if only in part.
pub(super) fn is_found(concept: &ConceptResult) -> bool {
    matches!(concept.verdict.as_str(), "covered" | "partial")
}

/// What a verdict counts, as in the score by concepts.
pub(super) fn worth(concept: &ConceptResult) -> f64 {
    match concept.verdict.as_str() {
        "covered" => 1.0,
        "partial" => 0.5,
        _ => 0.0,
    }
}
