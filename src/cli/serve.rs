use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use tokio::sync::Semaphore;

use crate::config::{self, Backend, Settings};
use crate::http::{Access, Current, Keyring, Matter, Metrics, Service, serve};
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
        let (service, backend) = service(&settings, store)?;
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
        let service = Arc::new(service);
        #[cfg(unix)]
        runtime.spawn(reload(service.clone(), settings));
        runtime.block_on(serve(service, address, grace, started))?;
        // A worker may still be building the tokenizer; nobody waits for it.
        runtime.shutdown_background();
        Ok(())
    }
}

fn service(settings: &Settings, store: Option<Store>) -> anyhow::Result<(Service, Backend)> {
    let (mut grader, backend) = config::grader(settings)?;
    if let Some(store) = &store {
        grader = grader.with_concept_store(Arc::new(store.clone()));
    }
    let server = &settings.server;
    let keyring = store.clone().map(Keyring::new);
    let service = Service {
        matter: Matter::new(grader, config::banks(settings)?),
        store,
        limits: settings.limits,
        defaults: config::defaults(settings),
        access: Access::new(keyring),
        metrics: Metrics::default(),
        max_body_bytes: server.max_body_bytes,
        max_batch: server.max_batch,
        batch_concurrency: server.batch_concurrency,
        request_timeout: Duration::from_millis(server.request_timeout_ms),
        receive_timeout: Duration::from_millis(server.receive_timeout_ms),
        max_connections: server.max_connections,
        in_flight: Arc::new(Semaphore::new(server.max_in_flight)),
    };
    Ok((service, backend))
}

/// Reads prompts and banks again upon SIGHUP, and grades with them if all of them are in order.
#[cfg(unix)]
async fn reload(service: Arc<Service>, settings: Settings) {
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
                let grader = service.matter.now().grader.clone();
                let grader = grader.with_prompts(Arc::new(grade), Arc::new(concepts));
                service.matter.exchange(Current { grader, banks });
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
