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

/// Reads the assertions of a test; a set is taken apart. `file` gives the text of a file that a
/// value names, or nothing where it is of another kind.
pub(super) fn read<E>(
    entries: &Node,
    root: &Node,
    log: &mut Log,
    file: &mut impl FnMut(&Node, &mut Log) -> Result<Option<Node>, E>,
) -> Result<Vec<Assertion>, E> {
    let mut assertions = Vec::new();
    let Some(entries) = entries.list() else {
        log.wrong(&entries.place, "assert", "must be a list of assertions");
        return Ok(assertions);
    };
    for entry in entries {
        let Some(entry) = referred(entry, root) else {
            let detail = "refers to nothing in this file; known are references such as #/assertionTemplates/NAME";
            log.wrong(&entry.place, "assert.$ref", detail);
            continue;
        };
        let Some(kind) = entry.get("type").and_then(Node::string) else {
            log.wrong(&entry.place, "assert", "must have a `type`");
            continue;
        };
        let weight = weight(entry, log);
        let metric = entry
            .get("metric")
            .and_then(Node::string)
            .map(str::to_owned);
        if kind == "assert-set" {
            if entry.get("threshold").is_some() {
                log.note(&entry.place, "thresholds of `assert-set` are not kept");
            }
            if let Some(set) = entry.get("assert") {
                let set = read(set, root, log, file)?;
                assertions.extend(set.into_iter().map(|one| Assertion {
                    weight: one.weight * weight,
                    ..one
                }));
            }
            continue;
        }
        let value = match entry.get("value") {
            Some(value) if names_a_file(value) => file(value, log)?,
            value => value.cloned(),
        };
        assertions.push(Assertion {
            place: entry.place.clone(),
            kind: kind.to_owned(),
            value,
            weight,
            metric,
            has_threshold: entry.get("threshold").is_some(),
        });
    }
    Ok(assertions)
}

pub(super) fn names_a_file(value: &Node) -> bool {
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

/// An assertion as a cell of a table writes it: `contains: text`, `similar(.8): text`, or only a
/// text, which has to be equal.
pub(super) fn in_words(cell: &str, place: &Place) -> Assertion {
    let cell = cell.trim();
    let assertion = |kind: &str, value: &str, has_threshold| Assertion {
        place: place.clone(),
        kind: kind.to_owned(),
        value: Some(Node {
            place: place.clone(),
            value: Value::Text(value.trim().to_owned()),
        }),
        weight: 1.0,
        metric: None,
        has_threshold,
    };
    let of_program = |extensions: &[&str]| {
        cell.starts_with("file://") && extensions.iter().any(|end| cell.contains(end))
    };
    if of_program(&[".js", ".ts", ".mjs", ".cjs"]) {
        return assertion("javascript", "", false);
    }
    if of_program(&[".py"]) {
        return assertion("python", "", false);
    }
    for (start, kind) in [
        ("fn:", "javascript"),
        ("eval:", "javascript"),
        ("grade:", "llm-rubric"),
    ] {
        if let Some(value) = cell.strip_prefix(start) {
            return assertion(kind, value, false);
        }
    }
    let bare = cell.strip_prefix("not-").unwrap_or(cell);
    let typed = KINDS.iter().find_map(|kind| {
        let (has_threshold, value) = after_kind(bare.strip_prefix(kind)?)?;
        let end = cell.len() - bare.len() + kind.len();
        Some(assertion(&cell[..end], value, has_threshold))
    });
    typed.unwrap_or_else(|| assertion("equals", cell, false))
}

/// What follows a type in a cell: a threshold between brackets, a colon and the value, or nothing;
/// anything else makes the cell a text that only begins like a type.
fn after_kind(rest: &str) -> Option<(bool, &str)> {
    let (threshold, rest) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((number, rest)) if number.parse::<f64>().is_ok() => (true, rest),
        _ => (false, rest),
    };
    let value = if rest.is_empty() {
        ""
    } else {
        rest.strip_prefix(':')?
    };
    Some((threshold, value))
}

/// The types of promptfoo 0.121, without `not-`: a cell that begins with none of them is a text that
/// has to be equal.
const KINDS: [&str; 66] = [
    "agent-rubric",
    "answer-relevance",
    "bleu",
    "classifier",
    "contains",
    "contains-all",
    "contains-any",
    "contains-html",
    "contains-json",
    "contains-sql",
    "contains-xml",
    "context-faithfulness",
    "context-recall",
    "context-relevance",
    "conversation-relevance",
    "cost",
    "equals",
    "factuality",
    "finish-reason",
    "g-eval",
    "gleu",
    "guardrails",
    "icontains",
    "icontains-all",
    "icontains-any",
    "is-html",
    "is-json",
    "is-refusal",
    "is-sql",
    "is-valid-function-call",
    "is-valid-openai-function-call",
    "is-valid-openai-tools-call",
    "is-xml",
    "javascript",
    "latency",
    "levenshtein",
    "llm-rubric",
    "pi",
    "meteor",
    "model-graded-closedqa",
    "model-graded-factuality",
    "moderation",
    "perplexity",
    "perplexity-score",
    "python",
    "regex",
    "rouge-n",
    "ruby",
    "search-rubric",
    "similar",
    "similar:cosine",
    "similar:dot",
    "similar:euclidean",
    "starts-with",
    "tool-call-f1",
    "skill-used",
    "trajectory:goal-success",
    "trajectory:tool-args-match",
    "trajectory:step-count",
    "trajectory:tool-sequence",
    "trajectory:tool-used",
    "trace-error-spans",
    "trace-span-count",
    "trace-span-duration",
    "webhook",
    "word-count",
];

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
    #[case("Paris", "equals", "Paris")]
    #[case("contains: Paris ", "contains", "Paris")]
    #[case("similar(0.8):Hello: there", "similar", "Hello: there")]
    #[case("not-icontains: x", "not-icontains", "x")]
    #[case("grade: is polite", "llm-rubric", "is polite")]
    #[case("fn: output.length", "javascript", "output.length")]
    #[case("file://check.py", "python", "")]
    #[case("is-json", "is-json", "")]
    #[case("cost", "cost", "")]
    #[case("cost-effective", "equals", "cost-effective")]
    #[case("not-trajectory:tool-used: x", "not-trajectory:tool-used", "x")]
    #[case("Note: no type", "equals", "Note: no type")]
    fn a_cell_is_an_assertion(#[case] cell: &str, #[case] kind: &str, #[case] value: &str) {
        let place = Place {
            file: "a.csv".into(),
            line: 2,
        };
        let assertion = in_words(cell, &place);
        assert_eq!(assertion.kind, kind);
        assert_eq!(assertion.value.unwrap().string(), Some(value));
    }

    #[rstest]
    #[case("a, b", &["a", "b"])]
    #[case("\"a, b\", c,", &["a, b", "c"])]
    #[case(" ", &[])]
    fn a_text_may_be_a_list(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(between_commas(text), expected);
    }
}
