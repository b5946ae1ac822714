use std::collections::BTreeMap;

use super::bootstrap::percentile;
use crate::eval::{CaseResult, Latency, Usage};

/// Counts the grades that have no score, by reason.
pub(super) fn ungraded(cases: &[&CaseResult]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for case in cases.iter().filter(|case| case.score.is_none()) {
        let reason = case
            .ungraded
            .clone()
            .unwrap_or_else(|| "unknown".to_owned());
        *counts.entry(reason).or_insert(0) += 1;
    }
    counts
}

/// Sums what the grades took; one unknown price leaves the sum unknown.
pub(super) fn usage(cases: &[&CaseResult]) -> Usage {
    let mut sum = Usage {
        cost_usd: Some(0.0),
        ..Usage::default()
    };
    for usage in cases.iter().map(|case| case.usage) {
        sum.input_tokens += usage.input_tokens;
        sum.cached_input_tokens += usage.cached_input_tokens;
        sum.output_tokens += usage.output_tokens;
        sum.cost_usd = sum
            .cost_usd
            .zip(usage.cost_usd)
            .map(|(sum, cost)| sum + cost);
    }
    sum
}

/// How long the grades took that came.
pub(super) fn latency(cases: &[&CaseResult]) -> Latency {
    let graded = cases.iter().filter(|case| case.score.is_some());
    let mut times: Vec<_> = graded.map(|case| case.latency_ms).collect();
    if times.is_empty() {
        return Latency::default();
    }
    times.sort_unstable_by(f64::total_cmp);
    Latency {
        p50: Some(percentile(&times, 0.5)),
        p99: Some(percentile(&times, 0.99)),
    }
}
