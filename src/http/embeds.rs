//! The web component on other sites' pages: its script, tokens so that no API key reaches a browser, and what
//! a page may do with one.

use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::access::{Caller, bearer};
use super::error::{Problem, Problems};
use super::grading::Choice;
use super::json::Json;
use super::moment::rfc3339;
use super::{Service, Shared};
use crate::grade::{AnswerSource, FeedbackLevel, FieldError, Grade, GradeRequest};
use crate::store::{Embed, NewEmbed};

/// The longest that a token may be good for, in minutes.
const LONGEST_MINUTES: u32 = 24 * 60;
/// The most answers that a token may be good for.
const MOST_GRADES: u32 = 1_000;

/// What a token is to be good for.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// The bank whose questions may be answered.
    bank: String,
    /// The origins whose pages may use it, such as `https://school.example`; `null` as a word for frames that are
    /// sandboxed.
    origins: Vec<String>,
    /// How much of the key its grades show; `hint` by default.
    #[serde(default = "hint")]
    feedback: FeedbackLevel,
    /// How many answers may be graded, 1 to 1,000; 20 by default.
    #[serde(default = "twenty")]
    grades: u32,
    /// For how long, 1 to 1,440 minutes; 60 by default.
    #[serde(default = "an_hour")]
    minutes: u32,
}

fn hint() -> FeedbackLevel {
    FeedbackLevel::Hint
}

fn twenty() -> u32 {
    20
}

fn an_hour() -> u32 {
    60
}

/// A token, which is not to be had again.
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Token {
    token: String,
    expires_at: String,
}

/// `POST /v1/embed-tokens`: a token for a page of another site, good for one bank, its origins, so many answers
/// and so long.
#[utoipa::path(
    post,
    path = "/v1/embed-tokens",
    tag = "embed",
    request_body(
        content = NewToken,
        example = json!({"bank": "django", "origins": ["https://school.example"], "feedback": "hint", "grades": 20, "minutes": 60}),
    ),
    responses((status = 201, description = "The token", body = Token), Problems),
)]
pub(super) async fn create(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    Json(wanted): Json<NewToken>,
) -> Result<(StatusCode, axum::Json<Token>), Problem> {
    let store = service.records()?;
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: String| {
        errors.push(FieldError {
            pointer: pointer.to_owned(),
            detail,
        });
    };
    if service.banks().await?.get(&wanted.bank).is_none() {
        wrong(
            "/bank",
            "is not loaded; GET /v1/banks lists the banks".to_owned(),
        );
    }
    if wanted.origins.is_empty() || !wanted.origins.iter().all(|origin| is_origin(origin)) {
        let detail = "must be origins, such as https://school.example (no path), one at least";
        wrong("/origins", detail.to_owned());
    }
    if !(1..=MOST_GRADES).contains(&wanted.grades) {
        wrong("/grades", format!("must be from 1 to {MOST_GRADES}"));
    }
    if !(1..=LONGEST_MINUTES).contains(&wanted.minutes) {
        wrong("/minutes", format!("must be from 1 to {LONGEST_MINUTES}"));
    }
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    let most = caller.key().and_then(|key| key.feedback);
    let new = NewEmbed {
        api_key: caller.key().map(|key| key.id.clone()),
        bank: wanted.bank,
        origins: wanted.origins,
        feedback: most.map_or(wanted.feedback, |most| wanted.feedback.at_most(most)),
        grades: wanted.grades,
        valid_for: Duration::from_secs(u64::from(wanted.minutes) * 60),
    };
    let (token, ends) = store.create_embed(&new).await?;
    let token = Token {
        token,
        expires_at: rfc3339(ends),
    };
    Ok((StatusCode::CREATED, axum::Json(token)))
}

/// Scheme, host and perhaps a port, as browsers write an origin.
fn is_origin(text: &str) -> bool {
    if text == "null" {
        return true;
    }
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte);
    rest.is_some_and(|host| !host.is_empty() && host.len() < 256 && host.bytes().all(allowed))
}

/// A question of a bank, without its key.
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Asked {
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
pub(super) async fn question(
    State(service): Shared,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let asked = async {
        let embed = service.embed(&headers).await?;
        let Path((bank, question)) = path.map_err(|_| Problem::unknown_question())?;
        let id = format!("{bank}/{question}");
        let banks = service.banks().await?;
        let found = banks.find(&id).filter(|_| bank == embed.bank);
        let found = found.ok_or_else(Problem::unknown_question)?;
        Ok::<_, Problem>(axum::Json(Asked {
            question: found.task().question.clone(),
            topic: found.topic.clone(),
            question_id: id,
        }))
    };
    for_a_page(&headers, asked.await)
}

/// An answer to a question of the token's bank.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmbeddedAnswer {
    question_id: String,
    candidate_answer: String,
    answer_source: Option<AnswerSource>,
}

/// `POST /v1/embed/grade`, for a page that holds a token.
#[utoipa::path(
    post,
    path = "/v1/embed/grade",
    tag = "embed",
    request_body(
        content = EmbeddedAnswer,
        example = json!({"question_id": "django/signals", "candidate_answer": "A signal lets a sender notify receivers."}),
    ),
    responses((status = 200, description = "The grade, with as much of the key as the token allows", body = Grade), Problems),
)]
pub(super) async fn grade(
    State(service): Shared,
    headers: HeaderMap,
    answer: Result<Json<EmbeddedAnswer>, Problem>,
) -> Response {
    let graded = async {
        let embed = service.embed(&headers).await?;
        let Json(answer) = answer?;
        let bank = answer.question_id.split_once('/').map(|(bank, _)| bank);
        if bank != Some(embed.bank.as_str()) {
            return Err(Problem::unknown_question());
        }
        let caller = service.access.of_key(embed.api_key.as_deref()).await?;
        if !service.records()?.take_grade(&embed).await? {
            return Err(Problem::embed_used_up());
        }
        let request = GradeRequest {
            question_id: Some(answer.question_id),
            candidate_answer: answer.candidate_answer,
            answer_source: answer.answer_source,
            feedback: Some(embed.feedback),
            ..GradeRequest::default()
        };
        let grade = service
            .grade(request, &caller, Choice::default(), None)
            .await?;
        Ok(axum::Json(grade))
    };
    for_a_page(&headers, graded.await)
}

/// Lets pages of other origins read a response; whether they may have it was decided by their token.
fn for_a_page<T: axum::response::IntoResponse>(
    headers: &HeaderMap,
    response: Result<T, Problem>,
) -> Response {
    let mut response = response.into_response();
    if let Some(origin) = headers.get(ORIGIN) {
        let allowed = response.headers_mut();
        allowed.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        allowed.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("x-request-id, retry-after"),
        );
        allowed.insert(VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// What a browser asks before it sends a request of another origin's page. It says nothing of any token: that is in
/// the request itself.
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    let allowed: [(HeaderName, &str); 4] = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
        (CACHE_CONTROL, "no-store"),
    ];
    for_a_page(
        &headers,
        Ok::<_, Problem>((StatusCode::NO_CONTENT, allowed)),
    )
}

/// `GET /embed.js`: the component, one script.
pub(super) async fn script() -> Response {
    const SCRIPT: &str = include_str!("../../web/embed.js");
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        // Pages of every site load it; what it may do there is up to their token.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    (headers, SCRIPT).into_response()
}

impl Service {
    /// What the token of a request is good for, if it comes from a page of the token's origins.
    async fn embed(&self, headers: &HeaderMap) -> Result<Embed, Problem> {
        let token = bearer(headers).ok_or_else(Problem::embed_token_needed)?;
        let embed = self.records()?.embed(token).await?;
        let embed = embed.ok_or_else(Problem::embed_token_needed)?;
        let origin = headers.get(ORIGIN).and_then(|value| value.to_str().ok());
        if !origin.is_some_and(|origin| embed.origins.iter().any(|one| one == origin)) {
            return Err(Problem::another_origin());
        }
        Ok(embed)
    }
}
