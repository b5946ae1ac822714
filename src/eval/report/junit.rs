use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::names::name_of;
use super::numbers::duration;
use super::wording;
use crate::eval::{CaseResult, Check, Conclusion, Failing, Report, Run, Settings, failing};

/// Writes test results as build servers read them: a suite for every run and question with a test
/// for every case result, and a suite `gate` with a test for every check.
///
/// A `failure` is a grade that is too far from a person's, or a check that does not hold; an
/// `error` is a case without a grade, or a check that could not be measured.
pub(super) fn junit(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut tests = quick_junit::Report::new(report.suite.as_str());
    for run in &report.runs {
        tests.add_test_suites(suites(run, &report.settings));
    }
    if !report.gate.checks.is_empty() {
        let mut gate = TestSuite::new("gate");
        gate.add_test_cases(report.gate.checks.iter().map(check_test));
        tests.add_test_suite(gate);
    }
    // Written to memory first: the library's error would hide that a pipe is closed.
    let text = tests.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn suites(run: &Run, settings: &Settings) -> impl Iterator<Item = TestSuite> {
    let mut by_question: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for case in &run.cases {
        by_question.entry(&case.question_id).or_default().push(case);
    }
    by_question.into_iter().map(move |(question, cases)| {
        let mut suite = TestSuite::new(format!("{} / {question}", run.name));
        let took: Option<Duration> = cases.iter().map(|case| duration(case.latency_ms)).sum();
        suite.time = took;
        suite.add_test_cases(cases.iter().map(|case| case_test(run, case, settings)));
        suite
    })
}

fn case_test(run: &Run, case: &CaseResult, settings: &Settings) -> TestCase {
    let status = match failing(case, settings) {
        None => TestCaseStatus::success(),
        Some(reason) => {
            let (kind, of_type) = match reason {
                Failing::Ungraded => (
                    NonSuccessKind::Error,
                    case.ungraded.as_deref().unwrap_or(reason.code()),
                ),
                Failing::OtherSide | Failing::FarApart => (NonSuccessKind::Failure, reason.code()),
            };
            let message = wording::failing(case, reason, settings);
            unsuccessful(kind, of_type, &message)
        }
    };
    let mut test = TestCase::new(name_of(case, settings.repeat).as_ref(), status);
    test.set_classname(class(&run.name, &case.question_id));
    test.time = duration(case.latency_ms);
    test.add_properties(properties(run, case));
    test
}

fn properties(run: &Run, case: &CaseResult) -> impl Iterator<Item = Property> {
    let number = |value: f64| value.to_string();
    [
        ("score", case.score.map(number)),
        ("human_score", Some(number(case.human_score))),
        ("confidence", Some(number(case.confidence))),
        ("model", run.model.clone()),
        ("prompt", run.prompt.clone()),
        ("cost_usd", case.usage.cost_usd.map(number)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(Property::new(name, value?)))
}

fn check_test(check: &Check) -> TestCase {
    let kind = match check.conclusion {
        Conclusion::Pass => None,
        Conclusion::Fail => Some(NonSuccessKind::Failure),
        Conclusion::Inconclusive => Some(NonSuccessKind::Error),
    };
    let status = kind.map_or_else(TestCaseStatus::success, |kind| {
        let conclusion = wording::conclusion(check.conclusion);
        unsuccessful(kind, conclusion, &check.detail)
    });
    let mut test = TestCase::new(check.name.as_str(), status);
    test.set_classname(class("gate", &check.run));
    test
}

fn unsuccessful(kind: NonSuccessKind, of_type: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(of_type).set_message(message);
    status
}

/// Names a class: viewers take what stands before the last point for its package, so the names
/// themselves have none.
fn class(package: &str, name: &str) -> String {
    format!("{}.{}", package.replace('.', "_"), name.replace('.', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::report::sample;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        junit(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The element of the test with a name, to its end.
    fn test_of<'a>(text: &'a str, name: &str) -> &'a str {
        let start = text.find(&format!("<testcase name=\"{name}\"")).unwrap();
        let rest = &text[start..];
        &rest[..rest.find("</testcase>").unwrap_or(rest.len())]
    }

    #[test]
    fn every_run_and_question_is_a_suite_and_the_gate_is_one() {
        let text = written(&sample::full());
        let counts = |tests, failures, errors| {
            format!("tests=\"{tests}\" skipped=\"0\" errors=\"{errors}\" failures=\"{failures}\"")
        };
        for (suite, counts) in [
            ("keyword, @a / q1", counts(2, 2, 0)),
            ("keyword, @a / q2", counts(1, 0, 1)),
            ("b / q1", counts(1, 0, 0)),
            ("gate", counts(3, 1, 1)),
        ] {
            let opening = text
                .lines()
                .find(|line| line.contains(&format!("<testsuite name=\"{suite}\"")))
                .unwrap();
            for attribute in counts.split(' ') {
                assert!(opening.contains(attribute), "{opening} lacks {attribute}");
            }
        }
        assert!(text.contains("<testsuites name=\"suite &amp; &lt;b&gt;\" tests=\"7\""));
    }

    #[test]
    fn a_case_far_from_people_fails_and_an_ungraded_one_is_an_error() {
        let text = written(&sample::full());
        let far = test_of(&text, "a-1 [1]");
        assert!(far.contains(
            "<failure message=\"score .40, human score .80: on different sides of the pass marks \
             (.50, people&apos;s .50)\" type=\"pass_mark\"/>"
        ), "{far}");
        let far = test_of(&text, "a-1 [2]");
        assert!(far.contains("type=\"distance\""), "{far}");
        let ungraded = test_of(&text, "a-2 [1]");
        assert!(
            ungraded.contains("<error message=\"no score: timeout\" type=\"timeout\"/>"),
            "{ungraded}"
        );
        assert!(!ungraded.contains("<failure"));
    }

    #[test]
    fn a_test_has_the_figures_that_are_known() {
        let text = written(&sample::full());
        let first = test_of(&text, "a-1 [1]");
        for property in [
            "name=\"score\" value=\"0.4\"",
            "name=\"human_score\" value=\"0.8\"",
            "name=\"confidence\" value=\"0.75\"",
            "name=\"model\" value=\"model\"",
            "name=\"prompt\" value=\"grade@1f3a9c02d4e5\"",
            "name=\"cost_usd\" value=\"0.0012\"",
        ] {
            assert!(first.contains(property), "{property}");
        }
        assert!(!test_of(&text, "a-2 [1]").contains("\"cost_usd\""));
    }

    #[test]
    fn checks_fail_or_could_not_be_measured() {
        let text = written(&sample::full());
        assert!(test_of(&text, "ungraded_max").contains("<failure message=\"ungraded_max of"));
        let gate = &text[text.find("<testsuite name=\"gate\"").unwrap()..];
        assert!(gate.contains("<error message=\"qwk of b"));
    }

    #[test]
    fn points_in_names_do_not_make_packages() {
        assert_eq!(class("gpt-4.1", "rust.q1"), "gpt-4_1.rust_q1");
    }

    #[test]
    fn characters_that_xml_forbids_are_dropped() {
        let mut report = sample::full();
        "a\u{0}\u{1b}[31m<&\"".clone_into(&mut report.runs[1].cases[0].id);
        let text = written(&report);
        assert!(
            text.contains("<testcase name=\"a&lt;&amp;&quot; [1]\""),
            "{text}"
        );
    }

    #[test]
    fn no_runs_are_no_suites() {
        assert!(written(&sample::empty()).contains("tests=\"0\""));
    }
}
