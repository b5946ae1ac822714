//! promptfoo: configurations, files of tests, tables and results.
//!
//! | file | job |
//! |---|---|
//! | `config` | a file and those it names, to tests with everything merged |
//! | `test` | a test, merged and multiplied as promptfoo does |
//! | `assertion` | an assertion, and what it says of the answer |
//! | `table`, `cell` | a table's row as a test; an assertion in a cell |
//! | `results` | what an evaluation of promptfoo kept, as tests with outputs |
//! | `convert`, `key`, `score` | a test to a draft; what it asserts, to references and concepts; what people gave |

mod assertion;
mod cell;
mod config;
mod convert;
mod key;
mod results;
mod score;
mod table;
mod test;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::fields::{Naming, Role, unmet};
use super::files::Content;
use super::node::Node;
use super::{Import, MOST_DRAFTS, agreed, start_of};

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
) {
    let Some(start) = contents.first().map(|(path, _)| start_of(path)) else {
        return;
    };
    let mut tests = Vec::new();
    for (path, content) in contents {
        let mut loader = Loader::new(&path, &mut import.log);
        loader.read(content);
        tests.extend(loader.finish());
    }
    results::mark_several(&mut tests);
    let mut count = 0_usize;
    let mut conversion = Conversion::new(naming, longest, &mut import.log);
    for test in &tests {
        count = count.saturating_add(test.count());
        if count > MOST_DRAFTS {
            let detail =
                format!("lists of variables make more than {MOST_DRAFTS} tests; divide the file");
            conversion.log.wrong(&test.place, "vars", detail);
            return;
        }
        for vars in test.combinations() {
            import.drafts.extend(conversion.draft(test, &vars));
        }
    }
    let Conversion {
        met, marks, judged, ..
    } = conversion;
    let is_met = |role, name: &str| {
        let name = name.to_owned();
        met.contains(&(false, name.clone())) || role == Role::Score && met.contains(&(true, name))
    };
    unmet(naming, is_met, &start, &mut import.log);
    import.pass_mark = agreed(&marks, judged, &mut import.log);
}
