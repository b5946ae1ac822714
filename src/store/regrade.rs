use serde::Serialize;
use sqlx::Row as _;

use super::grades::bind;
use super::open::now_ms;
use super::{Filter, Store, StoreError};

/// What a re-grade would change, or has changed.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Changes {
    /// Answers with a score before and now, and no open appeal; the others are not compared.
    pub compared: u64,
    /// Answers that failed, and pass now.
    pub now_pass: u64,
    /// Answers that passed, and fail now.
    pub now_fail: u64,
    /// The mean of the score now less the score before.
    #[schema(minimum = -1, maximum = 1)]
    pub mean_difference: f64,
    /// Answers that a person judged, or has to: their grades stay.
    pub reviewed: u64,
}

/// The answers of a re-grade, with the grade before and the one now.
const PAIRS: &str = "FROM job_items i JOIN grades b ON b.id = i.source JOIN grades n ON n.id = i.grade \
                     WHERE i.job = $1 AND b.score IS NOT NULL AND n.score IS NOT NULL \
                     AND COALESCE(b.review_state, '') <> 'appealed' AND COALESCE(n.review_state, '') <> 'appealed'";

impl Store {
    /// Fills a job with the kept answers that match, the latest first, and says how many they are: `most` or
    /// fewer, or one more where there are too many. What is erased is left out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fill_from_grades(
        &self,
        job: &str,
        filter: &Filter,
        most: u64,
    ) -> Result<u64, StoreError> {
        let (conditions, values) = self.conditions(filter);
        // The text has names of columns and numbers only.
        let insert = sqlx::AssertSqlSafe(format!(
            "INSERT INTO job_items (job, number, task, source) \
             SELECT ${}, ROW_NUMBER() OVER (ORDER BY id DESC) - 1, task, id FROM grades \
             WHERE {conditions} AND request IS NOT NULL ORDER BY id DESC LIMIT {}",
            values.len() + 1,
            most.saturating_add(1)
        ));
        let query = bind(sqlx::query(insert), values).bind(job);
        Ok(query.execute(&self.pool).await?.rows_affected())
    }

    /// Compares the grades that a job proposes with those that they would replace: whose outcome changes
    /// at `pass_mark`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn changes(&self, job: &str, pass_mark: f64) -> Result<Changes, StoreError> {
        let select = sqlx::AssertSqlSafe(format!(
            "SELECT COUNT(*), \
             CAST(COALESCE(SUM(CASE WHEN b.score < $2 AND n.score >= $2 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE(SUM(CASE WHEN b.score >= $2 AND n.score < $2 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             COALESCE(AVG(n.score - b.score), 0.0), \
             CAST(COALESCE(SUM(CASE WHEN b.human_score IS NOT NULL OR b.review_state IS NOT NULL THEN 1 ELSE 0 END), 0) \
             AS BIGINT) {PAIRS}"
        ));
        let row = sqlx::query(select).bind(job).bind(pass_mark);
        let row = row.fetch_one(&self.pool).await?;
        let count = |column| Ok::<_, StoreError>(row.try_get::<i64, _>(column)?.unsigned_abs());
        Ok(Changes {
            compared: count(0)?,
            now_pass: count(1)?,
            now_fail: count(2)?,
            mean_difference: row.try_get(3)?,
            reviewed: count(4)?,
        })
    }

    /// Has the grades that a job proposes count instead of those that they were made from, and says how
    /// many do. A grade that a person judged, or has to, stays; so does one that was replaced meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub async fn apply_job(&self, job: &str) -> Result<u64, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let replace = "UPDATE grades SET standing = 'replaced', replaced_by = \
                       (SELECT i.grade FROM job_items i WHERE i.job = $1 AND i.source = grades.id) \
                       WHERE id IN (SELECT i.source FROM job_items i JOIN grades n ON n.id = i.grade \
                       WHERE i.job = $1 AND n.standing = 'proposed') \
                       AND standing IS NULL AND human_score IS NULL AND review_state IS NULL";
        let replaced = sqlx::query(replace).bind(job);
        let replaced = replaced.execute(&mut *transaction).await?.rows_affected();
        let count = "UPDATE grades SET standing = NULL WHERE standing = 'proposed' AND id IN \
                     (SELECT b.replaced_by FROM job_items i JOIN grades b ON b.id = i.source WHERE i.job = $1)";
        let count = sqlx::query(count).bind(job);
        count.execute(&mut *transaction).await?;
        let note = "UPDATE jobs SET applied_ms = COALESCE(applied_ms, $1) WHERE id = $2";
        let note = sqlx::query(note).bind(now_ms()).bind(job);
        note.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(replaced)
    }
}
