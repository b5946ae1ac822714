use std::sync::Arc;

use super::core::settle_or;
use crate::grade::{Grade, Judgement, Reading, Submission, Task};
use crate::keyword::Key;
use crate::text::Language;

/// A task prepared for grading any number of answers offline: the fastest way to grade many answers
/// to one question.
///
/// ```
/// use answer_grader::{OfflineGrader, Task};
///
/// let grader = OfflineGrader::new(Task::new("What does an index do?", "It speeds up lookups."));
/// let scores = ["It makes lookups faster.", "No idea."].map(|answer| grader.grade(answer).score);
/// assert!(scores[0] > scores[1]);
/// ```
#[derive(Debug, Clone)]
pub struct OfflineGrader {
    task: Arc<Task>,
    key: Key,
}

impl OfflineGrader {
    /// Prepares a task, in the language of its question and key.
    pub fn new(task: impl Into<Arc<Task>>) -> Self {
        let task = task.into();
        let language = task.language();
        Self::in_language(task, language)
    }

    /// Prepares a task whose language is known.
    pub fn in_language(task: impl Into<Arc<Task>>, language: Language) -> Self {
        let task = task.into();
        let key = Key::new(&task, language);
        Self { task, key }
    }

    /// Grades a typed answer, worth one point, with full feedback.
    pub fn grade(&self, candidate_answer: impl Into<String>) -> Grade {
        self.grade_submission(&self.submission(candidate_answer))
    }

    /// Makes a submission of an answer to this task, for whoever wants more than [`Self::grade`]
    /// gives: a transcript, other points, an explanation.
    pub fn submission(&self, candidate_answer: impl Into<String>) -> Submission {
        Submission {
            language: Some(self.key.language()),
            ..Submission::new(self.task.clone(), candidate_answer)
        }
    }

    /// Grades a submission. One of another task or language is graded by a key of its own.
    pub fn grade_submission(&self, submission: &Submission) -> Grade {
        settle_or(submission, |reading| self.judge(submission, reading))
    }

    pub(super) fn judge(&self, submission: &Submission, reading: &Reading) -> Judgement {
        if self.serves(&submission.task, reading.language) {
            self.key.judge(submission, reading)
        } else {
            Key::new(&submission.task, reading.language).judge(submission, reading)
        }
    }

    /// Tells whether this was prepared for a task in a language.
    pub(super) fn serves(&self, task: &Arc<Task>, language: Language) -> bool {
        self.key.language() == language && (Arc::ptr_eq(&self.task, task) || self.task == *task)
    }
}
