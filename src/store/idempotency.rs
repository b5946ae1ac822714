use std::time::Duration;

use sqlx::Row as _;

use super::open::now_ms;
use super::{Store, StoreError};

/// How long a name is remembered.
const REMEMBERED: Duration = Duration::from_hours(24);

/// What is known of a request that names itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Claimed {
    /// Nothing: it is this caller's to grade, and to end with its grade or by [`Store::release`].
    New(Claim),
    /// It was graded.
    Done {
        /// The grade's id.
        grade: String,
    },
    /// Somebody is at it.
    UnderWay,
    /// Its name was another request's.
    AnotherBody,
}

/// The right to grade a request that names itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    pub(super) api_key: String,
    pub(super) name: String,
}

impl Store {
    /// Claims a request by the name that it was given. A claim that was neither ended nor released within
    /// `patience`, because its process was killed, is free again.
    ///
    /// # Errors
    /// The database fails.
    pub async fn claim(
        &self,
        api_key: Option<&str>,
        name: &str,
        body: &str,
        patience: Duration,
    ) -> Result<Claimed, StoreError> {
        let claim = Claim {
            api_key: api_key.unwrap_or_default().to_owned(),
            name: self.hashes.of("idempotency", name),
        };
        let body = self.hashes.of("body", body);
        let now = now_ms();
        let insert = "INSERT INTO idempotency (api_key, name, body, made_ms) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (api_key, name) DO UPDATE SET body = $3, made_ms = $4 \
                      WHERE idempotency.grade IS NULL AND idempotency.made_ms < $5";
        let stale = now.saturating_sub(i64::try_from(patience.as_millis()).unwrap_or(i64::MAX));
        let inserted = sqlx::query(insert)
            .bind(claim.api_key.as_str())
            .bind(claim.name.as_str())
            .bind(body.as_str())
            .bind(now)
            .bind(stale)
            .execute(&self.pool)
            .await?;
        if inserted.rows_affected() > 0 {
            return Ok(Claimed::New(claim));
        }
        let select = "SELECT body, grade FROM idempotency WHERE api_key = $1 AND name = $2";
        let row = sqlx::query(select)
            .bind(claim.api_key.as_str())
            .bind(claim.name.as_str())
            .fetch_optional(&self.pool)
            .await?;
        // Whoever was at it has just given up: the next try finds it free.
        let Some(row) = row else {
            return Ok(Claimed::UnderWay);
        };
        let (of, grade): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
        Ok(match grade {
            _ if of != body => Claimed::AnotherBody,
            Some(grade) => Claimed::Done { grade },
            None => Claimed::UnderWay,
        })
    }

    /// Gives a claim back: no grade came of it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        let delete = "DELETE FROM idempotency WHERE api_key = $1 AND name = $2 AND grade IS NULL";
        sqlx::query(delete)
            .bind(claim.api_key.as_str())
            .bind(claim.name.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets names that were given long ago.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_claims(&self) -> Result<(), StoreError> {
        let age = i64::try_from(REMEMBERED.as_millis()).unwrap_or(i64::MAX);
        let delete = sqlx::query("DELETE FROM idempotency WHERE made_ms < $1");
        delete.bind(now_ms() - age).execute(&self.pool).await?;
        Ok(())
    }
}
