//! `GET /metrics`: what the service does, in figures, as OpenMetrics. Nothing of a request is among it but
//! its route.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Shared;
use super::error::{Problem, Problems};
use crate::grade::Grade;

/// Seconds between which times are counted.
const SECONDS: [f64; 14] = [
    0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Judged {
    method: &'static str,
    /// Why the answer was not graded as asked; empty where it was.
    degraded: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Direction {
    direction: &'static str,
}

type Dollars = Counter<f64, AtomicU64>;

/// The figures of a service.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    grades: Family<Judged, Counter>,
    needs_review: Counter,
    waited: Histogram,
    overhead: Histogram,
    tokens: Family<Direction, Counter>,
    cost: Dollars,
    queue: Gauge,
    jobs: Gauge,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("answer_grader"),
            requests: Family::default(),
            durations: Family::new_with_constructor(seconds),
            grades: Family::default(),
            needs_review: Counter::default(),
            waited: seconds(),
            overhead: seconds(),
            tokens: Family::default(),
            cost: Dollars::default(),
            queue: Gauge::default(),
            jobs: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests answered", self.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time from request to response",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register("grades", "Grades given", self.grades.clone());
        registry.register(
            "needs_review",
            "Grades for a person to look at",
            self.needs_review.clone(),
        );
        registry.register_with_unit(
            "model_wait",
            "Time that grades by a model waited for it",
            Unit::Seconds,
            self.waited.clone(),
        );
        registry.register_with_unit(
            "grade_overhead",
            "Time that grades took beside that",
            Unit::Seconds,
            self.overhead.clone(),
        );
        registry.register("tokens", "Tokens billed", self.tokens.clone());
        registry.register(
            "cost_usd",
            "US dollars spent on models, where prices are known",
            self.cost.clone(),
        );
        registry.register(
            "review_queue",
            "Grades that wait for a person",
            self.queue.clone(),
        );
        registry.register(
            "job_answers_waiting",
            "Answers of jobs that wait to be graded",
            self.jobs.clone(),
        );
    }

    pub(super) fn answered(&self, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        let answered = Answered {
            route: route.clone(),
            status,
        };
        self.requests.get_or_create(&answered).inc();
        self.durations
            .get_or_create(&Route { route })
            .observe(took.as_secs_f64());
    }

    /// Counts a grade.
    pub fn graded(&self, grade: &Grade) {
        let judged = Judged {
            method: grade.method.name(),
            degraded: grade
                .degraded
                .as_ref()
                .map_or_else(String::new, |why| why.reason.clone()),
        };
        self.grades.get_or_create(&judged).inc();
        if grade.needs_review {
            self.needs_review.inc();
        }
        let timing = grade.timing_ms;
        if timing.llm > 0.0 {
            self.waited.observe(timing.llm / 1e3);
        }
        self.overhead
            .observe((timing.total - timing.llm).max(0.0) / 1e3);
    }

    /// Counts what was spent, whether or not a grade came of it.
    pub fn spent(&self, input: u64, output: u64, cost_usd: Option<f64>) {
        for (direction, count) in [("input", input), ("output", output)] {
            if count > 0 {
                self.tokens
                    .get_or_create(&Direction { direction })
                    .inc_by(count);
            }
        }
        self.cost.inc_by(cost_usd.unwrap_or_default());
    }
}

/// `GET /metrics`
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses(
        (status = 200, description = "Figures, as OpenMetrics", body = String, content_type = "application/openmetrics-text"),
        Problems,
    ),
)]
pub(super) async fn show(State(service): Shared) -> Result<impl IntoResponse, Problem> {
    let metrics = &service.metrics;
    if let Some(store) = &service.store {
        metrics.queue.set(store.waiting().await?);
        metrics.jobs.set(store.waiting_items().await?);
    }
    let mut shown = String::new();
    // Writing to a string cannot fail.
    let _ = text::encode(&mut shown, &metrics.registry);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], shown))
}
