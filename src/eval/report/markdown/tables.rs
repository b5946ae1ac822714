use super::super::names::{name_of, shortened};
use super::super::numbers::{
    chance, change, count, difference, dollars, estimate, figure, interval, milliseconds, score,
};
use super::super::picks::{self, by_trouble, worst};
use super::super::wording::{self, metric};
use super::escape::{cell, code, prose};
use super::page::{Page, Room};
use super::top::mark;
use crate::eval::metrics::Metric;
use crate::eval::{Metrics, Report, Run};

/// The metrics of the table of runs, the primary one aside.
const MAIN: [Metric; 4] = [Metric::Qwk, Metric::PearsonR, Metric::Rmse, Metric::MacroF1];

/// The most characters of a check's sentence.
const SENTENCE: usize = 200;

/// Adds a row for every run.
pub(super) fn runs(page: &mut Page, report: &Report, room: Room) {
    if report.runs.is_empty() {
        return;
    }
    let primary = report.settings.primary;
    let main: Vec<Metric> = std::iter::once(primary)
        .chain(MAIN.into_iter().filter(|metric| *metric != primary))
        .collect();
    let titles: Vec<String> = ["Run".to_owned(), "Graded:".to_owned()]
        .into_iter()
        .chain(main.iter().map(|metric| format!("{}:", metric.title())))
        .chain(["For review:", "Cost:", "Median time:"].map(str::to_owned))
        .collect();
    let rows = report.runs.iter().map(|run| {
        let metrics = &run.metrics;
        let review = run.cases.iter().filter(|case| case.needs_review).count();
        [cell(&run.name), graded(metrics)]
            .into_iter()
            .chain(main.iter().map(|one| estimate(metric(metrics, *one))))
            .chain([
                count(review),
                dollars(metrics.usage.cost_usd),
                milliseconds(metrics.latency_ms.p50),
            ])
            .collect()
    });
    page.paragraph("### Runs");
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    page.table(&titles, rows, room, "runs");
}

fn graded(metrics: &Metrics) -> String {
    format!("{} of {}", count(metrics.graded), count(metrics.n))
}

/// Adds every metric of every run, beside the baseline where there is one.
pub(super) fn metrics(page: &mut Page, report: &Report, room: Room) {
    if report.runs.is_empty() {
        return;
    }
    page.paragraph("### Metrics");
    page.parts(report.runs.iter(), room, "runs", |page, run| {
        if report.runs.len() > 1 {
            page.paragraph(&code(&run.name));
        }
        metrics_of(page, run, report.settings.primary, room);
    });
    let notes = wording::notes(report).into_iter();
    page.list(notes.map(|note| prose(&note)), room, "notes");
}

fn metrics_of(page: &mut Page, run: &Run, primary: Metric, room: Room) {
    let rows = run.metrics.agreement.iter().map(|(metric, value)| {
        let title = if *metric == primary {
            format!("**{}** (primary)", metric.title())
        } else {
            metric.title().to_owned()
        };
        let mut cells = vec![title, estimate(*value)];
        if let Some(comparison) = &run.comparison {
            let difference = comparison.differences.get(metric);
            cells.extend([
                figure(difference.and_then(|difference| difference.baseline)),
                change(
                    difference.map_or_else(Default::default, |difference| difference.improvement),
                ),
                chance(difference.and_then(|difference| difference.p_holm)),
            ]);
        }
        cells
    });
    let titles = ["Metric", "Value:", "Baseline:", "Improvement:", "p (Holm):"];
    let titles = if run.comparison.is_some() {
        &titles[..]
    } else {
        &titles[..2]
    };
    page.table(titles, rows, room, "metrics");
}

/// Adds every check, those that failed first.
pub(super) fn checks(page: &mut Page, report: &Report, room: Room) {
    if report.gate.checks.is_empty() {
        return;
    }
    page.paragraph("### Checks");
    let rows = by_trouble(&report.gate.checks).into_iter().map(|check| {
        vec![
            format!(
                "{} {}",
                mark(check.conclusion),
                wording::conclusion(check.conclusion)
            ),
            cell(&check.name),
            interval(check.value, check.ci95),
            figure(Some(check.limit)),
            prose(&shortened(&wording::check(report, check), SENTENCE)),
        ]
    });
    let titles = ["", "Check", "Measured:", "Limit:", "In words"];
    page.table(&titles, rows, room, "checks");
}

/// Adds how many grades have no score, by reason, the most frequent first.
pub(super) fn ungraded(page: &mut Page, report: &Report, room: Room) {
    let mut reasons: Vec<(&str, &str, usize)> = report
        .runs
        .iter()
        .flat_map(|run| {
            run.metrics
                .ungraded
                .iter()
                .map(move |(reason, number)| (run, reason, number))
        })
        .map(|(run, reason, number)| (run.name.as_str(), reason.as_str(), *number))
        .collect();
    if reasons.is_empty() {
        return;
    }
    reasons.sort_by_key(|(_, _, number)| std::cmp::Reverse(*number));
    page.paragraph("### Ungraded");
    let rows = reasons
        .into_iter()
        .map(|(run, reason, number)| vec![cell(reason), count(number), cell(run)]);
    page.table(&["Reason", "Grades:", "Run"], rows, room, "reasons");
}

/// Adds the cases of each run that lie furthest from people.
pub(super) fn worst_cases(page: &mut Page, report: &Report, room: Room) {
    let runs: Vec<_> = report
        .runs
        .iter()
        .map(|run| (run, worst(run, room.rows)))
        .filter(|(_, cases)| !cases.is_empty())
        .collect();
    if runs.is_empty() {
        return;
    }
    page.paragraph("### Worst cases");
    page.parts(runs.into_iter(), room, "runs", |page, (run, cases)| {
        if report.runs.len() > 1 {
            page.paragraph(&code(&run.name));
        }
        let rows = cases.into_iter().map(|case| {
            vec![
                cell(&name_of(case, report.settings.repeat)),
                cell(&case.question_id),
                score(Some(case.human_score)),
                score(case.score),
                difference(picks::difference(case)),
                score(Some(case.confidence)),
            ]
        });
        let titles = [
            "Case",
            "Question",
            "People:",
            "Score:",
            "Difference:",
            "Confidence:",
        ];
        page.table(&titles, rows, room, "cases");
    });
}

/// Adds the tags of each run, the worst by the primary metric first, folded in.
pub(super) fn tags(page: &mut Page, report: &Report, room: Room) {
    let runs = report.runs.iter().filter(|run| !run.by_tag.is_empty());
    page.parts(runs, room, "runs", |page, run| {
        page.paragraph("<details>");
        page.paragraph("<summary>By tag</summary>");
        page.paragraph(&format!("{}, worst first:", code(&run.name)));
        tags_of(page, run, report.settings.primary, room);
        page.paragraph("</details>");
    });
}

fn tags_of(page: &mut Page, run: &Run, primary: Metric, room: Room) {
    let mut tags: Vec<(&String, &Metrics)> = run.by_tag.iter().collect();
    tags.sort_by(|(_, left), (_, right)| {
        badness(left, primary).total_cmp(&badness(right, primary))
    });
    let columns = [primary, Metric::Rmse, Metric::Bias];
    let columns = if primary == Metric::Rmse || primary == Metric::Bias {
        &columns[1..]
    } else {
        &columns[..]
    };
    let titles: Vec<String> = ["Tag".to_owned(), "Graded:".to_owned()]
        .into_iter()
        .chain(columns.iter().map(|metric| format!("{}:", metric.title())))
        .collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let rows = tags.into_iter().map(|(tag, metrics)| {
        [cell(tag), graded(metrics)]
            .into_iter()
            .chain(columns.iter().map(|one| estimate(metric(metrics, *one))))
            .collect()
    });
    page.table(&titles, rows, room, "tags");
}

/// Orders tags: low is bad, and what is undefined comes last.
fn badness(metrics: &Metrics, primary: Metric) -> f64 {
    let value = metric(metrics, primary).value;
    value.map_or(f64::INFINITY, |value| primary.goodness(value))
}

/// Adds what the figures rest on.
pub(super) fn footer(page: &mut Page, report: &Report) {
    let settings = &report.settings;
    let selection = match settings.selection.join(" ") {
        empty if empty.is_empty() => String::new(),
        selection => format!(" Cases chosen by {}.", code(&selection)),
    };
    page.line(&format!(
        "<sub>{}. {} is undefined. An improvement above 0 is better, whichever way a metric counts. \
         Pass marks: score {}, people {}.{selection} answer-grader {}.</sub>",
        wording::intervals(settings),
        super::super::numbers::UNDEFINED,
        score(Some(settings.pass_mark)),
        score(Some(settings.human_pass_mark)),
        code(&report.software),
    ));
}
