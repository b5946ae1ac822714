//! Problems of the pages: who is signed in, banks that are saved, reports of evaluations.

use std::time::Duration;

use axum::http::StatusCode;

use super::Problem;
use crate::bank::BankError;
use crate::grade::FieldError;

impl Problem {
    /// A browser sends what it holds with requests that other pages make, too.
    pub(in crate::http) fn cross_site() -> Self {
        let detail = "whoever is signed in with a browser is served on this service's own pages only; elsewhere send \
                      the API key as Authorization: Bearer …";
        Self::new(StatusCode::FORBIDDEN, "cross_site", detail)
    }

    pub(in crate::http) fn changed_meanwhile() -> Self {
        let detail = "somebody saved this bank since it was read, or it exists already: read it again, and send its \
                      ETag as If-Match";
        Self::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile", detail)
    }

    pub(in crate::http) fn unreadable_bank() -> Self {
        let detail = "this bank was saved by another version of the program, and this one cannot read it; DELETE …/source \
                      has the files' bank hold again, and keeps the saved one in the database";
        Self::conflict("unreadable_bank", detail)
    }

    pub(in crate::http) fn nothing_saved() -> Self {
        let detail = "nobody saved this bank; it is as the files have it";
        Self::new(StatusCode::NOT_FOUND, "nothing_saved", detail)
    }

    pub(in crate::http) fn not_a_bank() -> Self {
        let detail = "send the bank as application/toml or as application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_bank", detail)
    }

    pub(in crate::http) fn embed_token_needed() -> Self {
        let detail = "a token is needed that has not ended: your server makes one by POST /v1/embed-tokens, and the page \
                      sends it as Authorization: Bearer …";
        Self::new(StatusCode::UNAUTHORIZED, "embed_token_needed", detail)
    }

    pub(in crate::http) fn another_origin() -> Self {
        let detail = "the token is for pages of other origins than this one";
        Self::new(StatusCode::FORBIDDEN, "another_origin", detail)
    }

    pub(in crate::http) fn too_many_of_a_page(wait: Duration) -> Self {
        let detail = "this page has sent too many requests with its token; try again in a moment";
        Self {
            retry_after: Some(wait),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
    }

    pub(in crate::http) fn embed_used_up() -> Self {
        let detail = "all answers that this token was good for are graded";
        Self::new(StatusCode::FORBIDDEN, "embed_used_up", detail)
    }

    pub(in crate::http) fn unknown_question() -> Self {
        let detail = "the bank of this token has no such question";
        Self::new(StatusCode::NOT_FOUND, "unknown_question", detail)
    }

    pub(in crate::http) fn unknown_evaluation() -> Self {
        let detail = "there is no such report; GET /v1/evaluations lists them";
        Self::new(StatusCode::NOT_FOUND, "unknown_evaluation", detail)
    }
}

/// What is wrong with a bank: by a pointer, or by the line where it cannot be read.
fn field(problem: crate::bank::Problem) -> FieldError {
    let at = match (problem.line, problem.column) {
        (line, Some(column)) => format!(" (line {line}, column {column})"),
        (line, None) => format!(" (line {line})"),
    };
    match problem.pointer {
        Some(pointer) => FieldError {
            pointer,
            detail: problem.detail,
        },
        None => FieldError {
            pointer: String::new(),
            detail: problem.detail + &at,
        },
    }
}

impl From<BankError> for Problem {
    fn from(error: BankError) -> Self {
        let errors = match error {
            BankError::Invalid(problems) => problems.into_iter().map(field).collect(),
            BankError::Name { field, detail } => vec![FieldError {
                pointer: format!("/{field}"),
                detail: detail.to_owned(),
            }],
            other @ (BankError::Unreadable { .. } | BankError::Repeated(_)) => vec![FieldError {
                pointer: String::new(),
                detail: other.to_string(),
            }],
        };
        Self::fields(errors)
    }
}
