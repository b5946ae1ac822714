//! The front door: a submission in, a grade out.
//!
//! | file | job |
//! |---|---|
//! | `core` | `grade_offline`, and `prepare` and `finish` around somebody else's call; pure |
//! | `offline` | `OfflineGrader`: many answers to one task; pure |
//! | `task_grader` | `TaskGrader`: the two of them for a request's task, as bindings need them; pure |
//! | `keys` | tasks prepared for the keyword grader, kept |
//! | `asking` | models asked in turn, and what that takes |
//! | `concepts` | concepts of references that declare none |
//! | `concept_store` | where these outlive the process: a trait |
//! | `budget` | what may be spent on models, and was |
//! | `settings` | what a `Grader` does beyond what each request says |
//! | `live` | `Grader`: policy meets a model, with its deadline and its fallback |
//! | `second_look` | further samples and a stronger model for grades of low confidence |
//! | `steps` | what is done before and after the call |
//! | `telemetry` | what a grading tells OpenTelemetry |
//! | `error` | why a submission has no grade |

#[cfg(feature = "llm")]
mod asking;
#[cfg(feature = "llm")]
mod budget;
#[cfg(feature = "llm")]
mod concept_store;
#[cfg(feature = "llm")]
mod concepts;
mod core;
#[cfg(feature = "llm")]
mod error;
#[cfg(feature = "llm")]
mod keys;
#[cfg(feature = "llm")]
mod live;
mod offline;
#[cfg(feature = "llm")]
mod second_look;
#[cfg(feature = "llm")]
mod settings;
#[cfg(feature = "llm")]
mod steps;
mod task_grader;
#[cfg(feature = "llm")]
mod telemetry;

pub use self::core::{Exchange, Prepared, grade_offline, prepare};
pub use self::offline::OfflineGrader;
pub use self::task_grader::TaskGrader;
#[cfg(feature = "llm")]
pub use crate::llm::{Failure, ModelIdentity};
#[cfg(feature = "llm")]
pub use asking::Spent;
#[cfg(feature = "llm")]
pub use budget::{Budget, BudgetSettings, Shared};
#[cfg(feature = "llm")]
pub use concept_store::{ConceptStore, ExtractedConcepts, Stored};
#[cfg(feature = "llm")]
pub use error::{GradeError, GradeErrorKind};
#[cfg(feature = "llm")]
pub use live::Grader;
#[cfg(feature = "llm")]
pub use settings::GraderSettings;
