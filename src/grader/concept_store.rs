use std::error::Error;
use std::pin::Pin;

use crate::grade::Concept;
use crate::llm::ModelIdentity;

/// The concepts that a model made of a reference, and how.
///
/// See [`ConceptStore`].
#[derive(Debug, Clone, PartialEq)]
pub struct ExtractedConcepts {
    /// The concepts, one at least.
    pub concepts: Vec<Concept>,
    /// The model, by the name that its provider gave.
    pub by: Option<ModelIdentity>,
    /// The identity of the prompt that it was asked with.
    pub prompt: String,
}

/// Names the future that a [`ConceptStore`] returns.
///
/// See [`ConceptStore`].
pub type Stored<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Keeps the concepts of references longer than this process lives, and for others beside it.
///
/// A trait, because the grader may not know what keeps them, and most embedders keep nothing.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use answer_grader::grader::{ConceptStore, ExtractedConcepts, Stored};
///
/// #[derive(Default)]
/// struct InMemory(Mutex<HashMap<String, ExtractedConcepts>>);
///
/// impl ConceptStore for InMemory {
///     fn find<'a>(&'a self, reference: &'a str) -> Stored<'a, Option<ExtractedConcepts>> {
///         Box::pin(async move {
///             Ok(self.0.lock().map_err(|_| "poisoned")?.get(reference).cloned())
///         })
///     }
///
///     fn keep<'a>(
///         &'a self,
///         reference: &'a str,
///         made: ExtractedConcepts,
///     ) -> Stored<'a, ExtractedConcepts> {
///         Box::pin(async move {
///             let mut kept = self.0.lock().map_err(|_| "poisoned")?;
///             Ok(kept.entry(reference.to_owned()).or_insert(made).clone())
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let store = InMemory::default();
/// let made = |prompt: &str| ExtractedConcepts {
///     concepts: Vec::new(), by: None, prompt: prompt.to_owned(),
/// };
/// store.keep("9f86d081", made("concepts@1")).await?;
/// let kept = store.keep("9f86d081", made("concepts@2")).await?;
/// assert_eq!(kept.prompt, "concepts@1");
/// # Ok(())
/// # }
/// ```
///
/// [`Grader::with_concept_store`](super::Grader::with_concept_store) gives it to a grader.
pub trait ConceptStore: Send + Sync {
    /// Gives the list that is kept under a reference's hash
    /// ([`reference_hash`](crate::grade::reference_hash)); `None` where there is none.
    ///
    /// # Errors
    /// Whatever keeps it cannot be reached: [`GradeError::Storage`](super::GradeError::Storage) for the
    /// caller of the grader.
    fn find<'a>(&'a self, reference: &'a str) -> Stored<'a, Option<ExtractedConcepts>>;

    /// Keeps a list under a reference's hash, unless there is one, and gives the one that is kept:
    /// candidates are judged on one list, whoever asked for it first.
    ///
    /// # Errors
    /// As of [`Self::find`].
    fn keep<'a>(
        &'a self,
        reference: &'a str,
        made: ExtractedConcepts,
    ) -> Stored<'a, ExtractedConcepts>;
}
