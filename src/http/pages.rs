//! The pages of the service: what a browser is given at `/`, and what stands beside it.
//!
//! `web/` is built into the program; a debug build reads it from the sources, so that a change is seen at
//! the next request.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use minijinja::{Environment, context};
use rust_embed::RustEmbed;
use tower_http::compression::CompressionLayer;

use super::Service;
use super::error::Problem;

#[derive(RustEmbed)]
#[folder = "web/"]
#[exclude = "*.json"]
#[exclude = "*.md"]
#[exclude = "*.d.ts"]
struct Web;

/// Everything comes from this service, and nothing is sent elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// A page may hear who speaks an answer, once they allow it.
const PERMISSIONS: &str =
    "microphone=(self), on-device-speech-recognition=(self), camera=(), geolocation=()";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// A page, as it is named in the navigation.
struct Page {
    path: &'static str,
    file: &'static str,
    title: &'static str,
}

const PAGES: [Page; 5] = [
    Page {
        path: "/",
        file: "practice.html",
        title: "Practice",
    },
    Page {
        path: "/try",
        file: "try.html",
        title: "Try it",
    },
    Page {
        path: "/review",
        file: "review.html",
        title: "Review",
    },
    Page {
        path: "/evaluations",
        file: "evaluations.html",
        title: "Evaluations",
    },
    Page {
        path: "/banks",
        file: "banks.html",
        title: "Banks",
    },
];

/// The routes of the pages. What they load is compressed; what the API gives is not, as it is short and
/// mostly read by machines.
pub(super) fn routes() -> Router<Arc<Service>> {
    let router = Router::new().route("/assets/{*name}", get(asset));
    let add = |router: Router<Arc<Service>>, page: &'static Page| {
        router.route(page.path, get(async || render(page)))
    };
    PAGES
        .iter()
        .fold(router, add)
        .layer(CompressionLayer::new().gzip(true))
}

/// Tells whether a route is a page, or part of one: these hold nothing that needs a key.
pub(super) fn is_page(route: &str) -> bool {
    route == "/assets/{*name}" || PAGES.iter().any(|page| page.path == route)
}

/// The templates, as they are when they are first needed.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_loader(|name| {
        let file = Web::get(name).and_then(|file| String::from_utf8(file.data.into()).ok());
        Ok(file)
    });
    environment
}

fn render(page: &Page) -> Result<Response, Problem> {
    // While pages are written, a change is to be seen.
    let fresh = cfg!(debug_assertions).then(environment);
    let environment = fresh.as_ref().unwrap_or(&TEMPLATES);
    let links: Vec<_> = PAGES
        .iter()
        .map(|one| context! { path => one.path, title => one.title, is_here => one.path == page.path })
        .collect();
    let rendered = environment
        .get_template(page.file)
        .and_then(|template| template.render(context! { title => page.title, pages => links }));
    let rendered = rendered.map_err(|error| {
        tracing::error!(%error, page = page.file, "a page cannot be made");
        Problem::panicked()
    })?;
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (PERMISSIONS_POLICY, PERMISSIONS),
        (CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, Html(rendered)).into_response())
}

async fn asset(
    headers: HeaderMap,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(name) = name.map_err(|_| Problem::no_such_path())?;
    // A page is had at its own path, with what belongs around it.
    let is_page = std::path::Path::new(&name)
        .extension()
        .is_some_and(|kind| kind == "html");
    let file = Web::get(&name).filter(|_| !is_page);
    let file = file.ok_or_else(Problem::no_such_path)?;
    let digits = &file.metadata.sha256_hash()[..16];
    let tag = format!(
        "\"{:032x}\"",
        digits
            .iter()
            .fold(0_u128, |all, byte| all << 8 | u128::from(*byte))
    );
    let told = [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache")];
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.contains(&tag));
    if known {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    let kind = file.metadata.mimetype().to_owned();
    Ok((told, [(CONTENT_TYPE, kind)], file.data.into_owned()).into_response())
}
