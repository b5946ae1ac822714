//! The concepts of references that declare none: asked for once, and the same for every candidate.

use std::sync::Arc;
use std::time::Instant;

use super::asking::{Asking, Llm, Spent};
use super::concept_store::{ConceptStore, ExtractedConcepts};
use super::live::milliseconds;
use super::{GradeError, Grader, GraderSettings};
use crate::grade::{
    ConceptList, ConceptSource, Degraded, Fallback, Method, Policy, Provenance, RequestedMethod,
    Task, Timing, concepts_hash, reference_hash,
};
use crate::keyword::{concepts as key_phrases, concepts_from};
use crate::llm::{Failure, Once};
use crate::prompt::{Prompt, read_concepts, render_concepts};

/// So many references' concepts are kept in memory, the latest; a list takes a few kilobytes.
const MOST: usize = 4_096;

/// What a model made of a reference, or why none makes anything of it.
type Made = Result<Arc<ExtractedConcepts>, &'static str>;

/// Takes references apart.
#[derive(Clone)]
pub(super) struct Extraction {
    prompt: Arc<Prompt>,
    /// By the reference's hash.
    known: Arc<Once<Made>>,
    /// Where lists outlive the process.
    store: Option<Arc<dyn ConceptStore>>,
}

impl Extraction {
    pub(super) fn new(prompt: Arc<Prompt>) -> Self {
        Self {
            prompt,
            known: Arc::new(Once::new(MOST)),
            store: None,
        }
    }

    pub(super) fn ask_with(&mut self, prompt: Arc<Prompt>) {
        self.prompt = prompt;
    }

    pub(super) fn keep_in(&mut self, store: Arc<dyn ConceptStore>) {
        self.store = Some(store);
    }

    /// Gives the task's concepts, or the reason why no model makes any of its reference, so that its
    /// key phrases serve, for every candidate alike. Requests for one reference at the same time
    /// are one call, which is billed to the first.
    ///
    /// # Errors
    /// The model could not be asked. Nothing is decided then.
    async fn concepts(
        &self,
        task: &Task,
        llm: &Llm,
        settings: &GraderSettings,
        deadline: Option<Instant>,
        spent: &mut Spent,
    ) -> Result<Made, GradeError> {
        let reference = reference_hash(task);
        let hash = &reference;
        let ask = move || async move {
            if let Some(kept) = self.stored(hash).await? {
                return Ok(Ok(kept));
            }
            let rendered = render_concepts(&self.prompt, task)?;
            let asking = Asking {
                rendered: &rendered,
                read: &|reply| read_concepts(reply, task),
                settings,
                deadline,
                sample: 0,
            };
            match llm.ask(&asking, spent).await {
                Ok(concepts) => {
                    let made = ExtractedConcepts {
                        concepts,
                        by: spent.answered_by.clone(),
                        prompt: rendered.prompt.clone(),
                    };
                    Ok(Ok(self.keep(hash, made).await?))
                }
                Err(error) if is_about_the_reference(&error) => {
                    let reason = error.code();
                    tracing::warn!(reason, "a reference's key phrases serve as its concepts");
                    Ok(Err(reason))
                }
                Err(error) => Err(error),
            }
        };
        let made = self.known.get(&reference, ask);
        // Whoever makes the list may have more time than those who wait for it.
        let made = match deadline {
            Some(deadline) => tokio::time::timeout_at(deadline.into(), made)
                .await
                .map_err(|_| GradeError::Deadline)?,
            None => made.await,
        };
        let (made, just_now) = made?;
        if made.is_err() && !just_now {
            // Another machine may have had more luck, and candidates are judged on one list.
            if let Some(kept) = self.stored(&reference).await? {
                self.known.forget(&reference);
                return Ok(Ok(kept));
            }
        }
        Ok(made)
    }

    async fn stored(&self, hash: &str) -> Result<Option<Arc<ExtractedConcepts>>, GradeError> {
        let Some(store) = &self.store else {
            return Ok(None);
        };
        let kept = store
            .find(hash)
            .await
            .map_err(|error| out_of_reach(&*error))?;
        Ok(kept.map(Arc::new))
    }

    async fn keep(
        &self,
        hash: &str,
        made: ExtractedConcepts,
    ) -> Result<Arc<ExtractedConcepts>, GradeError> {
        let kept = match &self.store {
            Some(store) => store
                .keep(hash, made)
                .await
                .map_err(|error| out_of_reach(&*error))?,
            None => made,
        };
        Ok(Arc::new(kept))
    }

    /// Gives the task with its concepts, as [`Self::concepts`] does; `None` where its key phrases
    /// serve.
    ///
    /// # Errors
    /// Those of [`Self::concepts`].
    pub(super) async fn task(
        &self,
        task: &Task,
        llm: &Llm,
        settings: &GraderSettings,
        deadline: Option<Instant>,
        spent: &mut Spent,
    ) -> Result<Option<Arc<Task>>, GradeError> {
        let made = self.concepts(task, llm, settings, deadline, spent).await?;
        let with = |made: Arc<ExtractedConcepts>| {
            Arc::new(Task {
                concepts: made.concepts.clone(),
                concepts_from: ConceptSource::Extracted,
                ..task.clone()
            })
        };
        Ok(made.ok().map(with))
    }
}

impl Grader {
    /// Gives the concepts that answers to a task are judged by where it declares none: a model's,
    /// made once for each reference, or the reference's key phrases.
    ///
    /// ```
    /// use answer_grader::{Grader, GraderSettings, Policy, Task};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let task = Task::new("What does an index do?", "Lookups become faster. Writes become slower.");
    /// let grader = Grader::offline(GraderSettings::default());
    /// let list = grader.concepts(&task, Policy::default()).await?;
    /// assert_eq!((list.concepts[0].id.as_str(), list.method.name()), ("k1", "keyword"));
    /// assert_eq!(list.degraded.map(|one| one.reason).as_deref(), Some("not_configured"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Only where a language model was demanded (`method: llm`, or `fallback: error`) and did not
    /// give a usable list.
    pub async fn concepts(&self, task: &Task, policy: Policy) -> Result<ConceptList, GradeError> {
        let started = Instant::now();
        let mut spent = Spent::default();
        let by_model = self.made(task, policy, started, &mut spent).await;
        let demanded = policy.method == RequestedMethod::Llm
            || policy.fallback == Fallback::Error && self.llm.is_some();
        let made = match by_model {
            Err(error) if demanded => return Err(error),
            Err(error) => Err(Some(error.code())),
            Ok(None) => Err(None),
            Ok(Some(made)) => Ok(made),
        };
        let degraded = made.as_ref().err().copied().flatten();
        let (method, concepts, by, prompt) = match made.map(Arc::unwrap_or_clone) {
            Ok(made) => (Method::Llm, made.concepts, made.by, Some(made.prompt)),
            Err(_) => (
                Method::Keyword,
                key_phrases(task, task.language()),
                None,
                None,
            ),
        };
        let from = match method {
            Method::Llm => format!("extracted@{}", concepts_hash(concepts.iter())),
            _ => concepts_from(task, concepts.iter()),
        };
        let (provider, model) = by.map(|by| (by.provider, by.model)).unzip();
        Ok(ConceptList {
            provenance: Provenance {
                provider,
                model,
                prompt,
                concepts: Some(from),
                software: env!("CARGO_PKG_VERSION").to_owned(),
                attempts: spent.attempts,
                cached: method == Method::Llm && spent.attempts == 0,
                ..Provenance::default()
            },
            concepts,
            method,
            degraded: degraded.map(|reason| Degraded {
                reason: reason.to_owned(),
            }),
            usage: spent.used(),
            timing_ms: Timing {
                total: milliseconds(started.elapsed()),
                llm: milliseconds(spent.waited),
            },
        })
    }

    /// What a model makes of a task's reference; `None` where none is to be asked.
    async fn made(
        &self,
        task: &Task,
        policy: Policy,
        started: Instant,
        spent: &mut Spent,
    ) -> Result<Option<Arc<ExtractedConcepts>>, GradeError> {
        if policy.method == RequestedMethod::Keyword {
            return Ok(None);
        }
        let llm = self.llm.as_ref().ok_or(GradeError::NotConfigured)?;
        let Some(extraction) = &llm.extraction else {
            return Err(GradeError::ExtractionOff);
        };
        let deadline = policy.deadline.and_then(|limit| started.checked_add(limit));
        let made = extraction.concepts(task, llm, &self.settings, deadline, spent);
        let made = made.await?;
        made.map(Some)
            .map_err(|reason| GradeError::NoConcepts { reason })
    }
}

/// Nobody is judged by a list that others may not be judged by.
fn out_of_reach(error: &(dyn std::error::Error + Send + Sync)) -> GradeError {
    tracing::error!(%error, "the store of concepts cannot be reached");
    GradeError::Storage
}

/// Asking again about the same reference would meet the same failure.
fn is_about_the_reference(error: &GradeError) -> bool {
    match error {
        GradeError::Reply(_) | GradeError::PromptTooLong { .. } => true,
        GradeError::Model(failure) => matches!(
            failure,
            Failure::Refused
                | Failure::Filtered { .. }
                | Failure::Truncated
                | Failure::ContextTooLong
        ),
        _ => false,
    }
}
