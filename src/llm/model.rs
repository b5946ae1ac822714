//! What every model takes and gives, whoever serves it.

use std::fmt;
use std::future::Future;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::Failure;

/// Names the future that [`Model::complete`] returns.
///
/// It is boxed so that the trait can be used behind `dyn`.
///
/// See [`Model`].
pub type Completion<'a> = Pin<Box<dyn Future<Output = Result<Reply, CallError>> + Send + 'a>>;

/// Answers requests with one JSON text each.
///
/// It is a trait, because the set of models is open: a server over HTTP, a recording that is played
/// back, or whatever an embedder brings.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use answer_grader::llm::{Completion, Model, ModelIdentity, Reply, Request, Usage};
/// use answer_grader::{Grader, GraderSettings, Policy, Prompt, Submission, Task};
///
/// /// Stands for your client: it always finds the first idea.
/// struct Mine;
///
/// impl Model for Mine {
///     fn identity(&self) -> ModelIdentity {
///         ModelIdentity { provider: "mine".to_owned(), model: "mine-1".to_owned() }
///     }
///
///     fn complete<'a>(&'a self, request: &'a Request) -> Completion<'a> {
///         Box::pin(async move {
///             assert!(request.user.contains("What does an index do?"));
///             let content = r#"{"concepts": {"c1": {"quote": "lookups faster", "verdict": "covered"}},
///                               "overall": 90, "feedback": "Right."}"#;
///             Ok(Reply {
///                 content: content.to_owned(),
///                 model: "mine-1-2026-10".to_owned(),
///                 request_id: None,
///                 usage: Usage { input: 900, output: 60, ..Usage::default() },
///                 attempts: 1,
///                 elapsed: Duration::from_millis(700),
///                 cached: false,
///             })
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let prompt = Arc::new(Prompt::built_in()?);
/// let grader = Grader::new(GraderSettings::default(), Arc::new(Mine), prompt, None);
/// let task = Task::new("What does an index do?", "It speeds up lookups.");
/// let submission = Submission::new(task, "It makes lookups faster.");
/// let grade = grader.grade(&submission, Policy::default()).await?;
/// assert_eq!(grade.score, Some(0.9));
/// assert_eq!(grade.provenance.model.as_deref(), Some("mine-1-2026-10"));
/// assert_eq!((grade.usage.input_tokens, grade.usage.cost_usd), (900, None));
/// # Ok(())
/// # }
/// ```
pub trait Model: Send + Sync {
    /// Says which provider and which model answer, for a grade's provenance.
    fn identity(&self) -> ModelIdentity;

    /// Asks once and returns the reply, or why there is none.
    ///
    /// Retries are the implementation's affair and are counted in `attempts`. So is the request's
    /// deadline, but a [`Grader`](crate::Grader) drops the future when it passes.
    ///
    /// # Errors
    /// A [`CallError`] is no judgement of the answer: the grader asks the next model, or grades by
    /// keywords, or gives the failure to its caller, as the policy says.
    fn complete<'a>(&'a self, request: &'a Request) -> Completion<'a>;
}

/// Names a model and who serves it, as configured.
///
/// # Examples
///
/// See [`Model`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelIdentity {
    /// The provider, such as `openai`.
    pub provider: String,
    /// The model as it is asked for, such as `gpt-5-mini`.
    pub model: String,
}

/// Asks a model for one reply, in words that no provider owns.
///
/// `Debug` shows no text: it is a candidate's, and must not end up in a log by accident.
///
/// See [`Model`] for who takes it, and [`Wire`](super::Wire) for one that is made by hand.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// The identity of the prompt that the messages were made of, such as `grade@1f3a9c02d4e5`.
    pub prompt: String,
    /// The instructions.
    pub system: Arc<str>,
    /// The matter to judge.
    pub user: String,
    /// The bytes at the beginning of `user` that the next request is likely to begin with, too, such
    /// as the question and its key; providers that have to be told keep them. 0 where none are.
    pub shared: usize,
    /// The schema's name: letters, digits, `_` and `-`.
    pub schema_name: String,
    /// The JSON Schema of the reply, with all the bounds it should have.
    ///
    /// The adapter leaves out bounds such as `maxLength` where the server refuses them, and keeps
    /// them where a grammar is made of the schema and an unbounded string would run on.
    pub schema: Arc<serde_json::Value>,
    /// Whether the instructions say the schema, too: for a server that takes a format and then
    /// replies as it likes.
    pub schema_in_instructions: bool,
    /// The most tokens the reply may have; the model's settings may lower it.
    pub max_output_tokens: u32,
    /// The sampling temperature; where there is none the model's settings decide.
    pub temperature: Option<f64>,
    /// The sampling seed; where there is none the model's settings decide.
    pub seed: Option<u64>,
    /// The moment after which nobody waits for the reply any more.
    pub deadline: Option<Instant>,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("prompt", &self.prompt)
            .field("schema_name", &self.schema_name)
            .field("max_output_tokens", &self.max_output_tokens)
            .field("temperature", &self.temperature)
            .field("seed", &self.seed)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Holds what a model replied and what it took.
///
/// `Debug` does not show the content, since replies quote the candidate.
///
/// See [`Model`].
#[derive(Clone, PartialEq)]
pub struct Reply {
    /// The text as it was sent: JSON, perhaps in a Markdown fence or after a `<think>` block.
    pub content: String,
    /// The model that answered, which may be a dated snapshot of the one asked for.
    pub model: String,
    /// The provider's name for the exchange, for a question to its support.
    pub request_id: Option<String>,
    /// The tokens of all attempts together.
    pub usage: Usage,
    /// How often the provider was asked, this reply included.
    pub attempts: u32,
    /// The time from the first attempt to the reply, waits included.
    pub elapsed: Duration,
    /// Whether the reply was kept from an earlier exchange, and nothing was sent or billed now.
    pub cached: bool,
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reply")
            .field("model", &self.model)
            .field("request_id", &self.request_id)
            .field("usage", &self.usage)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("cached", &self.cached)
            .finish_non_exhaustive()
    }
}

/// Says why a request has no reply, and what was spent on it all the same.
///
/// ```
/// use answer_grader::llm::{CallError, Failure, Usage};
///
/// let error = CallError { failure: Failure::Timeout, attempts: 2, usage: Usage::default() };
/// assert_eq!(error.to_string(), "no reply came in time (attempts: 2)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure} (attempts: {attempts})")]
pub struct CallError {
    /// The last attempt's failure.
    #[source]
    pub failure: Failure,
    /// How often the provider was asked; zero where the deadline had passed already.
    pub attempts: u32,
    /// The tokens that were billed for attempts without a usable reply.
    pub usage: Usage,
}

/// Counts tokens the way they are billed.
///
/// ```
/// use answer_grader::llm::Usage;
///
/// let call = Usage { input: 900, cached_input: 600, output: 60, ..Usage::default() };
/// let total: Usage = [call, call].into_iter().sum();
/// assert_eq!((total.input, total.cached_input), (1_800, 1_200));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// All input tokens, whether read from a cache, written to one, or neither.
    pub input: u64,
    /// The input tokens that were read from the provider's cache.
    pub cached_input: u64,
    /// The input tokens that were written to the provider's cache.
    pub cache_write: u64,
    /// All output tokens, the model's reasoning included.
    pub output: u64,
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        // The counts are the server's word: nonsense must not overflow.
        Self {
            input: self.input.saturating_add(other.input),
            cached_input: self.cached_input.saturating_add(other.cached_input),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            output: self.output.saturating_add(other.output),
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(usages: I) -> Self {
        usages.fold(Self::default(), Add::add)
    }
}
