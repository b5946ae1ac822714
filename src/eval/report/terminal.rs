use std::io;

use anstyle::Style;

use super::names::shown;
use super::numbers::UNDEFINED;
use super::picks::{by_trouble, compared, leading};
use super::wording;
use crate::eval::{Conclusion, Report};

mod cases;
mod metrics;
mod screen;

use screen::{BOLD, DIM, Screen, YELLOW, of_conclusion, of_outcome};

/// How wide a page is where nobody's terminal says otherwise, in columns.
const WIDTH: u16 = 100;

/// The narrowest page that tables are drawn for, in columns.
const NARROWEST: u16 = 40;

/// Writes what a person sees after a run: the conclusion, what limits it, the metrics of all runs
/// side by side, the change against a baseline, the checks, the cases without a grade and those
/// furthest from people, and the conclusion again, since the top may have scrolled away.
///
/// It always writes colours; a stream of `anstream` takes them out where they are not wanted. It is
/// as wide as the terminal on stdout, or 100 columns where there is none.
///
/// # Errors
///
/// Those of `out`.
pub fn terminal(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| width.0);
    at_width(report, out, width.max(NARROWEST))
}

fn at_width(report: &Report, out: &mut dyn io::Write, width: u16) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut screen = Screen::new(&mut out, width);
    headline(&mut screen, report)?;
    metrics::metrics(&mut screen, report)?;
    comparisons(&mut screen, report)?;
    checks(&mut screen, report)?;
    cases::ungraded(&mut screen, report)?;
    cases::worst_cases(&mut screen, report)?;
    ending(&mut screen, report)?;
    io::Write::flush(&mut out)
}

fn headline(screen: &mut Screen, report: &Report) -> io::Result<()> {
    conclusion(screen, report, &shown(&report.suite))?;
    screen.paragraph(BOLD, &wording::headline(report))?;
    if let Some(run) = leading(report) {
        let name = shown(&run.name);
        let runs = report.runs.len();
        let note = if runs > 1 {
            format!("with {name}, the best of {runs} runs")
        } else {
            format!("with {name}")
        };
        screen.paragraph(DIM, &note)?;
    }
    for caveat in wording::caveats(report) {
        screen.paragraph(YELLOW, &caveat)?;
    }
    Ok(())
}

fn comparisons(screen: &mut Screen, report: &Report) -> io::Result<()> {
    if compared(report).next().is_none() {
        return Ok(());
    }
    screen.section("Against the baseline")?;
    for (place, (run, comparison)) in compared(report).enumerate() {
        if place > 0 {
            screen.line("")?;
        }
        if report.runs.len() > 1 {
            screen.paragraph(BOLD, &shown(&run.name))?;
        }
        let sentence = wording::comparison(comparison);
        screen.paragraph(of_outcome(comparison.outcome), &sentence)?;
        let what = wording::compared(comparison);
        screen.paragraph(DIM, &format!("compared with {what}"))?;
        if let Some(note) = wording::snapshot_change(run, comparison) {
            screen.paragraph(YELLOW, &note)?;
        }
        cases::flips(screen, comparison, &report.settings)?;
    }
    Ok(())
}

fn checks(screen: &mut Screen, report: &Report) -> io::Result<()> {
    if report.gate.checks.is_empty() {
        return Ok(());
    }
    screen.section("Checks")?;
    for check in by_trouble(&report.gate.checks) {
        let sign = match check.conclusion {
            Conclusion::Pass => "✔",
            Conclusion::Fail => "✘",
            Conclusion::Inconclusive => "?",
        };
        let sentence = wording::check(report, check);
        let plain = Style::new();
        screen.marked((sign, of_conclusion(check.conclusion)), (&sentence, plain))?;
    }
    Ok(())
}

fn ending(screen: &mut Screen, report: &Report) -> io::Result<()> {
    screen.line("")?;
    let intervals = wording::intervals(&report.settings);
    let legend = format!("{UNDEFINED} is undefined. {intervals}.");
    screen.paragraph(DIM, &legend)?;
    screen.line("")?;
    conclusion(screen, report, &checks_in_words(report))?;
    let mut findings = wording::headline(report);
    if let Some(comparison) = leading(report).and_then(|run| run.comparison.as_ref()) {
        findings += "; against the baseline: ";
        findings += wording::outcome(comparison.outcome);
    }
    screen.paragraph(Style::new(), &findings)
}

fn conclusion(screen: &mut Screen, report: &Report, what: &str) -> io::Result<()> {
    let conclusion = report.gate.conclusion;
    let word = wording::conclusion(conclusion).to_uppercase();
    screen.marked((&word, of_conclusion(conclusion).bold()), (what, BOLD))
}

/// Counts the checks by how they ended, such as `2 of 3 checks hold, 1 could not be measured`.
fn checks_in_words(report: &Report) -> String {
    let checks = &report.gate.checks;
    if checks.is_empty() {
        return "nothing was checked".to_owned();
    }
    let with = |conclusion| {
        let ended = checks.iter().filter(|check| check.conclusion == conclusion);
        ended.count()
    };
    let others = [
        (with(Conclusion::Fail), "failed"),
        (with(Conclusion::Inconclusive), "could not be measured"),
    ];
    let others = others.into_iter().filter(|(number, _)| *number > 0);
    let hold = format!("{} of {} checks hold", with(Conclusion::Pass), checks.len());
    std::iter::once(hold)
        .chain(others.map(|(number, words)| format!("{number} {words}")))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::eval::Outcome;
    use crate::eval::report::sample;

    /// What a person reads: the page without its colours.
    fn read(report: &Report, width: u16) -> String {
        let mut text = written(report, width);
        while let Some(start) = text.find('\u{1b}') {
            let end = start + text[start..].find('m').unwrap();
            text.replace_range(start..=end, "");
        }
        text
    }

    fn written(report: &Report, width: u16) -> String {
        let mut out = Vec::new();
        at_width(report, &mut out, width).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_conclusion_comes_first_and_last() {
        let text = read(&sample::full(), 100);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "FAIL  suite & <b>");
        assert_eq!(lines[1], "QWK .812 [.79, .83] over 2 of 3 grades");
        assert_eq!(
            lines[lines.len() - 2..],
            [
                "FAIL  1 of 3 checks hold, 1 failed, 1 could not be measured",
                "QWK .812 [.79, .83] over 2 of 3 grades; against the baseline: cannot tell",
            ]
        );
    }

    #[test]
    fn runs_stand_side_by_side_with_their_metrics() {
        let text = read(&sample::full(), 100);
        let row = |name: &str| {
            let mut lines = text.lines().skip(2);
            let line = lines.find(|line| line.starts_with(name)).unwrap();
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect::<Vec<_>>()
        };
        assert_eq!(row("QWK"), ["QWK (primary)", ".812 [.79, .83]", "–"]);
        assert_eq!(row("RMSE"), ["RMSE", ".180 [.15, .21]", "–"]);
        assert_eq!(row("Graded"), ["Graded", "2 of 3", "1 of 1"]);
        assert_eq!(row("Cost"), ["Cost", "$0.0036", "–"]);
        assert_eq!(row("Median"), ["Median time", "812 ms", "–"]);
        assert!(!text.contains("Pearson r  "), "undefined in every run");
        assert!(text.contains("– is undefined."));
    }

    #[test]
    fn everything_that_happened_is_said_in_order() {
        let text = read(&sample::full(), 120);
        let parts = [
            "with keyword, @a, the best of 2 runs",
            "1 of 3 labels are a model's",
            "Stopped early",
            "Raters among themselves: QWK .880",
            "Against the baseline\nkeyword, @a\ncannot tell: QWK .791 → .812",
            "about 1,340 more labelled answers would settle it",
            "compared with before, version 0.0.9, 2 grades that both have",
            "Other models replied than in the baseline: model-2 instead of model-1.",
            "1 crossed the pass mark: 0 now on people's side, 1 no longer",
            "a-1 [2]",
            "Checks\n✘  ungraded_max of keyword, @a",
            "?  qwk of b",
            "✔  qwk of keyword, @a",
            "Ungraded\nkeyword, @a: timeout 1",
            "Furthest from people, of keyword, @a",
            "a-1 [1]   q1 ",
        ];
        let mut rest = text.as_str();
        for part in parts {
            let place = rest.find(part);
            assert!(
                place.is_some(),
                "{part:?} is not in or behind its place:\n{text}"
            );
            rest = &rest[place.unwrap_or(0) + part.len()..];
        }
    }

    #[rstest]
    #[case(40)]
    #[case(80)]
    #[case(200)]
    fn no_line_is_wider_than_the_terminal(#[case] width: u16) {
        let mut report = sample::full();
        report.runs = (0..7).flat_map(|_| report.runs.clone()).collect();
        "界".repeat(200).clone_into(&mut report.runs[0].cases[0].id);
        for line in read(&report, width).lines() {
            let columns: usize = line
                .chars()
                .map(|one| if one == '界' { 2 } else { 1 })
                .sum();
            assert!(columns <= usize::from(width), "{columns}: {line}");
        }
    }

    #[test]
    fn the_conclusion_has_its_colour_and_every_colour_ends() {
        let mut report = sample::full();
        for (conclusion, colour) in [
            (Conclusion::Pass, "\u{1b}[32m"),
            (Conclusion::Fail, "\u{1b}[31m"),
            (Conclusion::Inconclusive, "\u{1b}[33m"),
        ] {
            report.gate.conclusion = conclusion;
            let text = written(&report, 80);
            assert!(text.lines().next().unwrap().contains(colour));
            for line in text.lines().filter(|line| line.contains('\u{1b}')) {
                assert!(line.matches("\u{1b}[0m").count() >= 1, "{line:?}");
            }
        }
    }

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        let mut report = sample::full();
        "\u{1b}[2Jgone\r".clone_into(&mut report.runs[0].cases[0].id);
        "\u{1b}]0;title\u{7}".clone_into(&mut report.gate.checks[0].detail);
        report.runs[0].name.push('\u{9b}');
        let text = written(&report, 100);
        assert!(text.contains("gone"));
        for control in ["\u{1b}[2J", "\u{1b}]", "\u{7}", "\r", "\u{9b}"] {
            assert!(!text.contains(control), "{control:?}");
        }
    }

    #[test]
    fn an_outcome_is_repeated_at_the_end() {
        let mut report = sample::full();
        if let Some(comparison) = &mut report.runs[0].comparison {
            comparison.outcome = Outcome::Worse;
        }
        assert!(
            read(&report, 100)
                .trim_end()
                .ends_with("against the baseline: worse")
        );
    }

    #[test]
    fn a_report_of_nothing_can_be_read() {
        let text = read(&sample::empty(), 80);
        assert!(text.starts_with("PASS  nothing\nnothing was graded: there are no runs\n"));
        assert!(text.contains("PASS  nothing was checked"));
        let text = read(&sample::ungraded(), 80);
        assert!(text.contains("QWK (primary)"), "{text}");
        assert!(text.contains("silent: timeout 2"));
        assert!(!text.contains("NaN") && !text.contains("Furthest"));
    }
}
