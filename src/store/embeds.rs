use std::time::Duration;

use serde_json::{Map, Value};
use sqlx::Row as _;

use super::keys::{choice, word};
use super::open::now_ms;
use super::secrets::{hash_of, random};
use super::{Store, StoreError};
use crate::grade::FeedbackLevel;

/// What a token for another site's page is to be good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEmbed {
    /// The key of who asked for it, which pays.
    pub api_key: Option<String>,
    /// The bank whose questions may be answered.
    pub bank: String,
    /// The origins whose pages may use it, such as `https://school.example`.
    pub origins: Vec<String>,
    /// How much of the key its grades show.
    pub feedback: FeedbackLevel,
    /// How many answers may be graded.
    pub grades: u32,
    /// For how long.
    pub valid_for: Duration,
    /// The person who answers, as the caller calls them.
    pub subject: Option<String>,
    /// The caller's own notes, for each of the grades.
    pub metadata: Option<Map<String, Value>>,
}

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embed {
    /// The key of who asked for it.
    pub api_key: Option<String>,
    /// The bank whose questions may be answered.
    pub bank: String,
    /// The origins whose pages may use it.
    pub origins: Vec<String>,
    /// How much of the key its grades show.
    pub feedback: FeedbackLevel,
    /// How many answers may still be graded.
    pub grades_left: i64,
    /// The person who answers, as the caller calls them.
    pub subject: Option<String>,
    /// The caller's own notes, for each of the grades.
    pub metadata: Option<Map<String, Value>>,
    hash: String,
    ends_ms: i64,
}

impl Embed {
    /// What tells it from others, and opens nothing.
    pub fn id(&self) -> &str {
        &self.hash
    }
}

/// What every token begins with, so that a scanner of source code finds one that was left there.
const PREFIX: &str = "age_";

/// What is kept with each grade, as it is written down: JSON, in which a NUL is escaped.
type Aside<'a> = (Option<&'a str>, Option<&'a Map<String, Value>>);

impl Store {
    /// Makes a token; gives it whole, with the moment when it ends: it is not to be had again.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create_embed(&self, new: &NewEmbed) -> Result<(String, i64), StoreError> {
        let token = format!("{PREFIX}{}", random::<32>()?);
        let now = now_ms();
        let lasts = i64::try_from(new.valid_for.as_millis()).unwrap_or(i64::MAX);
        let ends = now.saturating_add(lasts);
        self.forget_ended_embeds().await?;
        let unwritable = |_| StoreError::Unreadable("embeds");
        let subject = new.subject.as_deref();
        let aside: Aside<'_> = (subject, new.metadata.as_ref());
        let aside = (aside != (None, None)).then(|| serde_json::to_string(&aside));
        let aside = aside.transpose().map_err(unwritable)?;
        let origins = serde_json::to_string(&new.origins).map_err(unwritable)?;
        sqlx::query(
            "INSERT INTO embeds (hash, api_key, bank, origins, feedback, grades_left, ends_ms, subject, aside) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(hash_of(&token))
        .bind(new.api_key.as_deref())
        .bind(new.bank.as_str())
        .bind(origins)
        .bind(word(new.feedback))
        .bind(i64::from(new.grades))
        .bind(ends)
        .bind(subject.map(|subject| self.subject_hash(subject)))
        .bind(aside)
        .execute(&self.pool)
        .await?;
        Ok((token, ends))
    }

    /// Finds what a token is good for; `None` where it has ended, or never was.
    ///
    /// # Errors
    /// The database fails.
    pub async fn embed(&self, token: &str) -> Result<Option<Embed>, StoreError> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let select = "SELECT api_key, bank, origins, feedback, grades_left, hash, aside, ends_ms FROM embeds \
                      WHERE hash = $1 AND ends_ms > $2";
        let row = sqlx::query(select).bind(hash_of(token)).bind(now_ms());
        let Some(row) = row.fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let unreadable = || StoreError::Unreadable("embeds");
        let origins: String = row.try_get(2)?;
        let aside: Option<String> = row.try_get(6)?;
        let aside = aside.map(|aside| serde_json::from_str(&aside)).transpose();
        let (subject, metadata) = aside.map_err(|_| unreadable())?.unwrap_or_default();
        Ok(Some(Embed {
            api_key: row.try_get(0)?,
            bank: row.try_get(1)?,
            origins: serde_json::from_str(&origins).map_err(|_| unreadable())?,
            feedback: choice(row.try_get(3)?)?.ok_or_else(unreadable)?,
            grades_left: row.try_get(4)?,
            subject,
            metadata,
            hash: row.try_get(5)?,
            ends_ms: row.try_get(7)?,
        }))
    }

    /// Takes one of a token's grades; `false` where none is left.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_grade(&self, embed: &Embed) -> Result<bool, StoreError> {
        let update =
            "UPDATE embeds SET grades_left = grades_left - 1 WHERE hash = $1 AND grades_left > 0";
        let update = sqlx::query(update).bind(embed.hash.as_str());
        Ok(update.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Gives a grade back that was taken and not given.
    ///
    /// # Errors
    /// The database fails.
    pub async fn give_grade_back(&self, embed: &Embed) -> Result<(), StoreError> {
        let update = "UPDATE embeds SET grades_left = grades_left + 1 WHERE hash = $1";
        let update = sqlx::query(update).bind(embed.hash.as_str());
        update.execute(&self.pool).await?;
        Ok(())
    }

    /// Tells whether a token was ended before its time, as it is when the person is erased whose it was.
    ///
    /// # Errors
    /// The database fails.
    pub async fn was_ended_early(&self, embed: &Embed) -> Result<bool, StoreError> {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM embeds WHERE hash = $1");
        let count: i64 = count.bind(&embed.hash).fetch_one(&self.pool).await?;
        // What has ended by itself is forgotten sooner or later, too.
        Ok(count == 0 && embed.ends_ms > now_ms())
    }

    /// Forgets tokens that have ended, and whose they were.
    pub(super) async fn forget_ended_embeds(&self) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM embeds WHERE ends_ms <= $1").bind(now_ms());
        delete.execute(&self.pool).await?;
        Ok(())
    }

    /// Ends the tokens of a person, by the hash that stays of them, and says of how many.
    pub(super) async fn end_embeds_of(&self, subject: &str) -> Result<u64, StoreError> {
        let delete = sqlx::query("DELETE FROM embeds WHERE subject = $1").bind(subject);
        Ok(delete.execute(&self.pool).await?.rows_affected())
    }
}
