use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use tokio::sync::{Semaphore, watch};

use super::matter::{ConfiguredGraders, share_budget, share_once};
use crate::config::{self, Backend, Settings};
use crate::http::{
    Access, Desk, Keyring, Matter, Metrics, Reports, ServeError, Service, Shelf, serve,
};
use crate::jobs::{Queue, WorkerSettings, Workers};
use crate::prompt;
use crate::store::Store;

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl ServeArguments {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        let flags: Vec<_> = self
            .listen
            .iter()
            .map(|listen| ("server.listen", listen.to_string()))
            .collect();
        let settings = super::start(file, &flags)?;
        let runtime = tokio::runtime::Runtime::new()?;
        let store = match config::store(&settings)? {
            Some(location) => {
                Some(runtime.block_on(Store::open(location, config::privacy(&settings)))?)
            }
            None => None,
        };
        let queue = match &store {
            Some(store) => Some(runtime.block_on(Queue::open(store.location()))?),
            None => None,
        };
        let (stop, stopped) = watch::channel(false);
        let Assembled {
            service,
            graders,
            backend,
        } = assemble(&settings, store, queue.clone(), stopped.clone())?;
        announce(&settings, &backend, service.store.as_ref());
        runtime.block_on(refuse_strangers(&settings, service.store.as_ref()))?;

        let address = settings.server.listen;
        let grace = Duration::from_millis(settings.server.shutdown_grace_ms);
        let started = |address| tracing::info!(%address, "listening on http://{address}");
        if backend != Backend::Offline {
            // Counting tokens needs tables that take a third of a second to build.
            runtime.spawn_blocking(prompt::warm_up);
        }
        if let Some(store) = service.store.clone() {
            runtime.spawn(erase_old_texts(store));
        }
        let how = WorkerSettings {
            workers: settings.jobs.workers,
            concurrency: settings.jobs.concurrency,
        };
        let workers = match (&service.store, queue, &graders) {
            (Some(store), Some(queue), Some(graders)) if how.workers > 0 => {
                let workers = Workers::new(store.clone(), queue, graders.clone(), how, stopped);
                Some(runtime.spawn(workers.run()))
            }
            _ => None,
        };
        let budget = service.matter.now().grader.budget().cloned();
        let budget = budget.filter(|budget| budget.is_limited());
        let shared = budget.zip(service.store.clone());
        if let Some((budget, store)) = shared.clone() {
            runtime.spawn(share_budget(budget, store));
        }
        let service = Arc::new(service);
        #[cfg(unix)]
        runtime.spawn(super::matter::reload(
            service.matter.clone(),
            settings,
            graders,
        ));
        let stopping = || {
            stop.send_replace(true);
        };
        runtime.block_on(async {
            serve(service, address, grace, started, stopping).await?;
            if let Some(workers) = workers {
                // What they leave, others do, or they themselves after the next start.
                let _ = tokio::time::timeout(grace, workers).await;
            }
            if let Some((budget, store)) = &shared {
                share_once(budget, store).await;
            }
            Ok::<_, ServeError>(())
        })?;
        // A worker may still be building the tokenizer; nobody waits for it.
        runtime.shutdown_background();
        Ok(())
    }
}

/// A service with all that belongs to it.
struct Assembled {
    service: Service,
    graders: Option<Arc<ConfiguredGraders>>,
    backend: Backend,
}

fn assemble(
    settings: &Settings,
    store: Option<Store>,
    queue: Option<Queue>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Assembled> {
    let (mut grader, backend) = config::grader(settings)?;
    if let Some(store) = &store {
        grader = grader.with_concept_store(Arc::new(store.clone()));
    }
    let matter = Arc::new(Matter::new(grader, config::banks(settings)?));
    let metrics = Arc::new(Metrics::default());
    let graders = store.clone().map(|store| {
        let (matter, metrics) = (matter.clone(), metrics.clone());
        Arc::new(ConfiguredGraders::new(
            settings.clone(),
            matter,
            metrics,
            store,
        ))
    });
    let desk = queue.zip(graders.clone()).map(|(queue, graders)| Desk {
        queue,
        graders,
        max_answers: settings.jobs.max_answers,
        max_upload_bytes: settings.jobs.max_upload_bytes,
        stop,
    });
    let server = &settings.server;
    let keyring = store.clone().map(Keyring::new);
    let service = Service {
        matter,
        shelf: Shelf::default(),
        store,
        desk,
        pages: settings.pages.enabled,
        evaluations: Arc::new(Reports::new(settings.pages.evaluations.clone())),
        limits: settings.limits,
        defaults: config::defaults(settings),
        access: Access::new(keyring),
        metrics,
        max_body_bytes: server.max_body_bytes,
        max_batch: server.max_batch,
        batch_concurrency: server.batch_concurrency,
        request_timeout: Duration::from_millis(server.request_timeout_ms),
        receive_timeout: Duration::from_millis(server.receive_timeout_ms),
        max_connections: server.max_connections,
        in_flight: Arc::new(Semaphore::new(server.max_in_flight)),
    };
    Ok(Assembled {
        service,
        graders,
        backend,
    })
}

/// Without keys the service is for this machine alone.
async fn refuse_strangers(settings: &Settings, store: Option<&Store>) -> anyhow::Result<()> {
    let keys = match store {
        Some(store) => store.keys().await?,
        None => Vec::new(),
    };
    let address = settings.server.listen;
    match keys.iter().filter(|key| key.is_valid()).count() {
        0 if !address.ip().is_loopback() => anyhow::bail!(
            "{address} can be reached from other machines, and nobody has an API key: make one first, \
             answer-grader key create NAME, or listen on 127.0.0.1"
        ),
        0 => tracing::warn!("nobody has an API key: whoever is on this machine may do everything"),
        keys => tracing::info!(keys, "an API key is needed"),
    }
    Ok(())
}

/// Erases what is older than it is to be kept, at the start and then every hour.
async fn erase_old_texts(store: Store) {
    loop {
        if let Err(error) = store.forget_uploads().await {
            tracing::warn!(%error, "could not forget uploads that broke off; tried again in an hour");
        }
        if let Err(error) = store.forget_claims().await {
            tracing::warn!(%error, "could not forget old Idempotency-Keys; tried again in an hour");
        }
        match store.erase_old().await {
            Ok(0) => {}
            Ok(grades) => tracing::info!(grades, "erased texts older than privacy.keep_texts_days"),
            Err(error) => {
                tracing::warn!(%error, "could not erase old texts; tried again in an hour");
            }
        }
        tokio::time::sleep(Duration::from_hours(1)).await;
    }
}

fn announce(settings: &Settings, backend: &Backend, store: Option<&Store>) {
    if let Some(store) = store {
        tracing::info!(place = %store.location(), "what is to last is kept in a database");
    } else {
        tracing::warn!("store.enabled is false: nothing is kept beyond this process");
    }
    match backend {
        Backend::Offline => tracing::warn!(
            "NO LANGUAGE MODEL IS CONFIGURED: answers are graded OFFLINE, by keywords. {}",
            config::how_to_configure(settings)
        ),
        Backend::Llm {
            model,
            base_url,
            with_key,
        } => {
            tracing::info!(
                model,
                base_url,
                with_key,
                "answers are graded by a language model"
            );
        }
    }
}
