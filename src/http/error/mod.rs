mod jobs;
mod mued;
mod pages;

use std::borrow::Cow;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::grade::{FieldError, RequestError};
use crate::grader::{GradeError, GradeErrorKind};
use crate::store::{Scope, StoreError};

/// What went wrong, in the form of RFC 9457.
///
/// A detail says what to do, and never repeats an answer, a reference or a provider's message.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub(super) struct Problem {
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    title: &'static str,
    pub(super) status: u16,
    /// A word that stays the same between versions.
    #[schema(value_type = String, example = "invalid_request")]
    pub(super) code: Cow<'static, str>,
    /// What to do.
    detail: String,
    /// What is wrong, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after: Option<Duration>,
    /// Whether a model was paid for nothing.
    #[serde(skip)]
    pub(super) has_cost: bool,
}

const BODY_TOO_LARGE: &str = "body_too_large";

/// A problem as it is sent: with the request it belongs to.
#[derive(Serialize)]
struct Sent<'a> {
    /// `code` tells the kinds apart; there is no page about each.
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    problem: &'a Problem,
    instance: &'a str,
    request_id: &'a str,
}

/// What every operation may answer instead, for its description.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it is a description")]
pub(super) enum Problems {
    /// What is wrong, and what to do.
    #[response(status = "4XX", content_type = "application/problem+json")]
    Request(Problem),
    /// The service or a model fails.
    #[response(status = "5XX", content_type = "application/problem+json")]
    Service(Problem),
}

impl Problem {
    fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            has_cost: false,
        }
    }

    /// The same, and whether a model was paid before it.
    pub(super) fn with_cost(self, has_cost: bool) -> Self {
        Self { has_cost, ..self }
    }

    pub(super) fn fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.pointer.is_empty() => format!("the body {}", one.detail),
            [one] => format!("{} {}", one.pointer, one.detail),
            several => format!("{} fields are wrong; see errors", several.len()),
        };
        Self {
            errors,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail)
        }
    }

    pub(super) fn not_json() -> Self {
        let detail = "send the body as application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail)
    }

    pub(super) fn malformed(detail: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_json", detail)
    }

    /// `status` is the extractor's: too large, or broken off.
    pub(super) fn unreadable_body(status: StatusCode) -> Self {
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::new(status, BODY_TOO_LARGE, "the body is too large");
        }
        let detail = "the body could not be read to its end";
        Self::new(StatusCode::BAD_REQUEST, "body_unreadable", detail)
    }

    /// Names the limit of a body that is too large, and whose it is.
    pub(super) fn with_body_limit(mut self, limit: usize, whose: &str) -> Self {
        if self.code == BODY_TOO_LARGE {
            self.detail = format!("the body has more than the {limit} bytes that {whose}");
        }
        self
    }

    pub(super) fn too_late(limit: Duration) -> Self {
        let limit = limit.as_millis();
        let detail = format!(
            "grading took longer than the {limit} ms that server.request_timeout_ms allows"
        );
        Self::new(StatusCode::GATEWAY_TIMEOUT, "request_timeout", detail)
    }

    pub(super) fn saturated() -> Self {
        let detail = "the service has as many requests under way as it takes (server.max_in_flight); try again soon";
        Self {
            retry_after: Some(Duration::from_secs(1)),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "saturated", detail)
        }
    }

    pub(super) fn slow_body(limit: Duration) -> Self {
        let detail = format!("the body did not come within {} s", limit.as_secs());
        Self::new(StatusCode::REQUEST_TIMEOUT, "slow_body", detail)
    }

    pub(super) fn panicked() -> Self {
        let detail = "a fault of this program; please report it with the request_id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", detail)
    }

    pub(super) fn no_such_path() -> Self {
        let detail = "there is nothing at this path";
        Self::new(StatusCode::NOT_FOUND, "no_such_path", detail)
    }

    pub(super) fn unknown_bank() -> Self {
        let detail = "no loaded bank has this id; GET /v1/banks lists them";
        Self::new(StatusCode::NOT_FOUND, "unknown_bank", detail)
    }

    pub(super) fn unknown_grade() -> Self {
        let detail = "no grade with this id is kept";
        Self::new(StatusCode::NOT_FOUND, "unknown_grade", detail)
    }

    pub(super) fn no_records() -> Self {
        let detail = "this service keeps no grades: store.enabled is false";
        Self::new(StatusCode::NOT_FOUND, "no_records", detail)
    }

    pub(super) fn held() -> Self {
        let detail = "the grade is under legal hold; lift that first, by PUT …/legal-hold";
        Self::conflict("legal_hold", detail)
    }

    pub(super) fn idempotency_reused() -> Self {
        let detail =
            "this Idempotency-Key was another request's; each request needs one of its own";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            detail,
        )
    }

    pub(super) fn texts_gone() -> Self {
        let detail = "the request was graded, but its texts are erased or never kept; GET /v1/grades has what is left";
        Self::new(StatusCode::GONE, "texts_gone", detail)
    }

    pub(super) fn no_idempotency() -> Self {
        let detail =
            "POST /v1/grade and POST /v1/jobs take an Idempotency-Key; here it would be ignored";
        Self::new(StatusCode::BAD_REQUEST, "no_idempotency", detail)
    }

    pub(super) fn conflict(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// What is wrong with the address's query; never its values.
    pub(super) fn query(rejection: &QueryRejection) -> Self {
        let source = std::error::Error::source(rejection);
        let detail = source.map_or_else(|| rejection.to_string(), ToString::to_string);
        Self::new(StatusCode::BAD_REQUEST, "invalid_query", detail)
    }

    pub(super) fn unknown_option() -> Self {
        let detail = "the only option is include=reference_answers";
        Self::new(StatusCode::BAD_REQUEST, "unknown_option", detail)
    }

    pub(super) fn key_required() -> Self {
        let detail = "an API key is needed: send it as Authorization: Bearer …";
        Self::new(StatusCode::UNAUTHORIZED, "key_required", detail)
    }

    pub(super) fn wrong_key() -> Self {
        let detail = "the API key is not known, has ended or was taken back";
        Self::new(StatusCode::UNAUTHORIZED, "wrong_key", detail)
    }

    pub(super) fn too_many_wrong_keys() -> Self {
        let detail = "too many wrong API keys came from this address; try again in a minute";
        Self {
            retry_after: Some(Duration::from_mins(1)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_wrong_keys", detail)
        }
    }

    /// Without keys the service is for this machine alone.
    pub(super) fn no_keys_yet() -> Self {
        let detail = "the service has no API keys and answers only on its own machine, not through a proxy; \
                      make one: answer-grader key create";
        Self::new(StatusCode::FORBIDDEN, "no_keys_yet", detail)
    }

    pub(super) fn lacks_scope(scope: Scope) -> Self {
        let detail = format!("this API key has not the scope \"{}\"", scope.name());
        Self::new(StatusCode::FORBIDDEN, "not_allowed", detail)
    }

    pub(super) fn too_many_requests(limit: u32, wait: Duration) -> Self {
        let detail = format!("this API key may make {limit} requests in a minute");
        Self {
            retry_after: Some(wait),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
    }

    pub(super) fn key_budget_exhausted(limit: f64) -> Self {
        let detail = format!("this API key may spend {limit} US dollars in a day (UTC), and has");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "budget_exhausted", detail)
    }

    /// The response's body and headers, for the request `request_id` to `path`.
    pub(super) fn render(&self, path: &str, request_id: &str) -> Response {
        let sent = Sent {
            kind: "about:blank",
            problem: self,
            instance: path,
            request_id,
        };
        let body = serde_json::to_vec(&sent).unwrap_or_default();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body).into_response();
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(
                header::RETRY_AFTER,
                HeaderValue::from(wait.as_secs().max(1)),
            );
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Leaves the rendering to `around`, which knows the request's id.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<RequestError> for Problem {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Invalid(errors) => Self::fields(errors),
            RequestError::UnknownQuestion => Self {
                errors: vec![FieldError {
                    pointer: "/question_id".to_owned(),
                    detail: error.to_string(),
                }],
                ..Self::new(
                    StatusCode::NOT_FOUND,
                    "unknown_question",
                    "no loaded bank has this question_id; GET /v1/banks lists the banks",
                )
            },
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(error = %error, source, "the database");
        match error {
            StoreError::Unreadable(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "storage_unreadable",
                "the database holds something that this version cannot read; see the log",
            ),
            _ => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "storage_unavailable",
                "the database cannot be reached; try again later",
            ),
        }
    }
}

impl From<GradeError> for Problem {
    fn from(error: GradeError) -> Self {
        let status = match error.kind() {
            GradeErrorKind::TooLate => StatusCode::GATEWAY_TIMEOUT,
            GradeErrorKind::TooLong => StatusCode::UNPROCESSABLE_ENTITY,
            GradeErrorKind::Setup => StatusCode::INTERNAL_SERVER_ERROR,
            GradeErrorKind::Budget => StatusCode::TOO_MANY_REQUESTS,
            GradeErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let code = match &error {
            GradeError::NotConfigured => "llm_not_configured",
            other => other.code(),
        };
        let retry_after = error.retry_after();
        Self {
            retry_after,
            ..Self::new(status, code, error.to_string())
        }
    }
}

pub(super) async fn no_such_path() -> Problem {
    Problem::no_such_path()
}

pub(super) async fn no_such_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "no_such_method",
        "this path does not take this method; see Allow",
    )
}
