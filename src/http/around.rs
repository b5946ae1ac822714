use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use tracing::Instrument as _;
use uuid::Uuid;

use super::access::admit;
use super::error::Problem;
use super::grading::BATCH;
use super::{Service, embeds, mued, trace};

/// Where nothing is there.
const NO_ROUTE: &str = "(none)";
/// Where jobs are sent, and how long that may take at most.
const UPLOADS: &str = "/v1/jobs";
const LONGEST_UPLOAD: Duration = Duration::from_hours(6);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A caller's id is kept if it is no longer than this and has only visible characters.
const LONGEST_ID: usize = 128;

/// Gives every request an id, a time limit and a line in the log, and renders its problem.
///
/// The log names the route, not the address, and never a body: answers are personal data.
pub(super) async fn around(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let address = request.uri().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let matched = matched.as_ref().map(MatchedPath::as_str);
    let route = matched.unwrap_or(NO_ROUTE);
    let page = request.headers().get(header::ORIGIN).cloned();
    let page = page.filter(|_| embeds::is_for_pages(route));

    let limit = match route {
        // Each request of a batch has the limit to itself, or a slow one would cost all of them.
        BATCH => {
            let share = u32::try_from(service.max_batch).unwrap_or(u32::MAX);
            service.request_timeout.saturating_mul(share)
        }
        // It lasts as long as its lines come, and these have a limit of their own.
        UPLOADS => LONGEST_UPLOAD,
        _ => service.request_timeout,
    };
    // A panic is a bug; it costs one request, not the connection it came on.
    let span = trace::span(&request, route);
    let slot = service.in_flight.try_acquire();
    let handled = async {
        // Whether the process lives has to be known even where it is busy.
        if slot.is_err() && !is_health(route) {
            return Ok(Problem::saturated().into_response());
        }
        let answered = async {
            match admit(&service, matched, &mut request).await {
                Ok(()) => next.run(request).await,
                Err(problem) => problem.into_response(),
            }
        };
        AssertUnwindSafe(answered).catch_unwind().await
    };
    let handled = handled.instrument(span.clone());
    let response = match tokio::time::timeout(limit, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(request_id = id, route, "a request made the program panic");
            Problem::panicked().into_response()
        }
        Err(_) => Problem::too_late(limit).into_response(),
    };
    let (mut response, code) = match response.extensions().get::<Problem>() {
        Some(problem) => {
            let problem = problem.clone();
            let mut rendered = if mued::speaks(route) {
                mued::render(&problem, &id)
            } else {
                problem.render(address.path(), &id)
            };
            // `Allow` of a 405 stays.
            for (name, value) in response.headers() {
                rendered.headers_mut().entry(name).or_insert(value.clone());
            }
            (rendered, Some(problem.code.into_owned()))
        }
        None => (response, None),
    };
    if mued::speaks(route) {
        let version = HeaderValue::from_static(mued::VERSION);
        response.headers_mut().insert(mued::VERSION_HEADER, version);
    }
    if let Some(page) = page {
        embeds::let_read(page, response.headers_mut());
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let headers = response.headers_mut();
    headers.reserve(SECURITY.len());
    for (name, value) in SECURITY {
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    let status = response.status().as_u16();
    trace::ended(&span, status, code.as_deref());
    service.metrics.answered(route, status, started.elapsed());
    let milliseconds = started.elapsed().as_micros() as f64 / 1e3;
    tracing::info!(request_id = id, %method, route, status, code, milliseconds, "request");
    response
}

fn is_health(route: &str) -> bool {
    matches!(route, "/livez" | "/readyz")
}

/// Nothing that is sent is a page, and nothing of it is to be kept on the way.
const SECURITY: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
];

fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let usable = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    given
        .filter(usable)
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}
