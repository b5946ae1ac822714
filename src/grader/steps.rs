use super::GradeError;
use super::core::{Exchange, settle};
use super::keys::Keys;
use crate::grade::{
    Flag, FlagCode, Grade, Judgement, Method, Reading, Standard, Submission, grade,
};
use crate::llm::{Failure, Reply};
use crate::prompt::Prompt;

/// Review reason of a keyword grade where a language model is configured.
pub(super) const KEYWORD_GRADE: &str = "keyword_grade";

/// What reading a submission comes to.
pub(super) enum Step {
    /// The grade.
    Graded(Box<Grade>),
    /// A model has to be asked.
    Ask(Box<Exchange>),
}

/// Reads the answer, settles what needs no judging, and judges or prepares the rest: by keywords
/// where there is no prompt.
pub(super) fn first_step(
    submission: Submission,
    prompt: Option<&Prompt>,
    standard: &Standard,
    keys: &Keys,
) -> Result<Step, GradeError> {
    let reading = Reading::of(&submission);
    let judgement = match prompt {
        None => keys.settle_or_judge(&submission, &reading),
        Some(prompt) => {
            let Some(settled) = settle(&submission, &reading) else {
                let exchange = Exchange::new(submission, reading, prompt)?;
                return Ok(Step::Ask(Box::new(exchange)));
            };
            settled
        }
    };
    Ok(Step::Graded(Box::new(grade(
        &submission,
        &reading,
        judgement,
        standard,
    ))))
}

/// Turns what the model did into a grade: its judgement, or the keyword grader's where it failed
/// and nothing else was demanded.
pub(super) fn last_step(
    exchange: &Exchange,
    reply: Result<Reply, GradeError>,
    demanded: bool,
    attempts: u32,
    standard: &Standard,
    keys: &Keys,
) -> Result<Grade, GradeError> {
    let judged = reply.and_then(|reply| Ok(exchange.judge(&reply.content)?));
    match judged {
        Ok(judgement) => Ok(exchange.grade(judgement, standard)),
        Err(GradeError::Model(Failure::Filtered {
            jailbreak: true, ..
        })) => Ok(exchange.grade(taken_for_an_attack(), standard)),
        Err(error) if demanded => Err(error),
        Err(error) => {
            tracing::warn!(
                reason = error.code(),
                attempts,
                "graded by keywords instead"
            );
            let mut grade = exchange.grade(exchange.by_keywords(keys), standard);
            grade.degrade(error.code());
            grade.ask_review(KEYWORD_GRADE);
            Ok(grade)
        }
    }
}

/// How the work on a submission is done: at once, or on a thread of its own where it may take long
/// enough to keep other requests waiting.
#[derive(Clone, Copy)]
pub(super) enum Work {
    Here,
    Aside,
}

/// Bytes of answer and key up to which handing the work over would take longer than doing it.
const SMALL: usize = 16_384;

impl Work {
    /// Tells by the size of answer and key.
    pub(super) fn of(submission: &Submission) -> Self {
        let key = submission.task.key_texts().map(str::len);
        let bytes = submission.candidate_answer.len() + key.sum::<usize>();
        if bytes <= SMALL {
            Self::Here
        } else {
            Self::Aside
        }
    }

    /// Does the work.
    pub(super) async fn done<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        match self {
            Self::Here => work(),
            Self::Aside => match tokio::task::spawn_blocking(work).await {
                Ok(done) => done,
                Err(failed) => match failed.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // Only a runtime that is going away cancels the work; nobody waits for it.
                    Err(_) => std::future::pending().await,
                },
            },
        }
    }
}

/// The provider's filter took the answer for an attack. That says something about the answer, not
/// about the provider: a person decides, and no word counter hands out a score.
fn taken_for_an_attack() -> Judgement {
    Judgement {
        flags: vec![Flag::whole(FlagCode::ProviderJailbreakFilter)],
        feedback: "The answer could not be graded automatically; a person will look at it."
            .to_owned(),
        ..Judgement::new(Method::Llm)
    }
}
