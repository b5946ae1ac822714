use std::time::Duration;

use sqlx::Row as _;

use super::open::now_ms;
use super::{Store, StoreError};

const MINUTE_MS: i64 = 60_000;

/// Some of the requests that a key's holder may make in this minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The minute, counted from 1970.
    pub minute: i64,
    /// Requests; 0 where all are used up.
    pub requests: u32,
}

/// The minute that it is now.
pub fn minute() -> i64 {
    now_ms() / MINUTE_MS
}

/// How long it is to the next minute.
pub fn to_next_minute() -> Duration {
    Duration::from_millis((MINUTE_MS - now_ms() % MINUTE_MS).unsigned_abs())
}

/// How long it is to the next hour of the clock.
pub fn to_next_hour() -> Duration {
    let hour = 60 * MINUTE_MS;
    Duration::from_millis((hour - now_ms() % hour).unsigned_abs())
}

/// How long it is to midnight (UTC), when a new day's money may be spent.
pub fn to_tomorrow() -> Duration {
    let day = 24 * 60 * MINUTE_MS;
    Duration::from_millis((day - now_ms() % day).unsigned_abs())
}

impl Store {
    /// Takes up to `wanted` of the `limit` requests that may be made for a key in this minute, whichever
    /// of the machines that share the database makes them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_requests(
        &self,
        key: &str,
        limit: u32,
        wanted: u32,
    ) -> Result<Share, StoreError> {
        let minute = minute();
        let take = "INSERT INTO rates (api_key, minute, taken) VALUES ($1, $2, $3) \
                    ON CONFLICT (api_key, minute) DO UPDATE SET taken = rates.taken + $3 \
                    RETURNING taken";
        let taken: i64 = sqlx::query_scalar(take)
            .bind(key)
            .bind(minute)
            .bind(i64::from(wanted))
            .fetch_one(&self.pool)
            .await?;
        let before = taken - i64::from(wanted);
        let left = i64::from(limit).saturating_sub(before);
        if before == 0 {
            // The first of a minute clears the minutes before away.
            let clear = sqlx::query("DELETE FROM rates WHERE api_key = $1 AND minute < $2");
            clear.bind(key).bind(minute).execute(&self.pool).await?;
        }
        Ok(Share {
            minute,
            requests: u32::try_from(left.clamp(0, i64::from(wanted))).unwrap_or(0),
        })
    }

    /// What was spent on models for a key since midnight (UTC), in US dollars.
    ///
    /// # Errors
    /// The database fails.
    pub async fn spent_today(&self, key: &str) -> Result<f64, StoreError> {
        let spent = "SELECT usd FROM spending WHERE api_key = $1 AND day = $2";
        let spent = sqlx::query_scalar(spent).bind(key).bind(today());
        let spent: Option<f64> = spent.fetch_optional(&self.pool).await?;
        Ok(spent.unwrap_or_default())
    }

    /// Adds to it, whether or not a grade came of it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn spend(&self, key: &str, usd: f64) -> Result<(), StoreError> {
        let add = "INSERT INTO spending (api_key, day, usd) VALUES ($1, $2, $3) \
                   ON CONFLICT (api_key, day) DO UPDATE SET usd = spending.usd + $3";
        let add = sqlx::query(add).bind(key).bind(today()).bind(usd);
        add.execute(&self.pool).await?;
        Ok(())
    }
}

/// What all who share the database have spent on models, in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spending {
    /// In this hour of the clock.
    pub hour: f64,
    /// In this hour and the 23 before it.
    pub day: f64,
}

impl Store {
    /// Adds to what all who share the database have spent, and says how much that is now.
    ///
    /// # Errors
    /// The database fails; then nothing is added.
    pub async fn share_spending(&self, usd: f64) -> Result<Spending, StoreError> {
        const HOUR_MS: i64 = 60 * MINUTE_MS;
        let hour = now_ms() / HOUR_MS;
        let mut transaction = self.pool.begin().await?;
        if usd > 0.0 {
            let add = "INSERT INTO budget (hour, usd) VALUES ($1, $2) \
                       ON CONFLICT (hour) DO UPDATE SET usd = budget.usd + $2";
            let add = sqlx::query(add).bind(hour).bind(usd);
            add.execute(&mut *transaction).await?;
        }
        let select = "SELECT COALESCE(SUM(CASE WHEN hour = $1 THEN usd ELSE 0.0 END), 0.0), \
                      COALESCE(SUM(usd), 0.0) FROM budget WHERE hour > $2";
        let row = sqlx::query(select).bind(hour).bind(hour - 24);
        let row = row.fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Spending {
            hour: row.try_get(0)?,
            day: row.try_get(1)?,
        })
    }
}

fn today() -> i64 {
    now_ms() / (24 * 60 * MINUTE_MS)
}
