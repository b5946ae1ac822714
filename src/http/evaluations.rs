//! Reports of `answer-grader eval`, as they lie in a folder.

use std::collections::HashMap;
use std::io::BufReader;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;

use super::Shared;
use super::access::Caller;
use super::error::{Problem, Problems};
use super::moment::rfc3339;
use crate::store::Scope;

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

#[derive(utoipa::ToSchema, Clone, Serialize)]
struct ReportSummary {
    /// The file's name.
    name: String,
    modified_at: String,
    suite: Option<String>,
    /// `pass`, `fail` or `inconclusive`; `null` where there was no gate.
    conclusion: Option<String>,
    runs: Vec<RunSummary>,
}

#[derive(utoipa::ToSchema, Clone, Serialize)]
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
#[derive(utoipa::ToSchema, Clone, Serialize)]
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

/// The reports of a folder, and what is known of them.
pub struct Reports {
    folder: PathBuf,
    /// By the file's name: as long as neither its time nor its length changes it is not read again.
    known: Mutex<HashMap<String, Known>>,
    /// One request at a time reads files.
    reading: tokio::sync::Mutex<()>,
}

struct Known {
    modified_ms: i64,
    length: u64,
    summary: Result<ReportSummary, String>,
}

impl Reports {
    /// Makes a list of a folder, which need not exist.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            known: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// Reads what has changed in the folder.
    async fn look(self: &Arc<Self>) -> Result<Evaluations, Problem> {
        let _turn = self.reading.lock().await;
        let own = self.clone();
        let looked = tokio::task::spawn_blocking(move || own.in_folder());
        looked.await.map_err(|_| Problem::panicked())
    }

    fn in_folder(&self) -> Evaluations {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *known);
        for (name, modified_ms, length) in files(&self.folder) {
            let same = |known: &Known| (known.modified_ms, known.length) == (modified_ms, length);
            let kept = before.remove(&name).filter(same);
            let now = kept.unwrap_or_else(|| Known {
                modified_ms,
                length,
                summary: summary(&self.folder.join(&name), &name, modified_ms, length),
            });
            known.insert(name, now);
        }
        let mut found = Evaluations {
            folder: self.folder.display().to_string(),
            reports: Vec::new(),
            unreadable: Vec::new(),
        };
        for (name, known) in known.iter() {
            match &known.summary {
                Ok(summary) => found.reports.push(summary.clone()),
                Err(detail) => found.unreadable.push(Unreadable {
                    name: name.clone(),
                    detail: detail.clone(),
                }),
            }
        }
        let latest = |one: &ReportSummary, other: &ReportSummary| {
            let times = other.modified_at.cmp(&one.modified_at);
            times.then_with(|| one.name.cmp(&other.name))
        };
        found.reports.sort_by(latest);
        found
            .unreadable
            .sort_by(|one, other| one.name.cmp(&other.name));
        found
    }
}

/// `GET /v1/evaluations`: the reports in the folder of the settings.
#[utoipa::path(
    get,
    path = "/v1/evaluations",
    tag = "pages",
    responses((status = 200, description = "The reports", body = Evaluations), Problems),
)]
pub(super) async fn list(State(service): Shared) -> Result<axum::Json<Evaluations>, Problem> {
    Ok(axum::Json(service.evaluations.look().await?))
}

/// `GET /v1/evaluations/{name}`: a report, as it was written (its form is docs/eval-report.schema.json). It may
/// quote references, so that it is for keys that may see them.
#[utoipa::path(
    get,
    path = "/v1/evaluations/{name}",
    tag = "pages",
    params(("name" = String, Path, description = "The file's name", example = "first.json")),
    responses((status = 200, description = "The report (scopes `read` and `references`)", body = serde_json::Value), Problems),
)]
pub(super) async fn show(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    if !caller.may(Scope::References) {
        return Err(Problem::lacks_scope(Scope::References));
    }
    let Path(name) = name.map_err(|_| Problem::unknown_evaluation())?;
    // Only a report of the list can be had, whatever a name would lead to.
    let listed = service.evaluations.look().await?.reports;
    if !listed.iter().any(|report| report.name == name) {
        return Err(Problem::unknown_evaluation());
    }
    let file = tokio::fs::File::open(service.evaluations.folder.join(&name)).await;
    let file = file.map_err(|_| Problem::unknown_evaluation())?;
    // A report may be large, and whoever reads it slow.
    let body = Body::from_stream(ReaderStream::new(file));
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// The files that may be reports: name, time of change in milliseconds, length.
fn files(folder: &FilePath) -> Vec<(String, i64, u64)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_json = |name: &String| {
        FilePath::new(name)
            .extension()
            .is_some_and(|kind| kind == "json")
    };
    let files = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok().filter(is_json)?;
        // Of the entry itself: a link could lead anywhere.
        let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let modified = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let modified = i64::try_from(modified.as_millis()).unwrap_or(i64::MAX);
        Some((name, modified, about.len()))
    });
    files.collect()
}

fn summary(
    path: &FilePath,
    name: &str,
    modified_ms: i64,
    length: u64,
) -> Result<ReportSummary, String> {
    if length > LONGEST {
        return Err(format!("has more than {LONGEST} bytes"));
    }
    let file = std::fs::File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let report: Report = serde_json::from_reader(BufReader::new(file)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // What is missing is named; what stands there instead is not repeated.
        let missing = error.to_string();
        let missing = missing
            .split(" at line ")
            .next()
            .filter(|text| text.starts_with("missing field"));
        let why = missing.map_or_else(String::new, |text| format!(": {text}"));
        format!("is no report of eval (line {line}, column {column}){why}")
    })?;
    if !report.schema.starts_with(SCHEMA) {
        return Err(format!("its schema is not {SCHEMA}…"));
    }
    Ok(ReportSummary {
        name: name.to_owned(),
        modified_at: rfc3339(modified_ms),
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
