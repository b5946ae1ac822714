use std::collections::BTreeMap;

use serde::Serialize;

use super::figures::count;
use super::overview::Cell;
use crate::eval::Metrics;
use crate::eval::metrics::Metric;

/// The figures that a part of the cases is shown with, beside the metric that decides: all of them
/// would not fit on a page.
const SHOWN: [Metric; 6] = [
    Metric::Qwk,
    Metric::PearsonR,
    Metric::Rmse,
    Metric::Bias,
    Metric::FalsePassRate,
    Metric::FalseFailRate,
];

/// Figures of parts of the cases: by tag, or by question.
#[derive(Debug, Serialize)]
pub(super) struct Groups<'a> {
    /// What a part is: `Tag` or `Question`.
    part: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    n: String,
    graded: String,
    cells: Vec<Cell>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(
        part: &'static str,
        parts: &'a BTreeMap<String, Metrics>,
        primary: Metric,
    ) -> Self {
        let metrics: Vec<Metric> = std::iter::once(primary)
            .chain(SHOWN.into_iter().filter(|metric| *metric != primary))
            .collect();
        Self {
            part,
            columns: metrics.iter().map(|metric| metric.title()).collect(),
            rows: parts
                .iter()
                .map(|(name, figures)| Row {
                    name,
                    n: count(figures.n as u64),
                    graded: count(figures.graded as u64),
                    cells: metrics
                        .iter()
                        .map(|metric| {
                            let estimate = figures.agreement.get(metric).copied();
                            Cell::from(estimate.unwrap_or_default())
                        })
                        .collect(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_deciding_metric_stands_first_and_once() {
        let parts = BTreeMap::new();
        let kappa = Groups::new("Tag", &parts, Metric::CohenKappa);
        assert_eq!(kappa.columns[..2], ["Cohen's kappa", "QWK"]);
        let rmse = Groups::new("Tag", &parts, Metric::Rmse);
        assert_eq!(rmse.columns[..2], ["RMSE", "QWK"]);
        assert_eq!(rmse.columns.len(), 6);
    }

    #[test]
    fn a_figure_that_a_part_lacks_is_undefined() {
        let report = sample::report();
        let groups = Groups::new("Tag", &report.runs[0].by_tag, Metric::Qwk);
        assert_eq!(groups.rows[0].name, sample::HOSTILE);
        assert_eq!(groups.rows[0].cells[2], Cell::from("undefined".to_owned()));
    }
}
