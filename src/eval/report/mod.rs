//! An evaluation's report in every format.
//!
//! | file | job |
//! |---|---|
//! | `format.rs` | which format a file's name asks for, and writing it |
//! | `json.rs` | the whole report as JSON, and reading one back |
//! | `jsonl.rs`, `csv.rs` | a line per case result, with the columns of `row.rs` |
//! | `junit.rs` | test suites for the viewers of build servers |
//! | `markdown.rs`, `markdown/` | a pull request's comment or a job's summary |
//! | `html.rs` | a page of its own, with the texts of the answers |
//! | `promptfoo.rs`, `promptfoo/` | an export of promptfoo, with the texts of the answers |
//! | `terminal.rs`, `terminal/` | what a person sees after a run |
//! | `numbers.rs`, `wording.rs`, `names.rs` | how figures, findings and names are written in all of them |
//! | `picks.rs` | which run, cases and checks come first |
//! | `schema.rs`, `sample.rs` | tests of the JSON Schema in `docs/`, and reports to test with |
//!
//! The formats that are text share the shape `fn(&Report, &mut dyn io::Write) -> io::Result<()>`.
//! No format but `html` and `promptfoo` shows a question, a key or an answer.

mod csv;
mod format;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod names;
mod numbers;
mod picks;
mod promptfoo;
mod row;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod schema;
mod terminal;
mod wording;

pub use format::{Format, UnknownFormat, write};
pub use html::html;
pub use json::{ReportError, read_report};
pub use terminal::terminal;
