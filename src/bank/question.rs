use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::grade::Task;

/// A named set of questions with their keys.
///
/// There is no way to make one but to parse it, so that every bank is a checked one.
///
/// # Examples
///
/// ```
/// use answer_grader::bank::{Bank, Level, Origin};
///
/// let text = r#"
///     id = "sql"
///     title = "SQL"
///     [[questions]]
///     id = "join"
///     level = "junior"
///     question = "What is a join?"
///     reference_answer = "It combines rows of two tables."
/// "#;
/// let bank = Bank::parse(text, "sql.toml")?;
/// let question = bank.question("join").ok_or("no such question")?;
/// assert_eq!(question.level, Some(Level::Junior));
/// assert_eq!(question.task().question, "What is a join?");
/// assert_eq!(bank.toml(), text);
/// assert_eq!(bank.of(Origin::Edited).origin, Origin::Edited);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Bank {
    /// Names the bank; the part before the slash in a `question_id`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What the answers were checked against, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The questions, in the order of the file.
    pub questions: Vec<Question>,
    /// Where it comes from.
    #[serde(skip)]
    pub origin: Origin,
    /// The file it came from, for remarks.
    #[serde(skip)]
    pub(super) file: String,
    /// As it is written.
    #[serde(skip)]
    pub(super) toml: Arc<str>,
}

/// Where a bank comes from.
///
/// # Examples
///
/// See [`Bank`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Part of the program.
    BuiltIn,
    /// A file.
    File,
    /// Saved by somebody, in the database of a service.
    Edited,
}

/// A question of a bank with its key.
///
/// # Examples
///
/// See [`Bank`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Question {
    /// Names the question within its bank; the part after the slash in a `question_id`.
    pub id: String,
    /// What it is about, for grouping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Whether people graded answers to it, so that grades of it were compared with theirs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub labelled: bool,
    /// What is asked, and by what an answer is judged.
    #[serde(flatten, serialize_with = "shared")]
    #[cfg_attr(feature = "serve", schema(value_type = Task))]
    pub(super) task: Arc<Task>,
    /// Where a concept can be read about, by its id: addresses that begin with `https://`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    /// What an interviewer asks who missed a concept, by its id; it does not give the idea away.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub follow_ups: BTreeMap<String, String>,
    /// Where it begins in its file, for remarks.
    #[serde(skip)]
    pub(super) line: usize,
}

/// Says for whom a question is meant.
///
/// # Examples
///
/// See [`Bank`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the level it names")]
pub enum Level {
    Junior,
    Intermediate,
    Senior,
}

impl Bank {
    /// The same bank, which comes from somewhere else.
    #[must_use]
    pub fn of(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The bank as it is written, in TOML.
    pub fn toml(&self) -> &str {
        &self.toml
    }

    /// Finds a question by its id within the bank.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }
}

impl Question {
    /// The task, shared by all answers to the question.
    pub fn task(&self) -> &Arc<Task> {
        &self.task
    }
}

fn shared<S: Serializer>(task: &Arc<Task>, serializer: S) -> Result<S::Ok, S::Error> {
    task.as_ref().serialize(serializer)
}
