use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::hashes::KeyedHashes;
use super::number::Number;
use super::open::now_ms;
use super::{Store, StoreError};
use crate::grade::{Grade, Verdict};

/// Why somebody wrote about a grade.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// They judged the answer.
    #[default]
    Review,
    /// The candidate asks for a second judgement.
    Appeal,
}

impl ReviewReason {
    const fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Appeal => "appeal",
        }
    }
}

/// Where a grade stands with people.
#[derive(utoipa::ToSchema, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Somebody judged it last.
    Reviewed,
    /// It waits for a second reviewer, who does not see its score.
    Appealed,
}

impl ReviewState {
    pub(super) fn of(word: Option<&str>) -> Result<Option<Self>, StoreError> {
        match word {
            None => Ok(None),
            Some("reviewed") => Ok(Some(Self::Reviewed)),
            Some("appealed") => Ok(Some(Self::Appealed)),
            Some(_) => Err(StoreError::Unreadable("grades")),
        }
    }
}

/// What somebody decided about a grade.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReview {
    /// Who decided.
    pub reviewer: String,
    /// Why.
    pub reason: ReviewReason,
    /// The score that counts from now on, 0..1; an appeal has none.
    pub score: Option<f64>,
    /// Verdicts that are other than the grade's, by the concepts' ids.
    pub verdicts: BTreeMap<String, Verdict>,
    /// What they have to say.
    pub note: Option<String>,
}

/// The same, as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// A unique id, in the order of time.
    pub id: String,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// What was decided. The note is gone where the candidate is erased.
    pub review: NewReview,
    /// The hash of the review before it, or of the grade.
    pub previous: String,
    /// The hash of this one.
    pub hash: String,
    note_hash: String,
    number: i64,
}

/// Says why a review was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such grade.
    #[error("there is no such grade")]
    UnknownGrade,
    /// Another grade counts instead of this one.
    #[error("the grade does not count")]
    DoesNotCount,
    /// An appeal is decided by somebody who has not judged the grade.
    #[error("somebody else has to decide an appeal")]
    SameReviewer,
    /// There is nothing to appeal against twice.
    #[error("an appeal is open already")]
    AppealedAlready,
    /// Another review of the grade was kept at the same moment.
    #[error("somebody else reviewed the grade at the same moment")]
    TooLate,
    /// The database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReviewError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::TooLate,
            _ => Self::Store(error.into()),
        }
    }
}

/// The hash of everything of a review, one after the other with their lengths. It is keyed, so that who
/// can write rows cannot make one that fits.
fn chained(hashes: &KeyedHashes, grade: &str, review: &Review) -> Result<String, StoreError> {
    let NewReview {
        reviewer,
        reason,
        score,
        verdicts,
        ..
    } = &review.review;
    let verdicts =
        serde_json::to_string(verdicts).map_err(|_| StoreError::Unreadable("reviews"))?;
    let score = score.map_or_else(String::new, |score| score.to_string());
    let parts = [
        review.previous.as_str(),
        &review.id,
        grade,
        &review.number.to_string(),
        &review.made_ms.to_string(),
        reviewer,
        reason.name(),
        &score,
        &verdicts,
        &review.note_hash,
    ];
    let lengths = parts.map(|part| format!("{} {part}", part.len()));
    Ok(hashes.of("review", &lengths.join("\n")))
}

impl Store {
    /// Keeps what somebody decided about a grade. Their score then counts; the grade stays as it was.
    ///
    /// # Errors
    /// There is no such grade, they may not decide this, somebody else was faster, or the database fails.
    pub async fn review(&self, grade: &str, new: NewReview) -> Result<Review, ReviewError> {
        let before = self.reviews(grade).await?;
        let row = "SELECT bones, review_state, standing FROM grades WHERE id = $1";
        let row = sqlx::query(row)
            .bind(grade)
            .fetch_optional(&self.pool)
            .await?;
        let row = row.ok_or(ReviewError::UnknownGrade)?;
        let (bones, state): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
        let state = ReviewState::of(state.as_deref())?;
        if row.try_get::<Option<String>, _>(2)?.is_some() {
            return Err(ReviewError::DoesNotCount);
        }
        let judged_before = || {
            let judged = before
                .iter()
                .filter(|one| one.review.reason == ReviewReason::Review);
            let folded = |name: &str| name.trim().to_lowercase();
            let name = folded(&new.reviewer);
            judged
                .clone()
                .any(|one| folded(&one.review.reviewer) == name)
        };
        match (state, new.reason) {
            (Some(ReviewState::Appealed), ReviewReason::Appeal) => {
                return Err(ReviewError::AppealedAlready);
            }
            (Some(ReviewState::Appealed), ReviewReason::Review) if judged_before() => {
                return Err(ReviewError::SameReviewer);
            }
            _ => {}
        }
        let note = new.note.as_deref().unwrap_or_default();
        let mut review = Review {
            id: Uuid::now_v7().to_string(),
            made_ms: now_ms(),
            note_hash: self.hashes.of("note", note),
            number: before.last().map_or(0, |last| last.number) + 1,
            previous: match before.last() {
                Some(last) => last.hash.clone(),
                None => self.hashes.of("grade", &bones),
            },
            hash: String::new(),
            review: new,
        };
        review.hash = chained(&self.hashes, grade, &review)?;
        self.keep_review(grade, &review).await?;
        Ok(review)
    }

    async fn keep_review(&self, grade: &str, review: &Review) -> Result<(), ReviewError> {
        let verdicts = serde_json::to_string(&review.review.verdicts);
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO reviews (id, grade, number, made_ms, reviewer, reason, score, verdicts, note, \
             note_hash, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(review.id.as_str())
        .bind(grade)
        .bind(review.number)
        .bind(review.made_ms)
        .bind(review.review.reviewer.as_str())
        .bind(review.review.reason.name())
        .bind(Number(review.review.score))
        .bind(verdicts.map_err(|_| StoreError::Unreadable("reviews"))?)
        .bind(review.review.note.as_deref())
        .bind(review.note_hash.as_str())
        .bind(review.previous.as_str())
        .bind(review.hash.as_str())
        .execute(&mut *transaction)
        .await?;
        let update = match review.review.reason {
            ReviewReason::Review => {
                "UPDATE grades SET human_score = $1, review_state = 'reviewed' WHERE id = $2 AND standing IS NULL"
            }
            ReviewReason::Appeal => {
                "UPDATE grades SET human_score = COALESCE($1, human_score), review_state = 'appealed' \
                 WHERE id = $2 AND standing IS NULL"
            }
        };
        let updated = sqlx::query(update)
            .bind(Number(review.review.score))
            .bind(grade)
            .execute(&mut *transaction)
            .await?;
        if updated.rows_affected() == 0 {
            // A re-grade was applied at the same moment.
            return Err(ReviewError::DoesNotCount);
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Lists what people decided about a grade, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reviews(&self, grade: &str) -> Result<Vec<Review>, StoreError> {
        let select = "SELECT id, made_ms, reviewer, reason, score, verdicts, note, note_hash, previous, \
                      hash, number FROM reviews WHERE grade = $1 ORDER BY number";
        let rows = sqlx::query(select)
            .bind(grade)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(review).collect()
    }

    /// Tells whether a grade and its reviews are as they were kept: whether each review's hash fits what
    /// it covers. `None` where there is no such grade.
    ///
    /// # Errors
    /// The database fails.
    pub async fn history_is_whole(&self, grade: &str) -> Result<Option<bool>, StoreError> {
        let select =
            "SELECT bones, grade, score, human_score, review_state FROM grades WHERE id = $1";
        let row = sqlx::query(select)
            .bind(grade)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let bones: String = row.try_get(0)?;
        if !fits(&row, &bones)? {
            return Ok(Some(false));
        }
        let (human_score, state): (Option<f64>, Option<String>) =
            (row.try_get(3)?, row.try_get(4)?);
        let mut last = (None, None);
        let mut expected = self.hashes.of("grade", &bones);
        for (number, review) in (1..).zip(self.reviews(grade).await?) {
            let note = review.review.note.as_deref();
            let note_fits =
                note.is_none_or(|note| self.hashes.of("note", note) == review.note_hash);
            let fits = review.previous == expected && review.number == number && note_fits;
            if !fits || chained(&self.hashes, grade, &review)? != review.hash {
                return Ok(Some(false));
            }
            last = match review.review.reason {
                ReviewReason::Review => (review.review.score, Some("reviewed")),
                ReviewReason::Appeal => (last.0, Some("appealed")),
            };
            expected = review.hash;
        }
        Ok(Some(last == (human_score, state.as_deref())))
    }
}

/// Tells whether what is shown of a grade is what its bones say.
fn fits(row: &AnyRow, bones: &str) -> Result<bool, StoreError> {
    let unreadable = |_| StoreError::Unreadable("grades");
    let bones: Grade = serde_json::from_str(bones).map_err(unreadable)?;
    let (whole, score): (Option<String>, Option<f64>) = (row.try_get(1)?, row.try_get(2)?);
    let whole: Option<Grade> = whole
        .map(|whole| serde_json::from_str(&whole).map_err(unreadable))
        .transpose()?;
    Ok(score == bones.score && whole.is_none_or(|whole| whole.without_texts() == bones))
}

fn review(row: &AnyRow) -> Result<Review, StoreError> {
    let reason: String = row.try_get(3)?;
    let verdicts: String = row.try_get(5)?;
    Ok(Review {
        id: row.try_get(0)?,
        made_ms: row.try_get(1)?,
        review: NewReview {
            reviewer: row.try_get(2)?,
            reason: match reason.as_str() {
                "appeal" => ReviewReason::Appeal,
                _ => ReviewReason::Review,
            },
            score: row.try_get(4)?,
            verdicts: serde_json::from_str(&verdicts)
                .map_err(|_| StoreError::Unreadable("reviews"))?,
            note: row.try_get(6)?,
        },
        note_hash: row.try_get(7)?,
        previous: row.try_get(8)?,
        hash: row.try_get(9)?,
        number: row.try_get(10)?,
    })
}
