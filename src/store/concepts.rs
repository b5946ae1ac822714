use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::open::now_ms;
use super::{Store, StoreError};
use crate::grader::{ConceptStore, ExtractedConcepts, ModelIdentity, Stored};

impl ConceptStore for Store {
    fn find<'a>(&'a self, reference: &'a str) -> Stored<'a, Option<ExtractedConcepts>> {
        Box::pin(async move { Ok(self.find_concepts(reference).await?) })
    }

    fn keep<'a>(
        &'a self,
        reference: &'a str,
        made: ExtractedConcepts,
    ) -> Stored<'a, ExtractedConcepts> {
        Box::pin(async move {
            self.keep_concepts(reference, &made).await?;
            // Another process may have been faster.
            let kept = self.find_concepts(reference).await?;
            Ok(kept.unwrap_or(made))
        })
    }
}

impl Store {
    async fn find_concepts(
        &self,
        reference: &str,
    ) -> Result<Option<ExtractedConcepts>, StoreError> {
        let select = "SELECT concepts, provider, model, prompt FROM concepts WHERE reference = $1";
        let row = sqlx::query(select).bind(reference);
        let row = row.fetch_optional(&self.pool).await?;
        row.map(|row| extracted(&row)).transpose()
    }

    async fn keep_concepts(
        &self,
        reference: &str,
        made: &ExtractedConcepts,
    ) -> Result<(), StoreError> {
        let insert = "INSERT INTO concepts (reference, concepts, provider, model, prompt, made_ms) \
                      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (reference) DO NOTHING";
        let concepts = serde_json::to_string(&made.concepts);
        let by = made.by.as_ref();
        sqlx::query(insert)
            .bind(reference)
            .bind(concepts.map_err(|_| StoreError::Unreadable("concepts"))?)
            .bind(by.map(|by| by.provider.clone()))
            .bind(by.map(|by| by.model.clone()))
            .bind(made.prompt.as_str())
            .bind(now_ms())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

fn extracted(row: &AnyRow) -> Result<ExtractedConcepts, StoreError> {
    let concepts: String = row.try_get(0)?;
    let (provider, model): (Option<String>, Option<String>) = (row.try_get(1)?, row.try_get(2)?);
    let by = provider.zip(model);
    Ok(ExtractedConcepts {
        concepts: serde_json::from_str(&concepts)
            .map_err(|_| StoreError::Unreadable("concepts"))?,
        by: by.map(|(provider, model)| ModelIdentity { provider, model }),
        prompt: row.try_get(3)?,
    })
}
