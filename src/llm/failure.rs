//! The closed list of ways in which a call fails.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most characters of a provider's code or parameter name that are repeated.
const LONGEST_IDENTIFIER: usize = 64;

/// Says why an attempt gave no usable reply.
///
/// Its text holds statuses, codes and parameter names only. Providers quote the prompt in their
/// messages, so those are read for what they mean and then dropped.
///
/// ```
/// use answer_grader::llm::{Failure, FilterStage};
///
/// let busy = Failure::Overloaded { status: 503 };
/// assert_eq!((busy.code(), busy.retryable()), ("overloaded", true));
/// let stopped = Failure::Filtered { stage: FilterStage::Prompt, jailbreak: true };
/// assert_eq!(stopped.to_string(), "the provider's content filter stopped the prompt");
/// assert!(!stopped.retryable());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// The model declined to answer.
    #[error("the model refused to answer")]
    Refused,
    /// The provider's content filter stopped the prompt or the reply.
    #[error("the provider's content filter stopped the {stage}")]
    Filtered {
        /// What was stopped.
        stage: FilterStage,
        /// Whether the filter took the prompt for an attempt to take over the model.
        ///
        /// It is a signal about the answer, which a person should see.
        jailbreak: bool,
    },
    /// The reply was cut at the limit of output tokens.
    #[error("the reply was cut at the limit of output tokens")]
    Truncated,
    /// The response is not what the protocol says, is empty, or is too large to be one.
    #[error("the response is not what the protocol says")]
    Malformed,
    /// The provider asks to slow down.
    #[error("the provider limits the rate of requests")]
    RateLimited {
        /// How long to wait, where the provider says so.
        retry_after: Option<Duration>,
    },
    /// The account has no credit left, which waiting does not mend.
    #[error("the account's quota is used up")]
    QuotaExhausted,
    /// The provider has no capacity now, or is still loading the model.
    #[error("the provider is overloaded (status {status})")]
    Overloaded {
        /// The HTTP status.
        status: u16,
    },
    /// The provider failed for a reason that may pass: 5xx or 409.
    #[error("the provider failed (status {status})")]
    ServerError {
        /// The HTTP status; 200 where an error came under that status.
        status: u16,
    },
    /// No reply came in time, or the provider says so of one behind it (status 408).
    #[error("no reply came in time")]
    Timeout,
    /// The key is missing, wrong, or not allowed to do this.
    #[error("the provider does not accept the key (status {status})")]
    Authentication {
        /// The HTTP status.
        status: u16,
    },
    /// The provider does not accept the request, or its address leads elsewhere.
    #[error(
        "the provider does not accept the request (status {status}{}{})",
        labelled("code", code.as_deref()),
        labelled("parameter", param.as_deref())
    )]
    BadRequest {
        /// The HTTP status.
        status: u16,
        /// The provider's code, such as `model_not_found`.
        code: Option<String>,
        /// The part of the request that the provider names.
        param: Option<String>,
    },
    /// The request is longer than the model can read.
    #[error("the request is longer than the model can read")]
    ContextTooLong,
    /// The provider could not be reached, or the connection broke.
    #[error("the provider could not be reached")]
    Network,
    /// Replies come from a recording, which has none to this request.
    #[error("the recording has no reply to this request")]
    NotRecorded,
}

/// Tells which of the two texts a content filter stopped.
///
/// See [`Failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterStage {
    /// The prompt, with the candidate's answer in it.
    Prompt,
    /// The model's reply.
    Output,
}

impl std::fmt::Display for FilterStage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Prompt => "prompt",
            Self::Output => "output",
        })
    }
}

impl Failure {
    /// Names the failure for JSON, logs and metrics; the names never change.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Filtered { .. } => "filtered",
            Self::Truncated => "truncated",
            Self::Malformed => "malformed",
            Self::RateLimited { .. } => "rate_limited",
            Self::QuotaExhausted => "quota_exhausted",
            Self::Overloaded { .. } => "overloaded",
            Self::ServerError { .. } => "server_error",
            Self::Timeout => "timeout",
            Self::Authentication { .. } => "authentication",
            Self::BadRequest { .. } => "bad_request",
            Self::ContextTooLong => "context_too_long",
            Self::Network => "network",
            Self::NotRecorded => "not_recorded",
        }
    }

    /// Tells whether the same request may succeed a little later.
    pub const fn retryable(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Overloaded { .. }
                | Self::ServerError { .. }
                | Self::Timeout
                | Self::Network
        )
    }
}

/// Returns the text where it reads like an identifier, such as `messages[0].content`.
///
/// Anything else may be a piece of the prompt and is dropped whole rather than cut.
pub(super) fn identifier(text: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.[]".contains(c);
    let fits = !text.is_empty() && text.len() <= LONGEST_IDENTIFIER;
    (fits && text.chars().all(plain)).then_some(text)
}

fn labelled(label: &str, value: Option<&str>) -> String {
    // The fields are public, so an embedder's model may have put anything there.
    value
        .and_then(identifier)
        .map(|value| format!(", {label} {value}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_and_a_parameter_are_shown() {
        let failure = Failure::BadRequest {
            status: 404,
            code: Some("model_not_found".into()),
            param: Some("messages[0].content".into()),
        };
        assert_eq!(
            failure.to_string(),
            "the provider does not accept the request (status 404, code model_not_found, parameter messages[0].content)"
        );
    }

    #[test]
    fn text_that_is_no_identifier_is_never_shown() {
        let failure = Failure::BadRequest {
            status: 400,
            code: Some("I led the migration".into()),
            param: Some("x".repeat(65)),
        };
        assert_eq!(
            failure.to_string(),
            "the provider does not accept the request (status 400)"
        );
    }

    #[test]
    fn only_what_may_pass_is_retryable() {
        assert!(Failure::RateLimited { retry_after: None }.retryable());
        assert!(Failure::Timeout.retryable());
        assert!(!Failure::QuotaExhausted.retryable());
        assert!(!Failure::Truncated.retryable());
    }
}
