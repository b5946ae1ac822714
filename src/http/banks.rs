use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::Problem;
use super::{Service, Shared};
use crate::bank::{Bank, Level, Question};
use crate::grade::{Concept, Misconception};

#[derive(Serialize)]
pub(super) struct BankList {
    banks: Vec<BankSummary>,
}

#[derive(Serialize)]
struct BankSummary {
    id: String,
    title: String,
    as_of: Option<String>,
    questions: usize,
}

/// `GET /v1/banks`
pub(super) async fn list(State(service): Shared) -> axum::Json<BankList> {
    let summary = |bank: &Bank| BankSummary {
        id: bank.id.clone(),
        title: bank.title.clone(),
        as_of: bank.as_of.clone(),
        questions: bank.questions.len(),
    };
    axum::Json(BankList {
        banks: service.banks.iter().map(summary).collect(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    include: Option<String>,
}

#[derive(Serialize)]
pub(super) struct BankView {
    id: String,
    title: String,
    as_of: Option<String>,
    questions: Vec<QuestionView>,
}

#[derive(Serialize)]
struct QuestionView {
    /// What `question_id` in a request takes.
    id: String,
    question: String,
    topic: Option<String>,
    level: Option<Level>,
    concepts_count: usize,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    key: Option<KeyView>,
}

/// What a candidate must not see.
#[derive(Serialize)]
struct KeyView {
    reference_answer: String,
    alternative_answers: Vec<String>,
    concepts: Vec<Concept>,
    misconceptions: Vec<Misconception>,
}

/// The one value of `include`.
const REFERENCE_ANSWERS: &str = "reference_answers";

/// `GET /v1/banks/{id}`, with `?include=reference_answers` for a caller whose key may see them.
pub(super) async fn show(
    State(service): Shared,
    id: Result<Path<String>, PathRejection>,
    options: Result<Query<Options>, QueryRejection>,
    headers: HeaderMap,
) -> Result<axum::Json<BankView>, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_bank())?;
    let Query(options) = options.map_err(|_| Problem::unknown_option())?;
    let with_key = service.includes_references(options.include.as_deref(), &headers)?;
    let bank = service.banks.get(&id).ok_or_else(Problem::unknown_bank)?;
    let questions = bank
        .questions
        .iter()
        .map(|question| view(bank, question, with_key))
        .collect();
    Ok(axum::Json(BankView {
        id,
        title: bank.title.clone(),
        as_of: bank.as_of.clone(),
        questions,
    }))
}

fn view(bank: &Bank, question: &Question, with_key: bool) -> QuestionView {
    let task = question.task();
    QuestionView {
        id: format!("{}/{}", bank.id, question.id),
        question: task.question.clone(),
        topic: question.topic.clone(),
        level: question.level,
        concepts_count: task.concepts.len(),
        key: with_key.then(|| KeyView {
            reference_answer: task.reference_answer.clone(),
            alternative_answers: task.alternative_answers.clone(),
            concepts: task.concepts.clone(),
            misconceptions: task.misconceptions.clone(),
        }),
    }
}

impl Service {
    /// Tells whether a response is to include the key, which `include` asks for.
    pub(super) fn includes_references(
        &self,
        include: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<bool, Problem> {
        match include {
            None => Ok(false),
            Some(REFERENCE_ANSWERS) => self.may_see_references(headers),
            Some(_) => Err(Problem::unknown_option()),
        }
    }

    /// Tells whether the request carries the key that may see reference answers; compares hashes,
    /// so that the time taken says nothing about the key.
    fn may_see_references(&self, headers: &HeaderMap) -> Result<bool, Problem> {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let parts = given.and_then(|value| value.split_once(' '));
        let bearer = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, given) = bearer.ok_or_else(Problem::key_required)?;
        let hash = |text: &str| Sha256::digest(text.as_bytes());
        match &self.reference_key {
            Some(key) if hash(key.expose_secret()) == hash(given.trim()) => Ok(true),
            _ => Err(Problem::not_allowed()),
        }
    }
}
