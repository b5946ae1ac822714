//! What settings have to be, beyond their types.

use super::{Settings, SettingsError};

impl Settings {
    /// Names the first setting that cannot be.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let rules = [
            (
                "server.max_body_bytes",
                self.server.max_body_bytes >= 1024,
                "must be at least 1024",
            ),
            (
                "server.max_batch",
                self.server.max_batch >= 1,
                "must be at least 1",
            ),
            (
                "server.batch_concurrency",
                self.server.batch_concurrency >= 1,
                "must be at least 1",
            ),
            (
                "server.request_timeout_ms",
                self.server.request_timeout_ms >= 1,
                "must be at least 1",
            ),
            (
                "limits.answer_chars",
                self.limits.answer_chars >= 1,
                "must be at least 1",
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
                "llm.timeout_ms",
                self.llm.timeout_ms >= 1,
                "must be at least 1",
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
                !self.llm.model.trim().is_empty(),
                "must not be empty",
            ),
            (
                "llm.concurrency",
                self.llm.concurrency >= 1,
                "must be at least 1",
            ),
            (
                "llm.samples",
                (1..=MOST_SAMPLES).contains(&self.llm.samples),
                "must be from 1 to 20",
            ),
            (
                "llm.context_tokens",
                self.llm.context_tokens > self.llm.max_output_tokens as usize,
                "must be above llm.max_output_tokens",
            ),
        ];
        let broken = rules.into_iter().find(|(_, holds, _)| !holds);
        broken.map_or(Ok(()), |(key, _, problem)| {
            Err(SettingsError::Value { key, problem })
        })
    }
}

/// More would cost much and tell little.
const MOST_SAMPLES: u32 = 20;

fn is_money(limit: Option<f64>) -> bool {
    limit.is_none_or(|limit| limit.is_finite() && limit > 0.0)
}
