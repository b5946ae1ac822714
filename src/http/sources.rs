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
use crate::bank::{Bank, BankError, import};
use crate::grade::FieldError;

const TOML: &str = "application/toml";
/// Bytes of notes that are made into a bank; a thousand questions.
const LONGEST_NOTES: usize = 500_000;

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
    let (bank, version) = service.written(&id).await?;
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
                let text = String::from_utf8(body.into())
                    .map_err(|_| Problem::malformed("the body is not UTF-8".to_owned()))?;
                read(move || Bank::parse(&text, "bank.toml")).await
            }
            "application/json" => {
                let body = json::body(request, service).await?;
                read(move || Bank::from_json(&body)).await
            }
            _ => Err(Problem::not_a_bank()),
        }
    }
}

/// Reads a bank beside what is served: a large one takes its time.
async fn read(
    how: impl FnOnce() -> Result<Bank, BankError> + Send + 'static,
) -> Result<Sent, Problem> {
    let read = tokio::task::spawn_blocking(how).await;
    Ok(Sent(read.map_err(|_| Problem::panicked())??))
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
    params(
        ("id" = String, Path, description = "The bank's id"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is thrown away; without it, whichever is the last"),
    ),
    responses((status = 204, description = "The files' bank holds again, or none"), Problems),
)]
pub(super) async fn forget(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_bank())?;
    let last = service.records()?.saved_bank(&id).await?;
    let last = last.filter(|saved| saved.toml.is_some());
    let last = last.ok_or_else(Problem::nothing_saved)?;
    let seen = version(&headers)?.unwrap_or(last.version);
    service.save(&id, None, seen, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/bank-check`: a bank as it would be saved, or all that is wrong with it; it is not saved.
#[utoipa::path(
    post,
    path = "/v1/bank-check",
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

/// `POST /v1/bank-import`: Markdown notes to a bank without concepts, for a person to look at.
#[utoipa::path(
    post,
    path = "/v1/bank-import",
    tag = "banks",
    request_body(
        content = Notes,
        example = json!({"id": "databases", "title": "Databases", "markdown": "# What does an index do?\n\nIt speeds up lookups. Writes become slower.\n"}),
    ),
    responses((status = 200, description = "The bank", body = Read), Problems),
)]
pub(super) async fn import_notes(Json(notes): Json<Notes>) -> Result<axum::Json<Read>, Problem> {
    if notes.markdown.len() > LONGEST_NOTES {
        return Err(Problem::fields(vec![FieldError {
            pointer: "/markdown".to_owned(),
            detail: format!("has more than {LONGEST_NOTES} bytes; import it in parts"),
        }]));
    }
    let Sent(bank) = read(move || {
        let toml = import(&notes.markdown, "notes.md", &notes.id, &notes.title)?;
        Bank::parse(&toml, "notes.toml")
    })
    .await?;
    Ok(axum::Json(Read::of(bank)))
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version that a request names by its `ETag`, which a proxy may have called weak.
fn version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(named) = headers.get(IF_MATCH) else {
        return Ok(None);
    };
    let tag = named.to_str().unwrap_or_default();
    let digits = tag.trim_start_matches("W/").trim_matches('"');
    let version = digits.parse().map_err(|_| Problem::changed_meanwhile())?;
    Ok(Some(version))
}

impl Service {
    /// A bank as it is written, with its version, straight from where it is kept.
    async fn written(&self, id: &str) -> Result<(Bank, i64), Problem> {
        let saved = match &self.store {
            Some(store) => store.saved_bank(id).await?,
            None => None,
        };
        let version = saved.as_ref().map_or(0, |saved| saved.version);
        let read = saved.as_ref().and_then(super::shelf::read);
        if let Some(read) = read {
            let bank = read.map_err(|_| Problem::unreadable_bank())?;
            return Ok((bank, version));
        }
        let files = self.matter.now();
        let bank = files.banks.get(id).ok_or_else(Problem::unknown_bank)?;
        Ok((bank.clone(), version))
    }

    /// The version that a bank is made from. Who names none has read none, so that there must be none.
    async fn based_on(&self, id: &str, headers: &HeaderMap) -> Result<i64, Problem> {
        if let Some(version) = version(headers)? {
            return Ok(version);
        }
        let saved = self.records()?.saved_bank(id).await?;
        let is_saved = saved.as_ref().is_some_and(|saved| saved.toml.is_some());
        if is_saved || self.matter.now().banks.get(id).is_some() {
            return Err(Problem::changed_meanwhile());
        }
        Ok(saved.map_or(0, |saved| saved.version))
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
