use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use apalis::prelude::*;
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use futures_util::stream;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteJournalMode;

use crate::store::Location;

/// Answers of a part. A worker that dies costs no more than the answers under way of one part, and asking for
/// the next one costs next to nothing beside grading so many.
pub(super) const PART: u64 = 100;

/// The name under which apalis keeps our parts.
const NAME: &str = "answer_grader";
/// How often a worker says that it lives, and looks for work where there was none.
const HEARTBEAT: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(500);
/// Who has said nothing for so many heartbeats is dead, and others take their parts.
const MISSED: usize = 5;
/// The store says what is to be done, not how often it was tried.
const TRIES: usize = 1_000_000;
/// The first parts of a job come before the later ones of all, so that a small job need not wait for a
/// large one.
const URGENCY: u64 = 1_000_000;
const CONNECTIONS: u32 = 4;
const PATIENCE: Duration = Duration::from_secs(10);

/// A part of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) job: String,
    /// The number of its first answer.
    pub(super) first: u64,
    /// The job's round when it was queued.
    pub(super) round: u32,
}

/// Says why the queue does not work.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// It cannot be reached or made.
    #[error("the queue of jobs cannot be used ({place})")]
    Open {
        /// Where it is.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It failed.
    #[error("the queue of jobs failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Hands parts of jobs to workers: in the PostgreSQL database beside the store's tables, or in a SQLite file
/// beside the store's.
#[derive(Debug, Clone)]
pub struct Queue(Place);

#[derive(Debug, Clone)]
enum Place {
    Postgres(PgPool),
    File(SqlitePool),
}

impl Queue {
    /// Opens the queue that belongs to a store. Several processes may do so at once.
    ///
    /// # Errors
    /// It cannot be reached or made.
    pub async fn open(location: &Location) -> Result<Self, QueueError> {
        let opened = match location {
            Location::Postgres(url) => postgres(url.expose_secret()).await.map(Place::Postgres),
            Location::File(path) => file(&beside(path)).await.map(Place::File),
        };
        opened.map(Self).map_err(|source| QueueError::Open {
            place: location.to_string(),
            source,
        })
    }

    /// Adds parts of a job, to be done now or not before a time.
    pub(super) async fn push(
        &self,
        job: &str,
        round: u32,
        firsts: impl IntoIterator<Item = u64>,
        at: Option<SystemTime>,
    ) -> Result<(), QueueError> {
        let tasks: Vec<_> = firsts
            .into_iter()
            .map(|first| {
                let part = Part {
                    job: job.to_owned(),
                    first,
                    round,
                };
                let urgency = URGENCY.saturating_sub(first / PART);
                let task = TaskBuilder::new(part)
                    .max_attempts(TRIES)
                    .priority(usize::try_from(urgency).unwrap_or_default());
                match at {
                    // Whole seconds count, and a part that comes too early only goes round once more.
                    Some(at) => task.run_at_time(at + Duration::from_secs(1)).build(),
                    None => task.build(),
                }
            })
            .collect();
        let mut tasks = stream::iter(tasks);
        match &self.0 {
            Place::Postgres(pool) => {
                let mut storage = PostgresStorage::<Part>::new(pool).with_config(postgres_config());
                storage.push_all(&mut tasks).await.map_err(failed)
            }
            Place::File(pool) => {
                let mut storage = SqliteStorage::<Part>::new(pool).with_config(sqlite_config());
                storage.push_all(&mut tasks).await.map_err(failed)
            }
        }
    }

    /// Tells whether no part waits or is under way.
    pub(super) async fn is_empty(&self) -> Result<bool, QueueError> {
        const COUNT: &str = "SELECT COUNT(*) FROM {} WHERE job_type = 'answer_grader' \
                             AND status IN ('Pending', 'Queued', 'Running', 'Failed')";
        let count: i64 = match &self.0 {
            Place::Postgres(pool) => {
                sqlx::query_scalar(sqlx::AssertSqlSafe(COUNT.replace("{}", "apalis.jobs")))
                    .fetch_one(pool)
                    .await
                    .map_err(failed)?
            }
            Place::File(pool) => {
                sqlx::query_scalar(sqlx::AssertSqlSafe(COUNT.replace("{}", "Jobs")))
                    .fetch_one(pool)
                    .await
                    .map_err(failed)?
            }
        };
        Ok(count == 0)
    }

    /// Forgets the parts that are done.
    pub(super) async fn forget_done(&self) -> Result<(), QueueError> {
        const FORGET: &str =
            "DELETE FROM {} WHERE job_type = 'answer_grader' AND status IN ('Done', 'Killed')";
        match &self.0 {
            Place::Postgres(pool) => {
                sqlx::query(sqlx::AssertSqlSafe(FORGET.replace("{}", "apalis.jobs")))
                    .execute(pool)
                    .await
                    .map(drop)
                    .map_err(failed)
            }
            Place::File(pool) => sqlx::query(sqlx::AssertSqlSafe(FORGET.replace("{}", "Jobs")))
                .execute(pool)
                .await
                .map(drop)
                .map_err(failed),
        }
    }

    /// Takes one part after the other and has it done, until `stop` ends or the queue fails. What is to become
    /// of a part that cannot be ended whoever does it says.
    pub(super) async fn work(
        &self,
        name: &str,
        work: Work,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), QueueError> {
        let stop = async {
            stop.await;
            Ok::<_, WorkerError>(())
        };
        let working: Working = match &self.0 {
            Place::Postgres(pool) => {
                let storage = PostgresStorage::<Part>::new(pool).with_config(postgres_config());
                let worker = WorkerBuilder::new(name)
                    .backend(storage.poll_with_interval(LOOK))
                    .concurrency(1)
                    .data(work)
                    .build(one_part);
                Box::pin(worker.run_until(stop))
            }
            Place::File(pool) => {
                let storage = SqliteStorage::<Part>::new(pool).with_config(sqlite_config());
                let worker = WorkerBuilder::new(name)
                    .backend(storage.poll_with_interval(LOOK))
                    .concurrency(1)
                    .data(work)
                    .build(one_part);
                Box::pin(worker.run_until(stop))
            }
        };
        working.await.map_err(failed)
    }
}

/// Does a part, and tells whether it is done with, here or by a part that was queued instead.
pub(super) type Work =
    Arc<dyn Fn(Part) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;
type Working = Pin<Box<dyn Future<Output = Result<(), WorkerError>> + Send>>;

async fn one_part(part: Part, work: Data<Work>) -> Result<(), BoxDynError> {
    if (work)(part).await {
        Ok(())
    } else {
        // The queue gives it to somebody else.
        Err("the worker stops".into())
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> QueueError {
    QueueError::Failed(error.into())
}

fn postgres_config() -> apalis_postgres::Config {
    apalis_postgres::Config::default()
        .queue(NAME)
        .batch_size(1)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(MISSED)
}

fn sqlite_config() -> apalis_sqlite::Config {
    apalis_sqlite::Config::default()
        .queue(NAME)
        .batch_size(1)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(MISSED)
}

type Opened<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

async fn postgres(url: &str) -> Opened<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect(url)
        .await?;
    PostgresStorage::setup(&pool).await?;
    Ok(pool)
}

async fn file(path: &Path) -> Opened<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    SqliteStorage::setup(&pool).await?;
    Ok(pool)
}

/// apalis has migrations of its own, so that it needs a file of its own: `answer-grader.queue.db` beside
/// `answer-grader.db`.
fn beside(path: &Path) -> PathBuf {
    let end = path.extension().map_or_else(
        || "queue".to_owned(),
        |end| format!("queue.{}", end.to_string_lossy()),
    );
    path.with_extension(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queues_file_is_beside_the_stores() {
        let queue = |path: &str| beside(Path::new(path)).to_string_lossy().into_owned();
        assert_eq!(
            queue("data/answer-grader.db"),
            "data/answer-grader.queue.db"
        );
        assert_eq!(queue("grades"), "grades.queue");
    }
}
