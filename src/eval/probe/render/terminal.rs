use anstyle::{AnsiColor, Style};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};

use crate::eval::Conclusion;

use super::super::ProbeReport;
use super::rows::{MOVE_HEADER, move_cells, problems, sections, subject, verdict};

/// The share of the width for what a row is about, in percent.
const FIRST_COLUMN: u16 = 35;
const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// Writes the report for a terminal of `width` columns, one row for each change, the worst of each
/// kind first. Escape codes are always there; whoever prints it strips them where they are not
/// wanted.
pub fn probe_terminal(report: &ProbeReport, width: u16) -> String {
    let mut lines = vec![painted(HEADING, "Probe"), subject(report), String::new()];
    for section in sections(report) {
        lines.push(painted(HEADING, section.title));
        lines.push(painted(FAINT, section.note));
        let rows = section.rows.into_iter().map(|(mut cells, conclusion)| {
            if let Some(last) = cells.last_mut() {
                *last = painted(colour(conclusion), last);
            }
            cells
        });
        lines.push(table(width, &section.header, rows));
        lines.push(String::new());
    }
    if !report.worst.is_empty() {
        lines.push(painted(HEADING, "Largest unwanted moves"));
        let rows = report.worst.iter().map(|moved| move_cells(moved).to_vec());
        lines.push(table(width, &MOVE_HEADER, rows));
        lines.push(String::new());
    }
    lines.extend(problems(report));
    lines.push(painted(colour(report.gate.conclusion), &verdict(report)));
    lines.join("\n") + "\n"
}

fn table(width: u16, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(header.to_vec())
        .add_rows(rows);
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::LowerBoundary(Width::Percentage(
            FIRST_COLUMN,
        )));
    }
    table.trim_fmt()
}

fn colour(conclusion: Conclusion) -> Style {
    let colour = match conclusion {
        Conclusion::Pass => AnsiColor::Green,
        Conclusion::Fail => AnsiColor::Red,
        Conclusion::Inconclusive => AnsiColor::Yellow,
    };
    colour.on_default()
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::samples;

    use super::*;

    fn stripped(text: &str) -> String {
        let mut shown = String::new();
        let mut escape = false;
        for c in text.chars() {
            match c {
                '\u{1b}' => escape = true,
                'm' if escape => escape = false,
                _ if escape => {}
                _ => shown.push(c),
            }
        }
        shown
    }

    fn place(text: &str, part: &str) -> usize {
        let place = text.find(part);
        place.unwrap_or_else(|| panic!("{part} in {text}"))
    }

    #[test]
    fn the_worst_of_each_kind_stands_first_and_the_verdict_last() {
        let text = stripped(&probe_terminal(&samples::report(), 140));
        let order = [
            "Suite django, grader keyword (keyword), pass mark 0.60, seed 7",
            "Robustness",
            "padding:",
            "typos:",
            "dialect:",
            "Attacks",
            "instructions:",
            "question_echo:",
            "Largest unwanted moves",
            "orm-02",
            "dialect: 1 of 1 texts have no score",
            "FAIL: 2 of 5 changes are within their limit, 2 are not, 1 cannot be told",
        ];
        let places: Vec<usize> = order.iter().map(|part| place(&text, part)).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn a_conclusion_has_its_colour() {
        let text = probe_terminal(&samples::report(), 140);
        // ECMA-48: 31 is red, 32 green, 33 yellow.
        for code in ["\u{1b}[31mFAIL", "\u{1b}[32mpass", "\u{1b}[33mcannot tell"] {
            assert!(text.contains(code), "{code:?}");
        }
    }

    #[test]
    fn a_table_keeps_to_the_width() {
        let text = stripped(&probe_terminal(&samples::report(), 100));
        let ruled = text.lines().filter(|line| line.contains('─'));
        assert!(ruled.clone().count() > 2);
        assert!(ruled.into_iter().all(|line| line.chars().count() <= 100));
    }

    #[test]
    fn an_empty_report_says_that_nothing_can_be_told() {
        let mut report = samples::report();
        report.rows.clear();
        report.worst.clear();
        report.gate.checks.clear();
        report.gate.conclusion = Conclusion::Inconclusive;
        let text = stripped(&probe_terminal(&report, 80));
        assert!(text.contains("cannot tell: 0 of 0 changes"));
        assert!(!text.contains("Robustness"));
    }
}
