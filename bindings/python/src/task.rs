use std::sync::Arc;
use std::thread;

use answer_grader::grade::{Defaults, GradeRequest, Limits, Submission, parse_json};
use answer_grader::{OfflineGrader, Prepared, Prompt, prepare};
use pyo3::prelude::*;

use crate::exchange::Exchange;
use crate::grade::Grade;
use crate::wrong::{InvalidRequestError, invalid};

/// How large a request may be: the defaults of the service (`[limits]` in its `config.toml`).
const LIMITS: Limits = Limits {
    answer_chars: 50_000,
    reference_chars: 50_000,
    alternative_answers: 20,
    concepts: 40,
    concept_chars: 500,
    aliases: 20,
    metadata_bytes: 16_384,
};

/// A question with its key, prepared for any number of answers.
#[pyclass(frozen, module = "answer_grader._core")]
pub(crate) struct Task {
    pattern: Submission,
    grader: OfflineGrader,
    prompt: Arc<Prompt>,
}

#[pymethods]
impl Task {
    /// Prepares a task of a request to grade, as JSON with an empty answer.
    #[new]
    fn new(py: Python<'_>, request: &str) -> PyResult<Self> {
        py.detach(|| {
            let request: GradeRequest = parse_json(request.as_bytes())
                .map_err(|error| InvalidRequestError::new_err(error.to_string()))?;
            let (mut pattern, _) = request
                .check(&LIMITS, Defaults::default(), |_| None)
                .map_err(|error| invalid(&error))?;
            let prompt = Prompt::built_in()
                .map_err(|error| InvalidRequestError::new_err(error.to_string()))?;
            let task = pattern.task.clone();
            // Finding it out takes longer than reading an answer, and it is the same for all of them.
            let language = pattern.language.unwrap_or_else(|| task.language());
            pattern.language = Some(language);
            let grader = OfflineGrader::in_language(task, language);
            Ok(Self {
                pattern,
                grader,
                prompt: Arc::new(prompt),
            })
        })
    }

    /// Grades an answer offline.
    fn grade(&self, py: Python<'_>, answer: String) -> PyResult<Grade> {
        let submission = self.submission(answer)?;
        Ok(py.detach(|| Grade::of(self.grader.grade_submission(&submission))))
    }

    /// Grades answers offline, on so many threads; the grades are in the order of the answers.
    fn grade_many(
        &self,
        py: Python<'_>,
        answers: Vec<String>,
        threads: usize,
    ) -> PyResult<Vec<Grade>> {
        let submissions: Vec<_> = answers
            .into_iter()
            .map(|answer| self.submission(answer))
            .collect::<PyResult<_>>()?;
        let grade = |submission: &Submission| Grade::of(self.grader.grade_submission(submission));
        Ok(py.detach(|| {
            if threads <= 1 || submissions.len() < 2 {
                return submissions.iter().map(grade).collect();
            }
            let share = submissions.len().div_ceil(threads);
            let work = |part: &[Submission]| part.iter().map(grade).collect::<Vec<_>>();
            thread::scope(|scope| {
                let parts: Vec<_> = submissions
                    .chunks(share)
                    .map(|part| scope.spawn(move || work(part)))
                    .collect();
                let done = parts.into_iter().map(|part| {
                    part.join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                });
                done.flatten().collect()
            })
        }))
    }

    /// Says what a model is to be asked about an answer; a grade where nothing needs to be asked.
    fn prepare(&self, py: Python<'_>, answer: String) -> PyResult<Asked> {
        let submission = self.submission(answer)?;
        py.detach(|| {
            let prepared = prepare(submission.clone(), &self.prompt)
                .map_err(|error| InvalidRequestError::new_err(error.to_string()))?;
            Ok(match prepared {
                Prepared::Settled(grade) => Asked::Settled(Grade::of(*grade)),
                Prepared::Ask(exchange) => Asked::Ask(Exchange::of(*exchange)),
            })
        })
    }
}

/// What `prepare` gives.
#[derive(IntoPyObject)]
enum Asked {
    Settled(Grade),
    Ask(Exchange),
}

impl Task {
    /// An answer to this task, within the limits.
    fn submission(&self, answer: String) -> PyResult<Submission> {
        let length = answer.chars().count();
        if length > LIMITS.answer_chars {
            let most = LIMITS.answer_chars;
            return Err(InvalidRequestError::new_err(format!(
                "candidate_answer: has {length} characters; it must have at most {most}"
            )));
        }
        Ok(Submission {
            candidate_answer: answer,
            ..self.pattern.clone()
        })
    }
}
