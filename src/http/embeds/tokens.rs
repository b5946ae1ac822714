use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::access::{Caller, bearer};
use super::super::error::{Problem, Problems};
use super::super::json::Json;
use super::super::moment::rfc3339;
use super::super::{Service, Shared};
use super::origins;
use crate::grade::{FeedbackLevel, FieldError};
use crate::store::{Embed, NewEmbed};

/// The longest that a token may be good for, in minutes.
const LONGEST_MINUTES: u32 = 24 * 60;
/// The most answers that a token may be good for.
const MOST_GRADES: u32 = 1_000;

/// What a token is to be good for.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewToken {
    /// The bank whose questions may be answered.
    bank: String,
    /// The origins whose pages may use it, such as `https://school.example`, 20 at most; `null` as a word for frames that
    /// are sandboxed.
    #[schema(max_items = 20)]
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
    /// The person who answers, by a name or number of the caller's: their grades are found, and erased, by it. The
    /// token ends when they are erased.
    subject: Option<String>,
    /// The caller's own notes, kept with each grade.
    metadata: Option<Map<String, Value>>,
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
pub(in crate::http) struct Token {
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
        example = json!({"bank": "django", "origins": ["https://school.example"], "feedback": "hint", "grades": 20, "minutes": 60, "subject": "candidate-7"}),
    ),
    responses((status = 201, description = "The token", body = Token), Problems),
)]
pub(in crate::http) async fn create(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    Json(wanted): Json<NewToken>,
) -> Result<(StatusCode, axum::Json<Token>), Problem> {
    let store = service.records()?;
    let mut errors = wanted.wrong();
    if service.banks().await?.get(&wanted.bank).is_none() {
        errors.push(FieldError {
            pointer: "/bank".to_owned(),
            detail: "is not loaded; GET /v1/banks lists the banks".to_owned(),
        });
    }
    let (subject, metadata) = (wanted.subject.as_deref(), wanted.metadata.as_ref());
    errors.extend(service.limits.check_aside(subject, metadata));
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
        subject: wanted.subject,
        metadata: wanted.metadata,
    };
    let (token, ends) = store.create_embed(&new).await?;
    let token = Token {
        token,
        expires_at: rfc3339(ends),
    };
    Ok((StatusCode::CREATED, axum::Json(token)))
}

impl NewToken {
    /// What can be told without knowing the banks.
    fn wrong(&self) -> Vec<FieldError> {
        let mut errors = origins::wrong(&self.origins);
        let mut from_one = |pointer: &str, given: u32, most: u32| {
            if !(1..=most).contains(&given) {
                errors.push(FieldError {
                    pointer: pointer.to_owned(),
                    detail: format!("must be from 1 to {most}"),
                });
            }
        };
        from_one("/grades", self.grades, MOST_GRADES);
        from_one("/minutes", self.minutes, LONGEST_MINUTES);
        errors
    }
}

impl Service {
    /// What the token of a request is good for, if it comes from a page of the token's origins, and they have not sent
    /// too many.
    pub(super) async fn embed(&self, headers: &HeaderMap) -> Result<Embed, Problem> {
        let token = bearer(headers).ok_or_else(Problem::embed_token_needed)?;
        let embed = self.records()?.embed(token).await?;
        let embed = embed.ok_or_else(Problem::embed_token_needed)?;
        if !origins::comes_from(headers, &embed.origins) {
            return Err(Problem::another_origin());
        }
        self.access.count_page(&embed)?;
        Ok(embed)
    }

    /// Who pays for what a page asks, if the key that its token was made by still holds. It counts as one of that key's
    /// requests.
    pub(super) async fn payer(&self, embed: &Embed) -> Result<Caller, Problem> {
        let caller = self.access.of_key(embed.api_key.as_deref()).await?;
        if let Some(key) = caller.key() {
            self.access.count(key).await?;
        }
        Ok(caller)
    }
}
