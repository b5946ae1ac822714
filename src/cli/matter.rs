//! What a service and its workers grade with while they run: exchanged upon SIGHUP, and a budget shared with
//! other processes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use foldhash::HashMap;

use crate::config::{self, Backend, Settings};
use crate::grade::Grade;
use crate::grader::{Budget, Grader, Shared, Spent};
use crate::http::{Matter, Metrics};
use crate::jobs::{Choices, Graders, UnknownChoice};
use crate::store::{Store, Terms, to_next_hour};

/// How often processes tell each other what they have spent.
const SHARED_EVERY: Duration = Duration::from_secs(1);

/// Graders of jobs: the one of now, and those with another model or prompt of the settings.
pub(super) struct ConfiguredGraders {
    pub(super) settings: Settings,
    pub(super) matter: Arc<Matter>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) store: Store,
    made: Mutex<HashMap<Choice, Grader>>,
}

/// The names of a model and of a prompt.
type Choice = (Option<String>, Option<String>);

impl ConfiguredGraders {
    pub(super) fn new(
        settings: Settings,
        matter: Arc<Matter>,
        metrics: Arc<Metrics>,
        store: Store,
    ) -> Self {
        Self {
            settings,
            matter,
            metrics,
            store,
            made: Mutex::default(),
        }
    }

    /// Has prompts read again when they are needed.
    #[cfg(unix)]
    pub(super) fn forget(&self) {
        self.made().clear();
    }

    fn made(&self) -> std::sync::MutexGuard<'_, HashMap<Choice, Grader>> {
        // Nothing in it can be left half done.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make(&self, (model, prompt): &Choice) -> Result<Grader, UnknownChoice> {
        let unknown = |pointer, detail: String| UnknownChoice { pointer, detail };
        let mut settings = self.settings.clone();
        if let Some(model) = model {
            let entries = &settings.llm.models;
            if !entries.iter().any(|entry| entry.name == *model) {
                let detail = "has no entry among [[llm.models]] of the settings".to_owned();
                return Err(unknown("/model", detail));
            }
            settings.llm.model.clone_from(model);
        }
        if let Some(prompt) = prompt {
            let folder = self.settings.jobs.prompts.get(prompt);
            let folder = folder.ok_or_else(|| {
                unknown(
                    "/prompt",
                    "is not among [jobs.prompts] of the settings".to_owned(),
                )
            })?;
            settings.llm.prompt = Some(folder.clone());
        }
        let pointer = if prompt.is_some() {
            "/prompt"
        } else {
            "/model"
        };
        let (grader, backend) = config::grader(&settings).map_err(|error| {
            let detail = format!("cannot be used: {:#}", anyhow::Error::from(error));
            unknown(pointer, detail)
        })?;
        if backend == Backend::Offline {
            let detail = "cannot be asked: no language model is configured".to_owned();
            return Err(unknown(pointer, detail));
        }
        let grader = grader.with_concept_store(Arc::new(self.store.clone()));
        Ok(match self.matter.now().grader.budget() {
            Some(budget) => grader.with_budget(budget),
            None => grader,
        })
    }
}

impl Graders for ConfiguredGraders {
    fn grader(&self, terms: &Terms) -> Result<Grader, UnknownChoice> {
        let choice = (terms.model.clone(), terms.prompt.clone());
        if choice == (None, None) {
            return Ok(self.matter.now().grader.clone());
        }
        let made = self.made().get(&choice).cloned();
        if let Some(grader) = made {
            return Ok(grader);
        }
        let grader = self.make(&choice)?;
        self.made().insert(choice, grader.clone());
        Ok(grader)
    }

    fn choices(&self) -> Choices {
        if self.matter.now().grader.model().is_none() {
            return Choices::default();
        }
        let models = self.settings.llm.models.iter();
        Choices {
            models: models.map(|entry| entry.name.clone()).collect(),
            prompts: self.settings.jobs.prompts.keys().cloned().collect(),
        }
    }

    fn note(&self, spent: &Spent, grade: Option<&Grade>) {
        let usage = spent.usage;
        self.metrics
            .spent(usage.input, usage.output, spent.cost_usd);
        if let Some(grade) = grade {
            self.metrics.graded(grade);
        }
    }
}

/// Reads prompts and banks again upon SIGHUP, and grades with them if all of them are in order.
#[cfg(unix)]
pub(super) async fn reload(
    matter: Arc<Matter>,
    settings: Settings,
    graders: Option<Arc<ConfiguredGraders>>,
) {
    use crate::http::Current;
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        tracing::warn!("SIGHUP cannot be waited for: prompts and banks stay as they are");
        return;
    };
    let settings = Arc::new(settings);
    while hangup.recv().await.is_some() {
        let settings = settings.clone();
        // Files may be slow.
        let read = tokio::task::spawn_blocking(move || {
            let (grade, concepts) = config::prompts(&settings)?;
            Ok::<_, config::BuildError>((grade, concepts, config::banks(&settings)?))
        });
        match read.await {
            Ok(Ok((grade, concepts, banks))) => {
                let prompt = grade.identity().to_owned();
                let grader = matter.now().grader.clone();
                let grader = grader.with_prompts(Arc::new(grade), Arc::new(concepts));
                matter.exchange(Current {
                    grader,
                    banks: Arc::new(banks),
                });
                if let Some(graders) = &graders {
                    graders.forget();
                }
                tracing::info!(prompt, "prompts and banks are read again");
            }
            Ok(Err(error)) => tracing::error!(
                error = format!("{:#}", anyhow::Error::from(error)),
                "prompts and banks stay as they were"
            ),
            Err(_) => tracing::error!("prompts and banks stay as they were: reading them failed"),
        }
    }
}

/// Has all processes that share a database spend from one budget.
pub(super) async fn share_budget(budget: Arc<Budget>, store: Store) {
    loop {
        share_once(&budget, &store).await;
        tokio::time::sleep(SHARED_EVERY).await;
    }
}

pub(super) async fn share_once(budget: &Budget, store: &Store) {
    let own = budget.unshared();
    match store.share_spending(own).await {
        Ok(all) => {
            let left = to_next_hour();
            let (hour, day) = (all.hour, all.day);
            budget.learn(own, Shared { hour, day, left });
        }
        Err(error) => {
            tracing::warn!(%error, "what is spent could not be shared; it is tried again");
        }
    }
}
