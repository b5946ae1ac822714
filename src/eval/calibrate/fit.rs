use std::collections::{BTreeMap, BTreeSet};

use super::agreement::{agreement, rmse};
use super::bootstrap::Bootstrap;
use super::confidence::confidence_table;
use super::cross_validate::out_of_fold;
use super::isotonic::score_map;
use super::report::warnings;
use super::sample::{Graded, graded};
use super::threshold::review_threshold;
use super::{CalibrateError, CalibrationReport};
use crate::eval::{CaseResult, Settings};
use crate::grade::{Method, MethodCalibration, ScoreMap};

/// What to fit a calibration to, and how.
#[derive(Debug, Clone, Copy)]
pub struct CalibrateOptions<'a> {
    /// The run's name, to stand in the report and the file.
    pub run: &'a str,
    /// The run's method; grades by another one, as those of the gate, are left out.
    pub method: Method,
    /// How the run was measured: the levels of QWK, and what is resampled how often.
    pub settings: &'a Settings,
    /// How many cases were labelled by whom: `human`, `model`.
    pub label_sources: &'a BTreeMap<String, usize>,
    /// The QWK, above 0 and at most 1, of the grades to be left to the machine; without it no
    /// review threshold is looked for.
    pub target_qwk: Option<f64>,
}

/// A fitted calibration, and how much good it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// The method it is for.
    pub method: Method,
    /// The calibration, fitted to all grades.
    pub calibration: MethodCalibration,
    /// How it was fitted, and how much good it does to questions that it was not fitted to.
    pub report: CalibrationReport,
}

/// Fits the calibration of a method to a run's cases, whose scores must not be calibrated already.
///
/// The map is fitted to all grades; whatever says how good it is, the confidence table and the
/// review threshold rest on scores that were calibrated by other questions.
///
/// # Errors
/// No grade of the method has a score, all are of one question, a number is not from 0 to 1, or the
/// target or the levels are out of range.
pub fn calibrate(
    cases: &[CaseResult],
    options: &CalibrateOptions,
) -> Result<Calibrated, CalibrateError> {
    let target = options.target_qwk;
    if target.is_some_and(|target| !(target > 0.0 && target <= 1.0)) {
        return Err(CalibrateError::Target);
    }
    let levels = options.settings.levels;
    if levels < 2 {
        return Err(CalibrateError::Levels);
    }
    let sample = graded(cases, options.method)?;
    let left_out = out_of_fold(&sample)?.ok_or(CalibrateError::OneQuestion(sample.len()))?;

    let before: Vec<_> = sample.iter().map(|one| [one.score, one.human]).collect();
    let after = left_out.scores.iter().zip(&sample);
    let after: Vec<_> = after.map(|(score, one)| [*score, one.human]).collect();
    let bootstrap = Bootstrap::new(&sample, options.settings);
    let gain = |drawn: &[usize]| {
        let of = |pairs: &[[f64; 2]]| {
            let drawn = drawn.iter().filter_map(|at| pairs.get(*at));
            rmse(&drawn.copied().collect::<Vec<_>>())
        };
        Some(of(&before) - of(&after))
    };
    let rmse_gain = bootstrap.estimate(Some(rmse(&before) - rmse(&after)), gain);
    let threshold = target
        .and_then(|target| review_threshold(&sample, &left_out.scores, target, levels, &bootstrap));

    let review_below = threshold.filter(|found| found.reached);
    let calibration = MethodCalibration::new(
        ScoreMap::new(score_map(&sample))?,
        confidence_table(&sample, &left_out.scores)?,
        review_below.map(|found| found.confidence),
    )?;
    let mut report = CalibrationReport {
        method: options.method,
        run: options.run.to_owned(),
        n: sample.len(),
        answers: distinct(&sample, |one| (one.question, one.id)),
        questions: distinct(&sample, |one| (one.question, "")),
        label_sources: options.label_sources.clone(),
        folds: left_out.folds,
        levels,
        resampling: options.settings.resampling,
        before: agreement(&before, levels),
        after: agreement(&after, levels),
        rmse_gain,
        target_qwk: target,
        threshold,
        warnings: vec![],
    };
    report.warnings = warnings(&report);
    Ok(Calibrated {
        method: options.method,
        calibration,
        report,
    })
}

fn distinct<'a>(sample: &[Graded<'a>], key: fn(&Graded<'a>) -> (&'a str, &'a str)) -> usize {
    sample.iter().map(key).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
pub(super) mod tests;
