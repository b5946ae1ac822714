use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use foldhash::{HashMap, HashMapExt as _};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::time::{MissedTickBehavior, interval};

use super::outage::{Meaning, TRIES, meaning, pause};
use super::worker::{ELSEWHERE, UnknownChoice, Workers, later};
use crate::grade::{Fallback, Task};
use crate::grader::{GradeError, Grader};
use crate::store::{Item, ItemProblem, Job, NewRecord, OpenItem, StoreError};

/// How often a worker looks whether its job is still to be done, and says that it is at it.
const LOOK: Duration = Duration::from_secs(2);
/// How long a worker waits before it tries to keep a grade again.
const UNKEPT: Duration = Duration::from_secs(5);

/// A part that is being graded.
pub(super) struct AtWork<'a> {
    workers: &'a Workers,
    job: &'a Job,
    grader: Result<&'a Grader, &'a UnknownChoice>,
    tasks: HashMap<String, Arc<Task>>,
    /// So many times in a row the job was paused.
    pauses: AtomicU32,
    /// Whether nothing more is to be begun.
    halted: AtomicBool,
}

impl<'a> AtWork<'a> {
    /// Reads what is asked, once for all who answer it.
    pub(super) async fn new(
        workers: &'a Workers,
        job: &'a Job,
        grader: Result<&'a Grader, &'a UnknownChoice>,
        items: &[OpenItem],
    ) -> Result<Self, StoreError> {
        let mut tasks = HashMap::new();
        for item in items {
            if tasks.contains_key(&item.task) {
                continue;
            }
            let task = workers.store.task(&item.task).await?;
            let mut task = task.ok_or(StoreError::Unreadable("tasks"))?;
            if let Some(concepts) = &job.terms.concepts {
                task.concepts.clone_from(concepts);
            }
            tasks.insert(item.task.clone(), Arc::new(task));
        }
        Ok(Self {
            workers,
            job,
            grader,
            tasks,
            pauses: AtomicU32::new(job.pauses),
            halted: AtomicBool::new(false),
        })
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halted.load(Relaxed)
    }

    /// Grades all, or as many as it may.
    pub(super) async fn all(&self, items: Vec<OpenItem>) -> Result<(), StoreError> {
        let (store, job) = (&self.workers.store, &self.job.id);
        let mut items = VecDeque::from(items);
        // After an outage one answer after the other tries for all whether it is over, those first that have
        // failed least.
        items.make_contiguous().sort_by_key(|item| item.tries);
        while self.pauses.load(Relaxed) > 0 && !self.is_halted() {
            let alone = items.len() == 1;
            let Some(first) = items.pop_front() else {
                return Ok(());
            };
            if self.item(first, alone).await? {
                store.job_goes_on(job).await?;
                self.pauses.store(0, Relaxed);
            }
        }
        let graded = stream::iter(items).map(|item| self.item(item, true));
        let mut graded = graded.buffer_unordered(self.workers.settings.concurrency);
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.tick().await;
        loop {
            tokio::select! {
                next = graded.next() => match next {
                    Some(done) => {
                        done?;
                    }
                    None => return Ok(()),
                },
                _ = look.tick() => {
                    let stops = self.workers.is_stopping() || !self.workers.may_go_on(self.job).await?;
                    if stops || !store.work_at_job(job).await? {
                        self.halted.store(true, Relaxed);
                    }
                }
            }
        }
    }

    /// Grades an answer, and tells whether it has a grade now. `counts` says whether a failure that may be the
    /// answer's own counts as one.
    async fn item(&self, open: OpenItem, counts: bool) -> Result<bool, StoreError> {
        if self.is_halted() {
            return Ok(false);
        }
        let item = Item {
            job: self.job.id.clone(),
            number: open.number,
        };
        let store = &self.workers.store;
        let grader = match self.grader {
            Ok(grader) => grader,
            Err(unknown) => {
                // When the job was sent it could be had: it is the settings of here that lack it.
                tracing::error!(job = item.job, %unknown, "the job cannot be graded with these settings");
                self.halted.store(true, Relaxed);
                let wait = later(ELSEWHERE);
                store.pause_job(&item.job, wait, "unknown_choice").await?;
                return Ok(false);
            }
        };
        let (Some(request), Some(task)) = (open.request, self.tasks.get(&open.task)) else {
            let erased = problem("erased", "the answer is erased");
            store.fail_item(&item, &erased, None).await?;
            return Ok(false);
        };
        let (submission, mut policy, aside) = request.submission(task.clone());
        if open.source.is_some() {
            // What was asked for then is not to make proposals of keyword grades now.
            policy.fallback = Fallback::Error;
        }
        // A panic is a bug; it costs one answer its grade, not the worker its life.
        let work = AssertUnwindSafe(grader.grade_accounted(&submission, policy)).catch_unwind();
        let Ok((outcome, spent)) = work.await else {
            tracing::error!(
                job = item.job,
                number = item.number,
                "grading an answer panicked"
            );
            let fault = "a fault of this program; please report it with the job's id";
            let fault = problem("internal_error", fault);
            store.fail_item(&item, &fault, None).await?;
            return Ok(false);
        };
        self.workers.graders.note(&spent, outcome.as_ref().ok());
        let cost = spent.cost_usd.filter(|cost| *cost > 0.0);
        if let (Some(key), Some(cost)) = (&self.job.api_key, cost) {
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
                    replaces: open.source.as_ref(),
                };
                self.keep(record).await?;
                Ok(true)
            }
            Err(error) => {
                let tries = counts.then_some(open.tries);
                self.failed(&item, tries, &error, spent.cost_usd).await?;
                Ok(false)
            }
        }
    }

    /// Keeps a grade that may have been paid for, however long the database is away.
    async fn keep(&self, record: NewRecord<'_>) -> Result<(), StoreError> {
        loop {
            match self.workers.store.record(record).await {
                Err(StoreError::NotKept) if !self.workers.is_stopping() => {
                    self.workers.wait(UNKEPT).await;
                }
                ended => return ended,
            }
        }
    }

    /// Says of an answer why it has no grade, or pauses the job. `tries` are its failures so far that may be its
    /// own fault, where this one counts.
    async fn failed(
        &self,
        item: &Item,
        tries: Option<u32>,
        error: &GradeError,
        cost_usd: Option<f64>,
    ) -> Result<(), StoreError> {
        let store = &self.workers.store;
        let ended = async || {
            let problem = problem(error.code(), error);
            store.fail_item(item, &problem, cost_usd).await
        };
        match (meaning(error), tries) {
            (Meaning::Answer, _) => return ended().await,
            (Meaning::Either, Some(tries)) if tries + 1 >= TRIES => ended().await?,
            (Meaning::Either, Some(_)) => store.note_try(item).await?,
            (Meaning::Either, None) | (Meaning::Outage, _) => {}
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
