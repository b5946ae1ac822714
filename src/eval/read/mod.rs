//! Case files and suites: read, and checked before anything is asked.
//!
//! | file | job |
//! |---|---|
//! | `raw` | a case as it is written |
//! | `check` | a raw case, checked and made one |
//! | `files` | JSON Lines and CSV to cases, with file, line and field of what is wrong |
//! | `csv` | a table's row as the fields of a case |
//! | `suite` | which cases, with which marks, levels and gate |

mod check;
mod csv;
mod files;
mod raw;
mod suite;

pub(super) use csv::RowLines;
pub use files::{CaseError, Reader};
pub use suite::{GateSettings, Suite};
