use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::assertion;
use super::test::Test;
use super::{results, table};
use crate::eval::import::MOST_DRAFTS;
use crate::eval::import::files::{self, Content};
use crate::eval::import::log::{Log, shown};
use crate::eval::import::node::{Node, Place, Value};

/// A file of tests may name another; this many in a row name each other in a circle.
const DEEPEST: usize = 8;

/// Reads a file, and those that it names, into tests.
pub(super) struct Loader<'a> {
    path: PathBuf,
    log: &'a mut Log,
    tests: Vec<Test>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(path: &Path, log: &'a mut Log) -> Self {
        Self {
            path: path.to_owned(),
            log,
            tests: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Test> {
        self.tests
    }

    /// Reads what a file holds: a configuration, results, or only tests.
    pub(super) fn read(&mut self, content: Content) {
        match content {
            Content::One(node) if results::is_results(&node) => {
                self.tests.extend(results::tests(&node, self.log));
            }
            Content::Lines(nodes) if nodes.iter().any(results::is_result) => {
                self.tests
                    .extend(results::of_entries(&nodes, None, self.log));
            }
            Content::One(node) if is_configuration(&node) => self.configuration(&node),
            content => {
                let path = self.path.clone();
                let tests = self.of_content(content, &path, 0);
                self.tests.extend(tests);
            }
        }
    }

    fn configuration(&mut self, root: &Node) {
        let path = self.path.clone();
        let default = match root.get("defaultTest") {
            Some(node) if node.string().is_some() => self.of_node(node, root, &path, 0).pop(),
            Some(node) => Some(self.test(node, root)),
            None => None,
        };
        let mut base = default.unwrap_or_else(|| Test::empty(&root.place));
        base.description = None;
        base.without_default_assertions = false;
        base.prompts = root.get("prompts").map(prompts);
        if let Some(node) = root.get("tests") {
            let tests = self.of_node(node, root, &path, 0);
            self.tests
                .extend(tests.into_iter().map(|test| test.over(&base)));
        }
        let scenarios = root.get("scenarios");
        if let Some(node) = scenarios.filter(|node| node.list().is_none()) {
            self.log.wrong(
                &node.place,
                "scenarios",
                "must be a list of scenarios, written here",
            );
        }
        for scenario in scenarios.and_then(Node::list).unwrap_or_default() {
            let (Some(data), tests) = (scenario.get("config"), scenario.get("tests")) else {
                self.log.wrong(
                    &scenario.place,
                    "scenarios",
                    "a scenario must have a `config`, written here",
                );
                continue;
            };
            let data = self.of_node(data, root, &path, 0);
            let tests: Vec<Test> = match tests {
                Some(tests) => self.of_node(tests, root, &path, 0),
                None => vec![Test::empty(&scenario.place)],
            };
            if data.len().saturating_mul(tests.len()) > MOST_DRAFTS {
                let detail = format!("a scenario makes more than {MOST_DRAFTS} tests; divide it");
                self.log.wrong(&scenario.place, "scenarios", detail);
                continue;
            }
            for data in &data {
                for test in &tests {
                    // Only the test itself can do without the assertions of `defaultTest`.
                    let both = Test {
                        without_default_assertions: false,
                        ..test.clone()
                    };
                    let alone = test.without_default_assertions || data.without_default_assertions;
                    let both = both.over(data);
                    self.tests.push(
                        Test {
                            without_default_assertions: alone,
                            ..both
                        }
                        .over(&base),
                    );
                }
            }
        }
        if self.tests.is_empty() && self.log.problems.is_empty() {
            self.log
                .wrong(&root.place, "", "has no `tests` and no `scenarios`");
        }
    }

    /// The tests of a value: a list of tests and names of files, or one of them.
    fn of_node(&mut self, node: &Node, root: &Node, path: &Path, depth: usize) -> Vec<Test> {
        match &node.value {
            Value::List(entries) => {
                let mut tests = Vec::new();
                for entry in entries {
                    tests.extend(self.of_node(entry, root, path, depth));
                }
                tests
            }
            Value::Text(name) => self.of_files(name, &node.place, path, depth + 1),
            Value::Map(_) if node.get("path").is_some_and(names_a_table) => {
                let name = node.get("path").and_then(Node::string).unwrap_or_default();
                self.of_files(name, &node.place, path, depth + 1)
            }
            Value::Map(_) if node.get("path").is_some() => {
                self.log.wrong(&node.place, "tests.path", "is a program that makes tests, which is not run; save its tests as .json and name that file");
                Vec::new()
            }
            Value::Map(_) if !is_test(node) => {
                let detail = "is no test: it has neither `vars` nor `assert`";
                self.log.wrong(&node.place, "tests", detail);
                Vec::new()
            }
            Value::Map(_) => vec![self.test(node, root)],
            _ => {
                self.log
                    .wrong(&node.place, "tests", "must be tests, or names of files");
                Vec::new()
            }
        }
    }

    fn of_files(&mut self, name: &str, place: &Place, path: &Path, depth: usize) -> Vec<Test> {
        let folder = path.parent().unwrap_or(Path::new(""));
        if depth > DEEPEST {
            self.log.wrong(
                place,
                "tests",
                format!("files name each other more than {DEEPEST} times in a row"),
            );
            return Vec::new();
        }
        if name
            .split_once("://")
            .is_some_and(|(scheme, _)| scheme != "file")
        {
            self.log.wrong(
                place,
                "tests",
                "is an address, which is not opened; save the table as .csv and name that file",
            );
            return Vec::new();
        }
        if files::leads_out(name) {
            self.log.wrong(place, "tests", files::LEADS_OUT);
            return Vec::new();
        }
        // A folder that cannot be listed has no file of such a name.
        let found = files::named(name, folder).unwrap_or_default();
        if found.is_empty() {
            let detail = format!("no file has the name {}", shown(name));
            self.log.wrong(place, "tests", detail);
        }
        let mut tests = Vec::new();
        for file in found {
            if files::stands_outside(&file, folder) {
                self.log.wrong(place, "tests", files::LEADS_OUT);
                continue;
            }
            match files::read(&file, self.log) {
                Ok(Some(content)) => tests.extend(self.of_content(content, &file, depth)),
                Ok(None) => {}
                Err(error) => self.log.wrong(place, "tests", files::told(&error)),
            }
        }
        tests
    }

    fn of_content(&mut self, content: Content, path: &Path, depth: usize) -> Vec<Test> {
        match content {
            Content::Table(text) => {
                let file: Arc<str> = path.display().to_string().into();
                table::tests(&text, &file, self.log)
            }
            Content::One(node) => self.of_node(&node, &node, path, depth),
            Content::Lines(nodes) => {
                let mut tests = Vec::new();
                for node in &nodes {
                    tests.extend(self.of_node(node, node, path, depth));
                }
                tests
            }
        }
    }

    /// Reads one test. Values of assertions that are files of text are seen from the folder of the
    /// configuration, as promptfoo sees them.
    fn test(&mut self, node: &Node, root: &Node) -> Test {
        let mut test = Test::empty(&node.place);
        test.description = node
            .get("description")
            .and_then(Node::string)
            .map(str::to_owned);
        test.output = node.get("providerOutput").cloned();
        for (field, entries) in [("vars", &mut test.vars), ("metadata", &mut test.metadata)] {
            match node.get(field).map(|node| (node, node.map())) {
                Some((_, Some(map))) => *entries = map.to_vec(),
                Some((node, None)) => {
                    let detail = "must be names and values, written here";
                    self.log.wrong(&node.place, field, detail);
                }
                None => {}
            }
        }
        if let Some(threshold) = node.get("threshold") {
            match threshold.number() {
                Some(number) => test.threshold = Some((number, threshold.place.clone())),
                None => self
                    .log
                    .wrong(&threshold.place, "threshold", "must be a number"),
            }
        }
        if let Some(entries) = node.get("assert") {
            let folder = self.path.parent().unwrap_or(Path::new("")).to_owned();
            test.assertions = assertion::read(entries, root, Some(&folder), self.log);
        }
        for name in [
            "transform",
            "postprocess",
            "rubricPrompt",
            "prefix",
            "suffix",
        ] {
            if let Some(node) = node.get("options").and_then(|options| options.get(name)) {
                self.log
                    .note(&node.place, format!("`{name}` of options is not kept"));
            }
        }
        let option = |name| match node.get("options").and_then(|options| options.get(name)) {
            Some(Node {
                value: Value::Bool(value),
                ..
            }) => Some(*value),
            _ => None,
        };
        test.without_default_assertions = option("disableDefaultAsserts") == Some(true);
        test.multiplies = option("disableVarExpansion").map(|disabled| !disabled);
        test
    }
}

/// Tells whether a map has anything that only a configuration has.
pub(super) fn is_configuration(node: &Node) -> bool {
    let keys = [
        "tests",
        "scenarios",
        "defaultTest",
        "prompts",
        "providers",
        "targets",
    ];
    keys.iter().any(|key| node.get(key).is_some())
}

/// Whether a path leads to tests that are written down, not to a program that makes them.
fn names_a_table(path: &Node) -> bool {
    let extension = path
        .string()
        .and_then(|path| Path::new(path).extension()?.to_str());
    extension.is_some_and(|extension| ["csv", "json", "jsonl", "yaml", "yml"].contains(&extension))
}

/// Whether a map has anything that promptfoo takes for a test.
fn is_test(node: &Node) -> bool {
    let keys = [
        "vars",
        "assert",
        "metadata",
        "options",
        "provider",
        "providerOutput",
        "threshold",
    ];
    keys.iter().any(|key| node.get(key).is_some())
}

/// The texts of a configuration's prompts; what is a file or a program has none.
fn prompts(node: &Node) -> Arc<[String]> {
    let text = |node: &Node| {
        let text = node
            .string()
            .or_else(|| node.get("raw").and_then(Node::string));
        text.unwrap_or_default().to_owned()
    };
    match node.list() {
        Some(entries) => entries.iter().map(text).collect(),
        None => Arc::from([text(node)]),
    }
}
