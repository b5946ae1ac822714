use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::Service;
use super::error::Problem;
use crate::grade::{JsonError, parse_json};

/// A JSON body; what is wrong with it is a problem with a pointer.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Service>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        if !is_json(&essence(request.headers())) {
            return Err(Problem::not_json());
        }
        let limit = service.receive_timeout;
        let body = tokio::time::timeout(limit, Bytes::from_request(request, service));
        let body = body.await.map_err(|_| Problem::slow_body(limit))?;
        let body = body.map_err(|rejection| Problem::unreadable_body(rejection.status()))?;
        Ok(Self(parse(&body)?))
    }
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
