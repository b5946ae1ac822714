//! `GET /docs/`: the API to read and to try, with everything it needs from this service.

use std::sync::Arc;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use utoipa_swagger_ui::{Config, SwaggerFile};

use super::error::Problem;

/// The page may load nothing from elsewhere, and ask nobody but this service. It sets styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// What the page names stands beside it, so that its address has to end in a slash.
pub(super) async fn to_page() -> Redirect {
    Redirect::permanent("/docs/")
}

pub(super) async fn page() -> Result<Response, Problem> {
    file("index.html")
}

pub(super) async fn beside(name: Result<Path<String>, PathRejection>) -> Result<Response, Problem> {
    let Path(name) = name.map_err(|_| Problem::no_such_path())?;
    file(&name)
}

fn file(name: &str) -> Result<Response, Problem> {
    // It would otherwise send the document to a validator elsewhere.
    let config = Config::from("../openapi.json").validator_url("none");
    let found = utoipa_swagger_ui::serve(name, Arc::new(config))
        .ok()
        .flatten();
    let SwaggerFile {
        bytes,
        content_type,
        ..
    } = found.ok_or_else(Problem::no_such_path)?;
    let headers = [
        (CONTENT_TYPE, content_type.as_str()),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, bytes.into_owned()).into_response())
}
