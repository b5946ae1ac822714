use std::io;

use crate::eval::Report;

mod escape;
mod page;
mod tables;
mod top;

use page::{Page, Room};

/// Writes a comment for a pull request or a job's summary: the conclusion first, what changed
/// next, then the figures, and what is long folded in. It holds ids and scores only.
///
/// It stays below 60,000 bytes, since GitHub takes no comment of 65,536 characters: rows that do
/// not fit are left out, and a line says how many.
pub(super) fn markdown(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(rendered(report).as_bytes())
}

fn rendered(report: &Report) -> String {
    // The bytes that the page may have behind each section; the last leaves room for its end.
    let room = |ceiling, rows| Room { ceiling, rows };
    let mut page = Page::default();
    top::headline(&mut page, report);
    top::changes(&mut page, report, room(8_000, 20));
    top::flips(&mut page, report, room(15_000, 20));
    tables::runs(&mut page, report, room(21_000, 50));
    tables::metrics(&mut page, report, room(33_000, 50));
    tables::checks(&mut page, report, room(40_000, 100));
    tables::ungraded(&mut page, report, room(44_000, 20));
    tables::worst_cases(&mut page, report, room(50_000, 10));
    tables::tags(&mut page, report, room(page::LIMIT - 1_500, 500));
    tables::footer(&mut page, report);
    page.into_text()
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;
    use crate::eval::report::sample;
    use crate::eval::{Outcome, Stopped};

    #[test]
    fn the_conclusion_comes_first_and_then_what_changed() {
        let text = rendered(&sample::full());
        let parts = [
            "## ❌ `suite & <b>`: fail\n\n**QWK .812 \\[.79, .83\\] over 2 of 3 grades** with \
             `keyword, @a`, the best of 2 runs.",
            "1 of 3 labels are a model's",
            "Stopped early, since the next call might have cost more",
            "against the baseline: **cannot tell: QWK .791 → .812, improvement +.021",
            "about 1,340 more labelled answers would settle it",
            "Other models replied than in the baseline: model-2 instead of model-1.",
            "**Crossed the pass mark: 1** (0 now on people's side, 1 no longer)",
            "| `a-1 [2]` | .80 | .60 | .40 | **wrong** | `keyword, @a` |",
            "### Runs",
            "| `keyword, @a` | 2 of 3 | .812 [.79, .83] | – | .180 [.15, .21] | – | 1 | $0.0036 | 812 ms |",
            "### Metrics",
            "| RMSE | .180 [.15, .21] | .201 | +.021 [-.004, +.038] | .060 |",
            "| **QWK** (primary) | .812 [.79, .83] | .791 | +.021 [-.004, +.038] | – |",
            "Raters among themselves: QWK .880 \\[.80, .93\\]",
            "### Checks",
            "| ❌ fail | `ungraded_max` |",
            "| ⚠️ inconclusive | `qwk` | – | .700 |",
            "| ✅ pass | `qwk` |",
            "### Ungraded",
            "| `timeout` | 1 | `keyword, @a` |",
            "### Worst cases",
            "| `a-1 [1]` | `q1` | .80 | .40 | -.40 | .75 |",
            "<details>",
            "| `short` | 1 of 1 | – | – | – |",
            "</details>",
            "Cases chosen by `--split dev`.",
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

    #[test]
    fn thousands_of_cases_and_hundreds_of_long_tags_fit_a_comment() {
        for (cases, length) in [(5_000, 10), (5_000, 100), (500, 5_000)] {
            let report = sample::large(cases, length);
            let text = rendered(&report);
            assert!(text.len() < page::LIMIT, "{} bytes", text.len());
            for what in ["flipped cases", "checks", "reasons", "tags"] {
                assert!(
                    text.contains(&format!(" more {what} left out here.*")),
                    "{what}"
                );
            }
            assert_eq!(
                text.matches("<details>").count(),
                text.matches("</details>").count()
            );
            assert!(text.contains("answer-grader `0.1.0`"));
        }
    }

    #[test]
    fn a_hundred_runs_fit_a_comment() {
        let mut report = sample::large(5, 5_000);
        report.runs = (0..50).flat_map(|_| report.runs.clone()).collect();
        let text = rendered(&report);
        assert!(text.len() < page::LIMIT, "{} bytes", text.len());
        assert!(text.contains(" more runs left out here.*"));
    }

    #[test]
    fn hostile_names_make_no_html_and_no_cells() {
        let text = rendered(&sample::large(50, 60));
        let mut cells = 0;
        let mut columns = 0;
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
                Event::Start(Tag::TableRow | Tag::TableHead) => cells = 0,
                Event::Start(Tag::TableCell) => cells += 1,
                Event::End(pulldown_cmark::TagEnd::TableRow) => assert_eq!(cells, columns),
                Event::Html(html) | Event::InlineHtml(html) => assert!(
                    [
                        "<details>",
                        "</details>",
                        "<summary>By tag</summary>",
                        "<sub>",
                        "</sub>"
                    ]
                    .contains(&html.trim()),
                    "{html}"
                ),
                // A mention in code calls nobody.
                Event::Text(text) => assert!(!text.contains("@\""), "{text}"),
                _ => {}
            }
        }
        assert!(columns > 0);
    }

    #[test]
    fn labels_of_a_model_are_named_before_any_figure_in_a_table() {
        let mut report = sample::full();
        report.label_sources.remove("human");
        let text = rendered(&report);
        let note = text
            .find("these figures are no agreement with people")
            .unwrap();
        assert!(note < text.find("### Runs").unwrap());
    }

    #[test]
    fn each_outcome_has_its_words() {
        for (outcome, words) in [
            (Outcome::Better, "**better:"),
            (Outcome::NoWorse, "**no worse:"),
            (Outcome::Worse, "**worse:"),
            (Outcome::CannotTell, "**cannot tell:"),
        ] {
            let mut report = sample::full();
            if let Some(comparison) = &mut report.runs[0].comparison {
                comparison.outcome = outcome;
            }
            assert!(rendered(&report).contains(words), "{words}");
        }
    }

    #[test]
    fn nothing_is_ever_not_a_number() {
        let mut report = sample::empty();
        assert!(rendered(&report).contains("nothing was graded: there are no runs"));
        report.stopped = Some(Stopped::Interrupted);
        assert!(rendered(&report).contains("it was interrupted"));
        let text = rendered(&sample::ungraded());
        assert!(text.contains("| `silent` | 0 of 2 | – | – | – | – | 0 | – | – |"));
        assert!(
            !text.contains("NaN") && !text.contains("### Worst"),
            "{text}"
        );
    }
}
