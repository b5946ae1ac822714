use super::*;
use crate::eval::Resampling;
use crate::eval::calibrate::Warning;
use crate::eval::calibrate::sample::tests::case;
use crate::eval::metrics::Metric;

pub(crate) fn settings(resampling: Resampling, resamples: usize) -> Settings {
    Settings {
        pass_mark: 0.5,
        human_pass_mark: 0.5,
        levels: 5,
        primary: Metric::Rmse,
        repeat: 1,
        resamples,
        seed: 9,
        resampling,
        questions: 20,
        selection: vec![],
    }
}

/// Numbers that look drawn from 0..1, the same every time: the multiples of an irrational one.
fn spread(at: usize, step: f64) -> f64 {
    (at as f64 * step).fract()
}

/// Grades of answers to `questions` questions, `each` to one: people give `human` of a number of
/// 0..1, the grader `score` of that and of a disturbance of -.5..0.5; it is sure where the
/// disturbance is small.
pub(crate) fn graded_cases(
    questions: usize,
    each: usize,
    score: fn(f64, f64) -> f64,
) -> Vec<CaseResult> {
    let one = |at: usize| {
        let human = (spread(at, 5_f64.sqrt() / 2.0) * 8.0).round() / 8.0;
        let disturbance = spread(at + 3, 2_f64.sqrt()) - 0.5;
        let numbers = [
            human,
            score(human, disturbance).clamp(0.0, 1.0),
            1.0 - disturbance.abs(),
        ];
        case(&format!("a{at}"), &format!("q{}", at % questions), numbers)
    };
    (0..questions * each).map(one).collect()
}

/// A grader that is too kind to middling answers, and unsteady.
pub(crate) fn kind_grader(human: f64, disturbance: f64) -> f64 {
    human.sqrt() + 0.2 * disturbance
}

/// A grader that is fair, and far off where it is unsure.
fn unsteady_grader(human: f64, disturbance: f64) -> f64 {
    human + 8.0 * disturbance.powi(3)
}

pub(crate) fn fitted(cases: &[CaseResult], target_qwk: Option<f64>) -> Calibrated {
    let sources = BTreeMap::from([("human".to_owned(), cases.len())]);
    let options = CalibrateOptions {
        run: "keyword",
        method: Method::Keyword,
        settings: &settings(Resampling::Questions, 200),
        label_sources: &sources,
        target_qwk,
    };
    calibrate(cases, &options).unwrap()
}

#[test]
fn a_grader_that_is_too_kind_is_corrected_on_questions_it_was_not_fitted_to() {
    let found = fitted(&graded_cases(20, 20, kind_grader), None);
    let CalibrationReport {
        before,
        after,
        rmse_gain,
        ..
    } = &found.report;
    assert!(
        before.bias > 0.1 && after.bias.abs() < 0.02,
        "{before:?} {after:?}"
    );
    assert!(after.rmse < 0.6 * before.rmse, "{before:?} {after:?}");
    assert!(after.qwk > before.qwk);
    assert!(rmse_gain.ci95.unwrap()[0] > 0.0);
    assert_eq!(found.report.warnings, []);
    // What made it too kind is the square root, so the map is near the square.
    for score in [0.0, 0.4, 0.6, 0.8] {
        assert!((found.calibration.apply(score) - score * score).abs() < 0.08);
    }
}

#[test]
fn a_grader_that_people_agree_with_gains_nothing_and_is_told_so() {
    let found = fitted(&graded_cases(20, 20, |human, _| human), None);
    assert!(found.report.before.rmse < 1e-12);
    assert_eq!(found.report.warnings, [Warning::NoBetter]);
}

#[test]
fn the_surer_the_grader_the_likelier_it_is_near() {
    let found = fitted(&graded_cases(20, 20, unsteady_grader), None).calibration;
    assert!(found.confidence(0.95) > 0.8, "{found:?}");
    assert!(found.confidence(0.55) < 0.4, "{found:?}");
}

#[test]
fn only_a_target_that_is_reached_sets_the_review_threshold() {
    let cases = graded_cases(20, 20, unsteady_grader);
    assert_eq!(fitted(&cases, None).calibration.review_below(), None);
    let found = fitted(&cases, Some(0.85));
    let threshold = found.report.threshold.unwrap();
    assert!(threshold.reached && threshold.qwk.value.unwrap() >= 0.85);
    assert!(threshold.n < 400, "{threshold:?}");
    let review_below = found.calibration.review_below();
    assert_eq!(review_below, Some(threshold.confidence));
    let beyond = fitted(&cases, Some(1.0));
    assert!(!beyond.report.threshold.unwrap().reached);
    assert_eq!(beyond.calibration.review_below(), None);
}

#[test]
fn repeated_grades_are_grades_of_one_answer() {
    let mut cases = graded_cases(4, 10, kind_grader);
    cases.extend(graded_cases(4, 10, kind_grader));
    let report = fitted(&cases, None).report;
    assert_eq!((report.n, report.answers, report.questions), (80, 40, 4));
    assert_eq!(report.folds, 4);
    assert!(report.warnings.contains(&Warning::FewAnswers(40)));
}

#[test]
fn the_order_of_the_cases_changes_nothing() {
    let mut cases = graded_cases(7, 30, kind_grader);
    let calibration = fitted(&cases, Some(0.5)).calibration;
    cases.reverse();
    assert_eq!(fitted(&cases, Some(0.5)).calibration, calibration);
}

#[test]
fn what_cannot_be_calibrated_is_refused() {
    let sources = BTreeMap::new();
    let settings = settings(Resampling::Questions, 10);
    let options = CalibrateOptions {
        run: "keyword",
        method: Method::Keyword,
        settings: &settings,
        label_sources: &sources,
        target_qwk: None,
    };
    let cases = graded_cases(1, 30, kind_grader);
    let one_question = calibrate(&cases, &options);
    assert_eq!(one_question, Err(CalibrateError::OneQuestion(30)));
    let nothing = calibrate(&[], &options);
    assert_eq!(nothing, Err(CalibrateError::NothingGraded("keyword")));
    let target_qwk = Some(1.5);
    let target = calibrate(
        &cases,
        &CalibrateOptions {
            target_qwk,
            ..options
        },
    );
    assert_eq!(target, Err(CalibrateError::Target));
}

/// The same by scikit-learn 1.9.1 on these cases, exported as JSON: folds by the SHA-256 of the
/// question ids in turn; `IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")` of each four
/// folds and of (0, 0) with a weight of 1e12; `cohen_kappa_score(…, weights="quadratic")`; the
/// lowest confidence from which that is .85 or more for 20 grades or more.
#[test]
fn all_of_it_comes_out_as_by_scikit_learn() {
    let mut cases = graded_cases(12, 20, |human, disturbance| {
        (human.sqrt() + 8.0 * disturbance.powi(3)).clamp(0.0, 1.0)
    });
    for case in &mut cases {
        case.score = case.score.map(|score| (score * 1e4).round() / 1e4);
        case.confidence = (case.confidence * 1e2).round() / 1e2;
    }
    let CalibrationReport {
        before,
        after,
        threshold,
        warnings,
        ..
    } = fitted(&cases, Some(0.85)).report;
    let threshold = threshold.unwrap();
    for (found, expected) in [
        (before.rmse, 0.308_397_326),
        (before.qwk.unwrap(), 0.573_354_219),
        (after.rmse, 0.239_371_563),
        (after.mae, 0.180_840_591),
        (after.bias, -0.017_344_086),
        (after.pearson_r.unwrap(), 0.609_403_177),
        (after.qwk.unwrap(), 0.549_549_55),
        (threshold.qwk.value.unwrap(), 0.858_044_164),
    ] {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
    assert_eq!((threshold.confidence, threshold.n), (0.91, 45));
    assert_eq!(warnings, [Warning::QwkFalls]);
}
