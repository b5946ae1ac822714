//! promptfoo: configurations, files of tests, tables and results.
//!
//! | file | job |
//! |---|---|
//! | `config` | a file and those it names, to tests with everything merged |
//! | `test` | a test, merged and multiplied as promptfoo does |
//! | `assertion` | an assertion, and what it says of the answer |
//! | `table` | a table's row as a test |
//! | `results` | what an evaluation of promptfoo kept, as tests with outputs |
//! | `convert`, `key` | a test to a draft; what it asserts, to references and concepts |

mod assertion;
mod config;
mod convert;
mod key;
mod results;
mod table;
mod test;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::fields::{Naming, unmet};
use super::files::Content;
use super::node::Node;
use super::{Import, MOST_DRAFTS, agreed, start_of};
use crate::eval::CaseError;

use config::Loader;
use convert::Conversion;

/// Tells whether a file looks like promptfoo's.
pub(super) fn is_promptfoo(node: &Node) -> bool {
    let has_tests = |node: &Node| {
        let has = |key| node.get(key).is_some();
        config::is_configuration(node) || has("vars") || has("assert")
    };
    let entries = node.list().unwrap_or(std::slice::from_ref(node));
    results::is_results(node) || entries.iter().any(has_tests)
}

/// Reads the tests of files into drafts; a text of more than `longest` characters is no concept.
pub(super) fn import(
    contents: Vec<(PathBuf, Content)>,
    naming: &Naming,
    longest: usize,
    import: &mut Import,
) -> Result<(), CaseError> {
    let mut met = std::collections::HashSet::new();
    let mut marks = Vec::new();
    let start = contents.first().map(|(path, _)| start_of(path));
    for (path, content) in contents {
        let mut loader = Loader::new(&path, &mut import.log);
        loader.read(content)?;
        let tests = loader.finish();
        let mut conversion = Conversion::new(naming, longest, &mut import.log);
        for test in &tests {
            for vars in test.combinations() {
                if import.drafts.len() >= MOST_DRAFTS {
                    let detail = format!(
                        "lists of variables make more than {MOST_DRAFTS} tests; divide the file"
                    );
                    conversion.log.wrong(&test.place, "vars", detail);
                    return Ok(());
                }
                if let Some(draft) = conversion.draft(test, &vars) {
                    import.drafts.push(draft);
                }
            }
        }
        met.extend(conversion.met);
        marks.extend(conversion.marks);
    }
    if let Some(start) = start {
        unmet(naming, |name| met.contains(name), &start, &mut import.log);
    }
    import.pass_mark = agreed(&marks, &mut import.log);
    Ok(())
}
