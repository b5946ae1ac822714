use std::thread;

use answer_grader::grade::{GradeRequest, Limits, Submission, parse_json};
use answer_grader::{Prepared, Prompt, TaskGrader};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::exchange::Exchange;
use crate::grade::Grade;
use crate::text::Text;
use crate::wrong::{InvalidRequestError, invalid, lines, unreadable};

/// A question with its key, prepared for any number of answers.
#[pyclass(frozen, module = "answer_grader._core")]
pub(crate) struct Task(TaskGrader);

#[pymethods]
impl Task {
    /// Prepares a task of a request to grade, as JSON with an empty answer.
    #[new]
    fn new(py: Python<'_>, request: Text) -> PyResult<Self> {
        py.detach(move || {
            let request: GradeRequest =
                parse_json(request.0.as_bytes()).map_err(|error| unreadable(&error))?;
            let prompt = Prompt::built_in()
                .map_err(|error| InvalidRequestError::new_err(error.to_string()))?;
            TaskGrader::new(request, Limits::default(), prompt)
                .map(Self)
                .map_err(|error| invalid(&error))
        })
    }

    /// Grades an answer offline.
    fn grade(&self, py: Python<'_>, answer: Text) -> PyResult<Grade> {
        let submission = self.submission(answer)?;
        Ok(py.detach(|| Grade::of(self.0.grade(&submission))))
    }

    /// Grades answers offline, on so many threads; the grades are in the order of the answers.
    fn grade_many(
        &self,
        py: Python<'_>,
        answers: &Bound<'_, PyList>,
        threads: usize,
    ) -> PyResult<Vec<Grade>> {
        let submissions = self.submissions(answers)?;
        let grade = |submission: &Submission| Grade::of(self.0.grade(submission));
        Ok(py.detach(|| {
            if threads <= 1 || submissions.len() < 2 {
                return submissions.iter().map(grade).collect();
            }
            let share = submissions.len().div_ceil(threads);
            let work = |part: &[Submission]| part.iter().map(grade).collect::<Vec<_>>();
            thread::scope(|scope| {
                let begun = submissions.chunks(share).map(|part| {
                    let spawned = thread::Builder::new().spawn_scoped(scope, move || work(part));
                    // Where the system has no more threads, it is done in this one.
                    spawned.map_err(|_| part)
                });
                let begun: Vec<_> = begun.collect();
                let done = begun.into_iter().map(|part| match part {
                    Ok(thread) => thread
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                    Err(part) => work(part),
                });
                done.flatten().collect()
            })
        }))
    }

    /// Says what a model is to be asked about an answer; a grade where nothing needs to be asked.
    fn prepare(&self, py: Python<'_>, answer: Text) -> PyResult<Asked> {
        let submission = self.submission(answer)?;
        py.detach(|| {
            let prepared = self
                .0
                .prepare(submission)
                .map_err(|error| InvalidRequestError::new_err(error.to_string()))?;
            Ok(match prepared {
                Prepared::Settled(grade) => Asked::Settled(Grade::of(*grade)),
                Prepared::Ask(exchange) => Asked::Ask(Exchange::of(exchange)),
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
    fn submission(&self, answer: Text) -> PyResult<Submission> {
        self.0.submission(answer.0).map_err(|error| invalid(&error))
    }

    /// Those of all answers; else which of them are wrong.
    fn submissions(&self, answers: &Bound<'_, PyList>) -> PyResult<Vec<Submission>> {
        let mut submissions = Vec::with_capacity(answers.len());
        let mut wrong = Vec::new();
        for (index, answer) in answers.iter().enumerate() {
            let Ok(Text(text)) = answer.extract() else {
                let kind = answer.get_type().name()?;
                let error = format!("candidate_answers/{index} must be a str, not {kind}");
                return Err(PyTypeError::new_err(error));
            };
            match self.0.submission(text) {
                Ok(submission) => submissions.push(submission),
                Err(error) => wrong.extend(lines(&error).into_iter().map(|line| {
                    let what = line.trim_start_matches("candidate_answer");
                    format!("candidate_answers/{index}{what}")
                })),
            }
        }
        if wrong.is_empty() {
            Ok(submissions)
        } else {
            Err(InvalidRequestError::new_err(wrong.join("\n")))
        }
    }
}
