//! Asking models: one after the other, each once more where its reply breaks the schema.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::budget::{Budget, BudgetSettings};
use super::concepts::Extraction;
use super::{GradeError, GraderSettings};
use crate::llm::{Failure, Model, ModelIdentity, Prices, Reply, Request, Usage};
use crate::prompt::{self, Prompt, Rendered, ReplyError};

/// What asking the model took, whether or not a grade came of it.
///
/// See [`Grader::grade_accounted`](super::Grader::grade_accounted).
#[derive(Clone)]
pub struct Spent {
    /// Tokens, as they are billed.
    pub usage: Usage,
    /// What they cost in US dollars; `None` where the price is unknown.
    pub cost_usd: Option<f64>,
    /// How many requests were sent.
    pub attempts: u32,
    /// Who replied last, with the model's name as the provider gave it.
    pub answered_by: Option<ModelIdentity>,
    /// How long it took; a kept reply took its time when it was made.
    pub waited: Duration,
    /// Whether the reply was kept from an earlier exchange.
    pub cached: bool,
    /// The reply, usable or not, word for word. It may quote the answer.
    pub reply: Option<String>,
    /// How many usable judgements there were.
    pub samples: usize,
}

impl Default for Spent {
    fn default() -> Self {
        Self {
            usage: Usage::default(),
            cost_usd: Some(0.0),
            attempts: 0,
            answered_by: None,
            waited: Duration::ZERO,
            cached: false,
            reply: None,
            samples: 0,
        }
    }
}

impl Spent {
    /// The same in the words of a grade.
    pub(super) fn used(&self) -> crate::grade::Usage {
        crate::grade::Usage {
            input_tokens: self.usage.input,
            cached_input_tokens: self.usage.cached_input,
            output_tokens: self.usage.output,
            cost_usd: self.cost_usd,
        }
    }

    /// Adds what was spent at the same time, but for the time itself.
    pub(super) fn add_beside(&mut self, other: &Self) {
        self.usage += other.usage;
        self.attempts += other.attempts;
        self.cost_usd = self
            .cost_usd
            .zip(other.cost_usd)
            .map(|(sum, cost)| sum + cost);
        self.cached &= other.cached || other.attempts == 0;
    }

    /// Adds a call, with or without a usable reply, and what it has cost, if that is known.
    fn bill(&mut self, usage: Usage, attempts: u32, cost: Option<f64>) {
        self.usage += usage;
        self.attempts += attempts;
        if attempts > 0 || usage != Usage::default() {
            self.cost_usd = self.cost_usd.zip(cost).map(|(sum, cost)| sum + cost);
        }
    }
}

/// A question to a model.
pub(super) struct Asking<'a, T> {
    pub(super) rendered: &'a Rendered,
    /// Makes sense of the reply.
    pub(super) read: &'a (dyn Fn(&str) -> Result<T, ReplyError> + Send + Sync),
    pub(super) settings: &'a GraderSettings,
    pub(super) deadline: Option<Instant>,
    /// 0 for the first; each further one of the same question has another seed, and is warmer, so that
    /// it may turn out otherwise.
    pub(super) sample: u32,
}

/// The temperature of further samples: warm enough that they differ.
const SAMPLE_TEMPERATURE: f64 = 0.7;

/// The prompt, and the models that it goes to: the first, and those that stand in for it.
#[derive(Clone)]
pub(super) struct Llm {
    pub(super) prompt: Arc<Prompt>,
    /// Makes the concepts of references that declare none; without it their key phrases serve.
    pub(super) extraction: Option<Extraction>,
    first: Asked,
    others: Vec<Asked>,
    /// Judges answers that the others are not sure about.
    pub(super) stronger: Option<Asked>,
}

/// A model, with its price and what was learnt about it.
#[derive(Clone)]
pub(super) struct Asked {
    model: Arc<dyn Model>,
    prices: Option<Prices>,
    /// Shared by all of them.
    budget: Arc<Budget>,
    /// Replies in a row that could be used only after they were asked for again.
    repaired: Arc<AtomicU32>,
}

/// From so many repaired replies in a row on, a server is taken to ignore the reply's format: the
/// instructions then say the schema from the start, which spares the second call.
const IGNORES_FORMAT: u32 = 2;

impl Llm {
    pub(super) fn new(
        prompt: Arc<Prompt>,
        model: Arc<dyn Model>,
        prices: Option<Prices>,
        budget: BudgetSettings,
    ) -> Self {
        Self {
            prompt,
            extraction: None,
            first: Asked {
                model,
                prices,
                budget: Arc::new(Budget::new(budget)),
                repaired: Arc::default(),
            },
            others: Vec::new(),
            stronger: None,
        }
    }

    pub(super) fn add(&mut self, model: Arc<dyn Model>, prices: Option<Prices>) {
        let asked = self.beside(model, prices);
        self.others.push(asked);
    }

    pub(super) fn escalate_to(&mut self, model: Arc<dyn Model>, prices: Option<Prices>) {
        self.stronger = Some(self.beside(model, prices));
    }

    /// What all of them may spend.
    pub(super) fn budget(&self) -> &Arc<Budget> {
        &self.first.budget
    }

    /// Has all of them spend from another's budget.
    pub(super) fn spend_from(&mut self, budget: &Arc<Budget>) {
        let others = self.others.iter_mut().chain(&mut self.stronger);
        for asked in std::iter::once(&mut self.first).chain(others) {
            asked.budget = budget.clone();
        }
    }

    /// Another model, on the same budget.
    fn beside(&self, model: Arc<dyn Model>, prices: Option<Prices>) -> Asked {
        Asked {
            model,
            prices,
            budget: self.first.budget.clone(),
            repaired: Arc::default(),
        }
    }

    pub(super) fn identity(&self) -> ModelIdentity {
        self.first.model.identity()
    }

    /// Asks the models in turn until one of them gives a usable reply; where none does, says what
    /// the last one said.
    pub(super) async fn ask<T>(
        &self,
        asking: &Asking<'_, T>,
        spent: &mut Spent,
    ) -> Result<T, GradeError> {
        let mut reply = self.first.ask(asking, spent).await;
        for asked in &self.others {
            let Some(error) = reply.as_ref().err().filter(|error| another_may_help(error)) else {
                break;
            };
            tracing::warn!(reason = error.code(), "asked the next model");
            reply = asked.ask(asking, spent).await;
        }
        reply
    }
}

/// No model mends a deadline, nor a request that is too long; and an answer that a provider's filter
/// took for an attack is for a person to look at, not for a filter that is easier to please.
fn another_may_help(error: &GradeError) -> bool {
    match error {
        GradeError::Model(failure) => !matches!(
            failure,
            Failure::Filtered {
                jailbreak: true,
                ..
            } | Failure::NotRecorded
        ),
        GradeError::Reply(_) => true,
        _ => false,
    }
}

impl Asked {
    /// Asks, and once more where the reply breaks the schema.
    pub(super) async fn ask<T>(
        &self,
        asking: &Asking<'_, T>,
        spent: &mut Spent,
    ) -> Result<T, GradeError> {
        let settings = asking.settings;
        let room = settings.context_tokens;
        let room = room.saturating_sub(settings.max_output_tokens as usize);
        if let Some(tokens) = prompt::exceeds(asking.rendered, room) {
            return Err(GradeError::PromptTooLong {
                tokens,
                limit: room,
            });
        }
        if let Some(wait) = self.budget.exhausted() {
            return Err(GradeError::BudgetExhausted { wait });
        }
        let mut request = request(asking.rendered, settings, asking.deadline);
        if asking.sample > 0 {
            let temperature = request.temperature.unwrap_or_default();
            request.temperature = Some(temperature.max(SAMPLE_TEMPERATURE));
            let seed = request.seed.unwrap_or_default();
            request.seed = Some(seed.wrapping_add(u64::from(asking.sample)));
        }
        request.schema_in_instructions = self.repaired.load(Relaxed) >= IGNORES_FORMAT;
        let first = self.call(&request, spent).await?;
        let wrong = match (asking.read)(&first.content) {
            Ok(read) => {
                if !request.schema_in_instructions {
                    self.repaired.store(0, Relaxed);
                }
                return Ok(read);
            }
            Err(wrong) if !settings.repair => return Err(wrong.into()),
            Err(wrong) => wrong,
        };
        request.schema_in_instructions = true;
        request.user.push_str(&prompt::repair(&wrong));
        let second = self.call(&request, spent).await?;
        let read = (asking.read)(&second.content)?;
        self.repaired.fetch_add(1, Relaxed);
        Ok(read)
    }

    /// Takes what a call has cost off the budget; `None` where the price is unknown.
    fn pay(&self, usage: &Usage) -> Option<f64> {
        let cost = self.prices?.cost(usage);
        self.budget.spend(cost);
        Some(cost)
    }

    async fn call(&self, request: &Request, spent: &mut Spent) -> Result<Reply, GradeError> {
        let asked = Instant::now();
        let call = self.model.complete(request);
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
                spent.bill(reply.usage, reply.attempts, self.pay(&reply.usage));
                spent.answered_by = Some(ModelIdentity {
                    model: reply.model.clone(),
                    ..self.model.identity()
                });
                spent.cached = reply.cached;
                spent.reply = Some(reply.content.clone());
                Ok(reply)
            }
            Err(error) => {
                spent.bill(error.usage, error.attempts, self.pay(&error.usage));
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

/// What is sent to every model.
pub(super) fn request(
    rendered: &Rendered,
    settings: &GraderSettings,
    deadline: Option<Instant>,
) -> Request {
    Request {
        prompt: rendered.prompt.clone(),
        system: rendered.system.clone(),
        user: rendered.user.clone(),
        shared: rendered.shared,
        schema_name: rendered.schema_name.to_owned(),
        schema: rendered.schema.clone(),
        schema_in_instructions: false,
        max_output_tokens: settings.max_output_tokens,
        temperature: rendered.sampling.temperature,
        seed: rendered.sampling.seed,
        deadline: deadline.map(tokio::time::Instant::from_std),
    }
}
