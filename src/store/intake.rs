use sqlx::Row as _;
use uuid::Uuid;

use super::jobs::{Begun, NewJob};
use super::open::now_ms;
use super::{Location, Store, StoreError};

/// An upload of which nothing came for so long has broken off.
const ABANDONED_MS: i64 = 10 * 60 * 1_000;

/// Answers from which on it matters how the database finds them.
const MANY: u64 = 1_000;

impl Store {
    /// Begins a job, whose answers are then added.
    ///
    /// # Errors
    /// The database fails.
    pub async fn begin_job(&self, new: NewJob<'_>) -> Result<Begun, StoreError> {
        let id = Uuid::now_v7().to_string();
        let name = new.name.map(|name| self.hashes.of("job", name));
        let terms =
            serde_json::to_string(&new.terms).map_err(|_| StoreError::Unreadable("jobs"))?;
        // An upload that broke off with its process does not keep the next one out.
        let abandoned = "DELETE FROM jobs WHERE COALESCE(api_key, '') = $1 AND name = $2 \
                         AND state = 'uploading' AND worked_ms < $3";
        if let Some(name) = &name {
            sqlx::query(abandoned)
                .bind(new.api_key.unwrap_or_default())
                .bind(name.as_str())
                .bind(now_ms() - ABANDONED_MS)
                .execute(&self.pool)
                .await?;
        }
        let insert = "INSERT INTO jobs (id, made_ms, api_key, kind, state, terms, name, worked_ms) \
                      VALUES ($1, $2, $3, $4, 'uploading', $5, $6, $2) ON CONFLICT DO NOTHING";
        let inserted = sqlx::query(insert)
            .bind(id.as_str())
            .bind(now_ms())
            .bind(new.api_key)
            .bind(new.kind.name())
            .bind(terms)
            .bind(name.as_deref())
            .execute(&self.pool)
            .await?;
        if inserted.rows_affected() > 0 {
            return Ok(Begun::New(id));
        }
        let select = "SELECT id, body FROM jobs WHERE COALESCE(api_key, '') = $1 AND name = $2";
        let row = sqlx::query(select)
            .bind(new.api_key.unwrap_or_default())
            .bind(name.unwrap_or_default())
            .fetch_one(&self.pool)
            .await?;
        Ok(Begun::Before {
            id: row.try_get(0)?,
            body: row.try_get(1)?,
        })
    }

    /// Accepts a job with all that was added to it. `body` tells what was sent from anything else.
    ///
    /// # Errors
    /// The database fails.
    pub async fn accept_job(&self, id: &str, total: u64, body: &str) -> Result<(), StoreError> {
        let update =
            "UPDATE jobs SET state = 'queued', total = $1, body = $2, worked_ms = $3 WHERE id = $4";
        sqlx::query(update)
            .bind(i64::try_from(total).unwrap_or(i64::MAX))
            .bind(self.job_body(body))
            .bind(now_ms())
            .bind(id)
            .execute(&self.pool)
            .await?;
        if let Location::Postgres(_) = self.location()
            && total >= MANY
        {
            // Until PostgreSQL looks by itself, a minute later, it takes the table for a small one and reads all
            // of it for each statement.
            sqlx::query("ANALYZE job_items").execute(&self.pool).await?;
        }
        Ok(())
    }

    /// The keyed hash by which what was sent is told from anything else.
    pub fn job_body(&self, body: &str) -> String {
        self.hashes.of("body", body)
    }

    /// Forgets a job that was not accepted.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_job(&self, id: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM jobs WHERE id = $1 AND state = 'uploading'");
        delete.bind(id).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets jobs whose upload broke off with its process.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_uploads(&self) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM jobs WHERE state = 'uploading' AND worked_ms < $1");
        let delete = delete.bind(now_ms() - ABANDONED_MS);
        delete.execute(&self.pool).await?;
        Ok(())
    }
}
