use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use super::super::error::Problem;
use crate::grade::FieldError;

/// µEd's error, of which only the title is required.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::http) struct ErrorResponse<'a> {
    title: &'a str,
    message: &'a str,
    code: &'static str,
    /// Never given: it would be the program's own affairs.
    trace: Option<String>,
    details: Details<'a>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    /// The word for it in the rest of this API.
    reason: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
}

/// Renders a problem as µEd does. What is wrong with a request is 400 there.
pub(in crate::http) fn render(problem: &Problem, request_id: &str) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (status, code) = match status {
        StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::BAD_REQUEST => (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
        StatusCode::UNAUTHORIZED => (status, "UNAUTHORIZED"),
        StatusCode::FORBIDDEN => (status, "FORBIDDEN"),
        StatusCode::NOT_ACCEPTABLE => (status, "VERSION_NOT_SUPPORTED"),
        StatusCode::NOT_IMPLEMENTED => (status, "NOT_IMPLEMENTED"),
        StatusCode::TOO_MANY_REQUESTS => (status, "TOO_MANY_REQUESTS"),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            (status, "SERVICE_UNAVAILABLE")
        }
        status if status.is_server_error() => (status, "INTERNAL_ERROR"),
        status => (status, "REQUEST_ERROR"),
    };
    let sent = ErrorResponse {
        // Of the status that is sent, which is not always the one it has in the rest of this API.
        title: status.canonical_reason().unwrap_or("Error"),
        message: problem.detail(),
        code,
        trace: None,
        details: Details {
            reason: &problem.code,
            request_id,
            errors: problem.errors(),
        },
    };
    let mut response = Response::new(Body::from(serde_json::to_vec(&sent).unwrap_or_default()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    if let Some(wait) = problem.retry_after() {
        let wait = HeaderValue::from(wait.as_secs().max(1));
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}
