use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::super::access::Caller;
use super::super::error::{Problem, Problems};
use super::super::grading::Choice;
use super::super::{Service, Shared, json};
use super::grade::EmbeddedGrade;
use crate::grade::{AnswerSource, GradeRequest, Limits};

/// A question of a bank, without its key.
#[derive(utoipa::ToSchema, Serialize)]
pub(in crate::http) struct Asked {
    question_id: String,
    question: String,
    topic: Option<String>,
}

/// `GET /v1/embed/questions/{bank}/{question}`, for a page that holds a token.
#[utoipa::path(
    get,
    path = "/v1/embed/questions/{bank}/{question}",
    tag = "embed",
    params(("bank" = String, Path, example = "django"), ("question" = String, Path, example = "signals")),
    responses((status = 200, description = "The question", body = Asked), Problems),
)]
pub(in crate::http) async fn question(
    State(service): Shared,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<axum::Json<Asked>, Problem> {
    let embed = service.embed(&headers).await?;
    service.payer(&embed).await?;
    let Path((bank, question)) = path.map_err(|_| Problem::unknown_question())?;
    let id = format!("{bank}/{question}");
    let banks = service.banks().await?;
    let found = banks.find(&id).filter(|_| bank == embed.bank);
    let found = found.ok_or_else(Problem::unknown_question)?;
    Ok(axum::Json(Asked {
        question: found.task().question.clone(),
        topic: found.topic.clone(),
        question_id: id,
    }))
}

/// An answer to a question of the token's bank.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct EmbeddedAnswer {
    question_id: String,
    candidate_answer: String,
    answer_source: Option<AnswerSource>,
}

/// `POST /v1/embed/grade`, for a page that holds a token.
///
/// An answer that is refused, and one that nobody was there to grade, is none of those that the token is good for; one
/// that a model was paid for is, and so is one whose page goes away, or has waited too long, before it is graded.
#[utoipa::path(
    post,
    path = "/v1/embed/grade",
    tag = "embed",
    request_body(
        content = EmbeddedAnswer,
        example = json!({"question_id": "django/signals", "candidate_answer": "A signal lets a sender notify receivers."}),
    ),
    responses((status = 200, description = "The grade, with as much of the key as the token allows", body = EmbeddedGrade), Problems),
)]
pub(in crate::http) async fn grade(
    State(service): Shared,
    request: Request,
) -> Result<axum::Json<EmbeddedGrade>, Problem> {
    // Who has no token is not waited for.
    let embed = service.embed(request.headers()).await?;
    if embed.grades_left <= 0 {
        return Err(Problem::embed_used_up());
    }
    let caller = service.payer(&embed).await?;
    let most = largest_body(&service.limits);
    let answer: EmbeddedAnswer = json::read(request, &service, most).await?;
    let bank = answer.question_id.split_once('/').map(|(bank, _)| bank);
    if bank != Some(embed.bank.as_str()) {
        return Err(Problem::unknown_question());
    }
    let most_shown = caller.key().and_then(|key| key.feedback);
    let shown = most_shown.map_or(embed.feedback, |most| embed.feedback.at_most(most));
    let request = GradeRequest {
        question_id: Some(answer.question_id),
        candidate_answer: answer.candidate_answer,
        answer_source: answer.answer_source,
        feedback: Some(shown),
        subject: embed.subject.clone(),
        metadata: embed.metadata.clone(),
        ..GradeRequest::default()
    };
    service.check(&request, &caller).await?;
    let store = service.records()?;
    if !store.take_grade(&embed).await? {
        return Err(Problem::embed_used_up());
    }
    let graded = service.grade(request, &caller, Choice::default(), None);
    // Who goes away before the end has used one: a model may have been paid for it.
    let grade = match graded.await {
        Ok(grade) => grade,
        Err(problem) => {
            if !problem.has_cost
                && let Err(error) = store.give_grade_back(&embed).await
            {
                tracing::warn!(error = %error, "a grade of a token that was not given stays taken");
            }
            return Err(problem);
        }
    };
    if store.was_ended_early(&embed).await? {
        // Whose answer it was has been erased meanwhile.
        store
            .erase_grade(grade.id.as_deref().unwrap_or_default())
            .await?;
        return Err(Problem::embed_token_needed());
    }
    Ok(axum::Json(EmbeddedGrade::of(grade, shown)))
}

/// Bytes of an answer as JSON: a character is at most six where it is escaped (`\u000b`), and four where not.
fn largest_body(limits: &Limits) -> usize {
    const BESIDE: usize = 4_096;
    limits.answer_chars.saturating_mul(6).saturating_add(BESIDE)
}

impl Service {
    /// Refuses what would not be graded, before anything is taken for it.
    async fn check(&self, request: &GradeRequest, caller: &Caller) -> Result<(), Problem> {
        let banks = self.banks().await?;
        let find = |id: &str| banks.task(id);
        let defaults = self.defaults_for(caller);
        request.clone().check(&self.limits, defaults, find)?;
        self.access.check_money(caller).await
    }
}
