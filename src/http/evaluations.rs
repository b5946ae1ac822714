//! Reports of `answer-grader eval`, as they lie in a folder.

use std::path::{Path as FilePath, PathBuf};
use std::time::UNIX_EPOCH;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::Shared;
use super::error::{Problem, Problems};
use super::moment::rfc3339;

/// What a report begins its schema with; those of later versions are shown as far as they are understood.
const SCHEMA: &str = "answer-grader/eval-report/";
/// Bytes of a report; one of a hundred thousand cases has some 60 million.
const LONGEST: u64 = 256 * 1024 * 1024;

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Evaluations {
    /// The folder, as the settings name it (`pages.evaluations`).
    folder: String,
    /// The latest first.
    reports: Vec<ReportSummary>,
    unreadable: Vec<Unreadable>,
}

#[derive(utoipa::ToSchema, Serialize)]
struct ReportSummary {
    /// The file's name.
    name: String,
    modified_at: String,
    suite: Option<String>,
    /// `pass`, `fail` or `inconclusive`; `null` where there was no gate.
    conclusion: Option<String>,
    runs: Vec<RunSummary>,
}

#[derive(utoipa::ToSchema, Serialize)]
struct RunSummary {
    name: Option<String>,
    method: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
    n: Option<u64>,
    graded: Option<u64>,
    metrics: MetricSummary,
}

/// The values of the metrics that are read first.
#[derive(utoipa::ToSchema, Serialize)]
struct MetricSummary {
    qwk: Option<f64>,
    pearson_r: Option<f64>,
    rmse: Option<f64>,
    concept_f1: Option<f64>,
}

#[derive(utoipa::ToSchema, Serialize)]
struct Unreadable {
    name: String,
    detail: String,
}

/// As much of a report as the list shows.
#[derive(Deserialize)]
struct Report {
    schema: String,
    suite: Option<String>,
    #[serde(default)]
    runs: Vec<Run>,
    gate: Option<Gate>,
}

#[derive(Deserialize)]
struct Run {
    name: Option<String>,
    method: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
    metrics: Metrics,
}

#[derive(Deserialize)]
struct Metrics {
    n: Option<u64>,
    graded: Option<u64>,
    qwk: Option<Metric>,
    pearson_r: Option<Metric>,
    rmse: Option<Metric>,
    concept_f1: Option<Metric>,
}

#[derive(Deserialize)]
struct Metric {
    value: Option<f64>,
}

#[derive(Deserialize)]
struct Gate {
    conclusion: Option<String>,
}

/// `GET /v1/evaluations`: the reports in the folder of the settings.
#[utoipa::path(
    get,
    path = "/v1/evaluations",
    tag = "pages",
    responses((status = 200, description = "The reports", body = Evaluations), Problems),
)]
pub(super) async fn list(State(service): Shared) -> Result<axum::Json<Evaluations>, Problem> {
    let folder = service.evaluations.clone();
    let listed = tokio::task::spawn_blocking(move || in_folder(&folder));
    Ok(axum::Json(listed.await.map_err(|_| Problem::panicked())?))
}

/// `GET /v1/evaluations/{name}`: a report, as it was written (its form is docs/eval-report.schema.json).
#[utoipa::path(
    get,
    path = "/v1/evaluations/{name}",
    tag = "pages",
    params(("name" = String, Path, description = "The file's name", example = "first.json")),
    responses((status = 200, description = "The report", body = serde_json::Value), Problems),
)]
pub(super) async fn show(
    State(service): Shared,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(name) = name.map_err(|_| Problem::unknown_evaluation())?;
    let folder = service.evaluations.clone();
    let read = tokio::task::spawn_blocking(move || {
        // Only what is listed can be had, whatever a name would lead to.
        let listed = names(&folder).contains(&name);
        listed.then(|| read(&folder.join(&name)).ok()).flatten()
    });
    let text = read.await.map_err(|_| Problem::panicked())?;
    let text = text.ok_or_else(Problem::unknown_evaluation)?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

/// The names of the files that may be reports.
fn names(folder: &FilePath) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    files
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            FilePath::new(name)
                .extension()
                .is_some_and(|kind| kind == "json")
        })
        .collect()
}

fn read(path: &FilePath) -> Result<String, String> {
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if size > LONGEST {
        return Err(format!("has more than {LONGEST} bytes"));
    }
    std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

fn in_folder(folder: &PathBuf) -> Evaluations {
    let mut found = Evaluations {
        folder: folder.display().to_string(),
        reports: Vec::new(),
        unreadable: Vec::new(),
    };
    let mut reports = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        match summary(&path, &name) {
            Ok(summary) => reports.push((modified_ms(&path), summary)),
            Err(detail) => found.unreadable.push(Unreadable { name, detail }),
        }
    }
    reports.sort_by(|(one, a), (other, b)| other.cmp(one).then_with(|| a.name.cmp(&b.name)));
    found
        .unreadable
        .sort_by(|one, other| one.name.cmp(&other.name));
    found.reports = reports.into_iter().map(|(_, summary)| summary).collect();
    found
}

fn modified_ms(path: &FilePath) -> i64 {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    let since = modified
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0))
}

fn summary(path: &FilePath, name: &str) -> Result<ReportSummary, String> {
    let text = read(path)?;
    let report: Report = serde_json::from_str(&text).map_err(|error| {
        format!(
            "is no report of eval (line {}, column {})",
            error.line(),
            error.column()
        )
    })?;
    if !report.schema.starts_with(SCHEMA) {
        return Err(format!("its schema is not {SCHEMA}…"));
    }
    Ok(ReportSummary {
        name: name.to_owned(),
        modified_at: rfc3339(modified_ms(path)),
        suite: report.suite,
        conclusion: report.gate.and_then(|gate| gate.conclusion),
        runs: report.runs.into_iter().map(run).collect(),
    })
}

fn run(run: Run) -> RunSummary {
    let value = |metric: Option<Metric>| metric.and_then(|metric| metric.value);
    let metrics = run.metrics;
    RunSummary {
        name: run.name,
        method: run.method,
        model: run.model,
        prompt: run.prompt,
        n: metrics.n,
        graded: metrics.graded,
        metrics: MetricSummary {
            qwk: value(metrics.qwk),
            pearson_r: value(metrics.pearson_r),
            rmse: value(metrics.rmse),
            concept_f1: value(metrics.concept_f1),
        },
    }
}
