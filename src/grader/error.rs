use std::time::Duration;

use crate::llm::Failure;
use crate::prompt::{PromptError, ReplyError};

/// Says why a submission has no grade, or why the keyword grader stood in.
///
/// ```
/// use std::time::Duration;
///
/// use answer_grader::grader::{Failure, GradeError, GradeErrorKind};
///
/// let retry_after = Some(Duration::from_secs(2));
/// let error = GradeError::Model(Failure::RateLimited { retry_after });
/// assert_eq!((error.code(), error.kind()), ("rate_limited", GradeErrorKind::Unavailable));
/// assert_eq!(error.retry_after(), retry_after);
/// assert_eq!(GradeError::Deadline.kind(), GradeErrorKind::TooLate);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GradeError {
    /// A language model was asked for and none is configured.
    #[error(
        "no language model is configured; set OPENAI_API_KEY or OPENAI_BASE_URL, or ask for method \"auto\" or \"keyword\""
    )]
    NotConfigured,
    /// The model gave no reply.
    #[error("the language model failed: {0}")]
    Model(Failure),
    /// The reply cannot be used.
    #[error("the language model's reply cannot be used: {0}")]
    Reply(#[from] ReplyError),
    /// No model makes a usable list of concepts of the reference.
    #[error(
        "the language model gave no usable list of the reference's concepts ({reason}); declare them"
    )]
    NoConcepts {
        /// The code of the failure.
        reason: &'static str,
    },
    /// No model takes references apart here.
    #[error(
        "llm.extract_concepts is off, so no model makes concepts; ask for method \"auto\" or \"keyword\" for key phrases"
    )]
    ExtractionOff,
    /// The concepts that others are judged on are kept where they cannot be reached.
    #[error("the database of concepts cannot be reached")]
    Storage,
    /// No more may be spent on models for now.
    #[error("the budget for language models is spent; there is more in {} s", wait.as_secs().max(1))]
    BudgetExhausted {
        /// Until there is more.
        wait: Duration,
    },
    /// The request's deadline passed first.
    #[error("the language model did not reply before the deadline")]
    Deadline,
    /// The request is larger than the model takes.
    #[error(
        "the prompt takes {tokens} tokens and the model is configured for {limit}; shorten the answer or the reference"
    )]
    PromptTooLong {
        /// Tokens of the request.
        tokens: usize,
        /// Tokens the model takes, room for the reply taken off.
        limit: usize,
    },
    /// The prompt does not render.
    #[error(transparent)]
    Prompt(#[from] PromptError),
}

/// The kinds of trouble that keep a model from grading.
///
/// See [`GradeError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GradeErrorKind {
    /// No reply in time.
    TooLate,
    /// The submission is larger than the model takes.
    TooLong,
    /// The program is set up wrongly.
    Setup,
    /// The money for it is spent.
    Budget,
    /// No model, or none that replies usably; another attempt may succeed.
    Unavailable,
}

impl GradeError {
    /// Tells what kind of trouble it is, for a caller that has to answer somebody.
    pub fn kind(&self) -> GradeErrorKind {
        match self {
            Self::Deadline | Self::Model(Failure::Timeout) => GradeErrorKind::TooLate,
            Self::PromptTooLong { .. } | Self::Model(Failure::ContextTooLong) => {
                GradeErrorKind::TooLong
            }
            Self::Prompt(_) => GradeErrorKind::Setup,
            Self::BudgetExhausted { .. } => GradeErrorKind::Budget,
            Self::NotConfigured
            | Self::ExtractionOff
            | Self::Storage
            | Self::Model(_)
            | Self::Reply(_)
            | Self::NoConcepts { .. } => GradeErrorKind::Unavailable,
        }
    }

    /// How long to wait, as the provider asks or the budget demands; `None` where neither does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Model(Failure::RateLimited { retry_after }) => *retry_after,
            Self::BudgetExhausted { wait } => Some(*wait),
            _ => None,
        }
    }

    /// A short name that stays the same between versions, for `degraded.reason` and problem codes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::ExtractionOff => "extraction_off",
            Self::Storage => "storage_unavailable",
            Self::Model(failure) => failure.code(),
            Self::Reply(_) => "schema_violation",
            Self::NoConcepts { reason } => reason,
            Self::Deadline => "deadline",
            Self::BudgetExhausted { .. } => "budget_exhausted",
            Self::PromptTooLong { .. } => "prompt_too_long",
            Self::Prompt(_) => "prompt_broken",
        }
    }
}
