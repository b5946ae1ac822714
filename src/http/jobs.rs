//! Jobs: large batches, and kept answers graded once more.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest as _, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::access::Caller;
use super::error::{Problem, Problems};
use super::grades::checked_limit;
use super::json::{Json, essence};
use super::moment::rfc3339;
use super::regrades::{Regrade, regrade};
use super::uploads::upload;
use super::{Service, Shared};
use crate::grade::GradeRequest;
use crate::jobs::{Graders, Queue};
use crate::store::{Changes, Job, JobKind, JobState, Progress, Scope, Store, now_ms};

/// What a service needs to take jobs.
pub struct Desk {
    /// Tells workers of them.
    pub queue: Queue,
    /// What they may be graded with.
    pub graders: Arc<dyn Graders>,
    /// Answers of a job.
    pub max_answers: u64,
    /// Bytes of an upload.
    pub max_upload_bytes: u64,
    /// Becomes true when the service stops; who follows a job is told so.
    pub stop: watch::Receiver<bool>,
}

/// A job as it is shown.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Serialize)]
pub(super) struct JobView {
    id: String,
    kind: JobKind,
    pub(super) state: JobState,
    made_at: String,
    started_at: Option<String>,
    ended_at: Option<String>,
    /// Answers.
    total: u64,
    /// Answers that are neither graded nor have a problem.
    waiting: u64,
    #[serde(flatten)]
    progress: Progress,
    /// How long it will take at the speed so far; `null` where that is not known.
    seconds_left: Option<f64>,
    /// Why nobody works at it, and until when.
    pause: Option<PauseView>,
    /// What a re-grade would change.
    regrade: Option<RegradeView>,
}

#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Serialize)]
struct PauseView {
    #[schema(example = "rate_limited")]
    reason: String,
    until: String,
}

#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Serialize)]
struct RegradeView {
    pass_mark: f64,
    model: Option<String>,
    prompt: Option<String>,
    #[serde(flatten)]
    changes: Changes,
    /// When its grades were made to count; `null` as long as they are proposals.
    applied_at: Option<String>,
}

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct JobPage {
    jobs: Vec<JobView>,
}

/// What `POST /v1/jobs` takes beside its body.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadOptions {
    /// Where a line is silent: `error` (the default: a model that is gone pauses the job) or `keyword` (its answers are
    /// graded by keywords and say so).
    pub(super) fallback: Option<crate::grade::Fallback>,
    /// Where a line is silent: who is to judge.
    pub(super) method: Option<crate::grade::RequestedMethod>,
}

/// `POST /v1/jobs`: answers, one request a line; or kept answers once more.
#[utoipa::path(
    post,
    path = "/v1/jobs",
    tag = "jobs",
    params(
        UploadOptions,
        ("Idempotency-Key" = Option<String>, Header, description = "Names the job, so that one that is sent twice is begun once"),
    ),
    request_body(
        description = "Requests like those of `POST /v1/grade`, one a line; or, as JSON, kept answers to grade once more \
                       (scope `admin`), which proposes new grades and replaces nothing",
        content(
            (Regrade = "application/json", example = json!({"pass_mark": 0.6, "grades": {"question_id": "django/signals"}})),
            (GradeRequest = "application/x-ndjson", example = json!({"question_id": "django/signals", "candidate_answer": "A signal lets a sender notify receivers."})),
        ),
    ),
    responses(
        (status = 202, description = "The job, which workers now do", body = JobView),
        Problems,
    ),
)]
pub(super) async fn create(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    options: Result<Query<UploadOptions>, QueryRejection>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let Query(options) = options.map_err(|wrong| Problem::query(&wrong))?;
    let id = match essence(&headers).as_str() {
        "application/x-ndjson" | "application/jsonl" | "application/x-jsonlines" => {
            upload(&service, &caller, options, &headers, request.into_body()).await?
        }
        "application/json" => {
            let Json(wanted) = Json::from_request(request, &service).await?;
            if !caller.may(Scope::Admin) {
                return Err(Problem::lacks_scope(Scope::Admin));
            }
            regrade(&service, &caller, &headers, wanted).await?
        }
        _ => return Err(Problem::not_a_job()),
    };
    let job = service.job(&caller, &id).await?;
    let at = [(header::LOCATION, format!("/v1/jobs/{id}"))];
    let job = axum::Json(service.job_view(job).await?);
    Ok((StatusCode::ACCEPTED, at, job).into_response())
}

/// What `GET /v1/jobs` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListOptions {
    limit: Option<u32>,
}

/// `GET /v1/jobs`: the latest first; those of the caller's key, or all for one that may read.
#[utoipa::path(
    get,
    path = "/v1/jobs",
    tag = "jobs",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "50, or up to 500")),
    responses((status = 200, description = "Jobs, the latest first", body = JobPage), Problems),
)]
pub(super) async fn list(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    options: Result<Query<ListOptions>, QueryRejection>,
) -> Result<axum::Json<JobPage>, Problem> {
    let Query(options) = options.map_err(|wrong| Problem::query(&wrong))?;
    let limit = checked_limit(options.limit)?;
    service.desk()?;
    let own = caller.key().filter(|_| !sees_all(&caller));
    let own = own.map(|key| key.id.as_str());
    let mut jobs = Vec::new();
    for job in service.records()?.jobs(own, limit).await? {
        jobs.push(service.job_view(job).await?);
    }
    Ok(axum::Json(JobPage { jobs }))
}

/// `GET /v1/jobs/{id}`: how far it is.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, description = "The job as it stands", body = JobView), Problems),
)]
pub(super) async fn show(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<axum::Json<JobView>, Problem> {
    let job = service.job(&caller, &job_id(id)?).await?;
    Ok(axum::Json(service.job_view(job).await?))
}

/// `POST /v1/jobs/{id}/cancel`: what is graded stays.
#[utoipa::path(
    post,
    path = "/v1/jobs/{id}/cancel",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, description = "The job as it stands", body = JobView), Problems),
)]
pub(super) async fn cancel(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<axum::Json<JobView>, Problem> {
    let job = service.own_job(&caller, &job_id(id)?).await?;
    if !service.records()?.cancel_job(&job.id).await? {
        let detail = "the job has ended already; GET it for its state";
        return Err(Problem::conflict("job_ended", detail));
    }
    show_again(&service, &caller, &job.id).await
}

/// `POST /v1/jobs/{id}/retry`: what has no grade is taken up again.
#[utoipa::path(
    post,
    path = "/v1/jobs/{id}/retry",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 202, description = "The job as it stands", body = JobView), Problems),
)]
pub(super) async fn retry(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<(StatusCode, axum::Json<JobView>), Problem> {
    let job = service.own_job(&caller, &job_id(id)?).await?;
    if !matches!(job.state, JobState::Done | JobState::Cancelled) {
        let detail = "the job has not ended; cancel it first, or wait";
        return Err(Problem::conflict("job_unfinished", detail));
    }
    let store = service.records()?;
    if store.retry_job(&job.id).await? == 0 {
        let detail = "every answer of the job has its grade, or is erased";
        return Err(Problem::conflict("nothing_to_retry", detail));
    }
    service.desk()?.queue.announce(store, &job.id).await;
    let job = show_again(&service, &caller, &job.id).await?;
    Ok((StatusCode::ACCEPTED, job))
}

/// `POST /v1/jobs/{id}/apply`: the grades of a re-grade count from now on.
#[utoipa::path(
    post,
    path = "/v1/jobs/{id}/apply",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, description = "The job as it stands", body = JobView), Problems),
)]
pub(super) async fn apply(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<axum::Json<JobView>, Problem> {
    let job = service.job(&caller, &job_id(id)?).await?;
    if job.kind != JobKind::Regrade {
        let detail = "only a re-grade has grades to apply";
        return Err(Problem::conflict("not_a_regrade", detail));
    }
    if job.state != JobState::Done {
        let detail = "the job is not done; its grades count together or not at all";
        return Err(Problem::conflict("job_unfinished", detail));
    }
    service.records()?.apply_job(&job.id).await?;
    show_again(&service, &caller, &job.id).await
}

pub(super) fn job_id(id: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_job())?;
    Ok(id)
}

async fn show_again(
    service: &Service,
    caller: &Caller,
    id: &str,
) -> Result<axum::Json<JobView>, Problem> {
    let job = service.job(caller, id).await?;
    Ok(axum::Json(service.job_view(job).await?))
}

fn sees_all(caller: &Caller) -> bool {
    caller.may(Scope::Read) || caller.may(Scope::Admin)
}

impl Service {
    pub(super) fn desk(&self) -> Result<&Desk, Problem> {
        self.desk.as_ref().ok_or_else(Problem::no_records)
    }

    /// A job that the caller may see. One that they may not is not there for them.
    pub(super) async fn job(&self, caller: &Caller, id: &str) -> Result<Job, Problem> {
        self.desk()?;
        let job = self.records()?.job(id).await?;
        let is_own = |job: &Job| caller.key().map(|key| &key.id) == job.api_key.as_ref();
        job.filter(|job| sees_all(caller) || is_own(job))
            .filter(|job| job.state != JobState::Uploading)
            .ok_or_else(Problem::unknown_job)
    }

    /// A job that the caller may cancel.
    async fn own_job(&self, caller: &Caller, id: &str) -> Result<Job, Problem> {
        let job = self.job(caller, id).await?;
        let is_own = caller.key().map(|key| &key.id) == job.api_key.as_ref();
        if is_own || caller.may(Scope::Admin) {
            Ok(job)
        } else {
            Err(Problem::lacks_scope(Scope::Admin))
        }
    }

    pub(super) async fn job_view(&self, job: Job) -> Result<JobView, Problem> {
        let store: &Store = self.records()?;
        let progress = store.progress(&job.id).await?;
        let ended = progress.graded + progress.failed;
        let waiting = job.total.saturating_sub(ended);
        let elapsed = job
            .started_ms
            .map(|started| (now_ms() - started) as f64 / 1e3);
        let speed = elapsed
            .filter(|elapsed| *elapsed > 0.0)
            .map(|elapsed| ended as f64 / elapsed);
        let seconds_left = speed
            .filter(|speed| *speed > 0.0 && job.state == JobState::Running)
            .map(|speed| (waiting as f64 / speed * 10.0).round() / 10.0);
        let regrade = match job.terms.pass_mark {
            Some(pass_mark) => Some(RegradeView {
                pass_mark,
                changes: store.changes(&job.id, pass_mark).await?,
                model: job.terms.model,
                prompt: job.terms.prompt,
                applied_at: job.applied_ms.map(rfc3339),
            }),
            None => None,
        };
        Ok(JobView {
            kind: job.kind,
            state: job.state,
            made_at: rfc3339(job.made_ms),
            started_at: job.started_ms.map(rfc3339),
            ended_at: job.ended_ms.map(rfc3339),
            total: job.total,
            waiting,
            progress,
            seconds_left,
            pause: job.pause.map(|(until, reason)| PauseView {
                reason,
                until: rfc3339(until),
            }),
            regrade,
            id: job.id,
        })
    }
}
