//! What a grading tells telemetry: a span around it, and its result as the event that the OpenTelemetry
//! conventions for generative AI have for evaluations. No text of an answer or a key is among it.

use tracing::{Level, Span, debug_span, event, field};

use super::GradeError;
use crate::grade::Grade;

/// The span around a grading; the calls to models lie within it.
pub(super) fn span() -> Span {
    debug_span!(
        target: "telemetry",
        "grade",
        otel.status_code = field::Empty,
        error.type = field::Empty,
        answer_grader.method = field::Empty,
        answer_grader.degraded = field::Empty,
        answer_grader.needs_review = field::Empty,
    )
}

/// Tells the span what came of it.
pub(super) fn ended(span: &Span, outcome: Result<&Grade, &GradeError>) {
    if span.is_disabled() {
        return;
    }
    let grade = match outcome {
        Ok(grade) => grade,
        Err(error) => {
            span.record("error.type", error.code());
            span.record("otel.status_code", "ERROR");
            return;
        }
    };
    span.record("answer_grader.method", grade.method.name());
    span.record("answer_grader.needs_review", grade.needs_review);
    if let Some(degraded) = &grade.degraded {
        span.record("answer_grader.degraded", degraded.reason.as_str());
    }
    span.in_scope(|| {
        event!(
                   name: "gen_ai.evaluation.result",
                   target: "telemetry::events",
        Level::DEBUG,
                   gen_ai.evaluation.name = "answer_grader",
                   gen_ai.evaluation.score.value = grade.score,
                   gen_ai.evaluation.score.label = grade.method.name(),
               );
    });
}
