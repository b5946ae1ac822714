use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Task;
use crate::text::{Language, Redaction};

/// Says how the answer was given.
///
/// # Examples
///
/// See [`Submission`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerSource {
    /// Typed.
    #[default]
    Text,
    /// A transcript of speech: hesitations, self-corrections, misheard words.
    Speech,
}

/// Says how much of the key the caller may show to its user.
///
/// # Examples
///
/// ```
/// use answer_grader::grade::FeedbackLevel;
/// use answer_grader::{Submission, Task, grade_offline};
///
/// let task = Task::new("What does an index do?", "It speeds up lookups.");
/// let feedback = FeedbackLevel::Full.at_most(FeedbackLevel::Hint);
/// let grade = grade_offline(&Submission { feedback, ..Submission::new(task, "It sorts.") });
/// assert_eq!(grade.missing_concepts[0].id, "k1");
/// assert_eq!(grade.missing_concepts[0].text, None);
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackLevel {
    /// Everything: concept texts, missing concepts, feedback.
    #[default]
    Full,
    /// Feedback that does not give the key away; concepts by id only.
    Hint,
    /// No feedback; concepts by id only.
    None,
}

impl FeedbackLevel {
    /// The lesser of two levels.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        let rank = |level| match level {
            Self::None => 0,
            Self::Hint => 1,
            Self::Full => 2,
        };
        if rank(other) < rank(self) {
            other
        } else {
            self
        }
    }
}

/// An answer to be graded.
///
/// ```
/// use answer_grader::grade::AnswerSource;
/// use answer_grader::{Submission, Task, grade_offline};
///
/// let task = Task::new("What does select_related() do?", "It joins the related table.");
/// let submission = Submission {
///     answer_source: AnswerSource::Speech,
///     max_points: 10.0,
///     ..Submission::new(task, "um it, it joins the, uh, related table")
/// };
/// assert!(grade_offline(&submission).points > Some(9.0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// What was asked; shared by all answers to one question.
    pub task: Arc<Task>,
    /// The answer as it was sent. Personal data and hostile input.
    pub candidate_answer: String,
    /// How the answer was given.
    pub answer_source: AnswerSource,
    /// The language of the task, where the caller knows it; else it is detected.
    pub language: Option<Language>,
    /// What a score of 1 is worth.
    pub max_points: f64,
    /// How much of the key the grade may show.
    pub feedback: FeedbackLevel,
    /// Whether the grade should explain its score, where the offline grader judges.
    pub explain: bool,
    /// What is masked in the answer before it is judged; evidence is quoted as it was sent.
    pub redaction: Redaction,
}

impl Submission {
    /// Makes a submission of a typed answer, worth one point, with full feedback.
    pub fn new(task: impl Into<Arc<Task>>, candidate_answer: impl Into<String>) -> Self {
        Self {
            task: task.into(),
            candidate_answer: candidate_answer.into(),
            answer_source: AnswerSource::Text,
            language: None,
            max_points: 1.0,
            feedback: FeedbackLevel::Full,
            explain: false,
            redaction: Redaction::default(),
        }
    }
}
