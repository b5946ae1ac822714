use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use subtle::ConstantTimeEq as _;

use super::number::Number;
use super::open::now_ms;
use super::secrets::{hash_of, random};
use super::{Store, StoreError};
use crate::grade::{Fallback, FeedbackLevel};

/// What a key's holder may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Grade answers, and have concepts made.
    Grade,
    /// Read grades that are kept.
    Read,
    /// Review grades.
    Review,
    /// See reference answers.
    References,
    /// Erase, hold, and everything else.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Grade,
        Self::Read,
        Self::Review,
        Self::References,
        Self::Admin,
    ];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grade => "grade",
            Self::Read => "read",
            Self::Review => "review",
            Self::References => "references",
            Self::Admin => "admin",
        }
    }
}

/// What a key is to be like.
#[derive(Debug, Clone, PartialEq)]
pub struct NewKey {
    /// Who has it, for people.
    pub name: String,
    /// What its holder may do; not empty.
    pub scopes: Vec<Scope>,
    /// How long it is valid; without end where nothing is said.
    pub valid_for: Option<Duration>,
    /// Requests that its holder may make in a minute.
    pub requests_per_minute: Option<u32>,
    /// US dollars that its holder may spend on models in a day.
    pub usd_per_day: Option<f64>,
    /// How much of the key to show where a request is silent.
    pub feedback: Option<FeedbackLevel>,
    /// What happens when a model fails, where a request is silent.
    pub fallback: Option<Fallback>,
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApiKey {
    /// The part of the key that may be shown.
    pub id: String,
    /// Who has it.
    pub name: String,
    /// What its holder may do.
    pub scopes: Vec<Scope>,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// When it ends.
    pub expires_ms: Option<i64>,
    /// When it was taken back.
    pub revoked_ms: Option<i64>,
    /// Requests that its holder may make in a minute.
    pub requests_per_minute: Option<u32>,
    /// US dollars that its holder may spend on models in a day.
    pub usd_per_day: Option<f64>,
    /// How much of the key to show where a request is silent.
    pub feedback: Option<FeedbackLevel>,
    /// What happens when a model fails, where a request is silent.
    pub fallback: Option<Fallback>,
    #[serde(skip)]
    hash: String,
}

/// What every key begins with, so that a scanner of source code finds one that was left there.
const PREFIX: &str = "agk_";
/// Hex digits of the part that may be shown.
const ID_DIGITS: usize = 12;

impl ApiKey {
    /// Splits a key into the part that it is found by and its secret; `None` for what cannot be a key.
    pub fn parts(key: &str) -> Option<(&str, &str)> {
        let (id, secret) = key.strip_prefix(PREFIX)?.split_once('_')?;
        let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (id.len() == ID_DIGITS && is_hex(id) && secret.len() == 64 && is_hex(secret))
            .then_some((id, secret))
    }

    /// Tells whether a secret is this key's. It takes as long for every wrong one.
    pub fn has_secret(&self, secret: &str) -> bool {
        let given = hash_of(secret);
        given.as_bytes().ct_eq(self.hash.as_bytes()).into()
    }

    /// Tells whether the key is valid now.
    pub fn is_valid(&self) -> bool {
        self.revoked_ms.is_none() && self.expires_ms.is_none_or(|end| now_ms() < end)
    }

    /// Tells whether its holder may do something. An administrator may do all but see reference
    /// answers, which is a matter of its own.
    pub fn may(&self, scope: Scope) -> bool {
        let admin = scope != Scope::References && self.scopes.contains(&Scope::Admin);
        admin || self.scopes.contains(&scope)
    }
}

const COLUMNS: &str = "id, name, hash, scopes, made_ms, expires_ms, revoked_ms, requests_per_minute, \
                       usd_per_day, feedback, fallback";

impl Store {
    /// Makes a key, and gives it whole: it is not to be had again.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create_key(&self, new: &NewKey) -> Result<String, StoreError> {
        let (id, secret) = (random::<{ ID_DIGITS / 2 }>()?, random::<32>()?);
        let made = now_ms();
        let expires = new.valid_for.map(|time| {
            let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            made.saturating_add(time)
        });
        let scopes: Vec<_> = new.scopes.iter().map(|scope| scope.name()).collect();
        let insert = sqlx::AssertSqlSafe(format!(
            "INSERT INTO keys ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8, $9, $10)"
        ));
        sqlx::query(insert)
            .bind(id.as_str())
            .bind(new.name.as_str())
            .bind(hash_of(&secret))
            .bind(scopes.join(","))
            .bind(made)
            .bind(expires)
            .bind(new.requests_per_minute.map(i64::from))
            .bind(Number(new.usd_per_day))
            .bind(new.feedback.and_then(word))
            .bind(new.fallback.and_then(word))
            .execute(&self.pool)
            .await?;
        Ok(format!("{PREFIX}{id}_{secret}"))
    }

    /// Finds a key by the part that may be shown.
    ///
    /// # Errors
    /// The database fails.
    pub async fn key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        let select = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM keys WHERE id = $1"));
        let row = sqlx::query(select).bind(id);
        let row = row.fetch_optional(&self.pool).await?;
        row.map(|row| key(&row)).transpose()
    }

    /// Lists all keys, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let select =
            sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM keys ORDER BY made_ms, id"));
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        rows.iter().map(key).collect()
    }

    /// Takes a key back; `false` where there is no such key, or it was taken back already.
    ///
    /// # Errors
    /// The database fails.
    pub async fn revoke_key(&self, id: &str) -> Result<bool, StoreError> {
        let update = "UPDATE keys SET revoked_ms = $1 WHERE id = $2 AND revoked_ms IS NULL";
        let update = sqlx::query(update).bind(now_ms()).bind(id);
        Ok(update.execute(&self.pool).await?.rows_affected() > 0)
    }
}

/// The word of a choice, as it is written everywhere.
pub(super) fn word<T: Serialize>(choice: T) -> Option<String> {
    let value = serde_json::to_value(choice).ok()?;
    value.as_str().map(str::to_owned)
}

/// A choice by its word.
pub(super) fn choice<T: serde::de::DeserializeOwned>(
    word: Option<String>,
) -> Result<Option<T>, StoreError> {
    let read = |word| serde_json::from_value(serde_json::Value::String(word));
    word.map(read)
        .transpose()
        .map_err(|_| StoreError::Unreadable("keys"))
}

fn key(row: &AnyRow) -> Result<ApiKey, StoreError> {
    let scopes: String = row.try_get(3)?;
    let scopes = scopes.split(',').map(|word| choice(Some(word.to_owned())));
    let scopes: Result<Vec<Option<Scope>>, _> = scopes.collect();
    let requests: Option<i64> = row.try_get(7)?;
    Ok(ApiKey {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        hash: row.try_get(2)?,
        scopes: scopes?.into_iter().flatten().collect(),
        made_ms: row.try_get(4)?,
        expires_ms: row.try_get(5)?,
        revoked_ms: row.try_get(6)?,
        requests_per_minute: requests.and_then(|requests| requests.try_into().ok()),
        usd_per_day: row.try_get(8)?,
        feedback: choice(row.try_get(9)?)?,
        fallback: choice(row.try_get(10)?)?,
    })
}
