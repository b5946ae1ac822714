use super::metrics::Metric;
use super::{
    Check, Conclusion, Estimate, Gate, GateSettings, Metrics, NOT_RUN, OVER_BUDGET, Outcome, Run,
    Stopped,
};

/// Holds every run against the suite's limits and, where there is one, the baseline.
pub(super) fn judge(runs: &[Run], settings: &GateSettings, stopped: Option<Stopped>) -> Gate {
    let checks: Vec<_> = runs
        .iter()
        .flat_map(|run| {
            let mut checks = vec![ungraded(run, settings.ungraded_max, stopped)];
            checks.extend(
                settings
                    .limits
                    .iter()
                    .map(|(key, limit)| threshold(run, key, *limit)),
            );
            checks.extend(baseline(run));
            checks
        })
        .collect();
    Gate {
        conclusion: conclude(&checks),
        checks,
    }
}

/// Where grades are lacking nothing else that was measured counts: those that are missing may be
/// the hard ones. Else one failure is enough, however much could not be measured beside it.
fn conclude(checks: &[Check]) -> Conclusion {
    let any = |conclusion| checks.iter().any(|check| check.conclusion == conclusion);
    if checks.iter().any(lacks) {
        Conclusion::Inconclusive
    } else if any(Conclusion::Fail) {
        Conclusion::Fail
    } else if any(Conclusion::Inconclusive) {
        Conclusion::Inconclusive
    } else {
        Conclusion::Pass
    }
}

fn lacks(check: &Check) -> bool {
    check.name == UNGRADED && check.conclusion == Conclusion::Inconclusive
}

impl Gate {
    /// Whether more answers are ungraded than may be, so that the figures say too little.
    pub fn lacks_grades(&self) -> bool {
        self.checks.iter().any(lacks)
    }
}

const UNGRADED: &str = "ungraded_max";

fn ungraded(run: &Run, limit: f64, stopped: Option<Stopped>) -> Check {
    let metrics = &run.metrics;
    let share = (metrics.n > 0).then(|| (metrics.n - metrics.graded) as f64 / metrics.n as f64);
    let left = [NOT_RUN, OVER_BUDGET]
        .iter()
        .filter_map(|reason| metrics.ungraded.get(*reason));
    let left: usize = left.sum();
    let enough = share.is_some_and(|share| share <= limit) && !(left > 0 && stopped.is_some());
    let reasons: Vec<_> = metrics
        .ungraded
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        format!(" ({})", reasons.join(", "))
    };
    let detail = format!(
        "{} of {} answers are ungraded{reasons}; at most {} % may be",
        metrics.n - metrics.graded,
        metrics.n,
        limit * 100.0
    );
    Check {
        run: run.name.clone(),
        name: UNGRADED.to_owned(),
        value: share,
        ci95: None,
        limit,
        conclusion: if enough {
            Conclusion::Pass
        } else {
            Conclusion::Inconclusive
        },
        detail,
    }
}

fn threshold(run: &Run, key: &str, limit: f64) -> Check {
    let (measured, at_most) = measured(&run.metrics, key);
    let conclusion = match measured.value {
        None => Conclusion::Inconclusive,
        Some(value) if at_most && value <= limit || !at_most && value >= limit => Conclusion::Pass,
        Some(_) => Conclusion::Fail,
    };
    let name = key.strip_suffix("_max").unwrap_or(key);
    let bound = if at_most { "at most" } else { "at least" };
    let value = measured
        .value
        .map_or_else(|| "undefined".to_owned(), |value| format!("{value:.3}"));
    let interval = measured
        .ci95
        .map(|[low, high]| format!(" (95 % interval {low:.3} to {high:.3})"))
        .unwrap_or_default();
    Check {
        run: run.name.clone(),
        name: key.to_owned(),
        value: measured.value,
        ci95: measured.ci95,
        limit,
        conclusion,
        detail: format!("{name} is {value}{interval}; it must be {bound} {limit}"),
    }
}

/// The figure that a key of the gate is about, and whether the limit is an upper one.
fn measured(metrics: &Metrics, key: &str) -> (Estimate, bool) {
    let plain = |value| Estimate { value, ci95: None };
    let name = key.strip_suffix("_max");
    let at_most = name.is_some();
    let figure = match name.unwrap_or(key) {
        "coverage" => metrics.coverage,
        "cost_usd" => plain(metrics.usage.cost_usd),
        "latency_p99_ms" => plain(metrics.latency_ms.p99),
        "spread" => plain(metrics.spread.map(|spread| spread.mean_sd)),
        name => {
            let metric = Metric::named(name);
            let found = metric.and_then(|metric| metrics.agreement.get(&metric));
            let figure = found.copied().unwrap_or_default();
            match metric {
                // A bias of either kind is held to the limit by its size.
                Some(Metric::Bias) => Estimate {
                    value: figure.value.map(f64::abs),
                    ..figure
                },
                _ => figure,
            }
        }
    };
    (figure, at_most)
}

fn baseline(run: &Run) -> Option<Check> {
    let comparison = run.comparison.as_ref()?;
    let primary = comparison.primary;
    let improvement = comparison
        .differences
        .get(&primary)
        .map(|one| one.improvement);
    let improvement = improvement.unwrap_or_default();
    let (conclusion, words) = match comparison.outcome {
        Outcome::Better => (Conclusion::Pass, "better than"),
        Outcome::NoWorse => (Conclusion::Pass, "no worse than"),
        Outcome::Worse => (Conclusion::Fail, "worse than"),
        Outcome::CannotTell => (Conclusion::Inconclusive, "perhaps no different from"),
    };
    let by = improvement
        .value
        .map_or_else(|| "undefined".to_owned(), |by| format!("{by:+.3}"));
    let interval = improvement
        .ci95
        .map(|[low, high]| format!(" (95 % interval {low:+.3} to {high:+.3})"))
        .unwrap_or_default();
    let more = comparison
        .answers_needed
        .map(|more| format!("; about {more} more labelled answers would settle it"))
        .unwrap_or_default();
    let detail = format!(
        "by {} it is {words} the baseline: {by}{interval} on {} answers; {} worse is tolerated{more}",
        primary.name(),
        comparison.n,
        comparison.max_regression
    );
    Some(Check {
        run: run.name.clone(),
        name: "baseline".to_owned(),
        value: improvement.value,
        ci95: improvement.ci95,
        limit: -comparison.max_regression,
        conclusion,
        detail,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use super::*;
    use crate::eval::{BaselineRun, Comparison, Difference, Latency, Usage};

    fn run(qwk: Option<f64>, bias: f64, ungraded: usize) -> Run {
        let estimate = |value| Estimate { value, ci95: None };
        let agreement = [
            (Metric::Qwk, estimate(qwk)),
            (Metric::Bias, estimate(Some(bias))),
        ];
        Run {
            name: "keyword".into(),
            method: "keyword".into(),
            model: None,
            snapshots: Vec::new(),
            prompt: None,
            calibration: None,
            metrics: Metrics {
                n: 100,
                graded: 100 - ungraded,
                ungraded: BTreeMap::from([("timeout".to_owned(), ungraded)]),
                coverage: Estimate::default(),
                agreement: agreement.into(),
                risk_coverage: Vec::new(),
                confidence_bins: Vec::new(),
                human_agreement: None,
                spread: None,
                usage: Usage::default(),
                latency_ms: Latency::default(),
            },
            by_tag: BTreeMap::new(),
            by_question: BTreeMap::new(),
            comparison: None,
            cases: Vec::new(),
        }
    }

    fn compared(outcome: Outcome) -> Run {
        let improvement = Estimate {
            value: Some(-0.01),
            ci95: Some([-0.05, 0.03]),
        };
        let difference = Difference {
            baseline: Some(0.8),
            current: Some(0.79),
            improvement,
            p: Some(0.5),
            p_holm: None,
        };
        Run {
            comparison: Some(Comparison {
                baseline: BaselineRun {
                    name: "keyword".into(),
                    prompt: None,
                    snapshots: Vec::new(),
                    software: "0.1.0".into(),
                },
                n: 100,
                outcome,
                primary: Metric::Qwk,
                max_regression: 0.02,
                answers_needed: Some(300),
                differences: [(Metric::Qwk, difference)].into(),
                flips: Vec::new(),
                snapshot_changed: false,
            }),
            ..run(Some(0.8), 0.0, 0)
        }
    }

    fn conclusion(runs: &[Run], limits: &[(&str, f64)]) -> Conclusion {
        let limits = limits
            .iter()
            .map(|(key, limit)| ((*key).to_owned(), *limit));
        let settings = GateSettings {
            limits: limits.collect(),
            ..GateSettings::default()
        };
        judge(runs, &settings, None).conclusion
    }

    #[rstest]
    #[case::reached(Some(0.7), 0.0, 0, Conclusion::Pass)]
    #[case::below(Some(0.69), 0.0, 0, Conclusion::Fail)]
    #[case::too_strict(Some(0.9), -0.11, 0, Conclusion::Fail)]
    #[case::undefined(None, 0.0, 0, Conclusion::Inconclusive)]
    #[case::undefined_beside_a_failure(None, 0.2, 0, Conclusion::Fail)]
    #[case::some_lost(Some(0.9), 0.0, 5, Conclusion::Pass)]
    #[case::too_many_lost(Some(0.9), 0.0, 6, Conclusion::Inconclusive)]
    #[case::too_many_lost_to_fail(Some(0.1), 0.0, 6, Conclusion::Inconclusive)]
    fn limits_are_held(
        #[case] qwk: Option<f64>,
        #[case] bias: f64,
        #[case] ungraded: usize,
        #[case] expected: Conclusion,
    ) {
        let limits = [("qwk", 0.7), ("bias_max", 0.1)];
        assert_eq!(conclusion(&[run(qwk, bias, ungraded)], &limits), expected);
    }

    #[rstest]
    #[case(Outcome::Better, Conclusion::Pass)]
    #[case(Outcome::NoWorse, Conclusion::Pass)]
    #[case(Outcome::Worse, Conclusion::Fail)]
    #[case(Outcome::CannotTell, Conclusion::Inconclusive)]
    fn a_comparison_decides(#[case] outcome: Outcome, #[case] expected: Conclusion) {
        assert_eq!(conclusion(&[compared(outcome)], &[]), expected);
    }

    #[test]
    fn one_run_of_several_is_enough_to_fail() {
        let runs = [run(Some(0.9), 0.0, 0), run(Some(0.1), 0.0, 0)];
        assert_eq!(conclusion(&runs, &[("qwk", 0.7)]), Conclusion::Fail);
    }

    #[test]
    fn what_cannot_be_told_says_how_many_more_answers_would_tell() {
        let gate = judge(
            &[compared(Outcome::CannotTell)],
            &GateSettings::default(),
            None,
        );
        let detail = &gate.checks[1].detail;
        assert!(
            detail.contains("about 300 more labelled answers"),
            "{detail}"
        );
        assert!(
            detail.contains("-0.010 (95 % interval -0.050 to +0.030)"),
            "{detail}"
        );
    }

    #[test]
    fn a_run_that_was_stopped_says_nothing_however_little_is_left() {
        let mut stopped = run(Some(0.9), 0.0, 1);
        stopped.metrics.ungraded = BTreeMap::from([(NOT_RUN.to_owned(), 1)]);
        let gate = judge(
            &[stopped],
            &GateSettings::default(),
            Some(Stopped::Interrupted),
        );
        assert_eq!(gate.conclusion, Conclusion::Inconclusive);
        assert!(gate.lacks_grades());
    }
}
