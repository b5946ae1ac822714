use std::time::Duration;

use super::open::now_ms;
use super::secrets::{hash_of, random};
use super::{Store, StoreError};

/// How long somebody stays signed in: a working day.
pub const SESSION: Duration = Duration::from_hours(12);

impl Store {
    /// Signs the holder of a key in; gives what the browser is to hold, which is not to be had again.
    ///
    /// # Errors
    /// The database fails.
    pub async fn begin_session(&self, api_key: &str) -> Result<String, StoreError> {
        let token = random::<32>()?;
        let now = now_ms();
        let lasts = i64::try_from(SESSION.as_millis()).unwrap_or(i64::MAX);
        sqlx::query("DELETE FROM sessions WHERE ends_ms <= $1")
            .bind(now)
            .execute(&self.pool)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (hash, api_key, made_ms, ends_ms) VALUES ($1, $2, $3, $4)",
        )
        .bind(hash_of(&token))
        .bind(api_key)
        .bind(now)
        .bind(now.saturating_add(lasts))
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// Finds the id of the key that somebody is signed in with.
    ///
    /// # Errors
    /// The database fails.
    pub async fn session(&self, token: &str) -> Result<Option<String>, StoreError> {
        let select = "SELECT api_key FROM sessions WHERE hash = $1 AND ends_ms > $2";
        let found = sqlx::query_scalar(select)
            .bind(hash_of(token))
            .bind(now_ms());
        Ok(found.fetch_optional(&self.pool).await?)
    }

    /// Signs somebody out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_session(&self, token: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM sessions WHERE hash = $1").bind(hash_of(token));
        delete.execute(&self.pool).await?;
        Ok(())
    }
}
