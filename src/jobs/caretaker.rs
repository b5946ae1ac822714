use std::time::Duration;

use tokio::time::interval;

use super::queue::{PART, Queue};
use super::worker::with_causes;
use crate::store::Store;

/// How often jobs are looked after.
const ROUND: Duration = Duration::from_secs(15);
/// Nobody who works at a job is silent for so long; but where the queue has parts, those of a quiet job may
/// wait among them.
const QUIET_MS: i64 = 60_000;
const WAITING_MS: i64 = 600_000;

/// Looks after the jobs of all who share the database, as long as it is polled.
pub(super) async fn take_care(store: &Store, queue: &Queue) {
    let mut rounds = interval(ROUND);
    loop {
        rounds.tick().await;
        if let Err(error) = round(store, queue).await {
            tracing::warn!(
                error = with_causes(&*error),
                "jobs could not be looked after; it is tried again"
            );
        }
    }
}

async fn round(
    store: &Store,
    queue: &Queue,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    store.forget_uploads().await?;
    queue.forget_done().await?;
    let quiet = if queue.is_empty().await? {
        QUIET_MS
    } else {
        WAITING_MS
    };
    for job in store.take_lost_jobs(quiet, QUIET_MS).await? {
        let parts = store.open_parts(&job.id, PART).await?;
        tracing::warn!(
            job = job.id,
            parts = parts.len(),
            "a job's parts were lost, and are queued again"
        );
        if parts.is_empty() {
            store.end_job_if_done(&job.id).await?;
        }
        queue.push(&job.id, job.round, parts, None).await?;
        store.job_is_queued(&job.id).await?;
    }
    Ok(())
}

impl Queue {
    /// Has workers told of a job that the store has accepted. Where that fails they find it themselves, a
    /// minute later.
    pub async fn announce(&self, store: &Store, job: &str) {
        let told = async {
            let round = store.job(job).await?.map_or(0, |job| job.round);
            let parts = store.open_parts(job, PART).await?;
            if parts.is_empty() {
                store.end_job_if_done(job).await?;
            }
            self.push(job, round, parts, None).await?;
            store.job_is_queued(job).await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        };
        if let Err(error) = told.await {
            tracing::warn!(
                job,
                error = with_causes(&*error),
                "the queue could not be told of a job; workers will find it"
            );
        }
    }
}
