//! Question banks: read, and checked.
//!
//! ```text
//! TOML ─parse─► raw ─check─► Bank ─► Banks ─find─► Question ─► Task
//! Markdown ─import─► TOML
//! ```
//!
//! | file | job |
//! |---|---|
//! | `question` | a bank and its questions |
//! | `raw` | a bank as it is written |
//! | `parse` | text to bank |
//! | `check` | the rules a bank keeps beside those of its tasks |
//! | `source` | TOML in which every value knows its place |
//! | `problem` | what is wrong with a file, and where |
//! | `remarks` | what is allowed and probably not meant |
//! | `banks` | the loaded banks |
//! | `import` | Markdown notes to the TOML of a new bank |
//! | `propose` | concepts added to the TOML of a bank |
//! | `write` | a bank as JSON to its TOML |
//! | `slug` | ids made of texts |
//!
//! Pure but for reading a bank's file. No message holds the text of an answer.

mod banks;
mod check;
#[cfg(any(feature = "cli", feature = "serve"))]
mod import;
mod parse;
mod problem;
#[cfg(feature = "cli")]
mod propose;
mod question;
mod raw;
mod remarks;
#[cfg(any(feature = "cli", feature = "serve"))]
mod slug;
mod source;
mod write;

pub use banks::Banks;
#[cfg(any(feature = "cli", feature = "serve"))]
pub use import::import;
pub use problem::{BankError, Problem};
#[cfg(feature = "cli")]
pub use propose::{Proposal, propose};
pub use question::{Bank, Level, Origin, Question};
