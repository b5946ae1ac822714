//! Kept answers that are to be graded once more.

use axum::http::HeaderMap;
use serde::Deserialize;

use super::Service;
use super::access::Caller;
use super::error::Problem;
use super::idempotency;
use super::jobs::Desk;
use super::moment::Moment;
use super::uploads::{Begin, begin};
use crate::grade::{Concept, FieldError, GradeRequest};
use crate::store::{Filter, JobKind, NewJob, Terms};

/// Kept answers to grade once more.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regrade {
    /// The score from which on an answer passes.
    #[schema(minimum = 0, maximum = 1)]
    pass_mark: f64,
    /// Which of the kept grades.
    #[serde(default)]
    grades: Which,
    /// A name of `[[llm.models]]`, instead of the configured model.
    model: Option<String>,
    /// A name of `[jobs.prompts]`, instead of the configured prompt.
    prompt: Option<String>,
    /// Concepts instead of those that the answers were judged on; then `grades` names one question.
    concepts: Option<Vec<Concept>>,
}

/// Which kept grades are made once more; all where nothing is said.
#[derive(utoipa::ToSchema, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    question_id: Option<String>,
    subject: Option<String>,
    method: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
    needs_review: Option<bool>,
    degraded: Option<bool>,
    /// Made at this moment or later (RFC 3339).
    #[schema(value_type = Option<String>)]
    from: Option<Moment>,
    /// Made before this moment.
    #[schema(value_type = Option<String>)]
    until: Option<Moment>,
}

pub(super) async fn regrade(
    service: &Service,
    caller: &Caller,
    headers: &HeaderMap,
    wanted: Regrade,
) -> Result<String, Problem> {
    let (desk, store) = (service.desk()?, service.records()?);
    let (filter, terms) = wanted.check(service, desk)?;
    let said = serde_json::to_string(&(&filter, &terms)).unwrap_or_default();
    let new = NewJob {
        kind: JobKind::Regrade,
        api_key: caller.key().map(|key| key.id.as_str()),
        name: idempotency::name(headers)?,
        terms,
    };
    let draft = match begin(store, new).await? {
        Begin::New(draft) => draft,
        Begin::Before { id, body } if body == store.job_body(&said) => return Ok(id),
        Begin::Before { .. } => return Err(Problem::idempotency_reused()),
    };
    let most = desk.max_answers;
    let count = store.fill_from_grades(draft.id(), &filter, most).await?;
    if count == 0 || count > most {
        let detail = match count {
            0 => "match no grade whose answer is kept".to_owned(),
            _ => format!("match more than {most} grades (jobs.max_answers); name fewer"),
        };
        return Err(field("/grades", detail));
    }
    draft.accept(&desk.queue, count, &said).await
}

fn field(pointer: &str, detail: impl Into<String>) -> Problem {
    Problem::fields(vec![FieldError {
        pointer: pointer.to_owned(),
        detail: detail.into(),
    }])
}

impl Regrade {
    fn check(self, service: &Service, desk: &Desk) -> Result<(Filter, Terms), Problem> {
        if !(0.0..=1.0).contains(&self.pass_mark) {
            return Err(field("/pass_mark", "must be from 0 to 1"));
        }
        if let Some(concepts) = &self.concepts {
            if self.grades.question_id.is_none() {
                let detail = "is required where concepts are given, which belong to one question";
                return Err(field("/grades/question_id", detail));
            }
            if concepts.is_empty() {
                return Err(field("/concepts", "must not be empty; leave it out"));
            }
            let as_if = GradeRequest {
                candidate_answer: "-".to_owned(),
                question: Some(String::new()),
                concepts: concepts.clone(),
                ..GradeRequest::default()
            };
            as_if.check(&service.limits, service.defaults, |_| None)?;
        }
        let filter = Filter {
            question_id: self.grades.question_id,
            subject: self.grades.subject,
            method: self.grades.method,
            model: self.grades.model,
            prompt: self.grades.prompt,
            needs_review: self.grades.needs_review,
            degraded: self.grades.degraded,
            from_ms: self.grades.from.map(Moment::ms),
            until_ms: self.grades.until.map(Moment::ms),
            ..Filter::default()
        };
        let terms = Terms {
            model: self.model,
            prompt: self.prompt,
            // A person's name is not kept beyond them.
            of: Some(Filter {
                subject: None,
                ..filter.clone()
            }),
            concepts: self.concepts,
            by_model: service.matter.now().grader.model().is_some(),
            pass_mark: Some(self.pass_mark),
        };
        desk.graders
            .grader(&terms)
            .map_err(|unknown| field(unknown.pointer, unknown.detail))?;
        Ok((filter, terms))
    }
}
