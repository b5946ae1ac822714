//! Fits a calibration to labelled grades: what a grader's scores and confidences are worth.
//!
//! ```text
//! cases ─► sample ─┬─► isotonic ─► map ──────────────────────────────────► Calibration ─► file
//!                  └─► cross_validate ─┬─► confidence ─► table ──────────────┤
//!                       (by question)  ├─► threshold ──► review_below ───────┘
//!                                      └─► agreement, bootstrap ─► report
//! ```
//!
//! | file | job |
//! |---|---|
//! | `sample` | the grades that count |
//! | `isotonic` | the nearest curve that never falls |
//! | `cross_validate` | what a map does to questions that it was not fitted to |
//! | `confidence` | how often a grade of some confidence is near a person's |
//! | `threshold` | from which confidence on the grades agree well enough with people |
//! | `agreement` | how well scores agree with people's |
//! | `bootstrap` | how sure these figures are |
//! | `fit` | all of it in order |
//! | `report` | what came of it, for a terminal |
//! | `file` | the calibration's TOML file |

mod agreement;
mod bootstrap;
mod confidence;
mod cross_validate;
mod error;
mod file;
mod fit;
mod isotonic;
mod report;
mod sample;
mod threshold;

pub use agreement::Agreement;
pub use error::CalibrateError;
pub use file::{CalibrationFileError, read_calibration, write_calibration};
pub use fit::{CalibrateOptions, Calibrated, calibrate};
pub use report::{CalibrationReport, Warning};
pub use threshold::ReviewThreshold;
