use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::digest::common::Key;
use sha2::{Digest as _, Sha256};
use sqlx::AnyPool;

use super::StoreError;

/// Hashes that only who has the key can compare with a name or an answer; they stay when a person's
/// texts are erased.
#[derive(Clone)]
pub(super) struct KeyedHashes(Hmac<Sha256>);

impl KeyedHashes {
    pub(super) fn new(key: &SecretString) -> Self {
        // A digest of the key fits whatever the key's length.
        let mut block = Key::<Hmac<Sha256>>::default();
        block[..32].copy_from_slice(&Sha256::digest(key.expose_secret()));
        Self(Hmac::new(&block))
    }

    /// Hashes a text; 32 hex digits. `purpose` keeps a subject and an answer of the same words apart.
    pub(super) fn of(&self, purpose: &str, text: &str) -> String {
        let mut hmac = self.0.clone();
        hmac.update(purpose.as_bytes());
        hmac.update(&[0]);
        hmac.update(text.as_bytes());
        crate::text::hex(&hmac.finalize().into_bytes()[..16])
    }
}

/// Refuses a key that is not the one which the rows of a database were hashed with: nobody would be found,
/// and so not erased, any more.
pub(super) async fn check_key(pool: &AnyPool, hashes: &KeyedHashes) -> Result<(), StoreError> {
    let insert = "INSERT INTO secrets (name, value) VALUES ('hash_check', $1) \
                  ON CONFLICT (name) DO NOTHING";
    let check = hashes.of("check", "");
    sqlx::query(insert)
        .bind(check.as_str())
        .execute(pool)
        .await?;
    let select = "SELECT value FROM secrets WHERE name = 'hash_check'";
    let kept: String = sqlx::query_scalar(select).fetch_one(pool).await?;
    if kept == check {
        Ok(())
    } else {
        Err(StoreError::AnotherKey)
    }
}

/// The key that is kept in the database itself, made at the first use. All who share the database
/// get the same.
pub(super) async fn kept_key(pool: &AnyPool) -> Result<SecretString, StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::NoRandomness)?;
    let insert = "INSERT INTO secrets (name, value) VALUES ('hash_key', $1) \
                  ON CONFLICT (name) DO NOTHING";
    let made = crate::text::hex(&bytes);
    sqlx::query(insert).bind(made).execute(pool).await?;
    let select = "SELECT value FROM secrets WHERE name = 'hash_key'";
    let kept: String = sqlx::query_scalar(select).fetch_one(pool).await?;
    Ok(kept.into())
}
