//! Sends traces, metrics and evaluation results by OTLP, where the standard `OTEL_*` variables name an
//! endpoint.

use anyhow::{Context as _, bail};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, SdkMeterProvider, Stream};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_opentelemetry::MetricsLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

/// Where any of these is set, something is sent; the exporters read them themselves.
const ENDPOINTS: [&str; 4] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
];

/// Seconds of an operation, as the conventions advise.
const SECONDS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
/// Tokens of a call, likewise.
const TOKENS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// What sends; kept until the program ends, and then told to send the rest.
pub(super) struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    events: SdkLoggerProvider,
}

impl Telemetry {
    /// Starts what the environment asks for; `None` where it asks for nothing.
    pub(super) fn start() -> anyhow::Result<Option<Self>> {
        let set = |name: &str| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        };
        let off = set("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if off || ENDPOINTS.iter().all(|name| set(name).is_none()) {
            return Ok(None);
        }
        if let Some(protocol) = set("OTEL_EXPORTER_OTLP_PROTOCOL")
            && protocol != "http/protobuf"
        {
            bail!(
                "OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf is spoken; the usual port is 4318"
            );
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Fails only where another thread was faster, and then there is one.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let mut resource = Resource::builder();
        if set("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("answer-grader");
        }
        let resource = resource.build();
        let failed = "telemetry: an OTEL_* variable cannot be used";
        let traces = SpanExporter::builder()
            .with_http()
            .build()
            .context(failed)?;
        let metrics = MetricExporter::builder()
            .with_http()
            .build()
            .context(failed)?;
        let events = LogExporter::builder().with_http().build().context(failed)?;
        Ok(Some(Self {
            traces: SdkTracerProvider::builder()
                .with_resource(resource.clone())
                .with_batch_exporter(traces)
                .build(),
            metrics: SdkMeterProvider::builder()
                .with_resource(resource.clone())
                .with_periodic_exporter(metrics)
                .with_view(in_unit)
                .build(),
            events: SdkLoggerProvider::builder()
                .with_resource(resource)
                .with_batch_exporter(events)
                .build(),
        }))
    }

    /// What takes from the program's spans and events that which is meant for telemetry, and no log
    /// line.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let only = |target: &'static str| Targets::new().with_target(target, LevelFilter::DEBUG);
        let spans = tracing_opentelemetry::layer()
            .with_tracer(self.traces.tracer("answer-grader"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_targets([
                ("telemetry", LevelFilter::DEBUG),
                ("telemetry::metrics", LevelFilter::OFF),
                ("telemetry::events", LevelFilter::OFF),
            ]));
        let metrics =
            MetricsLayer::new(self.metrics.clone()).with_filter(only("telemetry::metrics"));
        let events =
            OpenTelemetryTracingBridge::new(&self.events).with_filter(only("telemetry::events"));
        spans.and_then(metrics).and_then(events)
    }

    /// Sends what was not sent yet.
    pub(super) fn end(&self) {
        let ended = [
            self.traces.shutdown(),
            self.metrics.shutdown(),
            self.events.shutdown(),
        ];
        if let Some(error) = ended.into_iter().find_map(Result::err) {
            tracing::warn!(%error, "telemetry could not be sent");
        }
    }
}

/// Gives the conventions' metrics their units and buckets.
fn in_unit(instrument: &Instrument) -> Option<Stream> {
    let (unit, boundaries) = match instrument.name() {
        "gen_ai.client.operation.duration" => ("s", SECONDS),
        "gen_ai.client.token.usage" => ("{token}", TOKENS),
        _ => return None,
    };
    let buckets = Aggregation::ExplicitBucketHistogram {
        boundaries: boundaries.to_vec(),
        record_min_max: true,
    };
    let stream = Stream::builder().with_unit(unit).with_aggregation(buckets);
    stream.build().ok()
}
