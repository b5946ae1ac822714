//! The span of a request, for telemetry.

use axum::extract::Request;
use tracing::{Span, debug_span, field};

/// The span of a request, within the caller's trace where its `traceparent` names one.
pub(super) fn span(request: &Request, route: &str) -> Span {
    let span = debug_span!(
        target: "telemetry",
        "request",
        otel.name = format_args!("{} {route}", request.method()),
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = request.method().as_str(),
        http.route = route,
        http.response.status_code = field::Empty,
        error.type = field::Empty,
    );
    #[cfg(feature = "otel")]
    if !span.is_disabled() {
        join(&span, request.headers());
    }
    span
}

/// Tells the span the response's status.
pub(super) fn ended(span: &Span, status: u16, code: Option<&str>) {
    span.record("http.response.status_code", status);
    if let Some(code) = code {
        span.record("error.type", code);
    }
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

#[cfg(feature = "otel")]
fn join(span: &Span, headers: &axum::http::HeaderMap) {
    use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    struct Headers<'a>(&'a axum::http::HeaderMap);
    impl Extractor for Headers<'_> {
        fn get(&self, key: &str) -> Option<&str> {
            self.0.get(key)?.to_str().ok()
        }
        fn keys(&self) -> Vec<&str> {
            self.0.keys().map(axum::http::HeaderName::as_str).collect()
        }
    }
    let propagator = opentelemetry_sdk::propagation::TraceContextPropagator::new();
    // It fails only where nobody listens to the span.
    let _ = span.set_parent(propagator.extract(&Headers(headers)));
}
