use super::super::names::case_name;
use super::super::numbers::{count, score};
use super::super::picks::{self, compared, leading};
use super::super::wording;
use super::escape::{cell, code, prose};
use super::page::{Page, Room};
use crate::eval::{Conclusion, Flip, Report};

/// Adds the conclusion, the primary metric and what limits both.
pub(super) fn headline(page: &mut Page, report: &Report) {
    page.paragraph(&format!(
        "## {} {}: {}",
        mark(report.gate.conclusion),
        code(&report.suite),
        wording::conclusion(report.gate.conclusion),
    ));
    let run = match (leading(report), report.runs.len()) {
        (Some(run), 1) => format!(" with {}", code(&run.name)),
        (Some(run), runs) => format!(" with {}, the best of {runs} runs", code(&run.name)),
        (None, _) => String::new(),
    };
    page.paragraph(&format!("**{}**{run}.", prose(&wording::headline(report))));
    for caveat in wording::caveats(report) {
        page.paragraph(&format!("⚠️ **{}**", prose(&caveat)));
    }
}

/// The sign of a conclusion.
pub(super) const fn mark(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "✅",
        Conclusion::Fail => "❌",
        Conclusion::Inconclusive => "⚠️",
    }
}

/// Adds what became of every run that has a baseline, and whether other models replied.
pub(super) fn changes(page: &mut Page, report: &Report, room: Room) {
    let items = compared(report).flat_map(|(run, comparison)| {
        let change = format!(
            "{} against the baseline: **{}** ({})",
            code(&run.name),
            prose(&wording::comparison(comparison)),
            prose(&wording::compared(comparison)),
        );
        let models = wording::snapshot_change(run, comparison);
        let models = models.map(|note| format!("⚠️ {}: {}", code(&run.name), prose(&note)));
        std::iter::once(change).chain(models)
    });
    page.list(items, room, "changes");
}

/// Adds the answers that crossed the pass mark, those that are now wrong first.
pub(super) fn flips(page: &mut Page, report: &Report, room: Room) {
    let names_run = report.runs.len() > 1;
    let mut rows: [Vec<Vec<String>>; 2] = [Vec::new(), Vec::new()];
    for (run, comparison) in compared(report) {
        let sides = picks::flips(comparison, &report.settings);
        for ((rows, flips), verdict) in rows.iter_mut().zip(sides).zip(["**wrong**", "right"]) {
            rows.extend(flips.into_iter().map(|flip| {
                let mut row = flip_row(flip, verdict, report.settings.repeat);
                row.extend(names_run.then(|| cell(&run.name)));
                row
            }));
        }
    }
    let [wrong, right] = rows;
    if wrong.is_empty() && right.is_empty() {
        return;
    }
    page.paragraph(&format!(
        "**Crossed the pass mark: {}** ({} now on people's side, {} no longer)",
        count(wrong.len() + right.len()),
        count(right.len()),
        count(wrong.len())
    ));
    let titles = ["Case", "People:", "Before:", "Now:", "Now it is", "Run"];
    let titles = if names_run { &titles[..] } else { &titles[..5] };
    page.table(
        titles,
        wrong.into_iter().chain(right),
        room,
        "flipped cases",
    );
}

fn flip_row(flip: &Flip, verdict: &str, repeat: u32) -> Vec<String> {
    vec![
        cell(&case_name(&flip.id, flip.repetition, repeat)),
        score(Some(flip.human_score)),
        score(Some(flip.before)),
        score(Some(flip.after)),
        verdict.to_owned(),
    ]
}
