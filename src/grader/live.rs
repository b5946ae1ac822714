use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::GradeError;
use super::core::Exchange;
use super::keys::Keys;
use super::steps::{KEYWORD_GRADE, Step, Work, first_step, last_step};
use crate::grade::{Fallback, Grade, Method, Policy, RequestedMethod, Standard, Submission};
use crate::llm::{Failure, Model, ModelIdentity, Prices, Reply, Request, Usage};
use crate::prompt::{self, Prompt, Rendered};

/// What a grader does beyond what each request says.
#[derive(Debug, Clone)]
pub struct GraderSettings {
    /// What grades are held to.
    pub standard: Standard,
    /// Tokens the model takes, request and reply together.
    pub context_tokens: usize,
    /// Tokens a reply may have.
    pub max_output_tokens: u32,
    /// Whether a reply that cannot be used is asked for once more, with what was wrong with it.
    pub repair: bool,
}

impl Default for GraderSettings {
    fn default() -> Self {
        Self {
            standard: Standard::default(),
            context_tokens: 128_000,
            max_output_tokens: 4_096,
            repair: true,
        }
    }
}

/// Grades submissions: by a language model where there is one, else by keywords.
#[derive(Clone)]
pub struct Grader {
    settings: GraderSettings,
    llm: Option<Llm>,
    keys: Keys,
}

#[derive(Clone)]
struct Llm {
    model: Arc<dyn Model>,
    prompt: Arc<Prompt>,
    prices: Option<Prices>,
    /// Replies in a row that could be used only after they were asked for again.
    repaired: Arc<AtomicU32>,
}

/// From so many repaired replies in a row on, a server is taken to ignore the reply's format: the
/// instructions then say the schema from the start, which spares the second call.
const IGNORES_FORMAT: u32 = 2;

/// What asking the model took, whether or not a grade came of it.
#[derive(Clone, Default)]
pub struct Spent {
    /// Tokens, as they are billed.
    pub usage: Usage,
    /// What they cost in US dollars; `None` where the price is unknown.
    pub cost_usd: Option<f64>,
    /// How many requests were sent.
    pub attempts: u32,
    /// The model that replied, as the provider named it.
    pub model: Option<String>,
    /// How long it took; a kept reply took its time when it was made.
    pub waited: Duration,
    /// Whether the reply was kept from an earlier exchange.
    pub cached: bool,
    /// The reply, usable or not, word for word. It may quote the answer.
    pub reply: Option<String>,
}

impl Grader {
    /// Makes a grader that works offline.
    pub fn offline(settings: GraderSettings) -> Self {
        Self {
            settings,
            llm: None,
            keys: Keys::default(),
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
                repaired: Arc::default(),
            }),
            keys: Keys::default(),
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
        self.grade_accounted(submission, policy).await.0
    }

    /// Grades one submission, and says what it took even where no grade came of it.
    pub async fn grade_accounted(
        &self,
        submission: &Submission,
        policy: Policy,
    ) -> (Result<Grade, GradeError>, Spent) {
        let started = Instant::now();
        let mut spent = Spent::default();
        let outcome = self.judge(submission, policy, started, &mut spent).await;
        spent.cost_usd = self.cost(&spent);
        let graded = outcome.map(|mut grade| {
            self.account(&mut grade, &spent);
            grade.id = Some(Uuid::now_v7().to_string());
            grade.timing_ms.total = milliseconds(started.elapsed());
            grade
        });
        (graded, spent)
    }

    async fn judge(
        &self,
        submission: &Submission,
        policy: Policy,
        started: Instant,
        spent: &mut Spent,
    ) -> Result<Grade, GradeError> {
        if policy.method == RequestedMethod::Llm && self.llm.is_none() {
            return Err(GradeError::NotConfigured);
        }
        let llm = self
            .llm
            .as_ref()
            .filter(|_| policy.method != RequestedMethod::Keyword);
        let prompt = llm.map(|llm| llm.prompt.clone());
        let standard = self.settings.standard.clone();
        let work = Work::of(submission);
        let keys = self.keys.clone();
        let submission = submission.clone();
        let first = work
            .done(move || first_step(submission, prompt.as_deref(), &standard, &keys))
            .await?;
        match (first, llm) {
            (Step::Ask(exchange), Some(llm)) => {
                let deadline = policy
                    .deadline
                    .and_then(|deadline| started.checked_add(deadline));
                self.ask(llm, *exchange, policy, (deadline, work), spent)
                    .await
            }
            (Step::Ask(_), None) => Err(GradeError::NotConfigured),
            (Step::Graded(mut grade), _) => {
                if policy.method == RequestedMethod::Auto && self.llm.is_none() {
                    grade.degrade(GradeError::NotConfigured.code());
                }
                if grade.method == Method::Keyword && self.llm.is_some() {
                    grade.ask_review(KEYWORD_GRADE);
                }
                Ok(*grade)
            }
        }
    }

    async fn ask(
        &self,
        llm: &Llm,
        exchange: Exchange,
        policy: Policy,
        (deadline, work): (Option<Instant>, Work),
        spent: &mut Spent,
    ) -> Result<Grade, GradeError> {
        let mut request = self.request(exchange.request(), deadline);
        request.schema_in_instructions = llm.repaired.load(Relaxed) >= IGNORES_FORMAT;
        let mut reply = self.call(llm, exchange.request(), &request, spent).await;
        if let Ok(first) = &reply {
            match exchange.judge(&first.content) {
                Ok(_) if request.schema_in_instructions => {}
                Ok(_) => llm.repaired.store(0, Relaxed),
                Err(wrong) if self.settings.repair => {
                    request.schema_in_instructions = true;
                    request.user.push_str(&prompt::repair(&wrong));
                    reply = self.call(llm, exchange.request(), &request, spent).await;
                    let mended =
                        matches!(&reply, Ok(reply) if exchange.judge(&reply.content).is_ok());
                    if mended {
                        llm.repaired.fetch_add(1, Relaxed);
                    }
                }
                Err(_) => {}
            }
        }
        let standard = self.settings.standard.clone();
        let demanded = policy.method == RequestedMethod::Llm || policy.fallback == Fallback::Error;
        let attempts = spent.attempts;
        let keys = self.keys.clone();
        let last = move || last_step(&exchange, reply, demanded, attempts, &standard, &keys);
        work.done(last).await
    }

    /// Says what the model would be asked about a submission, and asks nothing; `None` where no
    /// model would be asked.
    ///
    /// # Errors
    /// The prompt does not render.
    pub fn preview(&self, submission: &Submission) -> Result<Option<Request>, GradeError> {
        let Some(llm) = &self.llm else {
            return Ok(None);
        };
        let prompt = Some(&*llm.prompt);
        Ok(
            match first_step(
                submission.clone(),
                prompt,
                &self.settings.standard,
                &self.keys,
            )? {
                Step::Graded(_) => None,
                Step::Ask(exchange) => Some(self.request(exchange.request(), None)),
            },
        )
    }

    fn request(&self, rendered: &Rendered, deadline: Option<Instant>) -> Request {
        Request {
            prompt: rendered.prompt.clone(),
            system: rendered.system.clone(),
            user: rendered.user.clone(),
            schema_name: rendered.schema_name.to_owned(),
            schema: rendered.schema.clone(),
            schema_in_instructions: false,
            max_output_tokens: self.settings.max_output_tokens,
            temperature: rendered.sampling.temperature,
            seed: rendered.sampling.seed,
            deadline: deadline.map(tokio::time::Instant::from_std),
        }
    }

    fn cost(&self, spent: &Spent) -> Option<f64> {
        if spent.attempts == 0 && spent.usage == Usage::default() {
            return Some(0.0);
        }
        let prices = self.llm.as_ref()?.prices?;
        Some(prices.cost(&spent.usage))
    }

    fn account(&self, grade: &mut Grade, spent: &Spent) {
        if let (Method::Llm, Some(llm)) = (grade.method, &self.llm) {
            let identity = llm.model.identity();
            grade.provenance.provider = Some(identity.provider);
            grade.provenance.model = Some(spent.model.clone().unwrap_or(identity.model));
        }
        grade.provenance.cached = spent.cached;
        grade.provenance.attempts = spent.attempts;
        grade.timing_ms.llm = milliseconds(spent.waited);
        grade.usage = crate::grade::Usage {
            input_tokens: spent.usage.input,
            cached_input_tokens: spent.usage.cached_input,
            output_tokens: spent.usage.output,
            cost_usd: spent.cost_usd,
        };
    }

    async fn call(
        &self,
        llm: &Llm,
        rendered: &Rendered,
        request: &Request,
        spent: &mut Spent,
    ) -> Result<Reply, GradeError> {
        let reply = self.settings.max_output_tokens as usize;
        let room = self.settings.context_tokens.saturating_sub(reply);
        if let Some(tokens) = prompt::exceeds(rendered, room) {
            return Err(GradeError::PromptTooLong {
                tokens,
                limit: room,
            });
        }
        let asked = Instant::now();
        let call = llm.model.complete(request);
        // The embedder's model may not look at the deadline.
        let outcome = match request.deadline {
            Some(deadline) => tokio::time::timeout_at(deadline, call)
                .await
                .map_err(|_| GradeError::Deadline),
            None => Ok(call.await),
        };
        let mut waited = asked.elapsed();
        if let Ok(Ok(reply)) = &outcome {
            // A kept reply took its time when it was made.
            waited = waited.max(reply.elapsed);
        }
        // What a reply that has to be asked for again has cost is spent all the same.
        spent.waited += waited;
        match outcome? {
            Ok(reply) => {
                spent.usage += reply.usage;
                spent.attempts += reply.attempts;
                spent.model = Some(reply.model.clone());
                spent.cached = reply.cached;
                spent.reply = Some(reply.content.clone());
                Ok(reply)
            }
            Err(error) => {
                spent.usage += error.usage;
                spent.attempts += error.attempts;
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

/// Whole microseconds are as fine as the clock is worth.
fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
}
