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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    use crate::grade::{Policy, Submission, Task};
    use crate::grader::{Grader, GraderSettings};
    use crate::llm::{HttpModel, ModelSettings};
    use crate::prompt::Prompt;

    /// The names of all spans, each after that of the span around it.
    type Names = Arc<Mutex<Vec<String>>>;

    /// Stands for whatever an embedder has, on one thread.
    #[derive(Clone, Default)]
    struct Embedders {
        names: Names,
        entered: Arc<Mutex<Vec<usize>>>,
    }

    impl Subscriber for Embedders {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "telemetry"
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            let mut names = self.names.lock().unwrap();
            let around = self.entered.lock().unwrap().last().copied();
            let around = around.map_or(String::new(), |at| format!("{}/", names[at]));
            names.push(around + span.metadata().name());
            Id::from_u64(names.len() as u64)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, _: &Event<'_>) {}

        fn enter(&self, span: &Id) {
            let at = usize::try_from(span.into_u64()).unwrap() - 1;
            self.entered.lock().unwrap().push(at);
        }

        fn exit(&self, _: &Id) {
            self.entered.lock().unwrap().pop();
        }
    }

    #[tokio::test]
    async fn an_embedders_subscriber_is_told_of_a_grading_and_the_calls_within() {
        let embedders = Embedders::default();
        let names = embedders.names.clone();
        let _guard = tracing::subscriber::set_default(embedders);
        let server = wiremock::MockServer::start().await;
        let mut settings = ModelSettings::new("judge", server.uri().parse().unwrap());
        settings.retries = 0;
        let model = Arc::new(HttpModel::new(settings).unwrap());
        let prompt = Arc::new(Prompt::built_in().unwrap());
        let grader = Grader::new(GraderSettings::default(), model, prompt, None);
        let task = Task::new("What does an index do?", "It speeds up lookups.");
        let submission = Submission::new(task, "It makes lookups faster.");
        let grade = grader.grade(&submission, Policy::default()).await.unwrap();
        assert!(grade.degraded.is_some());
        assert_eq!(*names.lock().unwrap(), ["grade", "grade/chat"]);
    }
}
