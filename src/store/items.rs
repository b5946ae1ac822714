use foldhash::{HashMap, HashMapExt as _};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::open::now_ms;
use super::record::{KeptRequest, TaskText, request_text, task_of};
use super::reviews::ReviewState;
use super::{Aside, Store, StoreError};
use crate::grade::{Grade, Submission, Task};

/// An answer of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The job.
    pub job: String,
    /// Its place among the job's answers, from 0.
    pub number: u64,
}

/// An answer to add to a job.
pub struct NewItem {
    task: TaskText,
    subject: Option<String>,
    request: String,
    legal_hold: bool,
}

/// An answer that waits to be graded.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenItem {
    /// Its place, from 0.
    pub number: u64,
    /// What is asked, by the hash under which it is kept.
    pub task: String,
    /// What was sent; `None` where it is erased meanwhile.
    pub request: Option<KeptRequest>,
    /// The kept grade that is made once more.
    pub source: Option<Source>,
    /// How often it failed in a way that may be its own fault.
    pub tries: u32,
}

/// A kept grade that is made once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The grade's id.
    pub id: String,
    /// The first grade of the same answer.
    pub root: String,
}

/// Why an answer has no grade.
#[derive(utoipa::ToSchema, Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemProblem {
    /// A word that stays the same between versions.
    #[schema(example = "context_too_long")]
    pub code: String,
    /// What to do.
    pub detail: String,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its place, from 0.
    pub number: u64,
    /// The kept grade that was made once more.
    pub source: Option<String>,
    /// The score that counted before, where that grade is kept.
    pub before: Option<f64>,
    /// `appealed` where an appeal is open against any grade of the answer.
    pub review_state: Option<ReviewState>,
    /// The grade, or why there is none; `None` where it is still to come.
    pub graded: Option<Result<Box<Grade>, ItemProblem>>,
}

/// How far a job is.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Progress {
    /// Answers with a grade.
    pub graded: u64,
    /// Answers with a problem instead.
    pub failed: u64,
    /// Among the graded: judged by something else than what was asked for.
    pub degraded: u64,
    /// Among the graded: for a person to look at.
    pub needs_review: u64,
    /// What it has cost, in US dollars, as far as that is known.
    pub cost_usd: f64,
}

/// Rows of a statement.
const ROWS: usize = 32;
/// What an erased answer's problem says.
pub(super) const ERASED: &str = r#"{"code":"erased","detail":"the answer is erased"}"#;

impl NewItem {
    /// An answer that was sent.
    ///
    /// # Errors
    /// None that is known: all of it is text and numbers.
    pub fn new(store: &Store, submission: &Submission, aside: &Aside) -> serde_json::Result<Self> {
        let subject = aside.subject.as_deref();
        Ok(Self {
            task: TaskText::of(&submission.task)?,
            subject: subject.map(|subject| store.subject_hash(subject)),
            request: request_text(submission, aside)?,
            legal_hold: aside.legal_hold,
        })
    }
}

impl Store {
    /// Adds answers to a job that is not accepted yet; the first has the number `first`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_items(
        &self,
        job: &str,
        first: u64,
        items: &[NewItem],
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let mut tasks = HashMap::new();
        for item in items {
            tasks.insert(item.task.hash.as_str(), item.task.text.as_str());
        }
        // Always in one order, so that no two transactions wait for each other.
        let mut tasks: Vec<_> = tasks.into_iter().collect();
        tasks.sort_unstable();
        for (hash, text) in tasks {
            let insert = "INSERT INTO tasks (hash, task) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let insert = sqlx::query(insert).bind(hash).bind(text);
            insert.execute(&mut *transaction).await?;
        }
        let touch = sqlx::query("UPDATE jobs SET worked_ms = $1 WHERE id = $2");
        let touch = touch.bind(now_ms()).bind(job);
        touch.execute(&mut *transaction).await?;
        let mut number = i64::try_from(first).unwrap_or(i64::MAX);
        let mut rest = items;
        while !rest.is_empty() {
            // Few sizes, so that the database knows the statements.
            let (now, later) = rest.split_at(1 << rest.len().min(ROWS).ilog2());
            rest = later;
            let rows: Vec<_> = (0..now.len()).map(|row| parameters(row, 6)).collect();
            let insert = format!(
                "INSERT INTO job_items (job, number, task, subject, request, legal_hold) VALUES {}",
                rows.join(", ")
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(insert));
            for item in now {
                query = query
                    .bind(job)
                    .bind(number)
                    .bind(item.task.hash.as_str())
                    .bind(item.subject.as_deref())
                    .bind(item.request.as_str())
                    .bind(i64::from(item.legal_hold));
                number += 1;
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Lists what has no outcome yet among `count` answers of a job from `first` on.
    ///
    /// # Errors
    /// The database fails.
    pub async fn open_items(
        &self,
        job: &str,
        first: u64,
        count: u64,
    ) -> Result<Vec<OpenItem>, StoreError> {
        let select = "SELECT i.number, i.task, COALESCE(i.request, g.request), i.source, i.tries, \
                      COALESCE(g.legal_hold, i.legal_hold), COALESCE(g.root, g.id) \
                      FROM job_items i LEFT JOIN grades g ON g.id = i.source \
                      WHERE i.job = $1 AND i.number >= $2 AND i.number < $3 AND i.grade IS NULL \
                      AND i.problem IS NULL ORDER BY i.number";
        let bound = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let rows = sqlx::query(select)
            .bind(job)
            .bind(bound(first))
            .bind(bound(first.saturating_add(count)))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(open_item).collect()
    }

    /// Lists the first numbers of the parts, `size` answers each, in which something has no outcome yet.
    ///
    /// # Errors
    /// The database fails.
    pub async fn open_parts(&self, job: &str, size: u64) -> Result<Vec<u64>, StoreError> {
        // The size is a number of the program's own.
        let select = sqlx::AssertSqlSafe(format!(
            "SELECT DISTINCT number / {size} * {size} AS first FROM job_items \
             WHERE job = $1 AND grade IS NULL AND problem IS NULL ORDER BY first"
        ));
        let firsts: Vec<i64> = sqlx::query_scalar(select)
            .bind(job)
            .fetch_all(&self.pool)
            .await?;
        Ok(firsts.into_iter().map(i64::unsigned_abs).collect())
    }

    /// Finds a task by the hash under which it is kept.
    ///
    /// # Errors
    /// The database fails, or holds something that cannot be read.
    pub async fn task(&self, hash: &str) -> Result<Option<Task>, StoreError> {
        let select = sqlx::query_scalar("SELECT task FROM tasks WHERE hash = $1").bind(hash);
        let text: Option<String> = select.fetch_optional(&self.pool).await?;
        text.map(|text| task_of(&text)).transpose()
    }

    /// Says why an answer has no grade, where it has none, and what it has cost all the same.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fail_item(
        &self,
        item: &Item,
        problem: &ItemProblem,
        cost_usd: Option<f64>,
    ) -> Result<(), StoreError> {
        let problem =
            serde_json::to_string(problem).map_err(|_| StoreError::Unreadable("job_items"))?;
        let update = "UPDATE job_items SET problem = $1, cost_usd = COALESCE(cost_usd, 0.0) + $4 WHERE job = $2 AND number = $3 AND grade IS NULL";
        sqlx::query(update)
            .bind(problem)
            .bind(item.job.as_str())
            .bind(i64::try_from(item.number).unwrap_or(i64::MAX))
            .bind(cost_usd.unwrap_or_default())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that an answer failed in a way that may be its own fault.
    ///
    /// # Errors
    /// The database fails.
    pub async fn note_try(&self, item: &Item) -> Result<(), StoreError> {
        let update = "UPDATE job_items SET tries = tries + 1 WHERE job = $1 AND number = $2";
        sqlx::query(update)
            .bind(item.job.as_str())
            .bind(i64::try_from(item.number).unwrap_or(i64::MAX))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Says how far a job is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn progress(&self, job: &str) -> Result<Progress, StoreError> {
        let select = "SELECT COUNT(grade), COUNT(problem), \
                      CAST(COALESCE(SUM(degraded), 0) AS BIGINT), CAST(COALESCE(SUM(needs_review), 0) AS BIGINT), \
                      COALESCE(SUM(cost_usd), 0.0) FROM job_items WHERE job = $1";
        let row = sqlx::query(select).bind(job).fetch_one(&self.pool).await?;
        let count = |column| Ok::<_, StoreError>(row.try_get::<i64, _>(column)?.unsigned_abs());
        Ok(Progress {
            graded: count(0)?,
            failed: count(1)?,
            degraded: count(2)?,
            needs_review: count(3)?,
            cost_usd: row.try_get(4)?,
        })
    }

    /// Counts the answers of all jobs that wait to be graded.
    ///
    /// # Errors
    /// The database fails.
    pub async fn waiting_items(&self) -> Result<i64, StoreError> {
        let count = "SELECT COUNT(*) FROM job_items i JOIN jobs j ON j.id = i.job WHERE i.grade IS NULL \
                     AND i.problem IS NULL AND j.state IN ('queued', 'running')";
        Ok(sqlx::query_scalar(count).fetch_one(&self.pool).await?)
    }

    /// Lists what became of up to `limit` answers of a job from `first` on.
    ///
    /// # Errors
    /// The database fails, or holds something that cannot be read.
    pub async fn outcomes(
        &self,
        job: &str,
        first: u64,
        limit: u32,
    ) -> Result<Vec<Outcome>, StoreError> {
        let select = sqlx::AssertSqlSafe(format!(
            "SELECT i.number, i.source, COALESCE(s.human_score, s.score), g.grade, g.bones, i.problem, \
             (SELECT MAX(f.review_state) FROM grades f WHERE f.review_state = 'appealed' AND \
             (f.id = COALESCE(g.root, g.id, s.root, s.id) OR f.root = COALESCE(g.root, g.id, s.root, s.id))) \
             FROM job_items i LEFT JOIN grades g ON g.id = i.grade LEFT JOIN grades s ON s.id = i.source \
             WHERE i.job = $1 AND i.number >= $2 ORDER BY i.number LIMIT {limit}"
        ));
        let rows = sqlx::query(select)
            .bind(job)
            .bind(i64::try_from(first).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(outcome).collect()
    }

    /// Erases what waits to be graded of a person, and says of how many answers, and how many are held.
    pub(super) async fn erase_items_of(&self, subject: &str) -> Result<(u64, u64), StoreError> {
        let update = "UPDATE job_items SET request = NULL, problem = $1 \
                      WHERE subject = $2 AND grade IS NULL AND legal_hold = 0 AND request IS NOT NULL";
        let updated = sqlx::query(update).bind(ERASED).bind(subject);
        let erased = updated.execute(&self.pool).await?.rows_affected();
        let held = "SELECT COUNT(*) FROM job_items WHERE subject = $1 AND grade IS NULL AND legal_hold = 1";
        let held = sqlx::query_scalar(held).bind(subject);
        let held: i64 = held.fetch_one(&self.pool).await?;
        Ok((erased, held.unsigned_abs()))
    }

    /// Erases what was left ungraded of jobs that ended before a time.
    pub(super) async fn erase_old_items(&self, before_ms: i64) -> Result<(), StoreError> {
        let update = "UPDATE job_items SET request = NULL, problem = COALESCE(problem, $1) \
                      WHERE request IS NOT NULL AND legal_hold = 0 AND job IN \
                      (SELECT id FROM jobs WHERE state IN ('done', 'cancelled') AND ended_ms <= $2)";
        let update = sqlx::query(update).bind(ERASED).bind(before_ms);
        update.execute(&self.pool).await?;
        Ok(())
    }
}

/// The numbered parameters of one row among several.
pub(super) fn parameters(row: usize, columns: usize) -> String {
    let parameters = (0..columns).map(|column| format!("${}", row * columns + column + 1));
    format!("({})", parameters.collect::<Vec<_>>().join(", "))
}

fn number(row: &AnyRow) -> Result<u64, StoreError> {
    Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
}

fn open_item(row: &AnyRow) -> Result<OpenItem, StoreError> {
    let request: Option<String> = row.try_get(2)?;
    let request = request.map(|request| serde_json::from_str::<KeptRequest>(&request));
    let mut request = request
        .transpose()
        .map_err(|_| StoreError::Unreadable("job_items"))?;
    if let Some(request) = &mut request {
        request.aside.legal_hold = row.try_get::<i64, _>(5)? != 0;
    }
    let tries: i64 = row.try_get(4)?;
    let (source, root): (Option<String>, Option<String>) = (row.try_get(3)?, row.try_get(6)?);
    Ok(OpenItem {
        number: number(row)?,
        task: row.try_get(1)?,
        request,
        source: source.zip(root).map(|(id, root)| Source { id, root }),
        tries: u32::try_from(tries).unwrap_or(u32::MAX),
    })
}

fn outcome(row: &AnyRow) -> Result<Outcome, StoreError> {
    let unreadable = |_| StoreError::Unreadable("job_items");
    let (whole, bones): (Option<String>, Option<String>) = (row.try_get(3)?, row.try_get(4)?);
    let problem: Option<String> = row.try_get(5)?;
    let graded = match (whole.or(bones), problem) {
        (Some(grade), _) => Some(Ok(serde_json::from_str(&grade).map_err(unreadable)?)),
        (None, Some(problem)) => Some(Err(serde_json::from_str(&problem).map_err(unreadable)?)),
        (None, None) => None,
    };
    Ok(Outcome {
        number: number(row)?,
        source: row.try_get(1)?,
        before: row.try_get(2)?,
        review_state: ReviewState::of(row.try_get::<Option<String>, _>(6)?.as_deref())?,
        graded,
    })
}
