//! Tests of promptfoo and graders of OpenAI become a suite and its cases.
//!
//! ```text
//! YAML, JSON ─► nodes ─┬─ promptfoo: tests ─► assertions ─┬─► drafts ─checked as cases─► files
//! CSV ─────────────────┴─ openai: graders and items ──────┘
//! ```
//!
//! | file or folder | job |
//! |---|---|
//! | `node`, `yaml`, `json` | values that know their line |
//! | `files` | files read by their extension, within bounds |
//! | `fields` | which names hold question, answer, reference and score |
//! | `names` | ids made of texts |
//! | `template` | names between double braces, filled once |
//! | `promptfoo` | configurations, tests, tables and results |
//! | `openai` | graders, and the items that they grade |
//! | `draft`, `write` | a case in the making; the suite and its files |
//! | `log` | what is wrong, and what is left out |
//!
//! Nothing of an answer is ever expanded, run or opened, and no message holds its text. Pure but for
//! reading files.

mod draft;
mod fields;
mod files;
mod json;
mod log;
mod names;
mod node;
mod openai;
mod promptfoo;
mod template;
#[cfg(test)]
mod tests;
mod write;
mod yaml;

use std::fmt::Write as _;
use std::path::PathBuf;

use self::draft::Draft;
use self::files::Content;
use self::log::Log;
use self::node::{Node, Place};
use super::CaseError;
use crate::grade::Limits;

pub use fields::Naming;
pub use log::Note;
pub use write::Imported;

/// More tests than this come of lists of variables that multiply.
const MOST_DRAFTS: usize = 100_000;

/// Where tests come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// promptfoo's configurations, test files and results.
    Promptfoo,
    /// OpenAI's graders, with the items that they grade.
    OpenAi,
}

/// Says why nothing was imported. No message holds the text of an answer.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read, or what it holds is wrong, by line and field.
    #[error(transparent)]
    File(#[from] CaseError),
    /// It does not show what the files are.
    #[error(
        "{path}: neither tests of promptfoo nor a grader of OpenAI (`type`, or `testing_criteria`); --from says which they are"
    )]
    Unclear {
        /// The first of the files.
        path: String,
    },
    /// There is nothing that could be graded.
    #[error("{path}: {why}")]
    Nothing {
        /// The first of the files.
        path: String,
        /// Why, and what to do.
        why: String,
    },
}

/// What was read, before it is written.
#[derive(Debug)]
struct Import {
    drafts: Vec<Draft>,
    pass_mark: Option<f64>,
    /// Names and texts of prompts that a person has to carry over.
    prompts: Vec<(String, String)>,
    /// The names of the files.
    origin: String,
    log: Log,
}

/// Imports files; where `origin` is not given it is found out from what they hold.
///
/// # Errors
/// A file cannot be read, all that is wrong by file and line, or why nothing can be imported.
pub fn import(
    paths: &[PathBuf],
    origin: Option<Origin>,
    naming: &Naming,
    limits: &Limits,
) -> Result<Imported, ImportError> {
    let mut log = Log::default();
    let mut contents = Vec::new();
    for path in paths {
        if let Some(content) = files::read(path, &mut log)? {
            contents.push((path.clone(), content));
        }
    }
    let first = paths.first().map(|path| path.display().to_string());
    let first = first.unwrap_or_default();
    if !log.problems.is_empty() {
        return Err(CaseError::Invalid(log.problems).into());
    }
    if let Some(detail) = naming.given_twice() {
        return Err(ImportError::Nothing {
            path: first,
            why: detail,
        });
    }
    let names = paths.iter().map(|path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    });
    let origin = origin.or_else(|| found_out(&contents));
    let mut import = Import {
        drafts: Vec::new(),
        pass_mark: None,
        prompts: Vec::new(),
        origin: names.collect::<Vec<_>>().join(", "),
        log,
    };
    match origin {
        Some(Origin::Promptfoo) => {
            promptfoo::import(contents, naming, limits.concept_chars, &mut import);
        }
        Some(Origin::OpenAi) => openai::import(contents, naming, &mut import),
        None => return Err(ImportError::Unclear { path: first }),
    }
    if !import.log.problems.is_empty() {
        return Err(CaseError::Invalid(import.log.problems).into());
    }
    if import.drafts.is_empty() {
        let mut why = "nothing in it can be graded".to_owned();
        for note in &import.log.notes {
            let _ = write!(why, "\n{}: {} ({})", note.first, note.what, note.count);
        }
        return Err(ImportError::Nothing { path: first, why });
    }
    write::write(import, limits)
}

/// Finds out what files are: a grader makes all of them OpenAI's, since items have no mark of their
/// own.
fn found_out(contents: &[(PathBuf, Content)]) -> Option<Origin> {
    let mut nodes = contents.iter().flat_map(|(_, content)| match content {
        Content::One(node) => std::slice::from_ref(node),
        Content::Lines(nodes) => nodes,
        Content::Table(_) => &[],
    });
    let mut kinds = contents.iter().map(|(_, content)| content);
    let has_table = kinds.any(|content| matches!(content, Content::Table(_)));
    if nodes.clone().any(openai::is_grader) {
        Some(Origin::OpenAi)
    } else if has_table || nodes.any(promptfoo::is_promptfoo) {
        Some(Origin::Promptfoo)
    } else {
        None
    }
}

/// The mark that the thresholds of all `count` agree on; where they differ, or are no marks, that is said.
fn agreed(marks: &[(f64, Place)], count: usize, log: &mut Log) -> Option<f64> {
    let ((first, _), rest) = marks.split_first()?;
    if let Some((_, place)) = rest.iter().find(|(mark, _)| (mark - first).abs() > 1e-9) {
        let what = "thresholds differ, so the suite has no pass_mark of theirs (.6 holds)";
        log.note(place, what);
        return None;
    }
    if marks.len() < count {
        let what = "only some have a threshold, so the suite has no pass_mark of theirs (.6 holds)";
        log.note(&marks[0].1, what);
        return None;
    }
    if !(0.0..=1.0).contains(first) {
        let what = "a threshold outside of 0 to 1 is no pass_mark (.6 holds)";
        log.note(&marks[0].1, what);
        return None;
    }
    Some(*first)
}

/// The place where a file begins.
fn start_of(path: &std::path::Path) -> Place {
    Place {
        file: path.display().to_string().into(),
        line: 1,
    }
}

/// The nodes of a file that is no table.
fn nodes(content: Content) -> Vec<Node> {
    match content {
        Content::One(Node {
            value: node::Value::List(entries),
            ..
        })
        | Content::Lines(entries) => entries,
        Content::One(node) => vec![node],
        Content::Table(_) => Vec::new(),
    }
}
