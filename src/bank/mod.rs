//! Question banks: read, and checked.
//!
//! ```text
//! TOML ─parse─► raw ─check─► Bank ─► Banks ─find─► Question ─► Task
//! Markdown ─import─► TOML
//! ```
//!
//! | file | job |
//! |---|---|
//! | `question` | a bank, its questions and their graded examples |
//! | `raw` | a bank as it is written |
//! | `parse` | text to bank |
//! | `check` | the rules a bank keeps beside those of its tasks |
//! | `source` | TOML in which every value knows its place |
//! | `problem` | what is wrong with a file, and where |
//! | `remarks` | what is allowed and probably not meant |
//! | `banks` | the loaded banks |
//! | `import` | Markdown notes to the TOML of a new bank |
//!
//! Pure but for reading a bank's file. No message holds the text of an answer.

mod banks;
mod check;
#[cfg(feature = "cli")]
mod import;
mod parse;
mod problem;
mod question;
mod raw;
mod remarks;
mod source;

pub use banks::Banks;
#[cfg(feature = "cli")]
pub use import::import;
pub use problem::{BankError, Problem};
pub use question::{Bank, Example, Level, Question};
