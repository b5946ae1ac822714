use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::{Agreement, ReviewThreshold};
use crate::eval::{Estimate, Resampling};
use crate::grade::Method;

/// Below this, a map follows the sample's chances more than the grader's habits.
const ENOUGH_ANSWERS: usize = 100;

/// How a calibration was fitted, and how much good it does to questions that it was not fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationReport {
    /// The method.
    pub method: Method,
    /// The run's name.
    pub run: String,
    /// How many grades it was fitted to.
    pub n: usize,
    /// Of how many answers; fewer than the grades where answers were graded several times.
    pub answers: usize,
    /// To how many questions.
    pub questions: usize,
    /// How many cases of the suite were labelled by whom: `human`, `model`.
    pub label_sources: BTreeMap<String, usize>,
    /// Into how many folds the questions were dealt.
    pub folds: usize,
    /// The levels of QWK.
    pub levels: usize,
    /// What was resampled.
    pub resampling: Resampling,
    /// The agreement of the scores as they were given.
    pub before: Agreement,
    /// The agreement of the scores calibrated out of fold.
    pub after: Agreement,
    /// RMSE before less RMSE after: above 0 where calibration helps.
    pub rmse_gain: Estimate,
    /// The QWK that was asked for; `None` where no threshold was.
    pub target_qwk: Option<f64>,
    /// The review threshold; `None` where none was asked for or could be measured.
    pub threshold: Option<ReviewThreshold>,
    /// What to be wary of.
    pub warnings: Vec<Warning>,
}

/// What to be wary of in a calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// It does not lower the RMSE on questions that it was not fitted to.
    NoBetter,
    /// It lowers the QWK on such questions, even where it lowers the RMSE: a map that is unsure
    /// draws scores together, away from the levels at the ends.
    QwkFalls,
    /// It was fitted to fewer than 100 answers: this many.
    FewAnswers(usize),
    /// This many labels are a model's.
    ModelLabels(usize),
    /// There were too few questions to resample, so nothing is known about other questions.
    WithinQuestions,
}

/// What there is to be wary of.
pub(super) fn warnings(report: &CalibrationReport) -> Vec<Warning> {
    let by_models = report.label_sources.get("model").copied().unwrap_or(0);
    let within = report.resampling == Resampling::WithinQuestions;
    let qwk = report.before.qwk.zip(report.after.qwk);
    let warnings = [
        (report.after.rmse >= report.before.rmse).then_some(Warning::NoBetter),
        qwk.is_some_and(|(before, after)| after < before)
            .then_some(Warning::QwkFalls),
        (report.answers < ENOUGH_ANSWERS).then_some(Warning::FewAnswers(report.answers)),
        (by_models > 0).then_some(Warning::ModelLabels(by_models)),
        within.then_some(Warning::WithinQuestions),
    ];
    warnings.into_iter().flatten().collect()
}

impl CalibrationReport {
    /// The report in a few lines of plain text, for a terminal.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{} (run {}): {} grades of {} answers to {} questions\n",
            self.method.name(),
            self.run.escape_debug(),
            self.n,
            self.answers,
            self.questions
        );
        let heads = ["", "before", "after"];
        let folds = format!("(left out by question, {} folds)", self.folds);
        let _ = writeln!(
            text,
            "{:<12}{:>8}{:>8}  {folds}",
            heads[0], heads[1], heads[2]
        );
        let (before, after) = (&self.before, &self.after);
        for (title, before, after) in [
            ("RMSE", Some(before.rmse), Some(after.rmse)),
            ("MAE", Some(before.mae), Some(after.mae)),
            ("Bias", Some(before.bias), Some(after.bias)),
            ("Pearson r", before.pearson_r, after.pearson_r),
            ("QWK", before.qwk, after.qwk),
        ] {
            let _ = writeln!(text, "{title:<12}{:>8}{:>8}", figure(before), figure(after));
        }
        let _ = writeln!(text, "{}", self.gain());
        if let Some(target) = self.target_qwk {
            let _ = writeln!(text, "{}", self.review(target));
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "warning: {warning}");
        }
        text
    }

    fn gain(&self) -> String {
        let gain = self.rmse_gain.value.unwrap_or(0.0);
        let by_chance = self.rmse_gain.ci95.is_none_or(|[low, _]| low <= 0.0);
        let (verb, ends, doubt) = if gain > 0.0 {
            let doubt = if by_chance {
                ", which may be chance"
            } else {
                ""
            };
            ("falls", self.rmse_gain.ci95, doubt)
        } else {
            let rise = self.rmse_gain.ci95.map(|[low, high]| [-high, -low]);
            ("does NOT fall; it rises", rise, "")
        };
        format!(
            "The RMSE {verb} by {:.4}{}{doubt}.",
            gain.abs(),
            interval(ends)
        )
    }

    fn review(&self, target: f64) -> String {
        let Some(found) = self.threshold else {
            return format!("No review threshold: too few grades to measure a QWK of {target}.");
        };
        let at = format!(
            "at a confidence of {:.4} or more the QWK is {}{}, with {:.0} % of the grades",
            found.confidence,
            figure(found.qwk.value),
            interval(found.qwk.ci95),
            100.0 * found.share.value.unwrap_or(0.0)
        );
        if !found.reached {
            return format!(
                "No review threshold: a QWK of {target} is not reached; the best: {at}."
            );
        }
        let held = found.held.map(|held| {
            let percent = 100.0 * held;
            format!("; {target} holds in {percent:.0} % of the resamples")
        });
        let held = held.unwrap_or_default();
        format!(
            "Review below {:.4}: {at} left to the machine{held}.",
            found.confidence
        )
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBetter => f.write_str(
                "the calibration makes scores no better: the RMSE on questions that it was not \
                 fitted to does not fall, so do not use it",
            ),
            Self::QwkFalls => f.write_str(
                "the QWK on questions that it was not fitted to falls: the map draws scores together",
            ),
            Self::FewAnswers(answers) => write!(
                f,
                "fewer than {ENOUGH_ANSWERS} labelled answers ({answers}): the map follows the \
                 chances of the sample"
            ),
            Self::ModelLabels(labels) => write!(
                f,
                "{labels} labels are a model's: grades become like that model's, not like people's"
            ),
            Self::WithinQuestions => f.write_str(
                "too few questions to resample: the intervals say nothing about other questions",
            ),
        }
    }
}

fn figure(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.4}"))
}

fn interval(ends: Option<[f64; 2]>) -> String {
    ends.map_or(String::new(), |[low, high]| {
        format!(" (95 % {low:.4} to {high:.4})")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::calibrate::fit::tests::{fitted, graded_cases, kind_grader};

    fn report() -> CalibrationReport {
        CalibrationReport {
            threshold: Some(ReviewThreshold {
                target: 0.85,
                reached: true,
                confidence: 0.52,
                n: 172,
                share: Estimate {
                    value: Some(0.43),
                    ci95: None,
                },
                qwk: Estimate {
                    value: Some(0.861),
                    ci95: Some([0.79, 0.91]),
                },
                held: Some(0.61),
            }),
            target_qwk: Some(0.85),
            ..fitted(&graded_cases(20, 20, kind_grader), None).report
        }
    }

    #[test]
    fn a_report_tells_before_after_and_the_threshold() {
        let text = report().text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[0],
            "keyword (run keyword): 400 grades of 400 answers to 20 questions"
        );
        assert!(lines[1].ends_with("before   after  (left out by question, 5 folds)"));
        assert!(lines[2].starts_with("RMSE          0.1"), "{text}");
        assert!(lines[7].starts_with("The RMSE falls by 0."), "{text}");
        assert!(lines[7].contains(" (95 % 0."), "{text}");
        assert_eq!(
            lines[8],
            "Review below 0.5200: at a confidence of 0.5200 or more the QWK is 0.8610 (95 % 0.7900 \
             to 0.9100), with 43 % of the grades left to the machine; 0.85 holds in 61 % of the \
             resamples."
        );
        assert_eq!(lines.len(), 9);
    }

    #[test]
    fn a_target_out_of_reach_is_told_with_the_best() {
        let mut report = report();
        report.threshold = report.threshold.map(|found| ReviewThreshold {
            reached: false,
            ..found
        });
        let expected = "No review threshold: a QWK of 0.85 is not reached; the best: at a \
                        confidence of 0.5200 or more the QWK is 0.8610";
        assert!(report.text().contains(expected), "{}", report.text());
        report.threshold = None;
        assert!(
            report
                .text()
                .contains("too few grades to measure a QWK of 0.85")
        );
    }

    #[test]
    fn a_calibration_that_does_no_good_says_so() {
        let report = fitted(&graded_cases(20, 20, |human, _| human), None).report;
        assert!(
            report
                .text()
                .contains("The RMSE does NOT fall; it rises by 0.0")
        );
        assert!(
            report
                .text()
                .contains("warning: the calibration makes scores no better")
        );
    }

    #[test]
    fn a_gain_that_may_be_chance_is_told_as_such() {
        let mut report = report();
        report.rmse_gain.ci95 = Some([-0.01, 0.02]);
        assert!(
            report
                .text()
                .contains("(95 % -0.0100 to 0.0200), which may be chance.")
        );
    }

    #[test]
    fn what_to_be_wary_of_is_found() {
        let mut report = report();
        assert_eq!(warnings(&report), []);
        report.after.rmse = report.before.rmse;
        report.after.qwk = report.before.qwk.map(|qwk| qwk - 0.01);
        report.answers = 99;
        report.label_sources.insert("model".into(), 7);
        report.resampling = Resampling::WithinQuestions;
        let all = [
            Warning::NoBetter,
            Warning::QwkFalls,
            Warning::FewAnswers(99),
            Warning::ModelLabels(7),
            Warning::WithinQuestions,
        ];
        assert_eq!(warnings(&report), all);
    }

    #[test]
    fn a_name_cannot_write_to_the_terminal() {
        let mut report = report();
        report.run = "x\n\u{1b}[31m".into();
        assert!(report.text().starts_with("keyword (run x\\n\\u{1b}[31m): "));
    }
}
