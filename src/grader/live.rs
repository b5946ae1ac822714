use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::Instrument as _;
use uuid::Uuid;

use super::asking::{Asking, Llm, Spent, request};
use super::budget::Budget;
use super::concept_store::ConceptStore;
use super::concepts::Extraction;
use super::keys::Keys;
use super::second_look::look_again;
use super::steps::{KEYWORD_GRADE, Step, Unjudged, Work, first_step, last_step};
use super::telemetry;
use super::{GradeError, GraderSettings};
use crate::grade::{Fallback, Grade, Method, Policy, RequestedMethod, Submission};
use crate::llm::{Model, ModelIdentity, Prices, Request};
use crate::prompt::Prompt;

/// Grades submissions: by a language model where there is one, else by keywords.
///
/// ```
/// use answer_grader::grade::{Method, RequestedMethod};
/// use answer_grader::grader::GradeError;
/// use answer_grader::{Grader, GraderSettings, Policy, Submission, Task};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let grader = Grader::offline(GraderSettings::default());
/// let task = Task::new("What does an index do?", "It speeds up lookups.");
/// let submission = Submission::new(task, "It makes lookups faster.");
/// let grade = grader.grade(&submission, Policy::default()).await?;
/// assert_eq!(grade.method, Method::Keyword);
/// assert_eq!(grade.degraded.map(|one| one.reason).as_deref(), Some("not_configured"));
///
/// let demanding = Policy { method: RequestedMethod::Llm, ..Policy::default() };
/// let error = grader.grade(&submission, demanding).await.unwrap_err();
/// assert!(matches!(error, GradeError::NotConfigured));
/// # Ok(())
/// # }
/// ```
///
/// [`HttpModel`](crate::llm::HttpModel) has an example with a server, [`Model`] one with a client of
/// your own. A future of a `Grader` runs on tokio, with its time enabled.
///
/// What it does is told by `tracing` to whatever subscriber there is: with target `telemetry` and level
/// DEBUG a span `grade` around each grading and in it a span `chat` around each attempt of an
/// [`HttpModel`](crate::llm::HttpModel), with the fields of OpenTelemetry's conventions for generative
/// AI; with target `answer_grader` what an operator should know. A filter such as
/// `answer_grader=info,telemetry=debug` lets both through. No text of an answer or a key is among it.
#[derive(Clone)]
pub struct Grader {
    pub(super) settings: GraderSettings,
    pub(super) llm: Option<Llm>,
    keys: Keys,
}

impl Grader {
    /// Makes a grader that works offline: under `auto` its grades say `not_configured`.
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
            llm: Some(Llm::new(prompt, model, prices, settings.budget)),
            settings,
            keys: Keys::default(),
        }
    }

    /// Adds a model that is asked where those before it give no usable reply, but for a deadline that
    /// passed, a request that is too long, and an answer that a filter took for an attack. Offline it
    /// changes nothing.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use answer_grader::llm::{HttpModel, ModelSettings};
    /// use answer_grader::{Grader, GraderSettings, Prompt, Submission, Task};
    ///
    /// let model = |name, url: &str| HttpModel::new(ModelSettings::new(name, url.parse()?)).map(Arc::new);
    /// let first = model("gpt-5-mini", "https://llm.example.com/v1")?;
    /// let grader = Grader::new(GraderSettings::default(), first, Arc::new(Prompt::built_in()?), None)
    ///     .with_next(model("llama3.2", "http://localhost:8080/v1")?, None)
    ///     .with_escalation(model("gpt-5", "https://llm.example.com/v1")?, None)
    ///     .with_extraction(Arc::new(Prompt::built_in_concepts()?));
    /// // Later, with templates that were read anew:
    /// let prompts = (Prompt::built_in()?, Prompt::built_in_concepts()?);
    /// let grader = grader.with_prompts(Arc::new(prompts.0), Arc::new(prompts.1));
    /// assert_eq!(grader.model().map(|it| it.model).as_deref(), Some("gpt-5-mini"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_next(mut self, model: Arc<dyn Model>, prices: Option<Prices>) -> Self {
        if let Some(llm) = &mut self.llm {
            llm.add(model, prices);
        }
        self
    }

    /// Has a stronger model judge answers whose grades would be of low confidence; its judgement
    /// then counts. Offline it changes nothing.
    ///
    /// See [`Self::with_next`].
    #[must_use]
    pub fn with_escalation(mut self, model: Arc<dyn Model>, prices: Option<Prices>) -> Self {
        if let Some(llm) = &mut self.llm {
            llm.escalate_to(model, prices);
        }
        self
    }

    /// Has the models make the concepts of references that declare none, once for each, instead of
    /// taking their key phrases. Offline it changes nothing.
    ///
    /// Lists are kept in memory, by the reference's hash.
    ///
    /// See [`Self::with_next`].
    #[must_use]
    pub fn with_extraction(mut self, prompt: Arc<Prompt>) -> Self {
        if let Some(llm) = &mut self.llm {
            llm.extraction = Some(Extraction::new(prompt));
        }
        self
    }

    /// Returns the grader with other prompts. Models, what was learnt about them and spent on them, and
    /// the lists of concepts that were made stay. Offline it changes nothing.
    ///
    /// See [`Self::with_next`].
    #[must_use]
    pub fn with_prompts(mut self, grade: Arc<Prompt>, concepts: Arc<Prompt>) -> Self {
        if let Some(llm) = &mut self.llm {
            llm.prompt = grade;
            if let Some(extraction) = &mut llm.extraction {
                extraction.ask_with(concepts);
            }
        }
        self
    }

    /// Has the lists that [`Self::with_extraction`] makes kept in a store, too, and taken from there.
    /// Without extraction it changes nothing.
    ///
    /// See [`ConceptStore`].
    #[must_use]
    pub fn with_concept_store(mut self, store: Arc<dyn ConceptStore>) -> Self {
        if let Some(extraction) = self.llm.as_mut().and_then(|llm| llm.extraction.as_mut()) {
            extraction.keep_in(store);
        }
        self
    }

    /// Returns the grader on another's budget: what one spends the other cannot. Offline it changes nothing.
    ///
    /// See [`Budget`].
    #[must_use]
    pub fn with_budget(mut self, budget: &Arc<Budget>) -> Self {
        if let Some(llm) = &mut self.llm {
            llm.spend_from(budget);
        }
        self
    }

    /// What may be spent on models; `None` offline.
    pub fn budget(&self) -> Option<&Arc<Budget>> {
        self.llm.as_ref().map(Llm::budget)
    }

    /// The language model that is asked first; `None` offline.
    pub fn model(&self) -> Option<ModelIdentity> {
        self.llm.as_ref().map(Llm::identity)
    }

    /// Grades one submission.
    ///
    /// # Errors
    /// Only where a language model was demanded (`method: llm`, or `fallback: error`) and did not
    /// give a usable reply: a [`GradeError`] for each reason. A failure is never a score. Else the
    /// keyword grader stands in, and the grade's `degraded` has the error's code; but an answer that a
    /// provider's filter took for an attack has a grade without a score, for a person to look at.
    pub async fn grade(
        &self,
        submission: &Submission,
        policy: Policy,
    ) -> Result<Grade, GradeError> {
        self.grade_accounted(submission, policy).await.0
    }

    /// Grades one submission, and says what it took even where no grade came of it.
    ///
    /// ```
    /// use answer_grader::{Grader, GraderSettings, Policy, Submission, Task};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let task = Task::new("What does an index do?", "It speeds up lookups.");
    /// let submission = Submission::new(task, "It makes lookups faster.");
    /// let grader = Grader::offline(GraderSettings::default());
    /// let (grade, spent) = grader.grade_accounted(&submission, Policy::default()).await;
    /// assert!(grade?.id.is_some());
    /// assert_eq!((spent.attempts, spent.cost_usd), (0, Some(0.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn grade_accounted(
        &self,
        submission: &Submission,
        policy: Policy,
    ) -> (Result<Grade, GradeError>, Spent) {
        let started = Instant::now();
        let mut spent = Spent::default();
        let span = telemetry::span();
        let judging = self.judge(submission, policy, started, &mut spent);
        let outcome = judging.instrument(span.clone()).await;
        telemetry::ended(&span, outcome.as_ref());
        let graded = outcome.map(|mut grade| {
            account(&mut grade, &spent);
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
        let (by_model, standard) = (llm.is_some(), self.settings.standard.clone());
        let work = Work::of(submission);
        let keys = self.keys.clone();
        let submission = submission.clone();
        let first = work
            .done(move || first_step(submission, by_model, &standard, &keys))
            .await;
        match (first, llm) {
            (Step::Ask(unjudged), Some(llm)) => {
                let deadline = policy
                    .deadline
                    .and_then(|deadline| started.checked_add(deadline));
                self.ask(llm, *unjudged, policy, (deadline, work), spent)
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
        mut unjudged: Unjudged,
        policy: Policy,
        (deadline, work): (Option<Instant>, Work),
        spent: &mut Spent,
    ) -> Result<Grade, GradeError> {
        let unmade = self
            .make_concepts(llm, &mut unjudged, deadline, spent)
            .await;
        let (prompt, keys) = (llm.prompt.clone(), self.keys.clone());
        let exchange = work.done(move || unjudged.exchange(&prompt, &keys)).await?;
        let asking = Asking {
            rendered: exchange.request(),
            read: &|reply| exchange.judge(reply),
            settings: &self.settings,
            deadline,
            sample: 0,
        };
        let judged = match unmade {
            // Without the list that other candidates are judged on, this one is not judged either.
            Err(error) => Err(error),
            Ok(()) => llm.ask(&asking, spent).await,
        };
        let judged = match judged {
            Ok(first) => {
                spent.samples = 1;
                let judged = look_again(llm, &exchange, first, &self.settings, deadline, spent);
                Ok(judged.await)
            }
            failed => failed,
        };
        let standard = self.settings.standard.clone();
        let demanded = policy.method == RequestedMethod::Llm || policy.fallback == Fallback::Error;
        let attempts = spent.attempts;
        let keys = self.keys.clone();
        let last = move || last_step(&exchange, judged, demanded, attempts, &standard, &keys);
        work.done(last).await
    }

    /// Gives a task that declares no concepts those that a model makes of its reference.
    async fn make_concepts(
        &self,
        llm: &Llm,
        unjudged: &mut Unjudged,
        deadline: Option<Instant>,
        spent: &mut Spent,
    ) -> Result<(), GradeError> {
        let task = &mut unjudged.submission.task;
        if let Some(extraction) = llm.extraction.as_ref().filter(|_| task.concepts.is_empty()) {
            let made = extraction.task(task, llm, &self.settings, deadline, spent);
            if let Some(with_concepts) = made.await? {
                *task = with_concepts;
            }
        }
        Ok(())
    }

    /// Says what the model would be asked about a submission, and asks nothing; `None` where no
    /// model would be asked.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use answer_grader::llm::{HttpModel, ModelSettings};
    /// # use answer_grader::{Grader, GraderSettings, Prompt, Submission, Task};
    /// # let url = "http://localhost:8080/v1".parse()?;
    /// # let model = Arc::new(HttpModel::new(ModelSettings::new("llama3.2", url))?);
    /// let grader = Grader::new(GraderSettings::default(), model, Arc::new(Prompt::built_in()?), None);
    /// let task = Task::new("What does an index do?", "It speeds up lookups.");
    /// let asked = grader.preview(&Submission::new(task.clone(), "It makes lookups faster."))?;
    /// assert!(asked.is_some_and(|request| request.user.contains("It makes lookups faster.")));
    /// assert!(grader.preview(&Submission::new(task, "No idea."))?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`GradeError::Prompt`]: the prompt does not render.
    pub fn preview(&self, submission: &Submission) -> Result<Option<Request>, GradeError> {
        let Some(llm) = &self.llm else {
            return Ok(None);
        };
        let first = first_step(
            submission.clone(),
            true,
            &self.settings.standard,
            &self.keys,
        );
        Ok(match first {
            Step::Graded(_) => None,
            Step::Ask(unjudged) => {
                let exchange = unjudged.exchange(&llm.prompt, &self.keys)?;
                Some(request(exchange.request(), &self.settings, None))
            }
        })
    }
}

fn account(grade: &mut Grade, spent: &Spent) {
    if let (Method::Llm, Some(identity)) = (grade.method, &spent.answered_by) {
        grade.provenance.provider = Some(identity.provider.clone());
        grade.provenance.model = Some(identity.model.clone());
    }
    grade.provenance.cached = spent.cached;
    grade.provenance.samples = match grade.method {
        Method::Llm => spent.samples,
        _ => 0,
    };
    grade.provenance.attempts = spent.attempts;
    grade.timing_ms.llm = milliseconds(spent.waited);
    grade.usage = spent.used();
}

/// Whole microseconds are as fine as the clock is worth.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
}
