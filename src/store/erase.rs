use std::time::Duration;

use serde::Serialize;
use sqlx::Row as _;

use super::items::ERASED;
use super::open::now_ms;
use super::{Location, Store, StoreError};

/// How much was erased.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Grades whose texts are gone now, and answers that waited to be graded.
    pub erased: u64,
    /// Grades that are under legal hold, and keep theirs.
    pub held: u64,
}

/// Everything that a person wrote, or that quotes it; scores, verdicts and keyed hashes stay.
const ERASE: &str = "UPDATE grades SET request = NULL, grade = NULL, reply = NULL, erased_ms = $1 \
                     WHERE legal_hold = 0 AND erased_ms IS NULL";
/// Reviewers quote, too. Their hashes stay.
const ERASE_NOTES: &str = "UPDATE reviews SET note = NULL WHERE note IS NOT NULL AND grade IN \
                           (SELECT id FROM grades WHERE erased_ms IS NOT NULL)";
/// A grade and all others of the same answer.
const FAMILY: &str = "(id = $2 OR root = $2 OR id = (SELECT f.root FROM grades f WHERE f.id = $2) \
                      OR root = (SELECT f.root FROM grades f WHERE f.id = $2))";
/// Rows of a step of the retention, so that nobody waits long for them.
const STEP: i64 = 1_000;
const DAY: Duration = Duration::from_hours(24);

impl Store {
    /// Erases the texts of a grade.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_grade(&self, id: &str) -> Result<Erased, StoreError> {
        // What re-grades made of the same answer goes with it.
        self.erase(FAMILY, id).await
    }

    /// Erases the texts of all grades of a person, as the caller calls them, and ends the tokens that pages hold
    /// for them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_subject(&self, subject: &str) -> Result<Erased, StoreError> {
        let subject = self.subject_hash(subject);
        let ended = self.end_embeds_of(&subject).await?;
        let (waiting, held) = self.erase_items_of(&subject).await?;
        let mut erased = self.erase("subject = $2", &subject).await?;
        if waiting + ended > 0 && erased.erased == 0 {
            self.forget_deleted().await?;
        }
        erased.erased += waiting;
        erased.held += held;
        Ok(erased)
    }

    async fn erase(&self, which: &'static str, value: &str) -> Result<Erased, StoreError> {
        let erase = sqlx::AssertSqlSafe(format!("{ERASE} AND {which}"));
        let mut transaction = self.pool.begin().await?;
        // First what is being graded once more: whoever is at it either has written its grade, which is then
        // erased with the others, or cannot any more.
        let waiting = sqlx::AssertSqlSafe(format!(
            "UPDATE job_items SET problem = $1 WHERE grade IS NULL AND problem IS NULL AND source IN \
             (SELECT id FROM grades WHERE legal_hold = 0 AND {which})"
        ));
        let waiting = sqlx::query(waiting).bind(ERASED).bind(value);
        waiting.execute(&mut *transaction).await?;
        let erased = sqlx::query(erase).bind(now_ms()).bind(value);
        let erased = erased.execute(&mut *transaction).await?.rows_affected();
        sqlx::query(ERASE_NOTES).execute(&mut *transaction).await?;
        transaction.commit().await?;
        let held = sqlx::AssertSqlSafe(format!(
            "SELECT COUNT(*) FROM grades WHERE legal_hold = $1 AND {which}"
        ));
        let held: i64 = sqlx::query_scalar(held)
            .bind(1_i64)
            .bind(value)
            .fetch_one(&self.pool)
            .await?;
        if erased > 0 {
            self.forget_deleted().await?;
        }
        Ok(Erased {
            erased,
            held: held.unsigned_abs(),
        })
    }

    /// Sets or lifts the legal hold of a grade, and of what a re-grade made of its answer; `false` where there is no such grade.
    ///
    /// # Errors
    /// The database fails.
    pub async fn hold(&self, id: &str, hold: bool) -> Result<bool, StoreError> {
        let update = sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE grades SET legal_hold = $1 WHERE {FAMILY}"
        )));
        let updated = update.bind(i64::from(hold)).bind(id);
        Ok(updated.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Erases the texts that are older than they are to be kept, and says of how many grades.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_old(&self) -> Result<u64, StoreError> {
        let age = (DAY * self.privacy.keep_texts_days).as_millis();
        let age = i64::try_from(age).unwrap_or(i64::MAX);
        let now = now_ms();
        self.erase_old_items(now.saturating_sub(age)).await?;
        self.forget_ended_embeds().await?;
        let erase = || {
            sqlx::AssertSqlSafe(format!(
                "{ERASE} AND id IN (SELECT id FROM grades WHERE made_ms <= $2 AND erased_ms IS NULL \
             AND legal_hold = 0 LIMIT {STEP})"
            ))
        };
        // What a re-grade made of an old answer is as old as that.
        let again = sqlx::AssertSqlSafe(format!(
            "{ERASE} AND root IN (SELECT r.id FROM grades r WHERE r.made_ms <= $2 AND r.id IN \
             (SELECT f.root FROM grades f WHERE f.root IS NOT NULL AND f.erased_ms IS NULL))"
        ));
        let again = sqlx::query(again).bind(now).bind(now.saturating_sub(age));
        let mut all = again.execute(&self.pool).await?.rows_affected();
        loop {
            let erased = sqlx::query(erase()).bind(now).bind(now.saturating_sub(age));
            let erased = erased.execute(&self.pool).await?.rows_affected();
            sqlx::query(ERASE_NOTES).execute(&self.pool).await?;
            all += erased;
            if erased == 0 {
                break;
            }
        }
        // An erasure whose caller went away is made up for.
        self.forget_deleted().await?;
        Ok(all)
    }

    /// Has SQLite's log of changes, which still holds what was deleted, emptied. PostgreSQL's goes with
    /// its own housekeeping. Where somebody reads for long it stays until [`Self::erase_old`] comes again.
    async fn forget_deleted(&self) -> Result<(), StoreError> {
        const TRIES: u32 = 20;
        let Location::File(_) = self.location() else {
            return Ok(());
        };
        for _ in 0..TRIES {
            let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
            let busy: i64 = checkpoint.fetch_one(&self.pool).await?.try_get(0)?;
            if busy == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tracing::warn!(
            "erased texts may still be in the database's log (-wal): somebody reads it all the time"
        );
        Ok(())
    }
}
