use std::process::ExitCode;

use crate::grader::GradeError;

/// The program's exit codes beside 0. Below the gate is 1, or what `eval` was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Wrong usage, settings, banks or files.
    Usage = 2,
    /// Nothing was measured: a language model that was asked for failed.
    Inconclusive = 3,
    /// The budget was reached before everything was graded.
    OverBudget = 4,
}

impl Exit {
    /// The exit code for an error that ended the program.
    pub(super) fn of(error: &anyhow::Error) -> Self {
        match error.downcast_ref::<GradeError>() {
            Some(GradeError::NotConfigured | GradeError::Prompt(_)) | None => Self::Usage,
            Some(_) => Self::Inconclusive,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
