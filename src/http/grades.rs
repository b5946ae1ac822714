use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::access::Caller;
use super::banks::{KeyView, includes_references};
use super::error::{Problem, Problems};
use super::json::Json;
use super::moment::{Moment, rfc3339};
use super::reviews::ReviewView;
use super::{Service, Shared};
use crate::grade::{FieldError, Grade};
use crate::store::{
    Erased, Filter, KeptRequest, Recorded, ReviewState, Scope, Standing, Store, Summary,
};

/// Grades of a page where nothing else is asked for, and the most that may be.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 500;

/// What `GET /v1/grades` takes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    question_id: Option<String>,
    subject: Option<String>,
    method: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
    needs_review: Option<bool>,
    reviewed: Option<bool>,
    degraded: Option<bool>,
    /// Made at this moment or later (RFC 3339).
    #[param(value_type = Option<String>, example = "2026-01-31T12:00:00Z")]
    from: Option<Moment>,
    /// Made before this moment.
    #[param(value_type = Option<String>)]
    until: Option<Moment>,
    /// Grades of a page: 50, or up to 500.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct GradePage {
    grades: Vec<Listed>,
    /// What `cursor` takes for the next page; `null` on the last.
    next_cursor: Option<String>,
}

#[derive(utoipa::ToSchema, Serialize)]
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
#[utoipa::path(
    get,
    path = "/v1/grades",
    tag = "grades",
    params(Wanted),
    responses(
        (status = 200, description = "Grades, the latest first", body = GradePage),
        Problems,
    ),
)]
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
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Record {
    made_at: String,
    question: String,
    #[serde(flatten)]
    key: KeyView,
    /// What was sent; `null` where it is erased or was not kept.
    request: Option<KeptRequest>,
    /// The grade as it was made; `null` where the caller may have to decide an appeal against it.
    grade: Option<Grade>,
    /// Whether a re-grade proposes it, or it was replaced by one; `null` where it counts.
    standing: Option<Standing>,
    /// The score that counts: a person's where one gave it, and that of the grade that replaced this one.
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

/// `GET /v1/grades/{id}`, with `?include=reference_answers` for a caller whose key may see them.
#[utoipa::path(
    get,
    path = "/v1/grades/{id}",
    tag = "grades",
    params(
        ("id" = String, Path, description = "The grade's id"),
        ("include" = Option<String>, Query, description = "`reference_answers`, for keys of the scope `references`"),
    ),
    responses((status = 200, description = "The grade as it was kept", body = Record), Problems),
)]
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
    let store = service.records()?;
    // What is to be decided anew is the answer, whichever of its grades the appeal is against.
    let blind = is_blind(found.review_state, &caller)
        || is_blind(store.appeal_of_answer(&id).await?, &caller);
    let reviews = store.reviews(&id).await?.into_iter();
    let counting = match &found.standing {
        Some(Standing::ReplacedBy(_)) => store.counting_grade(&id).await?,
        _ => None,
    };
    let counts = match &counting {
        Some(other) => other.human_score.or(other.grade.score),
        None => found.human_score.or(found.grade.score),
    };
    let history_is_whole = store.history_is_whole(&id).await? == Some(true);
    Ok(axum::Json(Record {
        made_at: rfc3339(found.made_ms),
        question: std::mem::take(&mut found.task.question),
        key: KeyView::of(&found.task, with_key),
        request: found.request,
        standing: found.standing,
        score: counts.filter(|_| !blind),
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
#[utoipa::path(
    delete,
    path = "/v1/grades/{id}",
    tag = "grades",
    params(("id" = String, Path, description = "The grade's id")),
    responses((status = 200, description = "What was erased", body = Erased), Problems),
)]
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
#[utoipa::path(
    delete,
    path = "/v1/grades",
    tag = "grades",
    params(("subject" = String, Query, description = "Whose grades")),
    responses((status = 200, description = "What was erased", body = Erased), Problems),
)]
pub(super) async fn erase_subject(
    State(service): Shared,
    person: Result<Query<Person>, QueryRejection>,
) -> Result<axum::Json<Erased>, Problem> {
    let Query(person) = person.map_err(|wrong| Problem::query(&wrong))?;
    let erased = service.records()?.erase_subject(&person.subject).await?;
    Ok(axum::Json(erased))
}

#[derive(utoipa::ToSchema, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hold {
    legal_hold: bool,
}

/// `PUT /v1/grades/{id}/legal-hold`: whether nothing of a grade may be erased for now.
#[utoipa::path(
    put,
    path = "/v1/grades/{id}/legal-hold",
    tag = "grades",
    params(("id" = String, Path, description = "The grade's id")),
    request_body(content = Hold, example = json!({"legal_hold": true})),
    responses((status = 200, description = "As it is now", body = Hold), Problems),
)]
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
