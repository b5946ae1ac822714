use std::collections::HashMap;

use serde::Serialize;

use super::figures::{chance, count, decimal, figure, interval, score, signed};
use super::overview::direction;
use crate::eval::metrics::Metric;
use crate::eval::{Comparison, Difference, Flip, Outcome, Report, Run, Settings};

/// A run beside the baseline.
#[derive(Debug, Serialize)]
pub(super) struct ComparisonView<'a> {
    run: &'a str,
    class: &'static str,
    sign: &'static str,
    outcome: &'static str,
    /// What the outcome rests on, in a sentence.
    sentence: String,
    /// The difference of the metric that decides.
    difference: String,
    facts: Vec<(&'static str, String)>,
    snapshot_changed: bool,
    rows: Vec<Row>,
    flips: Vec<FlipRow<'a>>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    direction: &'static str,
    primary: bool,
    baseline: String,
    current: String,
    improvement: String,
    interval: String,
    chance: String,
}

/// An answer that crossed the pass mark.
#[derive(Debug, Serialize)]
struct FlipRow<'a> {
    id: &'a str,
    repetition: u32,
    /// Where the case is on the page; nothing where the run does not hold it.
    link: Option<String>,
    human: String,
    before: String,
    after: String,
    passes: bool,
    /// Whether it is now on the side where people have it.
    agrees: bool,
}

impl<'a> ComparisonView<'a> {
    /// Shows the comparisons of all runs that have one.
    pub(super) fn all(report: &'a Report) -> Vec<Self> {
        report
            .runs
            .iter()
            .enumerate()
            .filter_map(|(index, run)| {
                let comparison = run.comparison.as_ref()?;
                Some(Self::new(index, run, comparison, &report.settings))
            })
            .collect()
    }

    fn new(index: usize, run: &'a Run, comparison: &'a Comparison, settings: &Settings) -> Self {
        let (class, sign, outcome, why) = words(comparison.outcome);
        let primary = comparison.differences.get(&comparison.primary);
        Self {
            run: &run.name,
            class,
            sign,
            outcome,
            sentence: why.to_owned(),
            difference: primary.map_or_else(String::new, |primary| {
                difference(comparison.primary, primary)
            }),
            facts: facts(comparison),
            snapshot_changed: comparison.snapshot_changed,
            rows: Metric::ALL
                .into_iter()
                .filter_map(|metric| {
                    let difference = comparison.differences.get(&metric)?;
                    Some(row(metric, difference, comparison.primary))
                })
                .collect(),
            flips: flips(index, run, &comparison.flips, settings),
        }
    }
}

fn words(outcome: Outcome) -> (&'static str, &'static str, &'static str, &'static str) {
    match outcome {
        Outcome::Better => (
            "pass",
            "\u{2191}",
            "Better",
            "The whole interval of the difference is above 0.",
        ),
        Outcome::NoWorse => (
            "pass",
            "\u{2713}",
            "No worse",
            "The whole interval of the difference lies within what is tolerated.",
        ),
        Outcome::Worse => (
            "fail",
            "\u{2193}",
            "Worse",
            "The whole interval of the difference is below 0, and the difference is beyond what is tolerated.",
        ),
        Outcome::CannotTell => (
            "unsure",
            "?",
            "Cannot tell",
            "The interval of the difference reaches too far to tell.",
        ),
    }
}

fn difference(metric: Metric, difference: &Difference) -> String {
    let improvement = difference.improvement;
    let ends = interval(improvement.ci95);
    let ends = if ends.is_empty() {
        "no interval".to_owned()
    } else {
        format!("95 % {ends}")
    };
    format!(
        "Improvement in {}: {} ({ends})",
        metric.title(),
        signed(improvement.value)
    )
}

fn facts(comparison: &Comparison) -> Vec<(&'static str, String)> {
    let baseline = &comparison.baseline;
    let mut facts = vec![
        ("Baseline", baseline.name.clone()),
        ("Grades compared", count(comparison.n as u64)),
        (
            "Tolerated",
            format!(
                "{} worse in {}",
                decimal(comparison.max_regression, 3),
                comparison.primary.title()
            ),
        ),
    ];
    if let Some(answers) = comparison.answers_needed {
        facts.push((
            "To settle it",
            format!("about {} further labelled answers", count(answers)),
        ));
    }
    if let Some(prompt) = &baseline.prompt {
        facts.push(("Its prompt", prompt.clone()));
    }
    if !baseline.snapshots.is_empty() {
        facts.push(("Its snapshots", baseline.snapshots.join(", ")));
    }
    facts.push(("Its software", baseline.software.clone()));
    facts
}

fn row(metric: Metric, difference: &Difference, primary: Metric) -> Row {
    let decides = metric == primary;
    Row {
        name: metric.title(),
        direction: direction(metric),
        primary: decides,
        baseline: figure(difference.baseline),
        current: figure(difference.current),
        improvement: signed(difference.improvement.value),
        interval: interval(difference.improvement.ci95),
        chance: if decides {
            format!("{} (decides, uncorrected)", chance(difference.p))
        } else {
            chance(difference.p_holm)
        },
    }
}

fn flips<'a>(
    run_index: usize,
    run: &Run,
    flips: &'a [Flip],
    settings: &Settings,
) -> Vec<FlipRow<'a>> {
    let places: HashMap<(&str, u32), usize> = run
        .cases
        .iter()
        .enumerate()
        .map(|(place, case)| ((case.id.as_str(), case.repetition), place))
        .collect();
    flips
        .iter()
        .map(|flip| {
            let passes = flip.after >= settings.pass_mark;
            FlipRow {
                id: &flip.id,
                repetition: flip.repetition,
                link: places
                    .get(&(flip.id.as_str(), flip.repetition))
                    .map(|place| format!("case-{run_index}-{place}")),
                human: score(flip.human_score),
                before: score(flip.before),
                after: score(flip.after),
                passes,
                agrees: passes == (flip.human_score >= settings.human_pass_mark),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_flip_leads_to_its_case_and_says_whether_it_is_one_for_the_better() {
        let report = sample::report();
        let views = ComparisonView::all(&report);
        let flips = &views[0].flips;
        assert_eq!(flips[0].link.as_deref(), Some("case-0-1"));
        assert!(!flips[0].passes && !flips[0].agrees);
        assert_eq!(flips[1].link, None);
        assert!(flips[1].passes && flips[1].agrees);
    }

    #[test]
    fn the_deciding_metric_is_not_corrected_and_the_others_are() {
        let report = sample::report();
        let rows = &ComparisonView::all(&report)[0].rows;
        let shown: Vec<_> = rows.iter().map(|row| row.chance.as_str()).collect();
        assert_eq!(shown, ["0.400", "0.010 (decides, uncorrected)"]);
        assert_eq!(rows[1].improvement, "\u{2212}0.100");
    }

    #[test]
    fn a_run_without_a_baseline_has_no_comparison() {
        let mut report = sample::report();
        report.runs[0].comparison = None;
        assert!(ComparisonView::all(&report).is_empty());
    }
}
