//! One exchange with a server, from the request to what its answer means.

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response};

use crate::llm::failure::identifier;
use crate::llm::pace::Pace;
use crate::llm::retry::RetryHints;
use crate::llm::{Decoded, Failure, FilterStage, Rejection, Usage, Wire};

/// The largest response that is read. A graded answer takes a few kilobytes.
pub(super) const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Holds what came of asking once.
pub(super) struct Attempt {
    pub(super) outcome: Result<Decoded, Rejection>,
    pub(super) status: Option<u16>,
    pub(super) hints: RetryHints,
    pub(super) request_id: Option<String>,
}

impl Attempt {
    /// Sends a request and reads the whole response, which also says how to go on.
    pub(super) async fn send(request: RequestBuilder, wire: Wire, pace: &Pace) -> Self {
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Self::failed(failure_of(&error)),
        };
        let status = response.status();
        let hints = RetryHints::read(response.headers());
        let headers = std::mem::take(response.headers_mut());
        let request_id = request_id(&headers);
        let outcome = match read(response).await {
            Ok(body) => wire.decode(status.as_u16(), hints.retry_after, &body),
            // An error's status says enough without its body.
            Err(Failure::Malformed) if !status.is_success() => {
                wire.decode(status.as_u16(), hints.retry_after, b"")
            }
            Err(failure) => Err(failure.into()),
        };
        let attempt = Self {
            outcome,
            status: Some(status.as_u16()),
            hints,
            request_id,
        };
        let Usage { input, output, .. } = attempt.usage();
        pace.learn(status.as_u16(), &headers, input.saturating_add(output));
        attempt
    }

    /// Makes an attempt that brought no response.
    pub(super) fn failed(failure: Failure) -> Self {
        Self {
            outcome: Err(failure.into()),
            status: None,
            hints: RetryHints::default(),
            request_id: None,
        }
    }

    /// Returns what the attempt is billed for, whatever came of it.
    pub(super) fn usage(&self) -> Usage {
        match &self.outcome {
            Ok(decoded) => decoded.usage,
            Err(rejection) => rejection.usage,
        }
    }

    /// Tells whether the server took the request as it was, whatever the model made of it.
    pub(super) fn was_accepted(&self) -> bool {
        match &self.outcome {
            Ok(_) => true,
            Err(rejection) => matches!(
                rejection.failure,
                Failure::Refused
                    | Failure::Truncated
                    | Failure::Filtered {
                        stage: FilterStage::Output,
                        ..
                    }
            ),
        }
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let value = headers
        .get("x-request-id")
        .or_else(|| headers.get("request-id"))?;
    let value = value.to_str().ok()?;
    identifier(value).map(str::to_owned)
}

fn failure_of(error: &reqwest::Error) -> Failure {
    // A connection that cannot be made in time is a matter of the network, not of the model.
    if error.is_timeout() && !error.is_connect() {
        Failure::Timeout
    } else {
        Failure::Network
    }
}

/// Reads a body up to its limit; a larger one is [`Failure::Malformed`].
async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure_of(&error))? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(Failure::Malformed);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
