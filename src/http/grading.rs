use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderName;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::access::Caller;
use super::error::{Problem, Problems};
use super::idempotency::{self, Held, Name, Turn, turn};
use super::json::{self, Json};
use super::{Service, Shared};
use crate::grade::{
    ConceptList, ConceptsRequest, Defaults, FieldError, Grade, GradeRequest, Submission, Timing,
};
use crate::grader::Grader;
use crate::store::{Aside, NewRecord, Scope, Terms};

/// Path of the batch.
pub(super) const BATCH: &str = "/v1/grade/batch";

/// Another model or prompt than the configured ones, by its name in the settings.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    model: Option<String>,
    prompt: Option<String>,
}

impl Choice {
    fn is_made(&self) -> bool {
        self.model.is_some() || self.prompt.is_some()
    }
}

/// `POST /v1/grade`
#[utoipa::path(
    post,
    path = "/v1/grade",
    tag = "grade",
    request_body(
        content = GradeRequest,
        example = json!({"question": "What does an index do?", "reference_answer": "It speeds up lookups. Writes become slower.", "candidate_answer": "It makes lookups faster."}),
    ),
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request, so that one that is sent twice is graded once"),
        ("model" = Option<String>, Query, description = "Another model of `[[llm.models]]` of the settings (scope `admin`)"),
        ("prompt" = Option<String>, Query, description = "Another prompt of `[jobs.prompts]` of the settings (scope `admin`)"),
    ),
    responses((status = 200, description = "The grade", body = Grade), Problems),
)]
pub(super) async fn grade(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    choice: Result<Query<Choice>, QueryRejection>,
    name: Name,
    Json(request): Json<GradeRequest>,
) -> Result<(ServerTiming, axum::Json<Grade>), Problem> {
    let Query(choice) = choice.map_err(|wrong| Problem::query(&wrong))?;
    if choice.is_made() {
        // Its first grade may have been another model's.
        idempotency::refuse(&name)?;
    }
    let grade = match turn(&service, &caller, name, &request).await? {
        Turn::Graded(grade) => *grade,
        Turn::Grade(mut held) => {
            let held = held.as_deref_mut();
            service.grade(request, &caller, choice, held).await?
        }
    };
    Ok((server_timing(&grade.timing_ms), axum::Json(grade)))
}

type ServerTiming = [(HeaderName, String); 1];

/// The time that the model took, and the time beside that, as browsers' tools show them.
fn server_timing(timing: &Timing) -> ServerTiming {
    let overhead = (timing.total - timing.llm).max(0.0);
    let value = format!("llm;dur={:.3}, overhead;dur={overhead:.3}", timing.llm);
    [(HeaderName::from_static("server-timing"), value)]
}

/// `POST /v1/concepts`: the ideas of a reference answer.
#[utoipa::path(
    post,
    path = "/v1/concepts",
    tag = "grade",
    request_body(
        content = ConceptsRequest,
        example = json!({"question": "What does an index do?", "reference_answer": "It speeds up lookups. Writes become slower."}),
    ),
    responses((status = 200, description = "The ideas", body = ConceptList), Problems),
)]
pub(super) async fn concepts(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    Json(request): Json<ConceptsRequest>,
) -> Result<(ServerTiming, axum::Json<ConceptList>), Problem> {
    let (task, policy) = request.check(&service.limits, service.defaults_for(&caller))?;
    service.access.check_money(&caller).await?;
    let now = service.matter.now();
    let list = now.grader.concepts(&task, policy).await?;
    let usage = list.usage;
    service
        .account(
            &caller,
            usage.input_tokens,
            usage.output_tokens,
            usage.cost_usd,
        )
        .await?;
    Ok((server_timing(&list.timing_ms), axum::Json(list)))
}

#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// Kept as text, so that each is read, and refused, like a request of its own.
    #[schema(value_type = Vec<GradeRequest>, min_items = 1)]
    requests: Vec<Box<RawValue>>,
}

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct BatchResults {
    results: Vec<BatchResult>,
}

/// What became of one request of a batch.
#[derive(utoipa::ToSchema, Serialize)]
struct BatchResult {
    index: usize,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<Box<Grade>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// `POST /v1/grade/batch`: a grade or a problem for each request, in their order; one that is wrong
/// does not keep the others from being graded.
#[utoipa::path(
    post,
    path = "/v1/grade/batch",
    tag = "grade",
    request_body(
        content = Batch,
        example = json!({"requests": [{"question_id": "django/signals", "candidate_answer": "A signal lets a sender notify receivers."}]}),
    ),
    responses(
        (status = 200, description = "A grade or a problem for each, in order", body = BatchResults),
        Problems,
    ),
)]
pub(super) async fn batch(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    name: Name,
    Json(batch): Json<Batch>,
) -> Result<axum::Json<BatchResults>, Problem> {
    idempotency::refuse(&name)?;
    let count = batch.requests.len();
    if count == 0 || count > service.max_batch {
        let detail = format!(
            "has {count} entries; it must have 1 to {}",
            service.max_batch
        );
        return Err(Problem::fields(vec![FieldError {
            pointer: "/requests".to_owned(),
            detail,
        }]));
    }
    let (service, caller) = (&service, &caller);
    let graded =
        stream::iter(batch.requests.into_iter().enumerate()).map(|(index, request)| async move {
            let graded = match json::parse(request.get().as_bytes()) {
                // Each has the time to itself that a request alone has.
                Ok(request) => {
                    let graded = service.grade(request, caller, Choice::default(), None);
                    let limit = service.request_timeout;
                    let graded = tokio::time::timeout(limit, graded).await;
                    graded.unwrap_or_else(|_| Err(Problem::too_late(limit)))
                }
                Err(problem) => Err(problem),
            };
            match graded {
                Ok(grade) => BatchResult {
                    index,
                    status: 200,
                    grade: Some(Box::new(grade)),
                    problem: None,
                },
                Err(problem) => BatchResult {
                    index,
                    status: problem.status,
                    grade: None,
                    problem: Some(problem),
                },
            }
        });
    let results = graded.buffered(service.batch_concurrency).collect().await;
    Ok(axum::Json(BatchResults { results }))
}

/// What a request says that is not judged, and kept with its grade.
pub(super) fn aside(request: &GradeRequest) -> Aside {
    Aside {
        question_id: request.question_id.clone(),
        subject: request.subject.clone(),
        metadata: request.metadata.clone(),
        legal_hold: request.legal_hold,
        ..Aside::default()
    }
}

/// A grade with what it was made of.
struct Judged {
    submission: Submission,
    aside: Aside,
    grade: Grade,
    reply: Option<String>,
}

impl Service {
    /// Grades an answer, and keeps the grade where grades are kept.
    pub(super) async fn grade(
        &self,
        request: GradeRequest,
        caller: &Caller,
        choice: Choice,
        held: Option<&mut Held>,
    ) -> Result<Grade, Problem> {
        let judged = self.judge(request, caller, choice).await?;
        if let Some(store) = &self.store {
            let claim = held.and_then(Held::hand_over);
            let record = NewRecord {
                submission: &judged.submission,
                aside: &judged.aside,
                grade: &judged.grade,
                reply: judged.reply.as_deref(),
                api_key: caller.key().map(|key| key.id.as_str()),
                claim: claim.as_ref(),
                item: None,
                replaces: None,
            };
            if let Err(error) = store.record(record).await {
                if let Some(claim) = &claim {
                    store.release(claim).await?;
                }
                return Err(error.into());
            }
        }
        Ok(judged.grade)
    }

    /// Grades an answer that is not handed in yet: it is paid for, and nothing is kept.
    pub(super) async fn try_out(
        &self,
        request: GradeRequest,
        caller: &Caller,
    ) -> Result<Grade, Problem> {
        Ok(self.judge(request, caller, Choice::default()).await?.grade)
    }

    async fn judge(
        &self,
        request: GradeRequest,
        caller: &Caller,
        choice: Choice,
    ) -> Result<Judged, Problem> {
        let now = self.matter.now();
        let chosen = self.chosen(caller, choice)?;
        let grader = chosen.as_ref().unwrap_or(&now.grader);
        // Most requests bring their question with them.
        let banks = match &request.question_id {
            Some(_) => self.banks().await?,
            None => now.banks.clone(),
        };
        let find = |id: &str| banks.task(id);
        let mut aside = aside(&request);
        if aside.legal_hold && !caller.may(Scope::Admin) {
            return Err(Problem::lacks_scope(Scope::Admin));
        }
        let (mut submission, policy) =
            request.check(&self.limits, self.defaults_for(caller), find)?;
        if let Some(most) = caller.key().and_then(|key| key.feedback) {
            submission.feedback = submission.feedback.at_most(most);
        }
        self.access.check_money(caller).await?;
        (aside.method, aside.fallback) = (policy.method, policy.fallback);
        let work = grader.grade_accounted(&submission, policy);
        let (grade, spent) = work.await;
        let (input, output) = (spent.usage.input, spent.usage.output);
        self.account(caller, input, output, spent.cost_usd).await?;
        let grade = grade.map_err(|error| Problem::from(error).with_cost(input + output > 0))?;
        self.metrics.graded(&grade);
        Ok(Judged {
            submission,
            aside,
            grade,
            reply: spent.reply,
        })
    }

    /// The grader of a model or prompt that a request names; `None` where it names none. Another model may
    /// cost much more, so that choosing is for administrators.
    fn chosen(&self, caller: &Caller, choice: Choice) -> Result<Option<Grader>, Problem> {
        if !choice.is_made() {
            return Ok(None);
        }
        if !caller.may(Scope::Admin) {
            return Err(Problem::lacks_scope(Scope::Admin));
        }
        let terms = Terms {
            model: choice.model,
            prompt: choice.prompt,
            ..Terms::default()
        };
        let chosen = self.desk()?.graders.grader(&terms);
        let chosen = chosen.map_err(|unknown| {
            Problem::fields(vec![FieldError {
                pointer: unknown.pointer.to_owned(),
                detail: unknown.detail,
            }])
        });
        Ok(Some(chosen?))
    }

    /// Counts what was spent, whether or not anything came of it.
    async fn account(
        &self,
        caller: &Caller,
        input: u64,
        output: u64,
        cost_usd: Option<f64>,
    ) -> Result<(), Problem> {
        self.metrics.spent(input, output, cost_usd);
        self.access.pay(caller, cost_usd).await
    }

    /// What holds where a caller's request is silent.
    pub(super) fn defaults_for(&self, caller: &Caller) -> Defaults {
        let mut defaults = self.defaults;
        if let Some(key) = caller.key() {
            defaults.feedback = key.feedback.unwrap_or(defaults.feedback);
            defaults.policy.fallback = key.fallback.unwrap_or(defaults.policy.fallback);
        }
        defaults
    }
}
