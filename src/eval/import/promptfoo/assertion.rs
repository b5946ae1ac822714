use std::path::Path;

use crate::eval::CaseError;
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

/// Gives the text of a file that a value names, or nothing where it is of another kind.
type Open<'a, E> = dyn FnMut(&Node, &mut Log) -> Result<Option<Node>, E> + 'a;

/// Reads the assertions of a test; a set is taken apart.
fn read<E>(
    entries: &Node,
    root: &Node,
    log: &mut Log,
    file: &mut Open<'_, E>,
) -> Result<Vec<Assertion>, E> {
    let mut assertions = Vec::new();
    let mut left = MOST;
    let set = Set {
        depth: 0,
        weight: 1.0,
    };
    read_set(entries, root, &set, &mut left, &mut assertions, log, file)?;
    Ok(assertions)
}

/// Where in sets a list of assertions stands.
struct Set {
    depth: usize,
    /// What the weights in it are multiplied with.
    weight: f64,
}

fn read_set<E>(
    entries: &Node,
    root: &Node,
    within: &Set,
    left: &mut usize,
    assertions: &mut Vec<Assertion>,
    log: &mut Log,
    file: &mut Open<'_, E>,
) -> Result<(), E> {
    let Some(entries) = entries.list() else {
        log.wrong(&entries.place, "assert", "must be a list of assertions");
        return Ok(());
    };
    for entry in entries {
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        if *left == 0 || within.depth > DEEPEST {
            *left = 0;
            let detail = format!(
                "more than {MOST} assertions, or sets that refer to each other more than {DEEPEST} times in a row"
            );
            log.wrong(&entry.place, "assert", detail);
            return Ok(());
        }
        let Some(entry) = referred(entry, root) else {
            let detail = "refers to nothing in this file; known are references such as #/assertionTemplates/NAME";
            log.wrong(&entry.place, "assert.$ref", detail);
            continue;
        };
        let Some(kind) = entry.get("type").and_then(Node::string) else {
            log.wrong(&entry.place, "assert", "must have a `type`");
            continue;
        };
        for name in ["transform", "rubricPrompt", "contextTransform"] {
            if let Some(node) = entry.get(name) {
                log.note(&node.place, format!("`{name}` of assertions is not kept"));
            }
        }
        let weight = within.weight * weight(entry, log);
        let metric = entry
            .get("metric")
            .and_then(Node::string)
            .map(str::to_owned);
        if kind == "assert-set" {
            if entry.get("threshold").is_some() {
                log.note(&entry.place, "thresholds of `assert-set` are not kept");
            }
            if let Some(set) = entry.get("assert") {
                let inner = Set {
                    depth: within.depth + 1,
                    weight,
                };
                read_set(set, root, &inner, left, assertions, log, file)?;
            }
            continue;
        }
        let mut assertion = Assertion {
            place: entry.place.clone(),
            kind: kind.to_owned(),
            value: entry.get("value").cloned(),
            weight,
            metric,
            has_threshold: entry.get("threshold").is_some(),
        };
        // What is left out anyway need not be there.
        if assertion.meaning().is_some()
            && let Some(value) = assertion.value.as_ref().filter(|value| names_a_file(value))
        {
            assertion.value = file(value, log)?;
        }
        assertions.push(assertion);
    }
    Ok(())
}

/// Reads the assertions of a test whose files are those of a folder; without one none is read.
pub(super) fn read_assertions(
    entries: &Node,
    root: &Node,
    folder: Option<&Path>,
    log: &mut Log,
) -> Result<Vec<Assertion>, CaseError> {
    read(entries, root, log, &mut |value, log| {
        let name = value
            .string()
            .unwrap_or_default()
            .trim_start_matches("file://");
        let Some(folder) = folder else {
            log.note(
                &value.place,
                "values that are files are not read from results",
            );
            return Ok(None);
        };
        if files::leads_out(name) {
            log.wrong(&value.place, "value", files::LEADS_OUT);
            return Ok(None);
        }
        let file = folder.join(name);
        if files::stands_outside(&file, folder) {
            log.wrong(&value.place, "value", files::LEADS_OUT);
            return Ok(None);
        }
        let extension = file.extension().unwrap_or_default();
        if !["txt", "md"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
        {
            log.note(
                &value.place,
                "values that are files are read only where they are .txt or .md",
            );
            return Ok(None);
        }
        let text = match files::text(&file, &value.place, log) {
            Err(CaseError::Unreadable { path, source }) => {
                log.wrong(
                    &value.place,
                    "value",
                    format!("cannot read {path}: {source}"),
                );
                return Ok(None);
            }
            text => text?,
        };
        Ok(text.map(|text| Node {
            place: value.place.clone(),
            value: Value::Text(text.trim().to_owned()),
        }))
    })
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
