use crate::grade::CalibrationError;

/// Says why nothing can be calibrated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalibrateError {
    /// No grade of the method has a score.
    #[error("no answer has a score by the method {0}, so there is nothing to calibrate")]
    NothingGraded(&'static str),
    /// All answers are to one question.
    #[error(
        "all {0} grades are of answers to one question: what a calibration does to other questions \
         is measured by leaving questions out, which needs two or more"
    )]
    OneQuestion(usize),
    /// A number of a case is not from 0 to 1.
    #[error("case {id}: {field} must be from 0 to 1")]
    OutOfRange {
        /// The case's id.
        id: String,
        /// `score`, `human_score` or `confidence`.
        field: &'static str,
    },
    /// The agreement that was asked for can never be reached.
    #[error("the QWK to be reached must be above 0 and at most 1")]
    Target,
    /// Scores cannot be rounded to fewer than two levels.
    #[error("QWK needs two levels or more")]
    Levels,
    /// What was fitted is no calibration.
    #[error("what was fitted is no calibration")]
    Fit(#[from] CalibrationError),
}
