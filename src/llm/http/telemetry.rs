//! What an attempt tells telemetry: spans, metrics and words of the OpenTelemetry conventions for
//! generative AI (open-telemetry/semantic-conventions-genai). Nothing of it is text of a request or a
//! reply; whoever wants those keeps records.

use std::time::Duration;

use tracing::{Level, Span, debug_span, event, field};

use super::attempt::Attempt;
use crate::llm::{ModelIdentity, ModelSettings, Request};

/// The span of one attempt.
pub(super) fn span(
    settings: &ModelSettings,
    identity: &ModelIdentity,
    request: &Request,
    attempt: u32,
) -> Span {
    let address = settings.base_url.as_url();
    debug_span!(
        target: "telemetry",
        "chat",
        otel.name = format_args!("chat {}", identity.model),
        otel.kind = "client",
        otel.status_code = field::Empty,
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider(identity),
        gen_ai.request.model = identity.model,
        gen_ai.request.temperature = request.temperature,
        gen_ai.request.seed = request.seed,
        gen_ai.request.max_tokens = request.max_output_tokens,
        gen_ai.output.type = "json",
        gen_ai.response.id = field::Empty,
        gen_ai.response.model = field::Empty,
        gen_ai.usage.input_tokens = field::Empty,
        gen_ai.usage.output_tokens = field::Empty,
        gen_ai.usage.cache_read.input_tokens = field::Empty,
        gen_ai.usage.cache_creation.input_tokens = field::Empty,
        server.address = address.host_str(),
        server.port = address.port_or_known_default(),
        http.response.status_code = field::Empty,
        error.type = field::Empty,
        answer_grader.prompt = request.prompt,
        answer_grader.attempt = attempt,
        answer_grader.cost_usd = field::Empty,
    )
}

/// Tells the span how the attempt ended, and counts it.
pub(super) fn ended(
    span: &Span,
    settings: &ModelSettings,
    identity: &ModelIdentity,
    attempt: &Attempt,
    took: Duration,
) {
    if span.is_disabled() {
        return;
    }
    let usage = attempt.usage();
    span.record("gen_ai.usage.input_tokens", usage.input);
    span.record("gen_ai.usage.output_tokens", usage.output);
    span.record("gen_ai.usage.cache_read.input_tokens", usage.cached_input);
    span.record(
        "gen_ai.usage.cache_creation.input_tokens",
        usage.cache_write,
    );
    if let Some(status) = attempt.status {
        span.record("http.response.status_code", status);
    }
    if let Some(prices) = settings.prices {
        span.record("answer_grader.cost_usd", prices.cost(&usage));
    }
    let code = match &attempt.outcome {
        Ok(decoded) => {
            if let Some(id) = attempt.request_id.as_ref().or(decoded.id.as_ref()) {
                span.record("gen_ai.response.id", id.as_str());
            }
            if let Some(model) = &decoded.model {
                span.record("gen_ai.response.model", model.as_str());
            }
            None
        }
        Err(rejection) => {
            let code = rejection.failure.code();
            span.record("error.type", code);
            span.record("otel.status_code", "ERROR");
            Some(code)
        }
    };
    let (provider, model) = (provider(identity), identity.model.as_str());
    span.in_scope(|| {
        event!(
                   target: "telemetry::metrics",
        Level::DEBUG,
                   histogram.gen_ai.client.operation.duration = took.as_secs_f64(),
                   gen_ai.operation.name = "chat",
                   gen_ai.provider.name = provider,
                   gen_ai.request.model = model,
                   error.type = code,
               );
        for (kind, count) in [("input", usage.input), ("output", usage.output)] {
            event!(
                           target: "telemetry::metrics",
            Level::DEBUG,
                           histogram.gen_ai.client.token.usage = count,
                           gen_ai.token.type = kind,
                           gen_ai.operation.name = "chat",
                           gen_ai.provider.name = provider,
                           gen_ai.request.model = model,
                       );
        }
    });
}

/// The provider's name in the conventions.
fn provider(identity: &ModelIdentity) -> &str {
    match identity.provider.as_str() {
        "azure" => "azure.ai.openai",
        "gemini" => "gcp.gemini",
        other => other,
    }
}
