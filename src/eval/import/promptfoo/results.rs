use std::sync::Arc;

use super::assertion::Assertion;
use super::test::Test;
use crate::eval::import::log::Log;
use crate::eval::import::node::{Node, Value};

/// Tells whether a file is what `promptfoo eval -o results.json` wrote.
pub(super) fn is_results(node: &Node) -> bool {
    let results = node
        .get("results")
        .and_then(|results| results.get("results"));
    results.is_some_and(|results| results.list().is_some())
}

/// How the assertions of a test are read.
type Read<'a, E> = dyn FnMut(&Node, &Node, &mut Log) -> Result<Vec<Assertion>, E> + 'a;

/// Reads each result as a test that brings its output. Lists of variables were multiplied and
/// defaults merged when it was run.
pub(super) fn tests<E>(node: &Node, read: &mut Read<'_, E>, log: &mut Log) -> Result<Vec<Test>, E> {
    let results = node.get("results");
    let prompts = results.and_then(|results| results.get("prompts")?.list());
    let prompts: Option<Arc<[String]>> = prompts.map(|prompts| {
        let raw = |prompt: &Node| prompt.get("raw")?.string().map(str::to_owned);
        prompts.iter().filter_map(raw).collect()
    });
    let entries = results.and_then(|results| results.get("results")?.list());
    let mut tests = Vec::new();
    for entry in entries.unwrap_or_default() {
        let mut test = Test::empty(&entry.place);
        test.multiplies = Some(false);
        test.prompts.clone_from(&prompts);
        test.vars = entry
            .get("vars")
            .and_then(Node::map)
            .unwrap_or_default()
            .to_vec();
        test.output = entry
            .get("response")
            .and_then(|response| response.get("output"))
            .cloned();
        test.rating = entry.get("gradingResult").and_then(rating).cloned();
        if let Some(case) = entry.get("testCase") {
            let description = case.get("description").and_then(Node::string);
            test.description = description.map(str::to_owned);
            test.metadata = case
                .get("metadata")
                .and_then(Node::map)
                .unwrap_or_default()
                .to_vec();
            if let Some(threshold) = case.get("threshold") {
                test.threshold = threshold
                    .number()
                    .map(|number| (number, threshold.place.clone()));
            }
            if let Some(assertions) = case.get("assert") {
                test.assertions = read(assertions, node, log)?;
            }
        }
        tests.push(test);
    }
    Ok(tests)
}

/// What a person gave in the viewer: a component of its own among those of the assertions.
fn rating(grading: &Node) -> Option<&Node> {
    let mut components = grading.get("componentResults")?.list()?.iter();
    let by_person = components.find(|component| {
        let kind = component
            .get("assertion")
            .and_then(|one| one.get("type")?.string());
        kind == Some("human")
    })?;
    let score = by_person.get("score")?;
    matches!(score.value, Value::Number(_)).then_some(score)
}
