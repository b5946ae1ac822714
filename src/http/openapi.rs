//! The API as OpenAPI 3.1, made of the handlers and the types that they take and give.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{banks, grades, grading, health, jobs, metrics, outcomes, reviews};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "answer-grader",
        description = "Grades free-text answers against a reference answer. Offsets count Unicode scalar values of the \
                       answer as it was sent. Every error is a problem (RFC 9457) with a `code`.",
    ),
    paths(
        grading::grade,
        grading::batch,
        grading::concepts,
        grades::list,
        grades::show,
        grades::erase,
        grades::erase_subject,
        grades::hold,
        reviews::review,
        reviews::queue,
        reviews::explanation,
        jobs::create,
        jobs::list,
        jobs::show,
        outcomes::results,
        outcomes::events,
        jobs::cancel,
        jobs::retry,
        jobs::apply,
        banks::list,
        banks::show,
        health::live,
        health::ready,
        metrics::show,
    ),
    tags(
        (name = "grade", description = "Grade answers (scope `grade`)"),
        (name = "grades", description = "Grades that are kept (scopes `read`, `admin`)"),
        (name = "reviews", description = "What people decide (scopes `review`, `read`)"),
        (name = "jobs", description = "Large batches (scope `grade`), and kept answers graded once more (scope `admin`)"),
        (name = "banks", description = "Question banks (scope `grade`)"),
        (name = "operation", description = "Whether it works, and how much"),
    ),
    security(("key" = [])),
    modifiers(&Key),
)]
struct Description;

/// The API key, which is needed as soon as there is one.
struct Key;

impl Modify for Key {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("`answer-grader key create`; without any key the service answers on its own machine only"));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(bearer.build()));
    }
}

/// The document, as it is checked in as `docs/openapi.json`.
pub fn openapi() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /openapi.json`
pub(super) async fn show() -> ([(axum::http::HeaderName, &'static str); 1], String) {
    let kind = [(axum::http::header::CONTENT_TYPE, "application/json")];
    (kind, openapi())
}
