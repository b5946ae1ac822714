//! The API as OpenAPI 3.1, made of the handlers and the types that they take and give.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{Modify, OpenApi};

use super::{
    banks, embeds, evaluations, grades, grading, health, jobs, metrics, mued, outcomes, reviews,
    session, sources,
};

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
        sources::show,
        sources::save,
        sources::forget,
        sources::check,
        sources::import_notes,
        evaluations::list,
        evaluations::show,
        session::show,
        session::begin,
        session::end,
        embeds::create,
        embeds::question,
        embeds::grade,
        mued::evaluate,
        mued::health,
        health::live,
        health::ready,
        metrics::show,
    ),
    tags(
        (name = "grade", description = "Grade answers (scope `grade`)"),
        (name = "grades", description = "Grades that are kept (scopes `read`, `admin`)"),
        (name = "reviews", description = "What people decide (scopes `review`, `read`)"),
        (name = "jobs", description = "Large batches (scope `grade`), and kept answers graded once more (scope `admin`)"),
        (name = "banks", description = "Question banks (scope `grade`); their source (scope `references`), saved by scope `admin`"),
        (name = "pages", description = "What the pages need beside: who is signed in, reports of evaluations (scope `read`)"),
        (name = "embed", description = "The web component on pages of other sites: tokens for them (scope `grade`), and what a page may do with one"),
        (name = "mued", description = "The µEd API 0.1.0, with errors of its own shape (scope `grade`)"),
        (name = "operation", description = "Whether it works, and how much"),
    ),
    security(("key" = [])),
    modifiers(&Key, &Names, &ForCallers),
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

/// Names every operation after its method and path, since handlers of several rooms share a name.
struct Names;

impl Modify for Names {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let operations = [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    operation.operation_id = Some(name(method, path));
                }
            }
        }
    }
}

/// Cuts the description of a type where its first heading is: examples and links under it are for
/// those who use the library from Rust.
struct ForCallers;

impl Modify for ForCallers {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for schema in components.schemas.values_mut() {
            let description = match schema {
                RefOr::T(Schema::Object(object)) => &mut object.description,
                RefOr::T(Schema::Array(array)) => &mut array.description,
                RefOr::T(Schema::OneOf(one_of)) => &mut one_of.description,
                RefOr::T(Schema::AllOf(all_of)) => &mut all_of.description,
                RefOr::T(Schema::AnyOf(any_of)) => &mut any_of.description,
                _ => continue,
            };
            if let Some((before, _)) = description.as_ref().and_then(|d| d.split_once("\n\n# ")) {
                *description = Some(before.to_owned());
            }
        }
    }
}

/// `get` and `/v1/grades/{id}` make `get_grades_by_id`.
fn name(method: &str, path: &str) -> String {
    let steps = path.split('/').filter(|step| !matches!(*step, "" | "v1"));
    let words = steps.map(|step| match step.strip_prefix('{') {
        Some(parameter) => format!("by_{}", parameter.trim_end_matches('}')),
        None => step.replace('-', "_"),
    });
    let words: Vec<_> = std::iter::once(method.to_owned()).chain(words).collect();
    words.join("_")
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
