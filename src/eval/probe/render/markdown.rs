use super::super::ProbeReport;
use super::rows::{MOVE_HEADER, move_cells, problems, sections, subject, verdict};

/// Writes the report as GitHub-flavoured Markdown, one row for each change, the worst of each kind
/// first.
///
/// It stays far below 60 kB: there are at most as many rows as perturbations, ten moves, and names
/// are cut.
pub fn probe_markdown(report: &ProbeReport) -> String {
    let mut blocks = vec![
        "## Probe".to_owned(),
        format!("**{}**", escaped(&verdict(report))),
        escaped(&subject(report)),
    ];
    let problems = problems(report);
    if !problems.is_empty() {
        let items = problems
            .iter()
            .map(|problem| format!("- {}", escaped(problem)));
        blocks.push(items.collect::<Vec<_>>().join("\n"));
    }
    for section in sections(report) {
        blocks.push(format!("### {}", section.title));
        blocks.push(section.note.to_owned());
        let rows = section.rows.iter().map(|(cells, _)| cells.as_slice());
        blocks.push(table(&section.header, rows));
    }
    if !report.worst.is_empty() {
        blocks.push("### Largest unwanted moves".to_owned());
        let rows: Vec<_> = report.worst.iter().map(move_cells).collect();
        blocks.push(table(
            &MOVE_HEADER,
            rows.iter().map(<[String; 6]>::as_slice),
        ));
    }
    blocks.join("\n\n") + "\n"
}

fn table<'a>(header: &[&str], rows: impl Iterator<Item = &'a [String]>) -> String {
    let mut lines = vec![
        format!("| {} |", header.join(" | ")),
        format!("|{}", "---|".repeat(header.len())),
    ];
    for cells in rows {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    lines.join("\n")
}

/// Keeps characters from being taken for markup, for HTML or for a mention of somebody.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::samples::{self, outcome};
    use crate::eval::probe::{Outcome, Perturbation, ProbeLimits, ProbeReport, ProbeSetup};

    use super::*;

    #[test]
    fn it_says_what_the_terminal_says() {
        let text = probe_markdown(&samples::report());
        for line in [
            "**FAIL: 2 of 5 changes are within their limit, 2 are not, 1 cannot be told**",
            "- padding moves scores by 0.300 on average, more than 0.050",
            "- instructions makes 100.0 % pass, more than 5.0 %",
            "### Attacks: the text deserves nothing more, so its score should not rise",
            "| orm-02 | instructions | 0.50 | 0.20 | 0.90 | +0.70 |",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn every_row_of_a_table_has_as_many_cells_as_its_header() {
        let text = probe_markdown(&samples::report());
        let bars = |line: &str| line.replace("\\|", "").matches('|').count();
        let lines: Vec<&str> = text.lines().collect();
        let pairs = lines
            .windows(2)
            .filter(|pair| pair.iter().all(|line| line.starts_with('|')));
        assert!(pairs.clone().count() >= 9);
        assert!(pairs.into_iter().all(|pair| bars(pair[0]) == bars(pair[1])));
    }

    #[test]
    fn the_largest_report_with_hostile_names_stays_small_and_harmless() {
        let hostile = "|<img src=x>@everyone\n\u{1b}[31m".repeat(500);
        let outcomes: Vec<Outcome> = Perturbation::ALL
            .into_iter()
            .map(|known| {
                let mut made = outcome(known, &hostile, Some(0.1), Some(0.9));
                made.question_id.clone_from(&hostile);
                made
            })
            .collect();
        let example = samples::report();
        let setup = ProbeSetup {
            suite: hostile.clone(),
            software: hostile,
            run: example.run,
            pass_mark: 0.5,
            seed: 7,
        };
        let report = ProbeReport::new(setup, &outcomes, &ProbeLimits::default());
        let text = probe_markdown(&report);
        assert!(text.len() < 60_000, "{}", text.len());
        assert!(!text.contains('<') && !text.contains('@') && !text.contains('\u{1b}'));
        assert_eq!(text.matches("\n| \\|").count(), 10);
    }
}
