use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::access::Caller;
use super::banks::includes_references;
use super::error::Problem;
use super::json::Json;
use super::moment::{Moment, rfc3339};
use super::reviews::ReviewView;
use super::{Service, Shared};
use crate::grade::{Concept, FieldError, Grade, Misconception, Task};
use crate::store::{Erased, Filter, KeptRequest, Recorded, ReviewState, Scope, Store, Summary};

/// Grades of a page where nothing else is asked for, and the most that may be.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 500;

/// What `GET /v1/grades` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    question_id: Option<String>,
    subject: Option<String>,
    method: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
    needs_review: Option<bool>,
    reviewed: Option<bool>,
    degraded: Option<bool>,
    from: Option<Moment>,
    until: Option<Moment>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
pub(super) struct GradePage {
    grades: Vec<Listed>,
    /// What `cursor` takes for the next page; `null` on the last.
    next_cursor: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Listed {
    made_at: String,
    #[serde(flatten)]
    grade: Summary,
}

impl Listed {
    /// Shows a grade in a list, without its score to somebody who may have to decide an appeal.
    pub(super) fn of(mut grade: Summary, caller: &Caller) -> Self {
        if is_blind(grade.review_state, caller) {
            (grade.score, grade.human_score) = (None, None);
        }
        Self {
            made_at: rfc3339(grade.made_ms),
            grade,
        }
    }
}

/// As long as an appeal is open only administrators see the score.
pub(super) fn is_blind(state: Option<ReviewState>, caller: &Caller) -> bool {
    state == Some(ReviewState::Appealed) && !caller.may(Scope::Admin)
}

/// How many grades are wanted.
pub(super) fn checked_limit(limit: Option<u32>) -> Result<u32, Problem> {
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::fields(vec![FieldError {
            pointer: "/limit".to_owned(),
            detail: format!("must be from 1 to {LARGEST_PAGE}"),
        }]));
    }
    Ok(limit)
}

/// `GET /v1/grades`: the latest first.
pub(super) async fn list(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<axum::Json<GradePage>, Problem> {
    let Query(wanted) = wanted.map_err(|wrong| Problem::query(&wrong))?;
    let limit = checked_limit(wanted.limit)?;
    let filter = Filter {
        question_id: wanted.question_id,
        subject: wanted.subject,
        method: wanted.method,
        model: wanted.model,
        prompt: wanted.prompt,
        needs_review: wanted.needs_review,
        reviewed: wanted.reviewed,
        degraded: wanted.degraded,
        from_ms: wanted.from.map(Moment::ms),
        until_ms: wanted.until.map(Moment::ms),
        before: wanted.cursor,
    };
    let page = service.records()?.grades(&filter, limit).await?;
    let last = page.grades.last().map(|grade| grade.id.clone());
    let listed = |grade| Listed::of(grade, &caller);
    Ok(axum::Json(GradePage {
        next_cursor: last.filter(|_| page.more),
        grades: page.grades.into_iter().map(listed).collect(),
    }))
}

/// What `GET /v1/grades/{id}` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    include: Option<String>,
}

/// A grade as it was kept.
#[derive(Serialize)]
pub(super) struct Record {
    made_at: String,
    question: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    key: Option<KeyView>,
    /// What was sent; `null` where it is erased or was not kept.
    request: Option<KeptRequest>,
    /// The grade as it was made; `null` where the caller may have to decide an appeal against it.
    grade: Option<Grade>,
    /// The score that counts: a person's where one gave it.
    score: Option<f64>,
    review_state: Option<ReviewState>,
    /// What people decided, the oldest first.
    reviews: Vec<ReviewView>,
    /// Whether grade and reviews are as they were kept.
    history_is_whole: bool,
    /// The model's reply, where `privacy.keep_replies` keeps it.
    reply: Option<String>,
    legal_hold: bool,
    erased_at: Option<String>,
}

/// What a candidate must not see.
#[derive(Serialize)]
struct KeyView {
    reference_answer: String,
    alternative_answers: Vec<String>,
    declared_concepts: Vec<Concept>,
    misconceptions: Vec<Misconception>,
}

impl From<Task> for KeyView {
    fn from(task: Task) -> Self {
        Self {
            reference_answer: task.reference_answer,
            alternative_answers: task.alternative_answers,
            declared_concepts: task.concepts,
            misconceptions: task.misconceptions,
        }
    }
}

/// `GET /v1/grades/{id}`, with `?include=reference_answers` for a caller whose key may see them.
pub(super) async fn show(
    State(service): Shared,
    id: Result<Path<String>, PathRejection>,
    options: Result<Query<Options>, QueryRejection>,
    Extension(caller): Extension<Caller>,
) -> Result<axum::Json<Record>, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_grade())?;
    let Query(options) = options.map_err(|wrong| Problem::query(&wrong))?;
    let with_key = includes_references(options.include.as_deref(), &caller)?;
    let found = service.records()?.grade(&id).await?;
    let mut found: Recorded = found.ok_or_else(Problem::unknown_grade)?;
    let blind = is_blind(found.review_state, &caller);
    let store = service.records()?;
    let reviews = store.reviews(&id).await?.into_iter();
    let history_is_whole = store.history_is_whole(&id).await? == Some(true);
    Ok(axum::Json(Record {
        made_at: rfc3339(found.made_ms),
        question: std::mem::take(&mut found.task.question),
        key: with_key.then(|| found.task.into()),
        request: found.request,
        score: found.human_score.or(found.grade.score).filter(|_| !blind),
        grade: Some(found.grade).filter(|_| !blind),
        review_state: found.review_state,
        reviews: reviews
            .map(|review| ReviewView::of(review, blind))
            .collect(),
        history_is_whole,
        reply: found.reply.filter(|_| !blind),
        legal_hold: found.legal_hold,
        erased_at: found.erased_ms.map(rfc3339),
    }))
}

/// `DELETE /v1/grades/{id}`: what the candidate wrote, and all that quotes it, goes.
pub(super) async fn erase(
    State(service): Shared,
    id: Result<Path<String>, PathRejection>,
) -> Result<axum::Json<Erased>, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_grade())?;
    let store = service.records()?;
    let erased = store.erase_grade(&id).await?;
    if erased.held > 0 {
        return Err(Problem::held());
    }
    if erased.erased == 0 && store.grade(&id).await?.is_none() {
        return Err(Problem::unknown_grade());
    }
    Ok(axum::Json(erased))
}

/// What `DELETE /v1/grades` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    subject: String,
}

/// `DELETE /v1/grades?subject=…`: the same for all grades of a person. Those under legal hold stay, and
/// are counted.
pub(super) async fn erase_subject(
    State(service): Shared,
    person: Result<Query<Person>, QueryRejection>,
) -> Result<axum::Json<Erased>, Problem> {
    let Query(person) = person.map_err(|wrong| Problem::query(&wrong))?;
    let erased = service.records()?.erase_subject(&person.subject).await?;
    Ok(axum::Json(erased))
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hold {
    legal_hold: bool,
}

/// `PUT /v1/grades/{id}/legal-hold`: whether nothing of a grade may be erased for now.
pub(super) async fn hold(
    State(service): Shared,
    id: Result<Path<String>, PathRejection>,
    Json(hold): Json<Hold>,
) -> Result<axum::Json<Hold>, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_grade())?;
    if !service.records()?.hold(&id, hold.legal_hold).await? {
        return Err(Problem::unknown_grade());
    }
    Ok(axum::Json(hold))
}

impl Service {
    /// Where grades are kept.
    pub(super) fn records(&self) -> Result<&Store, Problem> {
        self.store.as_ref().ok_or_else(Problem::no_records)
    }
}
