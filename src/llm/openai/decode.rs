//! Reads what comes back: a reply, or one of the many ways to say no.

use std::time::Duration;

use serde_json::Value;

use super::blame::refused_parameter;
use super::error_body::{ErrorBody, shows_attack};
use crate::llm::failure::identifier;
use crate::llm::{Failure, FilterStage, Parameter, Usage};

const FILTERED: [&str; 4] = [
    "content_filter",
    "content_policy_violation",
    "invalid_prompt",
    "ResponsibleAIPolicyViolation",
];
const TOO_LONG: [&str; 4] = [
    "context_length_exceeded",
    "exceed_context_size_error",
    "context_window_exceeded",
    "string_above_max_length",
];
const TOO_LONG_PHRASES: [&str; 4] = [
    "maximum context length",
    "context length exceeded",
    "exceeds the available context size",
    "exceeds the context window",
];
const NO_QUOTA: [&str; 5] = [
    "insufficient_quota",
    "insufficient_balance",
    "billing_not_active",
    "billing_hard_limit_reached",
    "exceeded_current_quota_error",
];

/// Holds a usable reply as it stands in the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, as it was sent.
    pub content: String,
    /// The model that answered, where the server says so.
    pub model: Option<String>,
    /// The server's name for the reply.
    pub id: Option<String>,
    /// The tokens.
    pub usage: Usage,
}

/// Holds what a response without a usable reply says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Why there is no reply.
    pub failure: Failure,
    /// What is billed all the same: a cut or refused reply was produced.
    pub usage: Usage,
    /// The part of the request to leave out next time, where the server names one.
    pub refuses: Option<Parameter>,
}

impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            usage: Usage::default(),
            refuses: None,
        }
    }
}

/// Reads the response to a request.
///
/// # Errors
///
/// Returns a [`Rejection`] for everything but a reply with text that was not cut: error
/// statuses, errors under status 200, refusals, filtered, truncated and empty replies.
pub fn decode(
    status: u16,
    retry_after: Option<Duration>,
    body: &[u8],
) -> Result<Decoded, Rejection> {
    // A proxy's error page is no JSON; its status says enough.
    let body: Option<Value> = serde_json::from_slice(body).ok();
    if !(200..300).contains(&status) {
        let error = body.as_ref().map(ErrorBody::read).unwrap_or_default();
        return Err(rejection(status, retry_after, &error));
    }
    let body = body.ok_or(Failure::Malformed)?;
    let choice = &body["choices"][0];
    // OpenRouter sends its status 200 before it knows whether the provider behind it fails.
    let error = [&body["error"], &choice["error"]]
        .into_iter()
        .find(|error| error.is_object() || error.is_string());
    if let Some(error) = error {
        let error = match error.as_str() {
            Some(_) => ErrorBody::read(&body),
            None => ErrorBody::of(error),
        };
        let within = error.status.filter(|code| (400..600).contains(code));
        return Err(rejection(within.unwrap_or(status), retry_after, &error));
    }
    let usage = usage(&body["usage"]);
    match content(choice) {
        Ok(content) => Ok(Decoded {
            content,
            model: body["model"].as_str().map(str::to_owned),
            id: body["id"].as_str().and_then(identifier).map(str::to_owned),
            usage,
        }),
        Err(failure) => Err(Rejection {
            failure: with_attack(failure, &body),
            usage,
            refuses: None,
        }),
    }
}

fn rejection(status: u16, retry_after: Option<Duration>, error: &ErrorBody) -> Rejection {
    let failure = failure(status, retry_after, error);
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
    if error.is_any(&NO_QUOTA) {
        return Failure::QuotaExhausted;
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
        // 408 and 409 are the server's own trouble: a request it lost, or a lock it waits for.
        200..300 | 408 | 409 | 500.. => Failure::ServerError { status },
        _ => Failure::BadRequest {
            status,
            code: shown(&error.code),
            param: shown(&error.param),
        },
    }
}

fn content(choice: &Value) -> Result<String, Failure> {
    let message = &choice["message"];
    if message["refusal"]
        .as_str()
        .is_some_and(|text| !text.is_empty())
    {
        return Err(Failure::Refused);
    }
    match choice["finish_reason"].as_str() {
        Some("content_filter") => {
            return Err(Failure::Filtered {
                stage: FilterStage::Output,
                jailbreak: false,
            });
        }
        Some("length") => return Err(Failure::Truncated),
        Some("error") => return Err(Failure::ServerError { status: 200 }),
        _ => {}
    }
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        // Mistral's reasoning models send a list, with their thoughts as parts of another type.
        Value::Array(parts) => parts
            .iter()
            .filter(|part| part["type"] == "text")
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => return Err(Failure::Malformed),
    };
    if text.trim().is_empty() {
        return Err(Failure::Malformed);
    }
    Ok(text)
}

/// Adds to a filtered reply that the prompt was an attack, which Azure says elsewhere.
fn with_attack(failure: Failure, body: &Value) -> Failure {
    match failure {
        Failure::Filtered { stage, .. } => {
            let results = body["prompt_filter_results"].as_array();
            let jailbreak = results
                .into_iter()
                .flatten()
                .any(|result| shows_attack(&result["content_filter_results"]));
            Failure::Filtered { stage, jailbreak }
        }
        other => other,
    }
}

fn usage(usage: &Value) -> Usage {
    let count = |value: &Value| value.as_u64().unwrap_or(0);
    let input = count(&usage["prompt_tokens"]);
    let details = &usage["prompt_tokens_details"];
    // Some servers leave reasoning out of the output, but always count it in the total.
    let beyond_input = count(&usage["total_tokens"]).saturating_sub(input);
    Usage {
        input,
        cached_input: count(&details["cached_tokens"]),
        cache_write: count(&details["cache_write_tokens"]),
        output: count(&usage["completion_tokens"]).max(beyond_input),
    }
}
