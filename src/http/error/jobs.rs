//! What may be wrong with a job.

use axum::http::StatusCode;

use super::Problem;
use crate::grade::FieldError;

impl Problem {
    pub(in crate::http) fn not_a_job() -> Self {
        let detail = "send answers as application/x-ndjson, one request a line, or a re-grade as application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_job", detail)
    }

    pub(in crate::http) fn unknown_job() -> Self {
        let detail = "no job with this id is kept";
        Self::new(StatusCode::NOT_FOUND, "unknown_job", detail)
    }

    /// Lines of an upload; each pointer begins with the line's place, from 0.
    pub(in crate::http) fn lines(errors: Vec<FieldError>) -> Self {
        Self {
            detail: "lines are wrong, see errors; none of the answers is graded".to_owned(),
            ..Self::fields(errors)
        }
    }

    pub(in crate::http) fn empty_job() -> Self {
        let detail = "the upload has no lines; each line is one request";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail)
    }

    pub(in crate::http) fn too_many_answers(most: u64) -> Self {
        let detail = format!(
            "the upload has more than the {most} lines that jobs.max_answers allows; send several jobs"
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_answers", detail)
    }

    pub(in crate::http) fn upload_too_large(most: u64) -> Self {
        let detail = format!(
            "the upload has more than the {most} bytes that jobs.max_upload_bytes allows; send several jobs"
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "upload_too_large", detail)
    }

    pub(in crate::http) fn line_too_long(most: usize) -> Self {
        let detail =
            format!("a line has more than the {most} bytes that server.max_body_bytes allows");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "line_too_long", detail)
    }

    pub(in crate::http) fn broken_off() -> Self {
        Self::unreadable_body(StatusCode::BAD_REQUEST)
    }

    /// What is wrong field by field, for a request that is one of several.
    pub(in crate::http) fn into_fields(self) -> Vec<FieldError> {
        if self.errors.is_empty() {
            let detail = self.detail.trim_start_matches("the body ").to_owned();
            return vec![FieldError {
                pointer: String::new(),
                detail,
            }];
        }
        self.errors
    }
}
