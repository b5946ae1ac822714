//! What becomes of a job: its results line by line, and its progress as it happens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::access::Caller;
use super::error::{Problem, Problems};
use super::grades::is_blind;
use super::jobs::{JobView, job_id};
use super::{Service, Shared};
use crate::grade::Grade;
use crate::store::{ItemProblem, JobState, Outcome, Store, StoreError};

/// Answers that are read together.
const PAGE: u32 = 200;
/// How often a job is looked at for those who follow it.
const LOOK: Duration = Duration::from_secs(1);

/// What `GET /v1/jobs/{id}/results` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultOptions {
    #[serde(default)]
    partial: bool,
}

/// What became of an answer: a line of the results.
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct JobResult {
    /// Its place among the job's answers, from 0.
    index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<Box<Grade>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ItemProblem>,
    /// Of a re-grade: the kept grade that was made once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    regrades: Option<String>,
    /// Of a re-grade: the score that counted before.
    #[serde(skip_serializing_if = "Option::is_none")]
    score_before: Option<f64>,
    /// Of a re-grade: whether the answer passes now and did not, or does not and did.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome_changes: Option<bool>,
}

/// `GET /v1/jobs/{id}/results`: one line of JSON for each answer, in the order of the upload.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}/results",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "The job's id"),
        ("partial" = Option<bool>, Query, description = "Of a job that has not ended: what there is so far"),
    ),
    responses(
        (status = 200, description = "One line for each answer, in order", body = JobResult, content_type = "application/x-ndjson"),
        Problems,
    ),
)]
pub(super) async fn results(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    options: Result<Query<ResultOptions>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(options) = options.map_err(|wrong| Problem::query(&wrong))?;
    let job = service.job(&caller, &job_id(id)?).await?;
    if !options.partial && !matches!(job.state, JobState::Done | JobState::Cancelled) {
        let detail = "the job has not ended; ask for ?partial=true, or wait";
        return Err(Problem::conflict("job_unfinished", detail));
    }
    let reading = Reading {
        store: service.records()?.clone(),
        job: job.id,
        pass_mark: job.terms.pass_mark,
        caller,
        next: 0,
    };
    let pages = stream::try_unfold(reading, |mut reading| async move {
        let page = reading.page().await?;
        Ok::<_, StoreError>(page.map(|page| (page, reading)))
    });
    let pages = pages.map(|page| {
        // The status is sent already: who reads is told by a body that breaks off.
        page.inspect_err(|error| tracing::error!(%error, "results of a job broke off"))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(pages)).into_response())
}

/// Reads results page by page.
struct Reading {
    store: Store,
    job: String,
    pass_mark: Option<f64>,
    caller: Caller,
    next: u64,
}

impl Reading {
    async fn page(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        // Answers without an outcome are no lines, and a page of them would be an empty one, which ends the body.
        loop {
            let outcomes = self.store.outcomes(&self.job, self.next, PAGE).await?;
            let Some(last) = outcomes.last() else {
                return Ok(None);
            };
            self.next = last.number + 1;
            let mut lines = Vec::new();
            for outcome in outcomes.into_iter().filter(|one| one.graded.is_some()) {
                serde_json::to_writer(&mut lines, &self.line(outcome))
                    .map_err(|_| StoreError::Unreadable("grades"))?;
                lines.push(b'\n');
            }
            if !lines.is_empty() {
                return Ok(Some(lines));
            }
        }
    }

    fn line(&self, outcome: Outcome) -> JobResult {
        let blind = is_blind(outcome.review_state, &self.caller);
        let (grade, problem) = match outcome.graded {
            Some(Ok(_)) if blind => {
                let detail =
                    "an appeal is open; whoever may have to decide it does not see the grade";
                let problem = ItemProblem {
                    code: "appeal_open".to_owned(),
                    detail: detail.to_owned(),
                };
                (None, Some(problem))
            }
            Some(Ok(grade)) => (Some(grade), None),
            Some(Err(problem)) => (None, Some(problem)),
            None => (None, None),
        };
        let before = outcome.before.filter(|_| !blind);
        let now = grade.as_ref().and_then(|grade| grade.score);
        let passes = |score: f64| self.pass_mark.map(|mark| score >= mark);
        let outcome_changes = before
            .zip(now)
            .and_then(|(before, now)| Some(passes(before)? != passes(now)?));
        JobResult {
            index: outcome.number,
            grade,
            problem,
            regrades: outcome.source,
            score_before: before,
            outcome_changes,
        }
    }
}

/// One event of those who follow a job.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it is a description")]
pub(super) struct JobEvent {
    /// `progress`, and at last `ended`.
    event: String,
    /// The job as it stands, as JSON text.
    data: String,
}

/// `GET /v1/jobs/{id}/events`: the job as it stands, whenever that changes, until it has ended.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}/events",
    tag = "jobs",
    params(("id" = String, Path, description = "The job's id")),
    responses(
        (status = 200, description = "Events `progress`, whose data is the job, and at last `ended`", body = JobEvent, content_type = "text/event-stream"),
        Problems,
    ),
)]
pub(super) async fn events(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let job = service.job(&caller, &job_id(id)?).await?;
    let stream = follow(service, caller, job.id);
    Ok(Sse::new(stream)
        .keep_alive(KeepAlive::default())
        .into_response())
}

fn follow(
    service: Arc<Service>,
    caller: Caller,
    id: String,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let following = Following {
        service,
        caller,
        id,
        last: None,
        ended: false,
    };
    stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((Ok(event), following))
    })
}

struct Following {
    service: Arc<Service>,
    caller: Caller,
    id: String,
    last: Option<JobView>,
    ended: bool,
}

impl Following {
    async fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        let mut stop = self.service.desk.as_ref()?.stop.clone();
        loop {
            if self.last.is_some() {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    // Who follows asks again, and finds another process or this one again.
                    _ = stop.wait_for(|stop| *stop) => return None,
                }
            }
            let job = self.service.job(&self.caller, &self.id).await.ok()?;
            let job = self.service.job_view(job).await.ok()?;
            if self.last.as_ref() == Some(&job) {
                continue;
            }
            self.ended = matches!(job.state, JobState::Done | JobState::Cancelled);
            let name = if self.ended { "ended" } else { "progress" };
            let event = Event::default().event(name).json_data(&job);
            self.last = Some(job);
            return event.ok();
        }
    }
}
