use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
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
    let raw = |prompt: &Node| prompt.get("raw")?.string().map(str::to_owned);
    let all: Option<Arc<[String]>> =
        prompts.map(|prompts| prompts.iter().filter_map(raw).collect());
    let entries = results.and_then(|results| results.get("results")?.list());
    let mut tests = Vec::new();
    for entry in entries.unwrap_or_default() {
        let mut test = Test::empty(&entry.place);
        test.multiplies = Some(false);
        let own = entry
            .get("promptIdx")
            .and_then(|index| index.text()?.parse().ok());
        let own = own.and_then(|index: usize| raw(prompts?.get(index)?));
        test.prompts = own.map_or_else(|| all.clone(), |own| Some(Arc::from([own])));
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
    let mut outputs: HashMap<u64, usize> = HashMap::new();
    for test in &tests {
        *outputs.entry(identity(test)).or_default() += 1;
    }
    for test in &mut tests {
        test.is_one_of_several = outputs.get(&identity(test)).is_some_and(|count| *count > 1);
    }
    Ok(tests)
}

/// What the outputs of one test have in common, whichever provider, prompt or repetition they are of:
/// repetitions have numbers of tests of their own.
fn identity(test: &Test) -> u64 {
    let mut hasher = DefaultHasher::new();
    test.description.hash(&mut hasher);
    for (name, node) in test.vars.iter().chain(&test.metadata) {
        name.hash(&mut hasher);
        node.value.hash(&mut hasher);
    }
    hasher.finish()
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
