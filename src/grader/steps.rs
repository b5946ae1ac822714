use super::GradeError;
use super::core::Exchange;
use super::keys::Keys;
use crate::grade::{
    Flag, FlagCode, Grade, Judgement, Method, Reading, Standard, Submission, grade,
};
use crate::llm::Failure;
use crate::prompt::Prompt;

/// Review reason of a keyword grade where a language model is configured.
pub(super) const KEYWORD_GRADE: &str = "keyword_grade";

/// What reading a submission comes to.
pub(super) enum Step {
    /// The grade.
    Graded(Box<Grade>),
    /// A model has to be asked.
    Ask(Box<Unjudged>),
}

/// A submission that was read, and that a model has to judge.
pub(super) struct Unjudged {
    pub(super) submission: Submission,
    pub(super) reading: Reading,
}

impl Unjudged {
    /// Renders what a model is asked about it.
    pub(super) fn exchange(self, prompt: &Prompt, keys: &Keys) -> Result<Exchange, GradeError> {
        let brief = keys.brief(&self.submission.task, self.reading.language);
        Ok(Exchange::new(self.submission, self.reading, brief, prompt)?)
    }
}

/// Reads the answer, settles what needs no judging, and judges the rest by keywords where no model
/// is to be asked.
pub(super) fn first_step(
    mut submission: Submission,
    by_model: bool,
    standard: &Standard,
    keys: &Keys,
) -> Step {
    let task = &submission.task;
    let language = submission.language.unwrap_or_else(|| keys.language(task));
    submission.language = Some(language);
    let reading = Reading::of(&submission);
    let judgement = if by_model {
        let Some(settled) = keys.settle(&submission, &reading) else {
            return Step::Ask(Box::new(Unjudged {
                submission,
                reading,
            }));
        };
        settled
    } else {
        keys.settle_or_judge(&submission, &reading)
    };
    Step::Graded(Box::new(grade(&submission, &reading, judgement, standard)))
}

/// Turns what the model did into a grade: its judgement, or the keyword grader's where it failed
/// and nothing else was demanded.
pub(super) fn last_step(
    exchange: &Exchange,
    judged: Result<Judgement, GradeError>,
    demanded: bool,
    attempts: u32,
    standard: &Standard,
    keys: &Keys,
) -> Result<Grade, GradeError> {
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
