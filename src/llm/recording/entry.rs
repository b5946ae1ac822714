use std::fmt::Write as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::llm::{CallError, Failure, FilterStage, ModelIdentity, Reply, Request, Usage};

/// One exchange, as it stands in a recording's line. The request is there only as its hash.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// SHA-256, in hex, of the request as no provider owns it.
    pub(super) request: String,
    /// Which of the exchanges with this request it is, from 1.
    pub(super) occurrence: u32,
    /// The model as it was asked for; for people who look at the file.
    pub(super) model: String,
    /// The prompt's identity; for people, too.
    pub(super) prompt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply: Option<RecordedReply>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<RecordedFailure>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedReply {
    content: String,
    /// The model that replied, as the provider named it.
    model: String,
    elapsed_ms: u64,
}

/// Failures that the same request would meet again. A time-out or a full queue says nothing about
/// the request, so nothing is kept of it.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedFailure {
    Refused,
    Truncated,
    ContextTooLong,
    Filtered { stage: FilterStage, jailbreak: bool },
}

impl RecordedFailure {
    fn of(failure: &Failure) -> Option<Self> {
        match failure {
            Failure::Refused => Some(Self::Refused),
            Failure::Truncated => Some(Self::Truncated),
            Failure::ContextTooLong => Some(Self::ContextTooLong),
            Failure::Filtered { stage, jailbreak } => Some(Self::Filtered {
                stage: *stage,
                jailbreak: *jailbreak,
            }),
            _ => None,
        }
    }

    fn failure(self) -> Failure {
        match self {
            Self::Refused => Failure::Refused,
            Self::Truncated => Failure::Truncated,
            Self::ContextTooLong => Failure::ContextTooLong,
            Self::Filtered { stage, jailbreak } => Failure::Filtered { stage, jailbreak },
        }
    }
}

/// The hash that a request to a model is found by: prompt, model, parameters, messages and schema,
/// and nothing of how a provider wants them written.
pub(in crate::llm) fn key(model: &ModelIdentity, request: &Request) -> String {
    let parts = json!({
        "prompt": request.prompt,
        "model": model.model,
        "max_output_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "system": &*request.system,
        "user": request.user,
        "schema_name": request.schema_name,
        "schema": *request.schema,
    });
    let mut key = String::with_capacity(64);
    for byte in Sha256::digest(parts.to_string()) {
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

impl Entry {
    /// Keeps an exchange; `None` where nothing of it is worth keeping.
    pub(super) fn of(
        request: String,
        occurrence: u32,
        (model, prompt): (&ModelIdentity, &str),
        outcome: &Result<Reply, CallError>,
    ) -> Option<Self> {
        let (reply, failure, usage) = match outcome {
            Ok(reply) => {
                let kept = RecordedReply {
                    content: reply.content.clone(),
                    model: reply.model.clone(),
                    elapsed_ms: u64::try_from(reply.elapsed.as_millis()).unwrap_or(u64::MAX),
                };
                (Some(kept), None, reply.usage)
            }
            Err(error) => (
                None,
                Some(RecordedFailure::of(&error.failure)?),
                error.usage,
            ),
        };
        Some(Self {
            request,
            occurrence,
            model: model.model.clone(),
            prompt: prompt.to_owned(),
            reply,
            failure,
            usage,
        })
    }

    /// Tells what makes no sense in an entry that could be read.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if self.request.len() != 64 || !self.request.bytes().all(hex) {
            return Some("`request` must be a SHA-256 in lower-case hex");
        }
        if self.occurrence == 0 {
            return Some("`occurrence` counts from 1");
        }
        if self.reply.is_some() == self.failure.is_some() {
            return Some("must have either `reply` or `failure`");
        }
        None
    }

    /// Plays the exchange back. Nothing was sent, so there was no attempt; tokens are as recorded.
    pub(super) fn outcome(&self) -> Result<Reply, CallError> {
        match (&self.reply, self.failure) {
            (Some(reply), _) => Ok(Reply {
                content: reply.content.clone(),
                model: reply.model.clone(),
                request_id: None,
                usage: self.usage,
                attempts: 0,
                elapsed: Duration::from_millis(reply.elapsed_ms),
                cached: true,
            }),
            (None, failure) => Err(CallError {
                failure: failure.map_or(Failure::NotRecorded, RecordedFailure::failure),
                attempts: 0,
                usage: self.usage,
            }),
        }
    }
}
