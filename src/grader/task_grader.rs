use std::sync::{Arc, OnceLock};

use super::OfflineGrader;
use super::core::{Brief, Exchange, Prepared};

use crate::grade::{
    Defaults, Grade, GradeRequest, Limits, Reading, RequestError, Standard, Submission, grade,
};
use crate::prompt::{Prompt, PromptError};

/// The task of a request, checked and prepared for any number of answers, by keywords and by a model: what
/// the bindings to other languages are made of.
///
/// ```
/// use answer_grader::grade::{GradeRequest, Limits, RequestError, parse_json};
/// use answer_grader::{Prepared, Prompt, TaskGrader};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let request: GradeRequest = parse_json(
///     br#"{"question": "What does an index do?", "reference_answer": "It speeds up lookups.", "candidate_answer": ""}"#,
/// )?;
/// let grader = TaskGrader::new(request, Limits::default(), Prompt::built_in()?)?;
/// let submission = grader.submission("It makes lookups faster.")?;
/// assert!(grader.grade(&submission).score > Some(0.5));
///
/// let Prepared::Ask(exchange) = grader.prepare(submission)? else { panic!("there is something to judge") };
/// assert!(exchange.request().user.contains("It makes lookups faster."));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TaskGrader {
    pattern: Submission,
    limits: Limits,
    prompt: Prompt,
    offline: OfflineGrader,
    /// Takes longer than an answer does, and offline nobody needs it.
    brief: OnceLock<Arc<Brief>>,
}

impl TaskGrader {
    /// Prepares the task of a request; its answer, its policy and what is for records are read over.
    ///
    /// # Errors
    /// All that is wrong with the request, field by field; a `question_id`, since there are no banks here.
    pub fn new(
        request: GradeRequest,
        limits: Limits,
        prompt: Prompt,
    ) -> Result<Self, RequestError> {
        let (mut pattern, _) = request.check(&limits, Defaults::default(), |_| None)?;
        // Finding it out takes longer than reading an answer, and it is the same for all of them.
        let language = pattern.language.unwrap_or_else(|| pattern.task.language());
        pattern.language = Some(language);
        Ok(Self {
            offline: OfflineGrader::in_language(pattern.task.clone(), language),
            pattern,
            limits,
            prompt,
            brief: OnceLock::new(),
        })
    }

    /// Makes a submission of an answer to the task, with all that the request says beside it.
    ///
    /// # Errors
    /// The answer is too long.
    pub fn submission(
        &self,
        candidate_answer: impl Into<String>,
    ) -> Result<Submission, RequestError> {
        let candidate_answer = candidate_answer.into();
        self.limits.check_answer(&candidate_answer)?;
        Ok(Submission {
            candidate_answer,
            ..self.pattern.clone()
        })
    }

    /// Grades a submission offline.
    pub fn grade(&self, submission: &Submission) -> Grade {
        self.offline.grade_submission(submission)
    }

    /// Says what a model is to be asked about a submission, like [`prepare`](super::prepare); what belongs to
    /// the task is worked out once.
    ///
    /// # Errors
    /// The prompt's templates use a name that does not exist.
    pub fn prepare(&self, submission: Submission) -> Result<Prepared, PromptError> {
        let reading = Reading::of(&submission);
        if !self.offline.serves(&submission.task, reading.language) {
            return super::prepare(submission, &self.prompt);
        }
        if let Some(settled) = self.offline.settle(&submission, &reading) {
            let settled = grade(&submission, &reading, settled, &Standard::default());
            return Ok(Prepared::Settled(Box::new(settled)));
        }
        let brief = self
            .brief
            .get_or_init(|| Arc::new(Brief::new(&submission.task, reading.language)));
        let exchange = Exchange::new(submission, reading, brief.clone(), &self.prompt)?;
        Ok(Prepared::Ask(Box::new(exchange)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::grader::{grade_offline, prepare};

    fn grader(request: serde_json::Value) -> Result<TaskGrader, RequestError> {
        let request = serde_json::from_value(request).unwrap();
        let limits = Limits {
            answer_chars: 40,
            ..Limits::default()
        };
        TaskGrader::new(request, limits, Prompt::built_in().unwrap())
    }

    fn task() -> serde_json::Value {
        json!({"question": "What does an index do?", "candidate_answer": "", "max_points": 4,
               "reference_answer": "It speeds up lookups. Writes become slower."})
    }

    #[test]
    fn grades_and_asks_as_if_nothing_had_been_prepared() {
        let grader = grader(task()).unwrap();
        for answer in ["It makes lookups faster.", "", "What does an index do?"] {
            let submission = grader.submission(answer).unwrap();
            assert_eq!(grader.grade(&submission), grade_offline(&submission));
            assert!(grader.grade(&submission).max_points > 3.0);
            let prompt = Prompt::built_in().unwrap();
            let pair = (
                grader.prepare(submission.clone()).unwrap(),
                prepare(submission, &prompt).unwrap(),
            );
            match pair {
                (Prepared::Settled(one), Prepared::Settled(other)) => assert_eq!(one, other),
                (Prepared::Ask(one), Prepared::Ask(other)) => {
                    assert_eq!(one.request(), other.request());
                }
                pair => panic!("{pair:?}"),
            }
        }
    }

    #[test]
    fn refuses_what_a_request_may_not_be() {
        let too_long = grader(task()).unwrap().submission("a".repeat(41));
        assert!(
            matches!(too_long, Err(RequestError::Invalid(errors)) if errors[0].pointer == "/candidate_answer")
        );
        let of_a_bank = json!({"question_id": "django/signals", "candidate_answer": ""});
        assert!(matches!(
            grader(of_a_bank),
            Err(RequestError::UnknownQuestion)
        ));
    }
}
