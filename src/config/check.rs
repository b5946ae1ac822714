//! What settings have to be, beyond their types.

use super::{Settings, SettingsError};

/// More would cost much and tell little.
const MOST_SAMPLES: u32 = 20;
/// Answers of a job; more are several jobs.
const MOST_ANSWERS: u64 = 1_000_000;

/// A setting, whether it can be, and what it has to be.
type Rule = (&'static str, bool, &'static str);

impl Settings {
    /// Names the first setting that cannot be.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let counts = self
            .counts()
            .map(|(key, value)| (key, value >= 1, "must be at least 1"));
        let broken = counts
            .into_iter()
            .chain(self.rules())
            .find(|(_, holds, _)| !holds);
        broken.map_or(Ok(()), |(key, _, problem)| {
            Err(SettingsError::Value { key, problem })
        })
    }

    /// Numbers of which nothing works without one.
    fn counts(&self) -> [(&'static str, u64); 11] {
        let (server, llm) = (&self.server, &self.llm);
        [
            ("server.max_connections", server.max_connections as u64),
            ("server.max_in_flight", server.max_in_flight as u64),
            ("server.max_batch", server.max_batch as u64),
            ("server.batch_concurrency", server.batch_concurrency as u64),
            ("server.receive_timeout_ms", server.receive_timeout_ms),
            ("server.request_timeout_ms", server.request_timeout_ms),
            ("limits.answer_chars", self.limits.answer_chars as u64),
            ("jobs.concurrency", self.jobs.concurrency as u64),
            ("jobs.max_upload_bytes", self.jobs.max_upload_bytes),
            ("llm.timeout_ms", llm.timeout_ms),
            ("llm.concurrency", llm.concurrency as u64),
        ]
    }

    fn rules(&self) -> [Rule; 11] {
        let llm = &self.llm;
        [
            (
                "server.max_body_bytes",
                self.server.max_body_bytes >= 1024,
                "must be at least 1024",
            ),
            (
                "grading.review_below",
                (0.0..=1.0).contains(&self.grading.review_below),
                "must be from 0 to 1",
            ),
            (
                "grading.deadline_ms",
                self.grading.deadline_ms != Some(0),
                "must be at least 1, or left out",
            ),
            (
                "store.path",
                !self.store.path.as_os_str().is_empty(),
                "must not be empty; store.enabled = false keeps nothing",
            ),
            (
                "jobs.max_answers",
                (1..=MOST_ANSWERS).contains(&self.jobs.max_answers),
                "must be from 1 to 1_000_000",
            ),
            (
                "budget.usd_per_hour",
                is_money(self.budget.usd_per_hour),
                "must be above 0, or left out",
            ),
            (
                "budget.usd_per_day",
                is_money(self.budget.usd_per_day),
                "must be above 0, or left out",
            ),
            (
                "log.level",
                self.log.names_a_level(),
                "must be error, warn, info, debug, trace or off, or a filter such as answer_grader=debug",
            ),
            (
                "llm.model",
                !llm.model.trim().is_empty(),
                "must not be empty",
            ),
            (
                "llm.samples",
                (1..=MOST_SAMPLES).contains(&llm.samples),
                "must be from 1 to 20",
            ),
            (
                "llm.context_tokens",
                llm.context_tokens > llm.max_output_tokens as usize,
                "must be above llm.max_output_tokens",
            ),
        ]
    }
}

fn is_money(limit: Option<f64>) -> bool {
    limit.is_none_or(|limit| limit.is_finite() && limit > 0.0)
}
