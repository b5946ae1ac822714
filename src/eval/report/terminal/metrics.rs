use std::io;

use super::super::names::{plain, shortened};
use super::super::numbers::{count, dollars, estimate, milliseconds};
use super::super::wording::{self, metric};
use super::screen::{DIM, Screen};
use crate::eval::metrics::Metric;
use crate::eval::{Report, Run};

/// The metrics that are shown beside the primary one.
const MAIN: [Metric; 8] = [
    Metric::Qwk,
    Metric::PearsonR,
    Metric::Rmse,
    Metric::Bias,
    Metric::MacroF1,
    Metric::FalsePassRate,
    Metric::FalseFailRate,
    Metric::ConceptF1,
];

/// The columns of a terminal that a metric's name takes, and a run's figures.
const NAME: u16 = 24;
const RUN: u16 = 18;

/// The most characters of a run's name above its figures.
const TITLE: usize = 40;

/// Writes the main metrics of all runs side by side, or below each other where they are too many.
pub(super) fn metrics(screen: &mut Screen, report: &Report) -> io::Result<()> {
    let primary = report.settings.primary;
    let main: Vec<Metric> = std::iter::once(primary)
        .chain(MAIN.into_iter().filter(|metric| *metric != primary))
        .filter(|one| *one == primary || report.runs.iter().any(|run| has(run, *one)))
        .collect();
    let fitting = screen.fitting(NAME, RUN);
    let tables = report.runs.len().div_ceil(fitting).max(1);
    for runs in report
        .runs
        .chunks(report.runs.len().div_ceil(tables).max(1))
    {
        screen.line("")?;
        one_table(screen, runs, &main)?;
    }
    for note in wording::notes(report) {
        screen.paragraph(DIM, &note)?;
    }
    Ok(())
}

fn has(run: &Run, one: Metric) -> bool {
    metric(&run.metrics, one).value.is_some()
}

fn one_table(screen: &mut Screen, runs: &[Run], main: &[Metric]) -> io::Result<()> {
    let titles: Vec<String> = std::iter::once(String::new())
        .chain(runs.iter().map(|run| shortened(&plain(&run.name), TITLE)))
        .collect();
    let row = |title: &str, cell: &dyn Fn(&Run) -> String| -> Vec<String> {
        std::iter::once(title.to_owned())
            .chain(runs.iter().map(cell))
            .collect()
    };
    let figures = main.iter().enumerate().map(|(place, one)| {
        let primary = if place == 0 { " (primary)" } else { "" };
        let title = format!("{}{primary}", one.title());
        row(&title, &|run| estimate(metric(&run.metrics, *one)))
    });
    let others = [
        row("Graded", &|run| {
            format!("{} of {}", count(run.metrics.graded), count(run.metrics.n))
        }),
        row("For review", &|run| {
            count(run.cases.iter().filter(|case| case.needs_review).count())
        }),
        row("Cost", &|run| dollars(run.metrics.usage.cost_usd)),
        row("Median time", &|run| {
            milliseconds(run.metrics.latency_ms.p50)
        }),
    ];
    screen.table(&titles, figures.chain(others))
}
