use std::error::Error;
use std::pin::Pin;

use crate::grade::Concept;
use crate::llm::ModelIdentity;

/// The concepts that a model made of a reference, and how.
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
pub type Stored<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Keeps the concepts of references longer than this process lives, and for others beside it.
///
/// A trait, because the grader may not know what keeps them, and most embedders keep nothing.
pub trait ConceptStore: Send + Sync {
    /// Gives the list that is kept under a reference's hash.
    fn find<'a>(&'a self, reference: &'a str) -> Stored<'a, Option<ExtractedConcepts>>;

    /// Keeps a list under a reference's hash, unless there is one, and gives the one that is kept:
    /// candidates are judged on one list, whoever asked for it first.
    fn keep<'a>(
        &'a self,
        reference: &'a str,
        made: ExtractedConcepts,
    ) -> Stored<'a, ExtractedConcepts>;
}
