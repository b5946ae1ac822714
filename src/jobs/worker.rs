use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

use foldhash::{HashMap, HashMapExt as _};
use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};
use uuid::Uuid;

use super::caretaker::take_care;
use super::outage::{Meaning, TRIES, meaning, pause};
use super::queue::{PART, Part, Queue, QueueError, Work};
use crate::grade::{Grade, Task};
use crate::grader::{GradeError, Grader, Spent};
use crate::store::{
    Item, ItemProblem, Job, NewRecord, OpenItem, Store, StoreError, Terms, now_ms, to_tomorrow,
};

/// How often a worker looks whether its job is still to be done, and says that it is at it.
const LOOK: Duration = Duration::from_secs(2);
/// Why a part is not done yet.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

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

    /// Is told what was spent on an answer, and of its grade where it has one.
    fn note(&self, spent: &Spent, grade: Option<&Grade>);
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
    store: Store,
    queue: Queue,
    graders: Arc<dyn Graders>,
    settings: WorkerSettings,
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

    fn is_stopping(&self) -> bool {
        *self.stop.borrow() || self.stop.has_changed().is_err()
    }

    async fn wait(&self, how_long: Duration) {
        tokio::select! {
            () = sleep(how_long) => {}
            () = stopped(self.stop.clone()) => {}
        }
    }

    /// Does a part, again where the database fails.
    async fn patiently(&self, part: &Part) {
        while let Err(error) = self.part(part).await {
            tracing::warn!(job = part.job, first = part.first, error = %with_causes(&error), "a part of a job waits for the database");
            if self.is_stopping() {
                // The queue gives it to somebody else when this worker is gone.
                return;
            }
            self.wait(PATIENCE).await;
        }
    }

    async fn part(&self, part: &Part) -> Result<(), WorkError> {
        let store = &self.store;
        if !store.work_at_job(&part.job).await? {
            let job = store.job(&part.job).await?;
            if let Some((until, _)) = job.and_then(|job| job.pause) {
                self.queue
                    .push(&part.job, [part.first], Some(at(until)))
                    .await?;
            }
            return Ok(());
        }
        let Some(job) = store.job(&part.job).await? else {
            return Ok(());
        };
        if !self.may_go_on(&job).await? {
            // It is paused or cancelled now.
            return Box::pin(self.part(part)).await;
        }
        let items = store.open_items(&job.id, part.first, PART).await?;
        let grader = self.graders.grader(&job.terms);
        let at_work = AtWork {
            workers: self,
            grader: grader.as_ref(),
            tasks: self.tasks(&job, &items).await?,
            pauses: AtomicU32::new(job.pauses),
            halted: AtomicBool::new(false),
            job: &job,
        };
        at_work.all(items).await?;
        if store.end_job_if_done(&job.id).await? {
            tracing::info!(job = job.id, answers = job.total, "a job is done");
        }
        if at_work.is_halted() {
            let job = store.job(&job.id).await?;
            let pause = job.and_then(|job| job.pause);
            let until = pause.map(|(until, _)| at(until));
            self.queue.push(&part.job, [part.first], until).await?;
        }
        Ok(())
    }

    /// Pauses a job whose key has spent its money of today, and cancels one whose key was taken back.
    async fn may_go_on(&self, job: &Job) -> Result<bool, StoreError> {
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

    /// Reads what is asked, once for all who answer it.
    async fn tasks(
        &self,
        job: &Job,
        items: &[OpenItem],
    ) -> Result<HashMap<String, Arc<Task>>, StoreError> {
        let mut tasks = HashMap::new();
        for item in items {
            if tasks.contains_key(&item.task) {
                continue;
            }
            let task = self.store.task(&item.task).await?;
            let mut task = task.ok_or(StoreError::Unreadable("tasks"))?;
            if let Some(concepts) = &job.terms.concepts {
                task.concepts.clone_from(concepts);
            }
            tasks.insert(item.task.clone(), Arc::new(task));
        }
        Ok(tasks)
    }
}

/// A part that is being graded.
struct AtWork<'a> {
    workers: &'a Workers,
    job: &'a Job,
    grader: Result<&'a Grader, &'a UnknownChoice>,
    tasks: HashMap<String, Arc<Task>>,
    /// So many times in a row the job was paused.
    pauses: AtomicU32,
    /// Whether nothing more is to be begun.
    halted: AtomicBool,
}

impl AtWork<'_> {
    fn is_halted(&self) -> bool {
        self.halted.load(Relaxed)
    }

    /// Grades all, or as many as it may.
    async fn all(&self, items: Vec<OpenItem>) -> Result<(), StoreError> {
        let (store, job) = (&self.workers.store, &self.job.id);
        let mut items = items.into_iter();
        // After an outage one tries for all whether it is over.
        if self.job.pauses > 0
            && let Some(first) = items.next()
        {
            self.item(first).await?;
            if !self.is_halted() {
                store.job_goes_on(job).await?;
                self.pauses.store(0, Relaxed);
            }
        }
        let graded = stream::iter(items).map(|item| self.item(item));
        let mut graded = graded.buffer_unordered(self.workers.settings.concurrency);
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.tick().await;
        loop {
            tokio::select! {
                next = graded.next() => match next {
                    Some(done) => done?,
                    None => return Ok(()),
                },
                _ = look.tick() => {
                    if self.workers.is_stopping() || !store.work_at_job(job).await? {
                        self.halted.store(true, Relaxed);
                    }
                }
            }
        }
    }

    async fn item(&self, open: OpenItem) -> Result<(), StoreError> {
        if self.is_halted() {
            return Ok(());
        }
        let item = Item {
            job: self.job.id.clone(),
            number: open.number,
        };
        let store = &self.workers.store;
        let grader = match self.grader {
            Ok(grader) => grader,
            Err(unknown) => {
                return store
                    .fail_item(&item, &problem("unknown_choice", unknown))
                    .await;
            }
        };
        let (Some(request), Some(task)) = (open.request, self.tasks.get(&open.task)) else {
            return store
                .fail_item(&item, &problem("erased", "the answer is erased"))
                .await;
        };
        let (submission, policy, aside) = request.submission(task.clone());
        let (outcome, spent) = grader.grade_accounted(&submission, policy).await;
        self.workers.graders.note(&spent, outcome.as_ref().ok());
        if let (Some(key), Some(cost)) =
            (&self.job.api_key, spent.cost_usd.filter(|cost| *cost > 0.0))
        {
            store.spend(key, cost).await?;
        }
        match outcome {
            Ok(grade) => {
                let record = NewRecord {
                    submission: &submission,
                    aside: &aside,
                    grade: &grade,
                    reply: spent.reply.as_deref(),
                    api_key: self.job.api_key.as_deref(),
                    claim: None,
                    item: Some(&item),
                    replaces: open.source.as_deref(),
                };
                store.record(record).await
            }
            Err(error) => self.failed(&item, open.tries, &error).await,
        }
    }

    async fn failed(&self, item: &Item, tries: u32, error: &GradeError) -> Result<(), StoreError> {
        let store = &self.workers.store;
        match meaning(error) {
            Meaning::Either if tries + 1 < TRIES => store.note_try(item).await?,
            Meaning::Outage => {}
            Meaning::Answer | Meaning::Either => {
                return store.fail_item(item, &problem(error.code(), error)).await;
            }
        }
        self.halted.store(true, Relaxed);
        let wait = pause(error, self.pauses.load(Relaxed));
        tracing::warn!(
            job = self.job.id,
            reason = error.code(),
            seconds = wait.as_secs(),
            "a job is paused"
        );
        store
            .pause_job(&self.job.id, later(wait), error.code())
            .await
    }
}

fn problem(code: &str, detail: &(impl ToString + ?Sized)) -> ItemProblem {
    ItemProblem {
        code: code.to_owned(),
        detail: detail.to_string(),
    }
}

/// Waits until it is told to stop.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone tells the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A moment from now, in milliseconds since 1970.
fn later(wait: Duration) -> i64 {
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
