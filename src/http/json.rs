use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::Service;
use super::error::Problem;
use crate::grade::{JsonError, parse_json};

/// A JSON body; what is wrong with it is a problem with a pointer.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Service>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        let read = read(request, service, service.max_body_bytes).await;
        Ok(Self(read?))
    }
}

/// Reads a JSON body of so many bytes at most, where the service allows as many.
pub(super) async fn read<T: DeserializeOwned>(
    request: Request,
    service: &Service,
    most: usize,
) -> Result<T, Problem> {
    if !is_json(&essence(request.headers())) {
        return Err(Problem::not_json());
    }
    parse(&within(request, service, most).await?)
}

/// Reads a request's body, within the service's limits.
pub(super) async fn body(request: Request, service: &Service) -> Result<Bytes, Problem> {
    within(request, service, service.max_body_bytes).await
}

async fn within(request: Request, service: &Service, most: usize) -> Result<Bytes, Problem> {
    let limit = service.receive_timeout;
    let body = whole(request.into_body(), most.min(service.max_body_bytes));
    let body = tokio::time::timeout(limit, body).await;
    let body = body.map_err(|_| Problem::slow_body(limit))?;
    body.map_err(|problem| {
        if most < service.max_body_bytes {
            problem.with_body_limit(most, "this request may have")
        } else {
            problem.with_body_limit(service.max_body_bytes, "server.max_body_bytes allows")
        }
    })
}

/// Reads a body to its end, up to so many bytes. Most come in one piece, which is not copied.
async fn whole(body: Body, most: usize) -> Result<Bytes, Problem> {
    let too_large = || Problem::unreadable_body(StatusCode::PAYLOAD_TOO_LARGE);
    let most_bytes = u64::try_from(most).unwrap_or(u64::MAX);
    if body.size_hint().lower() > most_bytes {
        return Err(too_large());
    }
    let mut chunks = body.into_data_stream();
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::unreadable_body(StatusCode::BAD_REQUEST))?;
        if first.len() + rest.len() + chunk.len() > most {
            return Err(too_large());
        }
        if first.is_empty() {
            first = chunk;
        } else {
            rest.extend_from_slice(&chunk);
        }
    }
    if rest.is_empty() {
        return Ok(first);
    }
    Ok([&first, rest.as_slice()].concat().into())
}

/// Reads JSON text. What is no JSON at all is told by line and column, what is not as it should be
/// by a pointer.
pub(super) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    parse_json(text).map_err(|error| match error {
        JsonError::Field(field) => Problem::fields(vec![field]),
        malformed @ JsonError::Malformed { .. } => {
            Problem::malformed(format!("the body {malformed}"))
        }
    })
}

/// What a body is said to be, without parameters and in lower case.
pub(super) fn essence(headers: &HeaderMap) -> String {
    let given = headers.get(header::CONTENT_TYPE);
    let given = given
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn is_json(essence: &str) -> bool {
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}
