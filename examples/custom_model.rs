//! Gives the `Grader` a model of your own, with its fallback, time limit, budget and tracing:
//! `cargo run --example custom_model --no-default-features --features llm`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use answer_grader::llm::{CallError, Completion, Failure, Model, ModelIdentity, Request, Usage};
use answer_grader::{Grader, GraderSettings, Policy, Prompt, Submission, Task};

/// A model that is not there.
struct Gone;

impl Model for Gone {
    fn identity(&self) -> ModelIdentity {
        ModelIdentity {
            provider: "mine".to_owned(),
            model: "gone-1".to_owned(),
        }
    }

    fn complete<'a>(&'a self, _request: &'a Request) -> Completion<'a> {
        Box::pin(async {
            Err(CallError {
                failure: Failure::Timeout,
                attempts: 1,
                usage: Usage::default(),
            })
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let prompt = Arc::new(Prompt::built_in()?);
    let grader = Grader::new(GraderSettings::default(), Arc::new(Gone), prompt, None);
    let task = Task::new(
        "What does an index do?",
        "It speeds up lookups. Writes become slower.",
    );
    let submission = Submission::new(task, "An index makes lookups faster.");
    let grade = grader.grade(&submission, Policy::default()).await?;
    // The answer is graded by keywords instead, and says so.
    println!(
        "score {:?} by {:?}, because {:?}",
        grade.score, grade.method, grade.degraded
    );
    Ok(())
}
