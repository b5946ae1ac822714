use std::collections::BTreeSet;

use serde::Serialize;

use super::figures::{UNDEFINED, count, decimal, dollars, duration, figure, interval};
use crate::eval::metrics::Metric;
use crate::eval::{Estimate, HumanAgreement, Report, Run, Spread};

/// The table of figures, a column per run.
#[derive(Debug, Serialize)]
pub(super) struct Overview<'a> {
    runs: Vec<&'a str>,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    title: &'static str,
    note: &'static str,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    note: String,
    /// Whether it is the metric that decides.
    primary: bool,
    cells: Vec<Cell>,
}

/// A figure and, where there is one, its interval.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Cell {
    value: String,
    interval: String,
}

impl From<Estimate> for Cell {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: figure(estimate.value),
            interval: interval(estimate.ci95),
        }
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self {
            value,
            interval: String::new(),
        }
    }
}

impl<'a> Overview<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let runs = &report.runs;
        let groups = [
            graders(runs),
            grades(runs),
            agreement(report),
            people(runs),
            spread(runs),
            effort(runs),
        ];
        Self {
            runs: runs.iter().map(|run| run.name.as_str()).collect(),
            groups: groups
                .into_iter()
                .filter(|group| !group.rows.is_empty())
                .collect(),
        }
    }
}

/// A row of one cell per run.
fn row<C: Into<Cell>>(runs: &[Run], name: &str, cell: impl Fn(&Run) -> C) -> Row {
    Row {
        name: name.to_owned(),
        note: String::new(),
        primary: false,
        cells: runs.iter().map(|run| cell(run).into()).collect(),
    }
}

fn graders(runs: &[Run]) -> Group {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let mut rows = vec![
        row(runs, "Method", |run| run.method.clone()),
        row(runs, "Model", |run| or_none(&run.model)),
        row(runs, "Snapshots that replied", |run| {
            if run.snapshots.is_empty() {
                "none".to_owned()
            } else {
                run.snapshots.join(", ")
            }
        }),
        row(runs, "Prompt", |run| or_none(&run.prompt)),
    ];
    if runs.iter().any(|run| run.calibration.is_some()) {
        rows.push(row(runs, "Calibration", |run| or_none(&run.calibration)));
    }
    Group {
        title: "Grader",
        note: "",
        rows,
    }
}

fn grades(runs: &[Run]) -> Group {
    let number = |number: usize| count(number as u64);
    let mut rows = vec![
        row(runs, "Grades wanted", |run| number(run.metrics.n)),
        row(runs, "With a score", |run| number(run.metrics.graded)),
        row(runs, "Coverage", |run| run.metrics.coverage),
    ];
    let reasons: BTreeSet<&String> = runs
        .iter()
        .flat_map(|run| run.metrics.ungraded.keys())
        .collect();
    for reason in reasons {
        rows.push(row(runs, &format!("Ungraded: {reason}"), |run| {
            number(run.metrics.ungraded.get(reason).copied().unwrap_or(0))
        }));
    }
    Group {
        title: "Grades",
        note: "",
        rows,
    }
}

fn agreement(report: &Report) -> Group {
    let runs = &report.runs;
    let rows = Metric::ALL
        .into_iter()
        .filter(|metric| {
            runs.iter()
                .any(|run| run.metrics.agreement.contains_key(metric))
        })
        .map(|metric| {
            let mut row = row(runs, metric.title(), |run| {
                run.metrics
                    .agreement
                    .get(&metric)
                    .copied()
                    .unwrap_or_default()
            });
            direction(metric).clone_into(&mut row.note);
            row.primary = metric == report.settings.primary;
            row
        })
        .collect();
    Group {
        title: "Agreement with people",
        note: "of the grades with a score, with 95 % intervals",
        rows,
    }
}

/// Which way a metric counts.
pub(super) fn direction(metric: Metric) -> &'static str {
    match metric {
        Metric::Bias => "0 is best; above 0 too kind",
        metric if metric.less_is_better() => "less is better",
        _ => "more is better",
    }
}

fn people(runs: &[Run]) -> Group {
    let agreement = |run: &Run| run.metrics.human_agreement;
    let estimate = |pick: fn(HumanAgreement) -> Estimate| {
        move |run: &Run| agreement(run).map(pick).unwrap_or_default()
    };
    let rows = if runs.iter().any(|run| agreement(run).is_some()) {
        vec![
            row(runs, "Answers with two raters", |run| {
                count(agreement(run).map_or(0, |people| people.n as u64))
            }),
            row(runs, "Pearson r", estimate(|people| people.pearson_r)),
            row(runs, "QWK", estimate(|people| people.qwk)),
            row(runs, "RMSE", estimate(|people| people.rmse)),
        ]
    } else {
        Vec::new()
    };
    Group {
        title: "Raters among themselves",
        note: "the ceiling: no grader can be told to be better than people agree",
        rows,
    }
}

fn spread(runs: &[Run]) -> Group {
    let spread = |run: &Run| run.metrics.spread;
    let text = |show: fn(Spread) -> String| {
        move |run: &Run| spread(run).map_or_else(|| UNDEFINED.to_owned(), show)
    };
    let rows = if runs.iter().any(|run| spread(run).is_some()) {
        vec![
            row(
                runs,
                "Answers scored twice or more",
                text(|spread| count(spread.n as u64)),
            ),
            row(
                runs,
                "Mean standard deviation",
                text(|spread| decimal(spread.mean_sd, 3)),
            ),
            row(
                runs,
                "Largest difference",
                text(|spread| decimal(spread.max_range, 3)),
            ),
            row(
                runs,
                "Both passed and failed",
                text(|spread| count(spread.flips as u64)),
            ),
        ]
    } else {
        Vec::new()
    };
    Group {
        title: "Spread of repeated grades",
        note: "",
        rows,
    }
}

fn effort(runs: &[Run]) -> Group {
    Group {
        title: "What it took",
        note: "",
        rows: vec![
            row(runs, "Cost", |run| dollars(run.metrics.usage.cost_usd)),
            row(runs, "Input tokens", |run| {
                count(run.metrics.usage.input_tokens)
            }),
            row(runs, "Input tokens, cached", |run| {
                count(run.metrics.usage.cached_input_tokens)
            }),
            row(runs, "Output tokens", |run| {
                count(run.metrics.usage.output_tokens)
            }),
            row(runs, "Latency, median", |run| {
                duration(run.metrics.latency_ms.p50)
            }),
            row(runs, "Latency, 99th percentile", |run| {
                duration(run.metrics.latency_ms.p99)
            }),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn cells(overview: &Overview<'_>, title: &str, name: &str) -> Vec<Cell> {
        overview
            .groups
            .iter()
            .filter(|group| group.title == title)
            .flat_map(|group| &group.rows)
            .find(|row| row.name == name)
            .map(|row| row.cells.clone())
            .unwrap()
    }

    #[test]
    fn an_undefined_figure_is_called_so_and_a_known_one_has_its_interval() {
        let report = sample::report();
        let overview = Overview::new(&report);
        let agreement = "Agreement with people";
        assert_eq!(
            cells(&overview, agreement, "Pearson r"),
            [Cell::from("undefined".to_owned())]
        );
        assert_eq!(
            cells(&overview, agreement, "QWK"),
            [Cell {
                value: "0.700".to_owned(),
                interval: "0.500 to 0.900".to_owned()
            }]
        );
    }

    #[test]
    fn a_run_without_a_figure_that_another_has_shows_it_as_undefined() {
        let mut report = sample::report();
        let mut bare = report.runs[0].clone();
        bare.metrics.agreement.clear();
        bare.metrics.human_agreement = None;
        bare.metrics.ungraded.clear();
        report.runs.push(bare);
        let overview = Overview::new(&report);
        assert_eq!(
            cells(&overview, "Agreement with people", "QWK")[1].value,
            "undefined"
        );
        assert_eq!(
            cells(&overview, "Raters among themselves", "QWK")[1].value,
            "undefined"
        );
        assert_eq!(
            cells(&overview, "Grades", "Ungraded: timeout")[1].value,
            "0"
        );
    }

    #[test]
    fn what_no_run_measured_has_no_row() {
        let mut report = sample::report();
        report.runs[0].metrics.human_agreement = None;
        let overview = Overview::new(&report);
        let titles: Vec<_> = overview.groups.iter().map(|group| group.title).collect();
        assert_eq!(
            titles,
            ["Grader", "Grades", "Agreement with people", "What it took"]
        );
    }
}
