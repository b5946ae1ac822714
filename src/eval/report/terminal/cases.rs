use std::io;

use anstyle::Style;

use super::super::names::{case_name, name_of, shown};
use super::super::numbers::{count, difference, score};
use super::super::picks::{self, leading, worst};
use super::super::wording;
use super::screen::{Screen, YELLOW};
use crate::eval::{Comparison, Report, Settings};

/// How many cases are shown; the other formats show more.
const SHOWN: usize = 5;

/// Writes the answers that crossed the pass mark, those that are now wrong first.
pub(super) fn flips(
    screen: &mut Screen,
    comparison: &Comparison,
    settings: &Settings,
) -> io::Result<()> {
    let [wrong, right] = picks::flips(comparison, settings);
    let all = wrong.len() + right.len();
    if all == 0 {
        return Ok(());
    }
    let shown_first = if all > SHOWN {
        "; the first of them:"
    } else {
        ""
    };
    let (right_side, wrong_side) = (count(right.len()), count(wrong.len()));
    let all = count(all);
    let summary = format!(
        "{all} crossed the pass mark: {right_side} now on people's side, {wrong_side} no longer{shown_first}"
    );
    screen.paragraph(Style::new(), &summary)?;
    let rows = wrong
        .into_iter()
        .map(|flip| (flip, "wrong"))
        .chain(right.into_iter().map(|flip| (flip, "right")))
        .take(SHOWN)
        .map(|(flip, verdict)| {
            let name = case_name(&flip.id, flip.repetition, settings.repeat);
            vec![
                shown(&name),
                score(Some(flip.human_score)),
                score(Some(flip.before)),
                score(Some(flip.after)),
                verdict.to_owned(),
            ]
        });
    screen.table(&["Case", "People:", "Before:", "Now:", "Now it is"], rows)
}

/// Writes how many grades of each run have no score, and why.
pub(super) fn ungraded(screen: &mut Screen, report: &Report) -> io::Result<()> {
    let mut runs = report
        .runs
        .iter()
        .filter(|run| !run.metrics.ungraded.is_empty())
        .peekable();
    if runs.peek().is_some() {
        screen.section("Ungraded")?;
    }
    for run in runs {
        let reasons = wording::ungraded(&run.metrics.ungraded);
        screen.paragraph(YELLOW, &format!("{}: {reasons}", shown(&run.name)))?;
    }
    Ok(())
}

/// Writes the cases of the run that leads that lie furthest from people.
pub(super) fn worst_cases(screen: &mut Screen, report: &Report) -> io::Result<()> {
    let Some(run) = leading(report) else {
        return Ok(());
    };
    let cases = worst(run, SHOWN);
    if cases.is_empty() {
        return Ok(());
    }
    let title = if report.runs.len() > 1 {
        format!("Furthest from people, of {}", shown(&run.name))
    } else {
        "Furthest from people".to_owned()
    };
    screen.section(&title)?;
    let rows = cases.into_iter().map(|case| {
        vec![
            shown(&name_of(case, report.settings.repeat)),
            shown(&case.question_id),
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
    screen.table(&titles, rows)
}
