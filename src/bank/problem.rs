use std::fmt;

/// One thing that is wrong with a file, and where; never the text of an answer.
///
/// Displayed as `file:line:column: place: detail`, which terminals and editors follow.
///
/// See [`BankError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as its reader named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1; `None` where the whole line or entry is meant.
    pub column: Option<usize>,
    /// The field, such as `questions[orm].concepts[lazy].weight`; `None` where the line says it.
    pub place: Option<String>,
    /// The same as a JSON pointer into the bank, such as `/questions/0/concepts/2/weight`.
    pub pointer: Option<String>,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        if let Some(place) = &self.place {
            write!(f, ": {place}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// Says why a bank cannot be used or made.
///
/// ```
/// use answer_grader::bank::{Bank, BankError};
///
/// let text = "id = 'sql'\ntitle = 'SQL'\n[[questions]]\nid = 'join'\nquestion = 'What is a join?'";
/// let Err(BankError::Invalid(problems)) = Bank::parse(text, "sql.toml") else {
///     panic!("accepted");
/// };
/// let problem = &problems[0];
/// assert_eq!(problem.place.as_deref(), Some("questions[join]"));
/// assert_eq!(problem.detail, "needs a reference_answer or concepts");
/// assert!(problem.to_string().starts_with("sql.toml:4"));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// The file could not be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The bank, or the notes to be imported, have mistakes: all of them, by line.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
    /// Two banks would answer to the same `question_id`.
    #[error("a bank with the id {0:?} is loaded already")]
    Repeated(String),
    /// The name for a new bank will not do.
    #[error("the {field} of the new bank {detail}")]
    Name {
        /// `id` or `title`.
        field: &'static str,
        /// What is wrong with it.
        detail: &'static str,
    },
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
