use std::path::Path;
use std::sync::Arc;

use clap::Args;
use tokio::sync::watch;

use super::matter::{ConfiguredGraders, share_budget, share_once};
use crate::bank::Banks;
use crate::config::{self, Backend, Settings};
use crate::http::{Matter, Metrics, Signals};
use crate::jobs::{Queue, WorkerSettings, Workers};
use crate::prompt;
use crate::store::Store;

/// How to work.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct WorkerArguments {
    /// Parts of jobs, a hundred answers each, that are graded at the same time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = workers)]
    workers: usize,
}

const EXAMPLE: &str = "\
A worker needs the service's settings and its database: DATABASE_URL for one that several machines share. It stops at
SIGTERM or Ctrl-C when the answers under way are graded; what it leaves, others do.

Example:
  DATABASE_URL=postgres://grader@db/grades answer-grader worker --workers 2";

fn workers(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(workers @ 1..=256) => Ok(workers),
        _ => Err("must be from 1 to 256".to_owned()),
    }
}

impl WorkerArguments {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        super::with_store(file, async |settings, store| {
            self.work(settings, store.clone()).await
        })
    }

    async fn work(self, settings: &Settings, store: Store) -> anyhow::Result<()> {
        let queue = Queue::open(store.location()).await?;
        let (grader, backend) = config::grader(settings)?;
        let grader = grader.with_concept_store(Arc::new(store.clone()));
        let budget = grader
            .budget()
            .filter(|budget| budget.is_limited())
            .cloned();
        // Questions were found when the answers came.
        let matter = Arc::new(Matter::new(grader, Banks::default()));
        let metrics = Arc::new(Metrics::default());
        let graders =
            ConfiguredGraders::new(settings.clone(), matter.clone(), metrics, store.clone());
        let graders = Arc::new(graders);
        if backend == Backend::Offline {
            tracing::warn!(
                "NO LANGUAGE MODEL IS CONFIGURED: answers are graded OFFLINE, by keywords. {}",
                config::how_to_configure(settings)
            );
        } else {
            // Counting tokens needs tables that take a third of a second to build.
            tokio::task::spawn_blocking(prompt::warm_up);
        }
        #[cfg(unix)]
        tokio::spawn(super::matter::reload(
            matter,
            settings.clone(),
            Some(graders.clone()),
        ));
        if let Some(budget) = &budget {
            tokio::spawn(share_budget(budget.clone(), store.clone()));
        }
        let how = WorkerSettings {
            workers: self.workers,
            concurrency: settings.jobs.concurrency,
        };
        let (stop, stopped) = watch::channel(false);
        let workers = Workers::new(store.clone(), queue, graders, how, stopped);
        let mut signals = Signals::new()?;
        let mut working = tokio::spawn(workers.run());
        tracing::info!(workers = self.workers, place = %store.location(), "waiting for jobs");
        signals.wait().await;
        tracing::info!("stopping: the answers under way are graded first");
        stop.send_replace(true);
        tokio::select! {
            _ = &mut working => {}
            () = signals.wait() => tracing::warn!("answers under way were cut off: stopped a second time"),
        }
        if let Some(budget) = &budget {
            share_once(budget, &store).await;
        }
        tracing::info!("stopped");
        Ok(())
    }
}
