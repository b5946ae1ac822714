use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Says who judged an answer.
///
/// # Examples
///
/// ```
/// use answer_grader::grade::Method;
/// use answer_grader::{OfflineGrader, Task};
///
/// let grader = OfflineGrader::new(Task::new("What does an index do?", "It speeds up lookups."));
/// assert_eq!(grader.grade("It makes lookups faster.").method, Method::Keyword);
/// assert_eq!(grader.grade("No idea.").method.name(), "gate");
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A language model, its evidence checked.
    Llm,
    /// The offline keyword grader.
    Keyword,
    /// Nobody: the answer was empty, without content or the question itself.
    Gate,
}

impl Method {
    /// The word in JSON and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Keyword => "keyword",
            Self::Gate => "gate",
        }
    }
}

/// Says who is asked to judge.
///
/// # Examples
///
/// See [`Policy`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestedMethod {
    /// The language model where one is configured, else the keyword grader.
    #[default]
    Auto,
    /// The language model or an error.
    Llm,
    /// The keyword grader.
    Keyword,
}

/// Says what to do when the language model fails under `auto`.
///
/// # Examples
///
/// See [`Policy`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// Grade by keywords, and say so.
    #[default]
    Keyword,
    /// Return an error.
    Error,
}

/// How a submission is to be graded.
///
/// ```
/// use std::time::Duration;
///
/// use answer_grader::Policy;
/// use answer_grader::grade::{Fallback, RequestedMethod};
///
/// // A model within eight seconds, else keywords.
/// let policy = Policy { deadline: Some(Duration::from_secs(8)), ..Policy::default() };
/// assert_eq!((policy.method, policy.fallback), (RequestedMethod::Auto, Fallback::Keyword));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Policy {
    /// Who judges.
    pub method: RequestedMethod,
    /// What happens when the language model fails.
    pub fallback: Fallback,
    /// How long the whole grading may take; `None` leaves it to the model's time limit and retries.
    /// Past it the fallback grades, or [`Fallback::Error`] has its error.
    pub deadline: Option<Duration>,
}
