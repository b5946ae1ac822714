//! What an error means, whichever server sent it.

use std::time::Duration;

use serde_json::Value;

use super::blame::refused_parameter;
use super::error_body::{ErrorBody, QUOTA_PER_DAY};
use crate::llm::failure::identifier;
use crate::llm::{Failure, FilterStage, Rejection};

const FILTERED: [&str; 4] = [
    "content_filter",
    "content_policy_violation",
    "invalid_prompt",
    "ResponsibleAIPolicyViolation",
];
const TOO_LONG: [&str; 5] = [
    "context_length_exceeded",
    "exceed_context_size_error",
    "context_window_exceeded",
    "string_above_max_length",
    "request_too_large",
];
const TOO_LONG_PHRASES: [&str; 7] = [
    // LiteLLM's proxy says its own class's name.
    "contextwindowexceedederror",
    "maximum context length",
    "context length exceeded",
    "exceeds the available context size",
    "exceeds the context window",
    "prompt is too long",
    "exceeds the maximum number of tokens",
];
const NO_QUOTA: [&str; 7] = [
    "insufficient_quota",
    "insufficient_balance",
    "billing_not_active",
    "billing_hard_limit_reached",
    "exceeded_current_quota_error",
    "billing_error",
    QUOTA_PER_DAY,
];
const NO_QUOTA_PHRASES: [&str; 1] = ["credit balance is too low"];

/// Keys that are not accepted under another status than 401 and 403.
const WRONG_KEY: [&str; 1] = ["API_KEY_INVALID"];

/// Reads the body of an error status.
pub(in crate::llm) fn refusal(
    status: u16,
    retry_after: Option<Duration>,
    body: Option<&Value>,
) -> Rejection {
    let error = body.map(ErrorBody::read).unwrap_or_default();
    rejection(status, retry_after, &error)
}

/// Reads an error that stands in a body under status 200: `OpenRouter` sends its status before it
/// knows whether the provider behind it fails, and Responses has its error beside its status.
pub(in crate::llm) fn error_within(
    status: u16,
    retry_after: Option<Duration>,
    body: &Value,
) -> Option<Rejection> {
    let error = [&body["error"], &body["choices"][0]["error"]]
        .into_iter()
        .find(|error| error.is_object() || error.is_string())?;
    let error = match error.as_str() {
        Some(_) => ErrorBody::read(body),
        None => ErrorBody::of(error),
    };
    let within = error.status.filter(|code| (400..600).contains(code));
    Some(rejection(within.unwrap_or(status), retry_after, &error))
}

fn rejection(status: u16, retry_after: Option<Duration>, error: &ErrorBody) -> Rejection {
    let failure = failure(status, retry_after.or(error.retry_after), error);
    let refused = matches!(
        failure,
        Failure::BadRequest {
            status: 400 | 422,
            ..
        }
    );
    Rejection {
        refuses: refused.then(|| refused_parameter(error)).flatten(),
        ..Rejection::from(failure)
    }
}

fn failure(status: u16, retry_after: Option<Duration>, error: &ErrorBody) -> Failure {
    // The words count more than the status: servers agree on them more than on the number.
    if error.is_any(&FILTERED) || error.flagged {
        return Failure::Filtered {
            stage: FilterStage::Prompt,
            jailbreak: error.jailbreak,
        };
    }
    let unreadable = matches!(status, 400 | 422) && error.says_any(&TOO_LONG_PHRASES);
    if error.is_any(&TOO_LONG) || unreadable {
        return Failure::ContextTooLong;
    }
    if error.is_any(&NO_QUOTA) || (status == 400 && error.says_any(&NO_QUOTA_PHRASES)) {
        return Failure::QuotaExhausted;
    }
    if error.is_any(&WRONG_KEY) {
        return Failure::Authentication { status };
    }
    let limited = error.is_any(&["rate_limit_exceeded"]);
    let shown = |word: &Option<String>| word.as_deref().and_then(identifier).map(str::to_owned);
    match status {
        401 | 403 => Failure::Authentication { status },
        402 => Failure::QuotaExhausted,
        429 => Failure::RateLimited { retry_after },
        200..300 if limited => Failure::RateLimited { retry_after },
        // Also Groq's word for more tokens than a minute allows, which no wait mends either.
        413 => Failure::ContextTooLong,
        503 | 529 => Failure::Overloaded { status },
        // The server, or one behind it, waited too long.
        408 => Failure::Timeout,
        // 409 is the server's own trouble: a lock it waits for.
        200..300 | 409 | 500.. => Failure::ServerError { status },
        _ => Failure::BadRequest {
            status,
            code: shown(&error.code),
            param: shown(&error.param),
        },
    }
}
