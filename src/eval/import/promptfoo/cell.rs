use super::assertion::Assertion;
use crate::eval::import::node::{Node, Place, Value};

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
}
