use std::path::Path;

use crate::eval::import::files;
use crate::eval::import::log::{Log, shown};
use crate::eval::import::node::{Node, Place, Value};

/// An assertion of promptfoo.
#[derive(Debug, Clone)]
pub(super) struct Assertion {
    pub(super) place: Place,
    /// Its type, with `not-` where it is turned round.
    pub(super) kind: String,
    pub(super) value: Option<Node>,
    pub(super) weight: f64,
    pub(super) metric: Option<String>,
    pub(super) has_threshold: bool,
}

/// What an assertion says of an answer, as far as it can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// What a right answer is like.
    Reference,
    /// A text that has to occur, or each of several.
    Each,
    /// Texts of which one is enough.
    Any,
    /// What a model is to judge by.
    Criterion,
}

impl Assertion {
    pub(super) fn meaning(&self) -> Option<Meaning> {
        Some(match self.kind.as_str() {
            "equals"
            | "factuality"
            | "model-graded-factuality"
            | "similar"
            | "similar:cosine"
            | "similar:dot"
            | "similar:euclidean"
            | "levenshtein"
            | "rouge-n"
            | "bleu"
            | "gleu"
            | "meteor" => Meaning::Reference,
            "contains" | "icontains" | "contains-all" | "icontains-all" => Meaning::Each,
            "contains-any" | "icontains-any" => Meaning::Any,
            "llm-rubric" | "g-eval" | "model-graded-closedqa" => Meaning::Criterion,
            _ => return None,
        })
    }

    /// The texts of its value, as they are written; nothing where it is no text.
    pub(super) fn texts(&self) -> Option<Vec<String>> {
        let value = self.value.as_ref()?;
        if let Some(entries) = value.list() {
            let texts = entries.iter().map(|entry| Some(entry.text()?.into_owned()));
            return texts.collect();
        }
        let text = value.text()?;
        let is_list = self.kind.ends_with("-all") || self.kind.ends_with("-any");
        Some(if is_list {
            between_commas(&text)
        } else {
            vec![text.into_owned()]
        })
    }
}

/// The most assertions of a test, and sets within sets of them: references may lead round in a circle.
const MOST: usize = 1_000;
const DEEPEST: usize = 8;

/// Reads the assertions of a test; a set is taken apart. Files that values name are those of a folder; without one
/// none is read.
pub(super) fn read(
    entries: &Node,
    root: &Node,
    folder: Option<&Path>,
    log: &mut Log,
) -> Vec<Assertion> {
    let mut reader = Reader {
        root,
        folder,
        left: MOST,
        assertions: Vec::new(),
        log,
    };
    reader.set(entries, 0, 1.0);
    reader.assertions
}

struct Reader<'a> {
    /// What references are looked up in.
    root: &'a Node,
    folder: Option<&'a Path>,
    /// How many more are looked at.
    left: usize,
    assertions: Vec<Assertion>,
    log: &'a mut Log,
}

impl Reader<'_> {
    /// Reads a list that stands so many sets deep, whose weights are multiplied with the sets'.
    fn set(&mut self, entries: &Node, depth: usize, within: f64) {
        let Some(entries) = entries.list() else {
            let detail = "must be a list of assertions";
            return self.log.wrong(&entries.place, "assert", detail);
        };
        for entry in entries {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            if self.left == 0 || depth > DEEPEST {
                self.left = 0;
                let detail = format!(
                    "more than {MOST} assertions, or sets that refer to each other more than {DEEPEST} times in a row"
                );
                return self.log.wrong(&entry.place, "assert", detail);
            }
            self.entry(entry, depth, within);
        }
    }

    fn entry(&mut self, entry: &Node, depth: usize, within: f64) {
        let Some(entry) = referred(entry, self.root) else {
            let detail = "refers to nothing in this file; known are references such as #/assertionTemplates/NAME";
            return self.log.wrong(&entry.place, "assert.$ref", detail);
        };
        let Some(kind) = entry.get("type").and_then(Node::string) else {
            return self.log.wrong(&entry.place, "assert", "must have a `type`");
        };
        for name in ["transform", "rubricPrompt", "contextTransform"] {
            if let Some(node) = entry.get(name) {
                let what = format!("`{name}` of assertions is not kept");
                self.log.note(&node.place, what);
            }
        }
        let weight = within * weight(entry, self.log);
        if kind == "assert-set" {
            if entry.get("threshold").is_some() {
                let what = "thresholds of `assert-set` are not kept";
                self.log.note(&entry.place, what);
            }
            if let Some(set) = entry.get("assert") {
                self.set(set, depth + 1, weight);
            }
            return;
        }
        let metric = entry.get("metric").and_then(Node::string);
        let mut assertion = Assertion {
            place: entry.place.clone(),
            kind: kind.to_owned(),
            value: entry.get("value").cloned(),
            weight,
            metric: metric.map(str::to_owned),
            has_threshold: entry.get("threshold").is_some(),
        };
        // What is left out anyway need not be there.
        let named = assertion.value.as_ref().filter(|value| names_a_file(value));
        if let Some(value) = named.filter(|_| assertion.meaning().is_some()) {
            assertion.value = self.opened(value);
        }
        self.assertions.push(assertion);
    }

    /// The text of the file that a value names; nothing where it is of another kind or cannot be read.
    fn opened(&mut self, value: &Node) -> Option<Node> {
        let name = value.string().unwrap_or_default();
        let name = name.trim_start_matches("file://");
        let Some(folder) = self.folder else {
            let what = "values that are files are not read from results";
            self.log.note(&value.place, what);
            return None;
        };
        let file = folder.join(name);
        if files::leads_out(name) || files::stands_outside(&file, folder) {
            self.log.wrong(&value.place, "value", files::LEADS_OUT);
            return None;
        }
        let extension = file.extension().unwrap_or_default();
        let is_text = |known: &&str| extension.eq_ignore_ascii_case(known);
        if !["txt", "md"].iter().any(is_text) {
            let what = "values that are files are read only where they are .txt or .md";
            self.log.note(&value.place, what);
            return None;
        }
        let text = files::text(&file, &value.place, self.log).unwrap_or_else(|error| {
            self.log.wrong(&value.place, "value", files::told(&error));
            None
        });
        text.map(|text| Node {
            place: value.place.clone(),
            value: Value::Text(text.trim().to_owned()),
        })
    }
}

fn names_a_file(value: &Node) -> bool {
    value
        .string()
        .is_some_and(|text| text.starts_with("file://"))
}

fn weight(entry: &Node, log: &mut Log) -> f64 {
    let Some(weight) = entry.get("weight") else {
        return 1.0;
    };
    match weight.number() {
        Some(number) if number >= 0.0 => number,
        _ => {
            log.wrong(
                &weight.place,
                "assert.weight",
                "must be a number, 0 or more",
            );
            1.0
        }
    }
}

/// The assertion itself, or what its `$ref` points to in the same file.
fn referred<'a>(entry: &'a Node, root: &'a Node) -> Option<&'a Node> {
    let Some(reference) = entry.get("$ref") else {
        return Some(entry);
    };
    let path = reference.string()?.strip_prefix("#/")?;
    let found = path
        .split('/')
        .try_fold(root, |node, part| node.get(part))?;
    (found.get("$ref").is_none()).then_some(found)
}

/// Entries between commas, as promptfoo writes lists in a text; one between quotation marks may
/// hold commas.
fn between_commas(text: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (entry, after) = match rest
            .strip_prefix('"')
            .and_then(|inner| inner.split_once('"'))
        {
            Some((quoted, after)) => (
                quoted,
                after.trim_start().strip_prefix(',').unwrap_or(after),
            ),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        entries.push(entry.trim().to_owned());
        rest = after.trim_start();
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

/// How a left-out assertion is told.
pub(super) fn left_out(kind: &str) -> String {
    format!("`{}` assertions have no counterpart", shown(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a, b", &["a", "b"])]
    #[case("\"a, b\", c,", &["a, b", "c"])]
    #[case(" ", &[])]
    fn a_text_may_be_a_list(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(between_commas(text), expected);
    }
}
