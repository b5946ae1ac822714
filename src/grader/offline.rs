use std::sync::Arc;

use super::core::as_judgement;
use crate::grade::{Gate, Grade, Judgement, Reading, Standard, Submission, Task, grade};
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
    gate: Gate,
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
    ///
    /// ```
    /// use answer_grader::{OfflineGrader, Task, text::Language};
    ///
    /// let task = Task::new("", "SELECT … FOR UPDATE");
    /// let grader = OfflineGrader::in_language(task, Language::German);
    /// assert_eq!(grader.submission("FOR UPDATE").language, Some(Language::German));
    /// ```
    pub fn in_language(task: impl Into<Arc<Task>>, language: Language) -> Self {
        let task = task.into();
        Self {
            gate: Gate::new(&task, language),
            key: Key::new(&task, language),
            task,
        }
    }

    /// Grades a typed answer, worth one point, with full feedback.
    pub fn grade(&self, candidate_answer: impl Into<String>) -> Grade {
        self.grade_submission(&self.submission(candidate_answer))
    }

    /// Makes a submission of an answer to this task, for whoever wants more than [`Self::grade`]
    /// gives: a transcript, other points, an explanation.
    ///
    /// ```
    /// use answer_grader::{OfflineGrader, Submission, Task};
    ///
    /// let grader = OfflineGrader::new(Task::new("What does an index do?", "It speeds up lookups."));
    /// let submission = Submission { max_points: 4.0, ..grader.submission("It speeds up lookups.") };
    /// assert_eq!(grader.grade_submission(&submission).points, Some(4.0));
    /// ```
    pub fn submission(&self, candidate_answer: impl Into<String>) -> Submission {
        Submission {
            language: Some(self.key.language()),
            ..Submission::new(self.task.clone(), candidate_answer)
        }
    }

    /// Grades a submission. One of another task or language is graded by a key of its own.
    pub fn grade_submission(&self, submission: &Submission) -> Grade {
        let reading = Reading::of(submission);
        let judgement = if self.serves(&submission.task, reading.language) {
            self.settle_or_judge(submission, &reading)
        } else {
            let other = Self::in_language(submission.task.clone(), reading.language);
            other.settle_or_judge(submission, &reading)
        };
        grade(submission, &reading, judgement, &Standard::default())
    }

    /// Judges an answer to this task, unless the gate settles it.
    pub(super) fn settle_or_judge(&self, submission: &Submission, reading: &Reading) -> Judgement {
        self.settle(submission, reading)
            .unwrap_or_else(|| self.key.judge(submission, reading))
    }

    /// Settles an answer to this task that needs no judging.
    pub(super) fn settle(&self, submission: &Submission, reading: &Reading) -> Option<Judgement> {
        let settled = self.gate.settle(submission.answer_source, reading)?;
        Some(as_judgement(settled, &self.task, self.key.concepts()))
    }

    /// Judges an answer to this task by its words.
    #[cfg(feature = "llm")]
    pub(super) fn judge(&self, submission: &Submission, reading: &Reading) -> Judgement {
        self.key.judge(submission, reading)
    }

    /// Tells whether this was prepared for a task in a language.
    pub(super) fn serves(&self, task: &Arc<Task>, language: Language) -> bool {
        self.key.language() == language && (Arc::ptr_eq(&self.task, task) || self.task == *task)
    }
}
