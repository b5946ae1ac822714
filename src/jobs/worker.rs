use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

use super::caretaker::take_care;
use super::part::AtWork;
use super::queue::{PART, Part, Queue, QueueError, Work};
use crate::grade::Grade;
use crate::grader::{Grader, Spent};
use crate::store::{Job, JobState, Store, StoreError, Terms, now_ms, to_tomorrow};

/// Why a part is not done yet.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// How long a worker that cannot do a job leaves it to others.
pub(super) const ELSEWHERE: Duration = Duration::from_secs(30);
/// How long a worker waits for a database that fails.
const PATIENCE: Duration = Duration::from_secs(1);

/// How workers work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerSettings {
    /// Parts that are graded at the same time.
    pub workers: usize,
    /// Answers of a part that are graded at the same time.
    pub concurrency: usize,
}

/// What a job's answers are graded with.
pub trait Graders: Send + Sync {
    /// The grader of a job: the one of now, or with the model and the prompt that the job names.
    ///
    /// # Errors
    /// The settings name no such model or prompt, or it cannot be used.
    fn grader(&self, terms: &Terms) -> Result<Grader, UnknownChoice>;

    /// What may be named instead of what is configured; nothing where no language model is.
    fn choices(&self) -> Choices;

    /// Is told what was spent on an answer, and of its grade where it has one.
    fn note(&self, spent: &Spent, grade: Option<&Grade>);
}

/// Names that stand for a model, and for a prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Models of the settings.
    pub models: Vec<String>,
    /// Prompts of the settings.
    pub prompts: Vec<String>,
}

/// Says why a job cannot be graded as it asks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct UnknownChoice {
    /// What cannot be had: `/model` or `/prompt`.
    pub pointer: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

/// Workers of this process.
#[derive(Clone)]
pub struct Workers {
    pub(super) store: Store,
    queue: Queue,
    pub(super) graders: Arc<dyn Graders>,
    pub(super) settings: WorkerSettings,
    stop: watch::Receiver<bool>,
}

impl Workers {
    /// Makes workers that stop when `stop` becomes true, or its sender goes.
    pub fn new(
        store: Store,
        queue: Queue,
        graders: Arc<dyn Graders>,
        settings: WorkerSettings,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            store,
            queue,
            graders,
            settings,
            stop,
        }
    }

    /// Works until it is told to stop. What is under way then is finished; what was not begun is left to
    /// others.
    pub async fn run(self) {
        let workers = (0..self.settings.workers).map(|_| tokio::spawn(self.clone().work()));
        let workers: Vec<_> = workers.collect();
        let care = take_care(&self.store, &self.queue);
        tokio::select! {
            () = care => {}
            () = stopped(self.stop.clone()) => {}
        }
        for worker in workers {
            // A panic was reported where it happened.
            let _ = worker.await;
        }
    }

    async fn work(self) {
        while !self.is_stopping() {
            // A name is a worker's for life: its parts are taken from it when it is dead.
            let name = format!("worker-{}", Uuid::now_v7());
            let this = self.clone();
            let work: Work = Arc::new(move |part: Part| {
                let this = this.clone();
                Box::pin(async move { this.patiently(&part).await })
            });
            let worked = self.queue.work(&name, work, stopped(self.stop.clone()));
            if let Err(error) = worked.await {
                tracing::warn!(error = %with_causes(&error), "the queue of jobs fails; it is tried again");
                self.wait(PATIENCE).await;
            }
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stop.borrow() || self.stop.has_changed().is_err()
    }

    pub(super) async fn wait(&self, how_long: Duration) {
        tokio::select! {
            () = sleep(how_long) => {}
            () = stopped(self.stop.clone()) => {}
        }
    }

    /// Does a part, again where the database fails; `false` where it is left to others.
    async fn patiently(&self, part: &Part) -> bool {
        while let Err(error) = self.part(part).await {
            tracing::warn!(
                job = part.job,
                first = part.first,
                error = with_causes(&error),
                "a part of a job waits for the database"
            );
            if self.is_stopping() {
                return false;
            }
            self.wait(PATIENCE).await;
        }
        true
    }

    async fn part(&self, part: &Part) -> Result<(), WorkError> {
        let store = &self.store;
        let Some(job) = store.job(&part.job).await? else {
            return Ok(());
        };
        if job.round != part.round {
            return Ok(());
        }
        if !self.may_go_on(&job).await? || !store.work_at_job(&job.id).await? {
            return self.put_back(part).await;
        }
        let grader = self.graders.grader(&job.terms);
        if job.terms.by_model && grader.as_ref().is_ok_and(|grader| grader.model().is_none()) {
            tracing::error!(
                job = job.id,
                "this worker has no language model, and the service that took the job has one: it leaves the \
                 answers to others. Give it the same settings and keys"
            );
            let later = SystemTime::now() + ELSEWHERE;
            self.queue
                .push(&part.job, part.round, [part.first], Some(later))
                .await?;
            self.wait(ELSEWHERE).await;
            return Ok(());
        }
        let items = store.open_items(&job.id, part.first, PART).await?;
        let at_work = AtWork::new(self, &job, grader.as_ref(), &items).await?;
        at_work.all(items).await?;
        if store.end_job_if_done(&job.id).await? {
            tracing::info!(job = job.id, answers = job.total, "a job is done");
        }
        if at_work.is_halted() {
            self.put_back(part).await?;
        }
        Ok(())
    }

    /// Leaves a part for later: for when its job goes on, or for whoever comes next; not where it has ended.
    async fn put_back(&self, part: &Part) -> Result<(), WorkError> {
        let Some(job) = self.store.job(&part.job).await? else {
            return Ok(());
        };
        if !matches!(
            job.state,
            JobState::Queued | JobState::Running | JobState::Paused
        ) {
            return Ok(());
        }
        let until = job.pause.map(|(until, _)| at(until));
        self.queue
            .push(&part.job, part.round, [part.first], until)
            .await?;
        Ok(())
    }

    /// Pauses a job whose key has spent its money of today, and cancels one whose key was taken back.
    pub(super) async fn may_go_on(&self, job: &Job) -> Result<bool, StoreError> {
        let Some(id) = &job.api_key else {
            return Ok(true);
        };
        let key = self.store.key(id).await?;
        if key.as_ref().is_none_or(|key| key.revoked_ms.is_some()) {
            tracing::warn!(
                job = job.id,
                key = id,
                "a job is cancelled: its API key was taken back"
            );
            self.store.cancel_job(&job.id).await?;
            return Ok(false);
        }
        let limit = key.and_then(|key| key.usd_per_day);
        let Some(limit) = limit else {
            return Ok(true);
        };
        if self.store.spent_today(id).await? < limit {
            return Ok(true);
        }
        let tomorrow = later(to_tomorrow());
        self.store
            .pause_job(&job.id, tomorrow, "key_budget_exhausted")
            .await?;
        Ok(false)
    }
}

/// Waits until it is told to stop.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone tells the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A moment from now, in milliseconds since 1970.
pub(super) fn later(wait: Duration) -> i64 {
    now_ms().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

fn at(ms: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(ms.unsigned_abs())
}

/// An error with what caused it, on one line.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    let sources = sources.map(ToString::to_string);
    let all: Vec<_> = std::iter::once(error.to_string()).chain(sources).collect();
    all.join(": ")
}
