//! Problems as µEd tells them, in its own shape.

use std::time::Duration;

use axum::http::StatusCode;

use super::Problem;
use crate::grade::FieldError;

impl Problem {
    pub(in crate::http) fn other_mued_version() -> Self {
        let detail = "X-Api-Version: only 0.1.0 of the µEd API is spoken here";
        Self::new(StatusCode::NOT_ACCEPTABLE, "version_not_supported", detail)
    }

    pub(in crate::http) fn mued_unsupported(detail: &'static str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", detail)
    }

    pub(in crate::http) fn detail(&self) -> &str {
        &self.detail
    }

    pub(in crate::http) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    pub(in crate::http) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The same problem of a request in which the fields stand elsewhere.
    pub(in crate::http) fn with_pointers(self, place: impl Fn(&str) -> String) -> Self {
        if self.errors.is_empty() {
            return self;
        }
        let moved = self.errors.into_iter().map(|error| FieldError {
            pointer: place(&error.pointer),
            ..error
        });
        Self {
            status: self.status,
            title: self.title,
            code: self.code,
            retry_after: self.retry_after,
            ..Self::fields(moved.collect())
        }
    }
}
