//! The web component on other sites' pages: its script, tokens so that no API key reaches a browser, and what
//! a page may do with one.
//!
//! | file | job |
//! |---|---|
//! | `tokens` | tokens are made, and who may use one |
//! | `origins` | where pages come from |
//! | `answers` | a question for a page, and its answer graded |
//! | `grade` | what a page is told of a grade |

mod answers;
mod grade;
mod origins;
mod tokens;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

pub(super) use answers::{__path_grade, __path_question, grade, question};
pub(super) use tokens::{__path_create, create};

/// Tells whether pages of other origins may read what a route answers, problems included; whether they may have it
/// is decided by their token.
pub(super) fn is_for_pages(route: &str) -> bool {
    matches!(
        route,
        "/v1/embed/grade" | "/v1/embed/questions/{bank}/{question}"
    )
}

/// Lets a page of this origin read a response.
pub(super) fn let_read(origin: HeaderValue, response: &mut HeaderMap) {
    response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-request-id, retry-after"),
    );
    response.insert(VARY, HeaderValue::from_static("origin"));
}

/// What a browser asks before it sends a request of another origin's page. It says nothing of any token: that is in
/// the request itself.
pub(super) async fn preflight() -> Response {
    let allowed: [(HeaderName, &str); 4] = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
        (CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::NO_CONTENT, allowed).into_response()
}

/// `GET /embed.js`: the component, one script.
pub(super) async fn script() -> Response {
    const SCRIPT: &str = include_str!("../../../web/embed.js");
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        // Pages of every site load it; what it may do there is up to their token.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    (headers, SCRIPT).into_response()
}
