use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::open::now_ms;
use super::{Filter, Store, StoreError};
use crate::grade::Concept;

/// What a job does.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Grades answers that were sent.
    Grade,
    /// Grades kept answers once more, and proposes the new grades.
    Regrade,
}

/// Where a job stands.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Its answers are still coming.
    Uploading,
    /// It waits for a worker.
    Queued,
    /// Workers are at it.
    Running,
    /// Nobody works at it until a time, since a model or the money for it is gone for now.
    Paused,
    /// Every answer has its grade, or a problem that says why not.
    Done,
    /// Somebody ended it.
    Cancelled,
}

impl JobKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Grade => "grade",
            Self::Regrade => "regrade",
        }
    }
}

/// What holds for all answers of a job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// The model that is asked instead of the configured one, by its name in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The prompt that is asked with instead, by its name in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Which kept grades are made once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Filter>,
    /// The concepts that they are judged on instead of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concepts: Option<Vec<Concept>>,
    /// Whether a language model was configured where it was sent; then nobody without one grades it.
    #[serde(default)]
    pub by_model: bool,
    /// The score, 0..1, from which on an answer passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_mark: Option<f64>,
}

/// A job to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob<'a> {
    /// What it does.
    pub kind: JobKind,
    /// The part that may be shown of the API key that it is for.
    pub api_key: Option<&'a str>,
    /// What its caller calls it, so that it is not begun twice.
    pub name: Option<&'a str>,
    /// What holds for all of it.
    pub terms: Terms,
}

/// Whether a job is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is this caller's to fill, and to end by [`Store::accept_job`] or [`Store::drop_job`].
    New(String),
    /// There is one of this name.
    Before {
        /// Its id.
        id: String,
        /// The keyed hash of what was sent; `None` as long as it is coming.
        body: Option<String>,
    },
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id, in the order of time.
    pub id: String,
    /// When it was sent, in milliseconds since 1970.
    pub made_ms: i64,
    /// The key that it is for.
    pub api_key: Option<String>,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// Answers.
    pub total: u64,
    /// What holds for all of it.
    pub terms: Terms,
    /// When the first of it was graded.
    pub started_ms: Option<i64>,
    /// When it was done or cancelled.
    pub ended_ms: Option<i64>,
    /// Until when nobody works at it, and why.
    pub pause: Option<(i64, String)>,
    /// So many times in a row it was paused.
    pub pauses: u32,
    /// When the grades that it proposed were made to count.
    pub applied_ms: Option<i64>,
    /// How often it was queued anew; parts that were queued before are no longer to be done.
    pub round: u32,
}

const COLUMNS: &str = "id, made_ms, api_key, kind, state, total, terms, started_ms, ended_ms, \
                       paused_until_ms, pause_reason, pauses, applied_ms, round";

impl Store {
    /// Finds a job.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job(&self, id: &str) -> Result<Option<Job>, StoreError> {
        let select = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM jobs WHERE id = $1"));
        let row = sqlx::query(select).bind(id);
        let row = row.fetch_optional(&self.pool).await?;
        row.map(|row| job(&row)).transpose()
    }

    /// Lists jobs that were accepted, the latest first: those of a key, or all.
    ///
    /// # Errors
    /// The database fails.
    pub async fn jobs(&self, api_key: Option<&str>, limit: u32) -> Result<Vec<Job>, StoreError> {
        let select = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM jobs WHERE state <> 'uploading' AND ($1 = '' OR api_key = $1) \
             ORDER BY id DESC LIMIT {limit}"
        ));
        let rows = sqlx::query(select).bind(api_key.unwrap_or_default());
        rows.fetch_all(&self.pool).await?.iter().map(job).collect()
    }

    /// Notes that the queue was told of a job.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job_is_queued(&self, id: &str) -> Result<(), StoreError> {
        let update = sqlx::query("UPDATE jobs SET queued = 1 WHERE id = $1");
        update.bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Notes that somebody works at a job; `false` where nobody is to.
    ///
    /// # Errors
    /// The database fails.
    pub async fn work_at_job(&self, id: &str) -> Result<bool, StoreError> {
        let update = "UPDATE jobs SET state = 'running', started_ms = COALESCE(started_ms, $1), worked_ms = $1 \
                      WHERE id = $2 AND state IN ('queued', 'running') AND COALESCE(paused_until_ms, 0) <= $1";
        let updated = sqlx::query(update).bind(now_ms()).bind(id);
        Ok(updated.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Pauses a job until a time, for all who work at it. A pause that is there already is only made longer.
    ///
    /// # Errors
    /// The database fails.
    pub async fn pause_job(&self, id: &str, until_ms: i64, reason: &str) -> Result<(), StoreError> {
        // Those who were under way when it began say nothing new.
        let update = "UPDATE jobs SET pauses = pauses + CASE WHEN COALESCE(paused_until_ms, 0) <= $1 THEN 1 ELSE 0 END, \
                      paused_until_ms = CASE WHEN COALESCE(paused_until_ms, 0) < $2 THEN $2 ELSE paused_until_ms END, \
                      pause_reason = $3, worked_ms = $1 WHERE id = $4";
        sqlx::query(update)
            .bind(now_ms())
            .bind(until_ms)
            .bind(reason)
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that a job that was paused goes on: its next pause is a short one again.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job_goes_on(&self, id: &str) -> Result<(), StoreError> {
        let update = "UPDATE jobs SET pauses = 0, paused_until_ms = NULL, pause_reason = NULL \
                      WHERE id = $1 AND COALESCE(paused_until_ms, 0) <= $2";
        let update = sqlx::query(update).bind(id).bind(now_ms());
        update.execute(&self.pool).await?;
        Ok(())
    }

    /// Ends a job where nothing is left to do, and tells whether it did.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_job_if_done(&self, id: &str) -> Result<bool, StoreError> {
        let update = "UPDATE jobs SET state = 'done', ended_ms = $1, paused_until_ms = NULL, pause_reason = NULL \
                      WHERE id = $2 AND state IN ('queued', 'running') AND NOT EXISTS \
                      (SELECT 1 FROM job_items WHERE job = $2 AND grade IS NULL AND problem IS NULL)";
        let update = sqlx::query(update).bind(now_ms()).bind(id);
        Ok(update.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Cancels a job, and tells whether there was anything to cancel. What is graded stays; what is not can be
    /// taken up again for as long as texts are kept.
    ///
    /// # Errors
    /// The database fails.
    pub async fn cancel_job(&self, id: &str) -> Result<bool, StoreError> {
        let update = "UPDATE jobs SET state = 'cancelled', ended_ms = $1 \
                      WHERE id = $2 AND state IN ('queued', 'running')";
        let update = sqlx::query(update).bind(now_ms()).bind(id);
        Ok(update.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Takes what has no grade up again: what a problem kept from it, and what was left when the job was
    /// cancelled. Says how many answers that are.
    ///
    /// # Errors
    /// The database fails.
    pub async fn retry_job(&self, id: &str) -> Result<u64, StoreError> {
        let mut transaction = self.pool.begin().await?;
        // What is erased is gone.
        let update = "UPDATE job_items SET problem = NULL, tries = 0 WHERE job = $1 AND grade IS NULL \
                      AND problem IS NOT NULL AND (request IS NOT NULL OR source IS NOT NULL)";
        let update = sqlx::query(update).bind(id);
        update.execute(&mut *transaction).await?;
        let count =
            "SELECT COUNT(*) FROM job_items WHERE job = $1 AND grade IS NULL AND problem IS NULL";
        let count = sqlx::query_scalar(count).bind(id);
        let left: i64 = count.fetch_one(&mut *transaction).await?;
        if left > 0 {
            let update = "UPDATE jobs SET state = 'queued', ended_ms = NULL, paused_until_ms = NULL, \
                          pause_reason = NULL, pauses = 0, queued = 0, round = round + 1, worked_ms = $1 WHERE id = $2";
            let update = sqlx::query(update).bind(now_ms()).bind(id);
            update.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(left.unsigned_abs())
    }

    /// Finds the jobs that nobody has worked at for `quiet_ms` although they could, and of those that the
    /// queue was never told of the ones that are quiet for `untold_ms`: their parts are lost, or wait behind
    /// others. Each is given to one caller, who queues it anew; what was queued before no longer counts.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_lost_jobs(
        &self,
        quiet_ms: i64,
        untold_ms: i64,
    ) -> Result<Vec<Job>, StoreError> {
        let now = now_ms();
        let update = sqlx::AssertSqlSafe(format!(
            "UPDATE jobs SET worked_ms = $1, round = round + 1 WHERE state IN ('queued', 'running') AND (worked_ms < $2 OR queued = 0 AND worked_ms < $3) \
             AND COALESCE(paused_until_ms, 0) < $2 RETURNING {COLUMNS}"
        ));
        let rows = sqlx::query(update)
            .bind(now)
            .bind(now - quiet_ms)
            .bind(now - untold_ms);
        rows.fetch_all(&self.pool).await?.iter().map(job).collect()
    }
}

fn job(row: &AnyRow) -> Result<Job, StoreError> {
    let unreadable = || StoreError::Unreadable("jobs");
    let (kind, state): (String, String) = (row.try_get(3)?, row.try_get(4)?);
    let terms: String = row.try_get(6)?;
    let until: Option<i64> = row.try_get(9)?;
    let reason: Option<String> = row.try_get(10)?;
    let pause = until.filter(|until| *until > now_ms()).zip(reason);
    let total: i64 = row.try_get(5)?;
    let pauses: i64 = row.try_get(11)?;
    let state = match state.as_str() {
        "queued" | "running" if pause.is_some() => JobState::Paused,
        "uploading" => JobState::Uploading,
        "queued" => JobState::Queued,
        "running" => JobState::Running,
        "done" => JobState::Done,
        "cancelled" => JobState::Cancelled,
        _ => return Err(unreadable()),
    };
    Ok(Job {
        id: row.try_get(0)?,
        made_ms: row.try_get(1)?,
        api_key: row.try_get(2)?,
        kind: match kind.as_str() {
            "grade" => JobKind::Grade,
            "regrade" => JobKind::Regrade,
            _ => return Err(unreadable()),
        },
        state,
        total: total.unsigned_abs(),
        terms: serde_json::from_str(&terms).map_err(|_| unreadable())?,
        started_ms: row.try_get(7)?,
        ended_ms: row.try_get(8)?,
        pause,
        pauses: u32::try_from(pauses).unwrap_or(u32::MAX),
        applied_ms: row.try_get(12)?,
        round: u32::try_from(row.try_get::<i64, _>(13)?).unwrap_or(u32::MAX),
    })
}
