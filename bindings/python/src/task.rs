use std::thread;

use answer_grader::grade::{GradeRequest, Limits, Submission, parse_json};
use answer_grader::{Prepared, Prompt, TaskGrader};
use pyo3::prelude::*;

use crate::exchange::Exchange;
use crate::grade::Grade;
use crate::wrong::{InvalidRequestError, invalid};

/// A question with its key, prepared for any number of answers.
#[pyclass(frozen, module = "answer_grader._core")]
pub(crate) struct Task(TaskGrader);

#[pymethods]
impl Task {
    /// Prepares a task of a request to grade, as JSON with an empty answer.
    #[new]
    fn new(py: Python<'_>, request: &str) -> PyResult<Self> {
        py.detach(|| {
            let request: GradeRequest = parse_json(request.as_bytes())
                .map_err(|error| InvalidRequestError::new_err(error.to_string()))?;
            let prompt = Prompt::built_in()
                .map_err(|error| InvalidRequestError::new_err(error.to_string()))?;
            TaskGrader::new(request, Limits::default(), prompt)
                .map(Self)
                .map_err(|error| invalid(&error))
        })
    }

    /// Grades an answer offline.
    fn grade(&self, py: Python<'_>, answer: String) -> PyResult<Grade> {
        let submission = self.submission(answer)?;
        Ok(py.detach(|| Grade::of(self.0.grade(&submission))))
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
        let grade = |submission: &Submission| Grade::of(self.0.grade(submission));
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
            let prepared = self
                .0
                .prepare(submission)
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
    fn submission(&self, answer: String) -> PyResult<Submission> {
        self.0.submission(answer).map_err(|error| invalid(&error))
    }
}
