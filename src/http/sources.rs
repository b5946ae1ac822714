//! Banks as they are written: read whole, saved, thrown away, made of notes.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::access::Caller;
use super::error::{Problem, Problems};
use super::json::{self, Json};
use super::{Service, Shared};
use crate::bank::{Bank, import};
use crate::grade::FieldError;

const TOML: &str = "application/toml";

/// `GET /v1/banks/{id}/source`
#[utoipa::path(
    get,
    path = "/v1/banks/{id}/source",
    tag = "banks",
    params(("id" = String, Path, description = "The bank's id", example = "django")),
    responses(
        (
            status = 200,
            description = "The bank whole, as JSON or, by `Accept`, as TOML; its `ETag` is for `If-Match`",
            content((Bank = "application/json"), (String = "application/toml")),
        ),
        Problems,
    ),
)]
pub(super) async fn show(
    State(service): Shared,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_bank())?;
    let version = service.saved_version(&id).await?;
    let banks = service.banks().await?;
    let bank = banks.get(&id).ok_or_else(Problem::unknown_bank)?;
    let tag = [(ETAG, tag(version))];
    let wants_toml = headers
        .get(ACCEPT)
        .and_then(|kinds| kinds.to_str().ok())
        .is_some_and(|kinds| kinds.contains(TOML));
    if wants_toml {
        return Ok((tag, [(CONTENT_TYPE, TOML)], bank.toml().to_owned()).into_response());
    }
    Ok((tag, axum::Json(bank)).into_response())
}

/// A bank that was saved.
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Saved {
    /// Counts how often it was saved, from 1.
    version: i64,
}

/// A bank in a body: TOML, or JSON in the structure of its TOML.
pub(super) struct Sent(Bank);

impl FromRequest<Arc<Service>> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        match json::essence(request.headers()).as_str() {
            TOML => {
                let body = json::body(request, service).await?;
                let text = std::str::from_utf8(&body)
                    .map_err(|_| Problem::malformed("the body is not UTF-8".to_owned()))?;
                Ok(Self(Bank::parse(text, "bank.toml")?))
            }
            "application/json" => {
                let Json(value) = Json::from_request(request, service).await?;
                Ok(Self(Bank::from_json(value)?))
            }
            _ => Err(Problem::not_a_bank()),
        }
    }
}

/// `PUT /v1/banks/{id}/source`: saves a bank, which then holds in the place of the files' one. Every version
/// is kept.
#[utoipa::path(
    put,
    path = "/v1/banks/{id}/source",
    tag = "banks",
    params(
        ("id" = String, Path, description = "The bank's id, which the bank has to name, too"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that this one was made from; left out for a new bank"),
    ),
    request_body(
        content(
            (Bank = "application/json", example = json!({"id": "databases", "title": "Databases", "questions": [{"id": "index", "question": "What does an index do?", "reference_answer": "It speeds up lookups. Writes become slower."}]})),
            (String = "application/toml", example = json!("id = \"databases\"\ntitle = \"Databases\"\n\n[[questions]]\nid = \"index\"\nquestion = \"What does an index do?\"\nreference_answer = \"It speeds up lookups. Writes become slower.\"\n")),
        ),
        description = "The bank, as TOML or as JSON of the same structure",
    ),
    responses((status = 200, description = "Saved", body = Saved), Problems),
)]
pub(super) async fn save(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    Sent(bank): Sent,
) -> Result<([(HeaderName, String); 1], axum::Json<Saved>), Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_bank())?;
    if bank.id != id {
        return Err(Problem::fields(vec![FieldError {
            pointer: "/id".to_owned(),
            detail: "must be the id that the address names".to_owned(),
        }]));
    }
    let based_on = service.based_on(&id, &headers).await?;
    let version = service
        .save(&id, Some(bank.toml()), based_on, &caller)
        .await?;
    Ok(([(ETAG, tag(version))], axum::Json(Saved { version })))
}

/// `DELETE /v1/banks/{id}/source`: throws away what was saved; the bank of the files holds again, where
/// there is one.
#[utoipa::path(
    delete,
    path = "/v1/banks/{id}/source",
    tag = "banks",
    params(("id" = String, Path, description = "The bank's id")),
    responses((status = 204, description = "The files' bank holds again, or none"), Problems),
)]
pub(super) async fn forget(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_bank())?;
    let saved = service.records()?.saved_banks().await?.into_iter();
    let last = saved
        .filter(|one| one.toml.is_some())
        .find(|one| one.id == id);
    let last = last.ok_or_else(Problem::nothing_saved)?;
    service.save(&id, None, last.version, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/banks/check`: a bank as it would be saved, or all that is wrong with it; it is not saved.
#[utoipa::path(
    post,
    path = "/v1/banks/check",
    tag = "banks",
    request_body(
        content(
            (Bank = "application/json", example = json!({"id": "databases", "title": "Databases", "questions": [{"id": "index", "question": "What does an index do?", "reference_answer": "It speeds up lookups. Writes become slower."}]})),
            (String = "application/toml", example = json!("id = \"databases\"\ntitle = \"Databases\"\n\n[[questions]]\nid = \"index\"\nquestion = \"What does an index do?\"\nreference_answer = \"It speeds up lookups. Writes become slower.\"\n")),
        ),
        description = "The bank, as TOML or as JSON of the same structure",
    ),
    responses((status = 200, description = "The bank", body = Read), Problems),
)]
pub(super) async fn check(Sent(bank): Sent) -> axum::Json<Read> {
    axum::Json(Read::of(bank))
}

/// Notes of which a bank is to be made.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notes {
    /// The bank's id: a-z, 0-9 and `-`.
    id: String,
    title: String,
    /// Headings are questions, and what stands under each is its reference answer.
    markdown: String,
}

/// A bank that was read, and is not saved.
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Read {
    toml: String,
    /// The same as JSON.
    bank: Bank,
}

impl Read {
    fn of(bank: Bank) -> Self {
        Self {
            toml: bank.toml().to_owned(),
            bank,
        }
    }
}

/// `POST /v1/banks/import`: Markdown notes to a bank without concepts, for a person to look at.
#[utoipa::path(
    post,
    path = "/v1/banks/import",
    tag = "banks",
    request_body(
        content = Notes,
        example = json!({"id": "databases", "title": "Databases", "markdown": "# What does an index do?\n\nIt speeds up lookups. Writes become slower.\n"}),
    ),
    responses((status = 200, description = "The bank", body = Read), Problems),
)]
pub(super) async fn import_notes(Json(notes): Json<Notes>) -> Result<axum::Json<Read>, Problem> {
    let toml = import(&notes.markdown, "notes.md", &notes.id, &notes.title)?;
    Ok(axum::Json(Read::of(Bank::parse(&toml, "notes.toml")?)))
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

impl Service {
    /// How often a bank was saved; whatever is saved next is based on that.
    async fn saved_version(&self, id: &str) -> Result<i64, Problem> {
        let Some(store) = &self.store else {
            return Ok(0);
        };
        let saved = store.saved_banks().await?.into_iter();
        let last = saved.filter(|one| one.id == id).map(|one| one.version);
        Ok(last.last().unwrap_or(0))
    }

    /// The version that a bank is made from. Who names none has read none, so that there must be none.
    async fn based_on(&self, id: &str, headers: &HeaderMap) -> Result<i64, Problem> {
        let Some(named) = headers.get(IF_MATCH) else {
            return match self.banks().await?.get(id) {
                Some(_) => Err(Problem::changed_meanwhile()),
                None => self.saved_version(id).await,
            };
        };
        let version = named.to_str().ok().map(|tag| tag.trim_matches('"'));
        let version = version.and_then(|version| version.parse().ok());
        version.ok_or_else(Problem::changed_meanwhile)
    }

    async fn save(
        &self,
        id: &str,
        toml: Option<&str>,
        based_on: i64,
        caller: &Caller,
    ) -> Result<i64, Problem> {
        let by = caller.key().map(|key| key.name.as_str());
        let saved = self.records()?.save_bank(id, toml, based_on, by).await?;
        self.shelf.forget();
        saved.ok_or_else(Problem::changed_meanwhile)
    }
}
