use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::open::now_ms;
use super::{Store, StoreError};

/// A bank as somebody saved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedBank {
    /// Names the bank.
    pub id: String,
    /// Counts how often it was saved, from 1.
    pub version: i64,
    /// The bank's text; `None` where the version of the files holds again.
    pub toml: Option<String>,
}

fn saved(row: &AnyRow) -> Result<SavedBank, StoreError> {
    Ok(SavedBank {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        toml: row.try_get(2)?,
    })
}

impl Store {
    /// Counts what was ever saved; another number says that something was saved since.
    ///
    /// # Errors
    /// The database fails.
    pub async fn banks_saved(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM banks");
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Lists the last version of each bank that was saved, by id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn saved_banks(&self) -> Result<Vec<SavedBank>, StoreError> {
        let select = "SELECT id, version, toml FROM banks AS one WHERE version = \
                      (SELECT MAX(version) FROM banks WHERE id = one.id) ORDER BY id";
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        rows.iter().map(saved).collect()
    }

    /// Finds the last version of a bank that was saved.
    ///
    /// # Errors
    /// The database fails.
    pub async fn saved_bank(&self, id: &str) -> Result<Option<SavedBank>, StoreError> {
        let select =
            "SELECT id, version, toml FROM banks WHERE id = $1 ORDER BY version DESC LIMIT 1";
        let row = sqlx::query(select).bind(id);
        let row = row.fetch_optional(&self.pool).await?;
        row.as_ref().map(saved).transpose()
    }

    /// Saves a bank, or that the files' version holds again, on top of the version that it was made from (0
    /// where none was saved); `None` where somebody else saved one since.
    ///
    /// # Errors
    /// The database fails.
    pub async fn save_bank(
        &self,
        id: &str,
        toml: Option<&str>,
        based_on: i64,
        saved_by: Option<&str>,
    ) -> Result<Option<i64>, StoreError> {
        let last = "SELECT COALESCE(MAX(version), 0) FROM banks WHERE id = $1";
        let last: i64 = sqlx::query_scalar(last)
            .bind(id)
            .fetch_one(&self.pool)
            .await?;
        if last != based_on {
            return Ok(None);
        }
        let insert =
            "INSERT INTO banks (id, version, toml, saved_ms, saved_by) VALUES ($1, $2, $3, $4, $5)";
        let inserted = sqlx::query(insert)
            .bind(id)
            .bind(based_on + 1)
            .bind(toml)
            .bind(now_ms())
            .bind(saved_by)
            .execute(&self.pool)
            .await;
        match inserted {
            Ok(_) => Ok(Some(based_on + 1)),
            // Somebody was faster by a moment.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
