//! Graders measured against people.
//!
//! ```text
//! suite ─► cases ─► run (a row for each prompt and model) ─► metrics ─► gate ─► report
//!                    └─ recorded replies                       └─ against a baseline
//! ```
//!
//! | file or folder | job |
//! |---|---|
//! | `read` | suites and case files, checked line by line |
//! | `case`, `select` | a labelled answer; which of them are evaluated |
//! | `run`, `graded` | every case graded, within a budget; what became of it |
//! | `missing` | reported missing concepts against labelled ones |
//! | `metrics` | agreement with people, with intervals |
//! | `assemble`, `gate` | a report put together, beside a baseline; held against limits |
//! | `calibrate` | what scores and confidences are worth, fitted to labelled grades |
//! | `audit` | whether grades treat groups of people alike |
//! | `result`, `verdict`, `texts` | a report, what it comes to, and the texts behind it |
//! | `failing` | which cases fail |
//! | `probe` | answers changed in known ways |
//! | `import` | tests of promptfoo and graders of OpenAI to a suite |
//! | `report` | a file format each |

mod assemble;
pub mod audit;
pub mod calibrate;
mod case;
mod failing;
mod gate;
mod graded;
pub mod import;
pub mod metrics;
mod missing;
pub mod probe;
mod read;
pub mod report;
mod result;
mod run;
mod select;
mod texts;
mod verdict;

pub use assemble::{Assembly, assemble, baseline_run, keep, texts};
pub use case::{Case, LabelSource, LabelledConcept};
pub use failing::{FAILING_DISTANCE, Failing, failing, fails};
use read::RowLines;
pub use read::{CaseError, GateSettings, Reader, Suite};
pub use result::*;
pub use run::{Candidate, Done, Graded, NOT_RUN, OVER_BUDGET, Options, Signal, run};
pub use select::{Selection, Split};
pub use texts::{CaseText, Texts};
pub use verdict::*;
