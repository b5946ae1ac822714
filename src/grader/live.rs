use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::GradeError;
use super::core::{Question, by_keywords};
use crate::grade::{
    Fallback, Flag, FlagCode, Grade, Judgement, Method, Policy, Reading, RequestedMethod,
    Submission, grade, settle,
};
use crate::llm::{Failure, Model, ModelIdentity, Prices, Reply, Request, Usage};
use crate::prompt::{self, Prompt, Rendered};

/// What a grader does beyond what each request says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GraderSettings {
    /// Grades of lower confidence, 0..1, are marked for review.
    pub review_below: f64,
    /// Tokens the model takes, request and reply together.
    pub context_tokens: usize,
}

impl Default for GraderSettings {
    fn default() -> Self {
        Self {
            review_below: super::DEFAULT_REVIEW_BELOW,
            context_tokens: 128_000,
        }
    }
}

/// Grades submissions: by a language model where there is one, else by keywords.
#[derive(Clone)]
pub struct Grader {
    settings: GraderSettings,
    llm: Option<Llm>,
}

#[derive(Clone)]
struct Llm {
    model: Arc<dyn Model>,
    prompt: Arc<Prompt>,
    prices: Option<Prices>,
}

/// What asking the model came to, whether or not it succeeded.
#[derive(Debug, Default)]
struct Spent {
    usage: Usage,
    attempts: u32,
    model: Option<String>,
    waited: Duration,
}

impl Grader {
    /// Makes a grader that works offline.
    pub fn offline(settings: GraderSettings) -> Self {
        Self {
            settings,
            llm: None,
        }
    }

    /// Makes a grader that asks `model`. Without `prices` the cost of a grade is unknown.
    pub fn new(
        settings: GraderSettings,
        model: Arc<dyn Model>,
        prompt: Arc<Prompt>,
        prices: Option<Prices>,
    ) -> Self {
        Self {
            settings,
            llm: Some(Llm {
                model,
                prompt,
                prices,
            }),
        }
    }

    /// The language model; `None` offline.
    pub fn model(&self) -> Option<ModelIdentity> {
        self.llm.as_ref().map(|llm| llm.model.identity())
    }

    /// Grades one submission.
    ///
    /// # Errors
    /// Only where a language model was demanded (`method: llm`, or `fallback: error`) and did not
    /// give a usable reply. A failure is never a score.
    pub async fn grade(
        &self,
        submission: &Submission,
        policy: Policy,
    ) -> Result<Grade, GradeError> {
        let started = Instant::now();
        let mut grade = self.judge(submission, policy, started).await?;
        grade.id = Some(Uuid::now_v7().to_string());
        grade.timing_ms.total = milliseconds(started.elapsed());
        Ok(grade)
    }

    async fn judge(
        &self,
        submission: &Submission,
        policy: Policy,
        started: Instant,
    ) -> Result<Grade, GradeError> {
        let reading = Reading::of(submission);
        let finish = |judgement| grade(submission, &reading, judgement, self.settings.review_below);
        if policy.method == RequestedMethod::Llm && self.llm.is_none() {
            return Err(GradeError::NotConfigured);
        }
        if let Some(settled) = settle(submission, &reading) {
            return Ok(finish(settled.into()));
        }
        match (&self.llm, policy.method) {
            (Some(llm), RequestedMethod::Auto | RequestedMethod::Llm) => {
                let deadline = policy.deadline.map(|deadline| started + deadline);
                self.ask(llm, submission, reading, policy, deadline).await
            }
            (llm, method) => {
                let mut grade = finish(by_keywords(submission, &reading));
                if method == RequestedMethod::Auto {
                    grade.degrade(GradeError::NotConfigured.code());
                }
                if llm.is_some() {
                    grade.ask_review(KEYWORD_GRADE);
                }
                Ok(grade)
            }
        }
    }

    async fn ask(
        &self,
        llm: &Llm,
        submission: &Submission,
        reading: Reading,
        policy: Policy,
        deadline: Option<Instant>,
    ) -> Result<Grade, GradeError> {
        let question = Question::new(submission.clone(), reading, &llm.prompt)?;
        let mut spent = Spent::default();
        let judged = match self
            .call(llm, question.request(), deadline, &mut spent)
            .await
        {
            Ok(reply) => question.judge(&reply.content).map_err(GradeError::from),
            Err(error) => Err(error),
        };
        let review_below = self.settings.review_below;
        let mut grade = match judged {
            Ok(judgement) => question.grade(judgement, review_below),
            Err(GradeError::Model(Failure::Filtered {
                jailbreak: true, ..
            })) => question.grade(taken_for_an_attack(), review_below),
            Err(error)
                if policy.method == RequestedMethod::Llm || policy.fallback == Fallback::Error =>
            {
                return Err(error);
            }
            Err(error) => {
                tracing::warn!(
                    reason = error.code(),
                    attempts = spent.attempts,
                    "graded by keywords instead"
                );
                let mut grade = question.grade(question.by_keywords(), review_below);
                grade.degrade(error.code());
                grade.ask_review(KEYWORD_GRADE);
                grade
            }
        };
        account(&mut grade, llm, &spent);
        Ok(grade)
    }

    async fn call(
        &self,
        llm: &Llm,
        rendered: &Rendered,
        deadline: Option<Instant>,
        spent: &mut Spent,
    ) -> Result<Reply, GradeError> {
        let sampling = rendered.sampling;
        let room = self
            .settings
            .context_tokens
            .saturating_sub(sampling.max_output_tokens as usize);
        if let Some(tokens) = prompt::exceeds(rendered, room) {
            return Err(GradeError::PromptTooLong {
                tokens,
                limit: room,
            });
        }
        let request = Request {
            system: rendered.system.clone(),
            user: rendered.user.clone(),
            schema_name: rendered.schema_name.to_owned(),
            schema: rendered.schema.clone(),
            max_output_tokens: sampling.max_output_tokens,
            temperature: sampling.temperature,
            seed: sampling.seed,
            deadline: deadline.map(tokio::time::Instant::from_std),
        };
        let asked = Instant::now();
        let call = llm.model.complete(&request);
        // The embedder's model may not look at the deadline.
        let outcome = match request.deadline {
            Some(deadline) => tokio::time::timeout_at(deadline, call)
                .await
                .map_err(|_| GradeError::Deadline),
            None => Ok(call.await),
        };
        spent.waited = asked.elapsed();
        match outcome? {
            Ok(reply) => {
                spent.usage = reply.usage;
                spent.attempts = reply.attempts;
                spent.model = Some(reply.model.clone());
                Ok(reply)
            }
            Err(error) => {
                spent.usage = error.usage;
                spent.attempts = error.attempts;
                let late = request
                    .deadline
                    .is_some_and(|deadline| tokio::time::Instant::now() >= deadline);
                let cut = late && matches!(error.failure, Failure::Timeout);
                Err(if cut {
                    GradeError::Deadline
                } else {
                    GradeError::Model(error.failure)
                })
            }
        }
    }
}

/// Review reason of a keyword grade where a language model is configured.
const KEYWORD_GRADE: &str = "keyword_grade";

/// The provider's filter took the answer for an attack. That says something about the answer, not
/// about the provider: a person decides, and no word counter hands out a score.
fn taken_for_an_attack() -> Judgement {
    Judgement {
        flags: vec![Flag::whole(FlagCode::ProviderJailbreakFilter)],
        feedback: "The answer could not be graded automatically; a person will look at it."
            .to_owned(),
        ..Judgement::new(Method::Llm)
    }
}

fn account(grade: &mut Grade, llm: &Llm, spent: &Spent) {
    if grade.method == Method::Llm {
        let identity = llm.model.identity();
        grade.provenance.provider = Some(identity.provider);
        grade.provenance.model = Some(spent.model.clone().unwrap_or(identity.model));
    }
    grade.provenance.attempts = spent.attempts;
    grade.timing_ms.llm = milliseconds(spent.waited);
    grade.usage = crate::grade::Usage {
        input_tokens: spent.usage.input,
        cached_input_tokens: spent.usage.cached_input,
        output_tokens: spent.usage.output,
        cost_usd: llm.prices.as_ref().map(|prices| prices.cost(&spent.usage)),
    };
}

/// Whole microseconds are as fine as the clock is worth.
fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
}
