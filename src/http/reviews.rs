use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::access::Caller;
use super::error::{Problem, Problems};
use super::grades::{Listed, checked_limit, is_blind};
use super::json::Json;
use super::moment::rfc3339;
use crate::grade::{Account, FieldError, Grade, Verdict, account};
use crate::store::{NewReview, Review, ReviewError, ReviewReason, ReviewState, Scope};

/// Characters of a reviewer's name, and of a note.
const LONGEST_NAME: usize = 256;
const LONGEST_NOTE: usize = 10_000;

/// Who appeals.
const CANDIDATE: &str = "candidate";

/// What `POST /v1/grades/{id}/review` takes.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewRequest {
    reviewer: Option<String>,
    #[serde(default)]
    reason: ReviewReason,
    score: Option<f64>,
    points: Option<f64>,
    #[serde(default)]
    verdicts: BTreeMap<String, Verdict>,
    note: Option<String>,
}

/// A review, as it is shown.
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct ReviewView {
    id: String,
    made_at: String,
    reviewer: String,
    reason: ReviewReason,
    score: Option<f64>,
    verdicts: BTreeMap<String, Verdict>,
    note: Option<String>,
    previous: String,
    hash: String,
}

impl ReviewView {
    /// Shows a review; without what was decided to somebody who is to decide anew.
    pub(super) fn of(review: Review, blind: bool) -> Self {
        let mut decided = review.review;
        if blind {
            decided.score = None;
            decided.verdicts.clear();
            if decided.reason == ReviewReason::Review {
                decided.note = None;
            }
        }
        Self {
            id: review.id,
            made_at: rfc3339(review.made_ms),
            reviewer: decided.reviewer,
            reason: decided.reason,
            score: decided.score,
            verdicts: decided.verdicts,
            note: decided.note,
            previous: review.previous,
            hash: review.hash,
        }
    }
}

/// `POST /v1/grades/{id}/review`: what a person decided, or that a candidate appeals.
#[utoipa::path(
    post,
    path = "/v1/grades/{id}/review",
    tag = "reviews",
    params(("id" = String, Path, description = "The grade's id")),
    request_body(
        content = ReviewRequest,
        example = json!({"reviewer": "kim", "score": 0.8, "note": "The second idea is there, in other words."}),
    ),
    responses(
        (status = 201, description = "The review as it is kept", body = ReviewView),
        Problems,
    ),
)]
pub(super) async fn review(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    Json(request): Json<ReviewRequest>,
) -> Result<(StatusCode, axum::Json<ReviewView>), Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_grade())?;
    let store = service.records()?;
    let found = store.grade(&id).await?.ok_or_else(Problem::unknown_grade)?;
    let review = request
        .check(&found.grade, &caller)
        .map_err(Problem::fields)?;
    let kept = store.review(&id, review).await?;
    Ok((StatusCode::CREATED, axum::Json(ReviewView::of(kept, false))))
}

impl ReviewRequest {
    fn check(self, grade: &Grade, caller: &Caller) -> Result<NewReview, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: &str, detail: &str| {
            errors.push(FieldError {
                pointer: pointer.to_owned(),
                detail: detail.to_owned(),
            });
        };
        let key_name = caller.key().map(|key| key.name.clone());
        let reviewer = match (self.reason, self.reviewer, key_name) {
            // Whoever appeals is the candidate, and their name is not for the history, which stays.
            (ReviewReason::Appeal, ..) => CANDIDATE.to_owned(),
            (_, Some(given), Some(own)) if given != own && !caller.may(Scope::Admin) => {
                wrong("/reviewer", "must be the API key's name, or left out");
                given
            }
            (_, given, own) => given.or(own).unwrap_or_default(),
        };
        let reviewer = reviewer.trim().to_owned();
        if reviewer.is_empty() || reviewer.chars().count() > LONGEST_NAME {
            wrong("/reviewer", "is required, 256 characters at most");
        }
        if self
            .note
            .as_ref()
            .is_some_and(|note| note.chars().count() > LONGEST_NOTE)
        {
            wrong("/note", "has more than 10000 characters");
        }
        let from_points = self.points.map(|points| points / grade.max_points);
        let score = self.score.or(from_points);
        let given = self.score.is_some() || self.points.is_some();
        if self.score.is_some() && self.points.is_some() {
            wrong("/points", "says what score says; leave one of the two out");
        } else if given && self.reason == ReviewReason::Appeal {
            wrong("/score", "is for whoever decides the appeal");
        } else if !given && self.reason == ReviewReason::Review {
            wrong("/score", "is required, from 0 to 1, or points");
        }
        if score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
            let pointer = if self.points.is_some() {
                "/points"
            } else {
                "/score"
            };
            wrong(pointer, "must be from 0 to 1, or to max_points");
        }
        for id in self.verdicts.keys() {
            if !grade.concepts.iter().any(|concept| concept.id == *id) {
                wrong("/verdicts", "names a concept that the grade does not have");
                break;
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(NewReview {
            reviewer,
            reason: self.reason,
            // There is a zero below zero, which databases do not keep.
            score: score.map(|score| score + 0.0),
            verdicts: self.verdicts,
            note: self.note,
        })
    }
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::UnknownGrade => Self::unknown_grade(),
            ReviewError::DoesNotCount => Self::conflict(
                "does_not_count",
                "the grade is a re-grade's proposal or was replaced; GET it for the one that counts (standing)",
            ),
            ReviewError::SameReviewer => Self::conflict(
                "same_reviewer",
                "whoever has judged the grade does not decide the appeal against it",
            ),
            ReviewError::AppealedAlready => {
                Self::conflict("appealed_already", "an appeal against this grade is open")
            }
            ReviewError::TooLate => Self::conflict(
                "reviewed_meanwhile",
                "somebody else reviewed the grade at this moment; read it again",
            ),
            ReviewError::Store(error) => error.into(),
        }
    }
}

/// What `GET /v1/reviews/queue` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueOptions {
    question_id: Option<String>,
    limit: Option<u32>,
}

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Queue {
    grades: Vec<Listed>,
}

/// `GET /v1/reviews/queue`: the grades that wait for a person, the neediest first.
#[utoipa::path(
    get,
    path = "/v1/reviews/queue",
    tag = "reviews",
    params(
        ("question_id" = Option<String>, Query, description = "Only of this question"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "50, or up to 500"),
    ),
    responses(
        (status = 200, description = "Grades that wait for a person, the neediest first", body = Queue),
        Problems,
    ),
)]
pub(super) async fn queue(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    options: Result<Query<QueueOptions>, QueryRejection>,
) -> Result<axum::Json<Queue>, Problem> {
    let Query(options) = options.map_err(|wrong| Problem::query(&wrong))?;
    let limit = checked_limit(options.limit)?;
    let waiting = service
        .records()?
        .queue(options.question_id.as_deref(), limit);
    let grades = waiting.await?.into_iter();
    let grades = grades.map(|grade| Listed::of(grade, &caller)).collect();
    Ok(axum::Json(Queue { grades }))
}

/// `GET /v1/grades/{id}/explanation`: an account for the candidate, without the key.
#[utoipa::path(
    get,
    path = "/v1/grades/{id}/explanation",
    tag = "reviews",
    params(("id" = String, Path, description = "The grade's id")),
    responses(
        (status = 200, description = "An account for the candidate", body = Account),
        Problems,
    ),
)]
pub(super) async fn explanation(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<axum::Json<Account>, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_grade())?;
    let found = service.records()?.counting_grade(&id).await?;
    let found = found.ok_or_else(Problem::unknown_grade)?;
    if is_blind(found.review_state, &caller) {
        let detail = "an appeal is open; the account can be had when it is decided";
        return Err(Problem::conflict("appeal_open", detail));
    }
    let told = found.request.as_ref().map(|request| request.feedback);
    let mut account = account(&found.grade, found.human_score, told);
    if found.review_state == Some(ReviewState::Appealed) {
        account
            .sentences
            .push("An appeal is open: somebody else is to look at it.".to_owned());
    }
    Ok(axum::Json(account))
}
