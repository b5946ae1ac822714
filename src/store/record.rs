use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::idempotency::Claim;
use super::items::{Item, Source};
use super::open::now_ms;
use super::{Store, StoreError};
use crate::grade::{
    AnswerSource, Fallback, FeedbackLevel, Grade, Policy, RequestedMethod, Submission, Task,
};
use crate::text::{Language, Redaction};

/// A grade, with what it was made of.
#[derive(Clone, Copy)]
pub struct NewRecord<'a> {
    /// What was graded.
    pub submission: &'a Submission,
    /// What else the request said.
    pub aside: &'a Aside,
    /// The grade, with its id.
    pub grade: &'a Grade,
    /// The model's reply, word for word, where it is to be kept.
    pub reply: Option<&'a str>,
    /// The part that may be shown of the API key that it was made for.
    pub api_key: Option<&'a str>,
    /// The claim that the grade ends.
    pub claim: Option<&'a Claim>,
    /// The answer of a job that it is the outcome of. It is kept only where there is none yet.
    pub item: Option<&'a Item>,
    /// The kept grade that it is proposed instead of.
    pub replaces: Option<&'a Source>,
}

/// What a request says that is not judged.
#[derive(utoipa::ToSchema, Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Aside {
    /// The question of a bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_id: Option<String>,
    /// The person, as the caller calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The caller's own notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Who was asked to judge.
    pub method: RequestedMethod,
    /// What was to happen where a model fails.
    pub fallback: Fallback,
    /// Whether nothing of it may be erased for now.
    #[serde(skip)]
    pub legal_hold: bool,
}

/// A request as it is kept: with what was asked beside the task, which is kept once.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptRequest {
    /// The answer as it was sent.
    pub candidate_answer: String,
    /// How it was given.
    pub answer_source: AnswerSource,
    /// The language of the task, where the caller named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// What a score of 1 is worth.
    pub max_points: f64,
    /// How much of the key the grade was to show.
    pub feedback: FeedbackLevel,
    /// Whether the score was to be explained.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explain: bool,
    /// What was masked.
    #[serde(default, skip_serializing_if = "Redaction::is_empty")]
    pub redaction: Redaction,
    /// The rest.
    #[serde(flatten)]
    pub aside: Aside,
}

impl KeptRequest {
    /// What is graded where the request is graded again, without a deadline.
    pub fn submission(self, task: impl Into<Arc<Task>>) -> (Submission, Policy, Aside) {
        let policy = Policy {
            method: self.aside.method,
            fallback: self.aside.fallback,
            deadline: None,
        };
        let submission = Submission {
            task: task.into(),
            candidate_answer: self.candidate_answer,
            answer_source: self.answer_source,
            language: self.language,
            max_points: self.max_points,
            feedback: self.feedback,
            explain: self.explain,
            redaction: self.redaction,
        };
        (submission, policy, self.aside)
    }
}

/// The same, borrowed, for writing.
#[derive(Serialize)]
struct WrittenRequest<'a> {
    candidate_answer: &'a str,
    answer_source: AnswerSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    max_points: f64,
    feedback: FeedbackLevel,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    explain: bool,
    #[serde(skip_serializing_if = "Redaction::is_empty")]
    redaction: &'a Redaction,
    #[serde(flatten)]
    aside: &'a Aside,
}

/// A request as it is kept.
pub(super) fn request_text(submission: &Submission, aside: &Aside) -> serde_json::Result<String> {
    serde_json::to_string(&WrittenRequest {
        candidate_answer: &submission.candidate_answer,
        answer_source: submission.answer_source,
        language: submission.language,
        max_points: submission.max_points,
        feedback: submission.feedback,
        explain: submission.explain,
        redaction: &submission.redaction,
        aside,
    })
}

/// A task as it is kept, once for all that is graded against it.
pub(super) struct TaskText {
    pub(super) hash: String,
    pub(super) text: String,
}

impl TaskText {
    pub(super) fn of(task: &Task) -> serde_json::Result<Self> {
        let text = serde_json::to_string(task)?;
        let hash = crate::text::hex(&Sha256::digest(&text)[..16]);
        Ok(Self { hash, text })
    }
}

/// A grade as a row of the table.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) made_ms: i64,
    pub(super) task: TaskText,
    pub(super) question_id: Option<String>,
    pub(super) api_key: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) answer: String,
    pub(super) method: &'static str,
    pub(super) score: Option<f64>,
    pub(super) confidence: f64,
    pub(super) needs_review: bool,
    pub(super) degraded: Option<String>,
    pub(super) model: Option<String>,
    pub(super) prompt: Option<String>,
    pub(super) cost_usd: Option<f64>,
    pub(super) bones: String,
    pub(super) request: Option<String>,
    pub(super) grade: Option<String>,
    pub(super) reply: Option<String>,
    pub(super) legal_hold: bool,
    /// `proposed` where it is not to count yet.
    pub(super) standing: Option<&'static str>,
    pub(super) replaces: Option<Source>,
    pub(super) claim: Option<Claim>,
    pub(super) item: Option<Item>,
}

impl Store {
    /// Keeps a grade. It returns when the grade is on the disk, together with those of others who ask at
    /// the same time.
    ///
    /// # Errors
    /// The database failed for longer than it is waited for. Then the grade is not kept.
    pub async fn record(&self, record: NewRecord<'_>) -> Result<(), StoreError> {
        let row = self
            .row(record)
            .map_err(|_| StoreError::Unreadable("grades"))?;
        self.writer.write(row).await
    }

    fn row(&self, record: NewRecord<'_>) -> serde_json::Result<Row> {
        let NewRecord {
            submission,
            aside,
            grade,
            reply,
            api_key,
            claim,
            item,
            replaces,
        } = record;
        // What is never to be kept is never written.
        let texts = self.privacy.keeps_texts() || aside.legal_hold;
        let request = texts.then(|| request_text(submission, aside)).transpose()?;
        let whole = texts.then(|| serde_json::to_string(grade)).transpose()?;
        let reply = reply.filter(|_| texts && self.privacy.keep_replies);
        let subject = aside.subject.as_deref();
        Ok(Row {
            id: grade.id.clone().unwrap_or_default(),
            made_ms: now_ms(),
            task: TaskText::of(&submission.task)?,
            question_id: aside.question_id.clone(),
            api_key: api_key.map(str::to_owned),
            subject: subject.map(|subject| self.subject_hash(subject)),
            answer: self.hashes.of("answer", &submission.candidate_answer),
            method: grade.method.name(),
            score: grade.score,
            confidence: grade.confidence,
            needs_review: grade.needs_review,
            degraded: grade
                .degraded
                .as_ref()
                .map(|degraded| degraded.reason.clone()),
            model: grade.provenance.model.as_deref().map(without_nul),
            prompt: grade.provenance.prompt.clone(),
            cost_usd: grade.usage.cost_usd,
            bones: serde_json::to_string(&grade.without_texts())?,
            request,
            grade: whole,
            reply: reply.map(without_nul),
            legal_hold: aside.legal_hold,
            standing: replaces.map(|_| "proposed"),
            replaces: replaces.cloned(),
            claim: claim.cloned(),
            item: item.cloned(),
        })
    }

    pub(super) fn subject_hash(&self, subject: &str) -> String {
        self.hashes.of("subject", subject)
    }
}

/// PostgreSQL refuses a NUL; in JSON it is escaped.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// Reads a kept task.
pub(super) fn task_of(text: &str) -> Result<Task, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable("tasks"))
}
