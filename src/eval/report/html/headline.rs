use serde::Serialize;

use super::figures::{count, decimal};
use crate::eval::{Check, Conclusion, Report, Resampling, Settings, Stopped};

/// Under so many questions, answers are resampled within them.
const FEW_QUESTIONS: usize = 20;

/// What the evaluation comes to, and what to keep in mind about it.
#[derive(Debug, Serialize)]
pub(super) struct Headline<'a> {
    suite: &'a str,
    software: &'a str,
    verdict: Verdict,
    /// What the verdict rests on, in a sentence.
    sentence: &'static str,
    checks: Vec<CheckLine<'a>>,
    /// What to know before reading on.
    warnings: Vec<Warning>,
    /// How it was measured: name and value.
    settings: Vec<(&'static str, String)>,
}

/// A conclusion as a word and a sign, so that neither colour nor form alone carries it.
#[derive(Debug, Serialize)]
struct Verdict {
    class: &'static str,
    sign: &'static str,
    word: &'static str,
}

#[derive(Debug, Serialize)]
struct CheckLine<'a> {
    verdict: Verdict,
    run: &'a str,
    detail: &'a str,
}

#[derive(Debug, Serialize)]
struct Warning {
    title: &'static str,
    text: String,
}

impl<'a> Headline<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let checks = &report.gate.checks;
        let (verdict, sentence) = if checks.is_empty() {
            let none = Verdict {
                class: "none",
                sign: "\u{2013}",
                word: "Not checked",
            };
            (none, "No threshold and no baseline was given.")
        } else {
            (
                verdict(report.gate.conclusion),
                sentence(report.gate.conclusion),
            )
        };
        Self {
            suite: &report.suite,
            software: &report.software,
            verdict,
            sentence,
            checks: checks.iter().map(line).collect(),
            warnings: warnings(report),
            settings: settings(report),
        }
    }
}

fn verdict(conclusion: Conclusion) -> Verdict {
    let (class, sign, word) = match conclusion {
        Conclusion::Pass => ("pass", "\u{2713}", "Pass"),
        Conclusion::Fail => ("fail", "\u{2717}", "Fail"),
        Conclusion::Inconclusive => ("unsure", "?", "Inconclusive"),
    };
    Verdict { class, sign, word }
}

fn sentence(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "Every check holds.",
        Conclusion::Fail => "At least one check does not hold.",
        Conclusion::Inconclusive => "No check fails, but at least one could not be measured.",
    }
}

fn line(check: &Check) -> CheckLine<'_> {
    CheckLine {
        verdict: verdict(check.conclusion),
        run: &check.run,
        detail: &check.detail,
    }
}

fn warnings(report: &Report) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if let Some(stopped) = report.stopped {
        let why = match stopped {
            Stopped::Interrupted => "It was interrupted",
            Stopped::Budget => "The next call might have cost more than was allowed",
        };
        warnings.push(Warning {
            title: "Stopped early.",
            text: format!(
                "{why}, so not every case was graded; the figures rest on those that were."
            ),
        });
    }
    let by_model = report.label_sources.get("model").copied().unwrap_or(0);
    let labels: usize = report.label_sources.values().sum();
    if by_model > 0 {
        let how_many = if by_model == labels {
            "All".to_owned()
        } else {
            format!("{} of {}", count(by_model as u64), count(labels as u64))
        };
        warnings.push(Warning {
            title: "This is no agreement with people.",
            text: format!(
                "{how_many} cases were labelled by a model. For these, \u{201c}people\u{201d} on this page means that model: the figures say how far two machines agree."
            ),
        });
    }
    if report.settings.resampling == Resampling::WithinQuestions {
        let questions = report.settings.questions;
        warnings.push(Warning {
            title: "Few questions.",
            text: format!(
                "The cases are about {questions} question{}, under {FEW_QUESTIONS}: the intervals say nothing about other questions.",
                plural(questions)
            ),
        });
    }
    warnings
}

fn settings(report: &Report) -> Vec<(&'static str, String)> {
    let settings = &report.settings;
    let mut lines = vec![
        ("Labels", labels(report)),
        ("Intervals", intervals(settings)),
        (
            "Pass marks",
            format!(
                "grader {}, people {}",
                decimal(settings.pass_mark, 2),
                decimal(settings.human_pass_mark, 2)
            ),
        ),
        ("Levels for QWK", settings.levels.to_string()),
        ("Deciding metric", settings.primary.title().to_owned()),
    ];
    if settings.repeat > 1 {
        lines.push((
            "Repetitions",
            format!("each case graded {} times", settings.repeat),
        ));
    }
    if !settings.selection.is_empty() {
        lines.push(("Selection", settings.selection.join(" ")));
    }
    lines
}

fn labels(report: &Report) -> String {
    let parts: Vec<String> = report
        .label_sources
        .iter()
        .map(|(source, &cases)| {
            let whose = match source.as_str() {
                "human" => "by people",
                "model" => "by a model",
                other => other,
            };
            format!("{} {whose}", count(cases as u64))
        })
        .collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

fn intervals(settings: &Settings) -> String {
    let questions = settings.questions;
    let what = match settings.resampling {
        Resampling::Questions => format!("all {questions} questions"),
        Resampling::WithinQuestions => format!(
            "the answers within each of {questions} question{}",
            plural(questions)
        ),
    };
    format!(
        "95 %, bootstrap: {} resamples of {what}, seed {}",
        count(settings.resamples as u64),
        settings.seed
    )
}

fn plural(number: usize) -> &'static str {
    if number == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn titles(report: &Report) -> Vec<&'static str> {
        warnings(report)
            .iter()
            .map(|warning| warning.title)
            .collect()
    }

    #[test]
    fn labels_of_a_model_are_not_called_agreement_with_people() {
        let mut report = sample::report();
        assert_eq!(titles(&report), Vec::<&str>::new());
        report.label_sources = [("human".to_owned(), 3), ("model".to_owned(), 1)].into();
        let warnings = warnings(&report);
        assert_eq!(warnings[0].title, "This is no agreement with people.");
        assert!(warnings[0].text.starts_with("1 of 4 cases"));
    }

    #[test]
    fn what_limits_the_figures_stands_at_the_top() {
        let mut report = sample::report();
        report.stopped = Some(Stopped::Budget);
        report.settings.resampling = Resampling::WithinQuestions;
        assert_eq!(titles(&report), ["Stopped early.", "Few questions."]);
    }

    #[test]
    fn nothing_checked_is_not_a_pass() {
        let mut report = sample::report();
        assert_eq!(Headline::new(&report).verdict.word, "Fail");
        report.gate.conclusion = Conclusion::Pass;
        report.gate.checks.clear();
        assert_eq!(Headline::new(&report).verdict.word, "Not checked");
    }
}
