use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::Shared;
use super::access::Caller;
use super::error::{Problem, Problems};
use crate::bank::{Bank, Level, Origin, Question};
use crate::grade::{Concept, Misconception, Task};
use crate::store::Scope;

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct BankList {
    banks: Vec<BankSummary>,
    /// Ids of banks that were saved by another version of the program, and cannot be read by this one.
    unreadable: Vec<String>,
}

#[derive(utoipa::ToSchema, Serialize)]
struct BankSummary {
    id: String,
    title: String,
    as_of: Option<String>,
    questions: usize,
    source: Origin,
    /// Where the bank comes from that holds again when the saved one is thrown away; `null` where there is none.
    beneath: Option<Origin>,
}

/// `GET /v1/banks`
#[utoipa::path(
    get,
    path = "/v1/banks",
    tag = "banks",
    responses((status = 200, description = "The loaded banks", body = BankList), Problems),
)]
pub(super) async fn list(State(service): Shared) -> Result<axum::Json<BankList>, Problem> {
    let files = service.matter.now();
    let edited = |bank: &Bank| bank.origin == Origin::Edited;
    let beneath = |bank: &Bank| files.banks.get(&bank.id).map(|below| below.origin);
    let summary = |bank: &Bank| BankSummary {
        id: bank.id.clone(),
        title: bank.title.clone(),
        as_of: bank.as_of.clone(),
        questions: bank.questions.len(),
        source: bank.origin,
        beneath: edited(bank).then(|| beneath(bank)).flatten(),
    };
    let shelved = service.shelved().await?;
    Ok(axum::Json(BankList {
        banks: shelved.banks.iter().map(summary).collect(),
        unreadable: shelved.unreadable.clone(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    include: Option<String>,
}

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct BankView {
    id: String,
    title: String,
    as_of: Option<String>,
    questions: Vec<QuestionView>,
}

#[derive(utoipa::ToSchema, Serialize)]
struct QuestionView {
    /// What `question_id` in a request takes.
    id: String,
    question: String,
    topic: Option<String>,
    level: Option<Level>,
    concepts_count: usize,
    /// Whether people graded answers to it, so that grades of it were compared with theirs.
    labelled: bool,
    #[serde(flatten)]
    key: KeyView,
    /// Where to read about each concept, by its id; only where these are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<BTreeMap<String, String>>,
    /// What an interviewer asks who missed a concept, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_ups: Option<BTreeMap<String, String>>,
}

/// What a candidate must not see: all of it, or nothing.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub(super) struct KeyView {
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternative_answers: Option<Vec<String>>,
    /// Those that are declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    concepts: Option<Vec<Concept>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    misconceptions: Option<Vec<Misconception>>,
}

impl KeyView {
    pub(super) fn of(task: &Task, shown: bool) -> Self {
        if !shown {
            return Self::default();
        }
        Self {
            reference_answer: Some(task.reference_answer.clone()),
            alternative_answers: Some(task.alternative_answers.clone()),
            concepts: Some(task.concepts.clone()),
            misconceptions: Some(task.misconceptions.clone()),
        }
    }
}

/// The one value of `include`.
const REFERENCE_ANSWERS: &str = "reference_answers";

/// `GET /v1/banks/{id}`, with `?include=reference_answers` for a caller whose key may see them.
#[utoipa::path(
    get,
    path = "/v1/banks/{id}",
    tag = "banks",
    params(
        ("id" = String, Path, description = "The bank's id", example = "django"),
        ("include" = Option<String>, Query, description = "`reference_answers`, for keys of the scope `references`"),
    ),
    responses((status = 200, description = "A bank and its questions", body = BankView), Problems),
)]
pub(super) async fn show(
    State(service): Shared,
    id: Result<Path<String>, PathRejection>,
    options: Result<Query<Options>, QueryRejection>,
    Extension(caller): Extension<Caller>,
) -> Result<axum::Json<BankView>, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_bank())?;
    let Query(options) = options.map_err(|_| Problem::unknown_option())?;
    let with_key = includes_references(options.include.as_deref(), &caller)?;
    let banks = service.banks().await?;
    let bank = banks.get(&id).ok_or_else(Problem::unknown_bank)?;
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
        labelled: question.labelled,
        key: KeyView::of(task, with_key),
        links: with_key.then(|| question.links.clone()),
        follow_ups: with_key.then(|| question.follow_ups.clone()),
    }
}

/// Tells whether a response is to include the key, which `include` asks for.
pub(super) fn includes_references(include: Option<&str>, caller: &Caller) -> Result<bool, Problem> {
    match include {
        None => Ok(false),
        Some(REFERENCE_ANSWERS) if caller.may(Scope::References) => Ok(true),
        Some(REFERENCE_ANSWERS) => Err(Problem::lacks_scope(Scope::References)),
        Some(_) => Err(Problem::unknown_option()),
    }
}
