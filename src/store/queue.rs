use super::grades::{SUMMARY, Summary, summary};
use super::{Store, StoreError};

impl Store {
    /// Counts the grades that wait for a person.
    ///
    /// # Errors
    /// The database fails.
    pub async fn waiting(&self) -> Result<i64, StoreError> {
        let count = "SELECT (SELECT COUNT(*) FROM grades WHERE review_state = 'appealed' AND standing IS NULL) + \
                     (SELECT COUNT(*) FROM grades WHERE needs_review = 1 AND review_state IS NULL \
                     AND standing IS NULL)";
        Ok(sqlx::query_scalar(count).fetch_one(&self.pool).await?)
    }

    /// Lists the grades that wait for a person: appeals, the oldest first, then those marked for review
    /// that nobody has judged, those of the lowest confidence first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn queue(
        &self,
        question_id: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Summary>, StoreError> {
        let waiting = [
            "review_state = 'appealed' AND standing IS NULL AND ($1 = '' OR question_id = $1) ORDER BY id",
            "needs_review = 1 AND review_state IS NULL AND standing IS NULL AND ($1 = '' OR question_id = $1) \
             ORDER BY confidence, id",
        ];
        let mut queue = Vec::new();
        for conditions in waiting {
            let left = limit as usize - queue.len();
            let select = format!("SELECT {SUMMARY} FROM grades WHERE {conditions} LIMIT {left}");
            let rows = sqlx::query(sqlx::AssertSqlSafe(select))
                .bind(question_id.unwrap_or_default())
                .fetch_all(&self.pool)
                .await?;
            for row in &rows {
                queue.push(summary(row)?);
            }
        }
        Ok(queue)
    }
}
