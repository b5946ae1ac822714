use std::time::Duration;

use foldhash::{HashSet, HashSetExt as _};
use sqlx::{AnyPool, AssertSqlSafe};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::StoreError;
use super::items::parameters;
use super::number::Number;
use super::record::Row;

/// Writes the grades of all who ask at the same time in one transaction: a disk takes as long for one as
/// for many.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    row: Row,
    /// Told whether the row is on the disk.
    done: oneshot::Sender<bool>,
}

/// The most grades of a transaction; more wait for the next.
const MOST: usize = 256;
/// How long a database that fails is waited for. It may be starting again.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);
/// So many tasks are known to be in the table.
const MOST_TASKS: usize = 16_384;

impl Writer {
    pub(super) fn start(pool: AnyPool) -> Self {
        let (queue, mut waiting) = mpsc::channel(MOST);
        tokio::spawn(async move {
            let mut known = HashSet::new();
            let mut batch = Vec::with_capacity(MOST);
            while waiting.recv_many(&mut batch, MOST).await > 0 {
                write(&pool, &mut known, std::mem::take(&mut batch)).await;
            }
        });
        Self { queue }
    }

    pub(super) async fn write(&self, row: Row) -> Result<(), StoreError> {
        let (done, written) = oneshot::channel();
        let waiting = Waiting { row, done };
        // The writer ends only with the process.
        self.queue
            .send(waiting)
            .await
            .map_err(|_| StoreError::NotKept)?;
        match written.await {
            Ok(true) => Ok(()),
            _ => Err(StoreError::NotKept),
        }
    }
}

/// Writes a batch and tells everybody how it went.
async fn write(pool: &AnyPool, known: &mut HashSet<String>, batch: Vec<Waiting>) {
    let (rows, told): (Vec<_>, Vec<_>) = batch.into_iter().map(|one| (one.row, one.done)).unzip();
    let outcome = patiently(pool, known, &rows).await;
    let mut written = outcome.is_ok();
    // What the database itself could not do for all it cannot do for one, either.
    let alone = rows.len() > 1 && outcome.is_err_and(|error| !may_pass(&error));
    for (row, done) in rows.iter().zip(told) {
        if alone {
            // One that cannot be written does not keep the others from it.
            let one = std::slice::from_ref(row);
            written = patiently(pool, known, one).await.is_ok();
        }
        if !written {
            tracing::error!(id = row.id, "a grade is not kept: the database fails");
        }
        // Whoever asked may have gone away.
        let _ = done.send(written);
    }
}

/// Writes rows, again and again for as long as that may help.
async fn patiently(
    pool: &AnyPool,
    known: &mut HashSet<String>,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    let until = Instant::now() + PATIENCE;
    loop {
        let written = insert(pool, known, rows).await;
        let Err(error) = &written else {
            return written;
        };
        // The database may have lost what it was known to hold.
        known.clear();
        tracing::warn!(%error, grades = rows.len(), "grades are not written yet");
        if !may_pass(error) || Instant::now() >= until {
            return written;
        }
        sleep(PAUSE).await;
    }
}

/// Tells failures of the database as such from those of what it was asked.
fn may_pass(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else {
        return !matches!(error, sqlx::Error::PoolClosed);
    };
    let code = error.code().unwrap_or_default();
    // PostgreSQL: no connection, a conflict, no resources, shutting down or starting up.
    let passing = ["08", "40", "53", "57"];
    // SQLite: busy or locked, in the lowest byte.
    let is_busy = |code: i32| matches!(code & 0xFF, 5 | 6);
    passing
        .iter()
        .any(|class| code.len() == 5 && code.starts_with(class))
        || code.len() < 5 && code.parse().is_ok_and(is_busy)
}

async fn insert(
    pool: &AnyPool,
    known: &mut HashSet<String>,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    if known.len() > MOST_TASKS {
        known.clear();
    }
    let mut new = HashSet::new();
    for row in rows {
        if !known.contains(&row.task.hash) && new.insert(row.task.hash.clone()) {
            let insert = "INSERT INTO tasks (hash, task) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            sqlx::query(insert)
                .bind(row.task.hash.as_str())
                .bind(row.task.text.as_str())
                .execute(&mut *transaction)
                .await?;
        }
    }
    let done_before = end_items(&mut transaction, rows).await?;
    let kept: Vec<_> = rows
        .iter()
        .filter(|row| !done_before.contains(&row.id))
        .collect();
    let mut rest = kept.as_slice();
    while !rest.is_empty() {
        // Few sizes, so that the database knows the statements.
        let size = 1 << rest.len().min(LARGEST_STATEMENT).ilog2();
        let (now, later) = rest.split_at(size);
        rest = later;
        let statement = AssertSqlSafe(statement(size));
        let query = now
            .iter()
            .fold(sqlx::query(statement), |query, row| bind(query, row));
        query.execute(&mut *transaction).await?;
    }
    for row in rows {
        let Some(claim) = &row.claim else { continue };
        // With the grade or not at all. Where the claim was taken over meanwhile, the other's grade
        // is the one that a repetition gets.
        sqlx::query(
            "UPDATE idempotency SET grade = $1 WHERE api_key = $2 AND name = $3 AND grade IS NULL",
        )
        .bind(row.id.as_str())
        .bind(claim.api_key.as_str())
        .bind(claim.name.as_str())
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    known.extend(new);
    Ok(())
}

/// Notes that answers of jobs have their grades, and says which of these grades are not to be kept, since their
/// answers had one before: whoever was slow at them was taken for dead.
async fn end_items(
    transaction: &mut sqlx::AnyConnection,
    rows: &[Row],
) -> Result<HashSet<String>, sqlx::Error> {
    let mut rows: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row, row.item.as_ref()?)))
        .collect();
    let mut done_before: HashSet<String> = rows.iter().map(|(row, _)| row.id.clone()).collect();
    // Always in one order, so that no two transactions wait for each other.
    rows.sort_unstable_by(|(_, a), (_, b)| (&a.job, a.number).cmp(&(&b.job, b.number)));
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(1 << rest.len().min(LARGEST_STATEMENT).ilog2());
        rest = later;
        let values: Vec<_> = (0..now.len()).map(|row| parameters(row, 6)).collect();
        let update = format!(
            "UPDATE job_items SET request = NULL, grade = v.column3, \
             cost_usd = COALESCE(cost_usd, 0.0) + COALESCE(CAST(v.column4 AS DOUBLE PRECISION), 0.0), degraded = v.column5, needs_review = v.column6 \
             FROM (VALUES {}) AS v WHERE job_items.job = v.column1 AND job_items.number = v.column2 \
             AND job_items.grade IS NULL AND job_items.problem IS NULL \
             AND (job_items.source IS NULL OR EXISTS (SELECT 1 FROM grades s WHERE s.id = job_items.source \
             AND s.erased_ms IS NULL)) RETURNING job_items.grade",
            values.join(", ")
        );
        let mut query = sqlx::query_scalar(AssertSqlSafe(update));
        for (row, item) in now {
            query = query
                .bind(item.job.as_str())
                .bind(i64::try_from(item.number).unwrap_or(i64::MAX))
                .bind(row.id.as_str())
                .bind(Number(row.cost_usd))
                .bind(i64::from(row.degraded.is_some()))
                .bind(i64::from(row.needs_review));
        }
        let ended: Vec<String> = query.fetch_all(&mut *transaction).await?;
        for id in ended {
            done_before.remove(&id);
        }
    }
    Ok(done_before)
}

/// Rows of a statement; a power of two.
const LARGEST_STATEMENT: usize = 32;

const COLUMNS: [&str; 23] = [
    "id",
    "made_ms",
    "task",
    "question_id",
    "api_key",
    "subject",
    "answer",
    "method",
    "score",
    "confidence",
    "needs_review",
    "degraded",
    "model",
    "prompt",
    "cost_usd",
    "bones",
    "request",
    "grade",
    "reply",
    "legal_hold",
    "standing",
    "replaces",
    "root",
];

fn statement(rows: usize) -> String {
    let rows: Vec<_> = (0..rows)
        .map(|row| parameters(row, COLUMNS.len()))
        .collect();
    // A transaction whose end was not heard of is tried again.
    format!(
        "INSERT INTO grades ({}) VALUES {} ON CONFLICT (id) DO NOTHING",
        COLUMNS.join(", "),
        rows.join(", ")
    )
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

fn bind<'q>(query: Query<'q>, row: &'q Row) -> Query<'q> {
    query
        .bind(row.id.as_str())
        .bind(row.made_ms)
        .bind(row.task.hash.as_str())
        .bind(row.question_id.as_deref())
        .bind(row.api_key.as_deref())
        .bind(row.subject.as_deref())
        .bind(row.answer.as_str())
        .bind(row.method)
        .bind(Number(row.score))
        .bind(row.confidence)
        .bind(i64::from(row.needs_review))
        .bind(row.degraded.as_deref())
        .bind(row.model.as_deref())
        .bind(row.prompt.as_deref())
        .bind(Number(row.cost_usd))
        .bind(row.bones.as_str())
        .bind(row.request.as_deref())
        .bind(row.grade.as_deref())
        .bind(row.reply.as_deref())
        .bind(i64::from(row.legal_hold))
        .bind(row.standing)
        .bind(row.replaces.as_ref().map(|source| source.id.as_str()))
        .bind(row.replaces.as_ref().map(|source| source.root.as_str()))
}
