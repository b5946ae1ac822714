use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use super::assertion;
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

/// Tells whether a line is a result, as `promptfoo eval -o results.jsonl` writes them.
pub(super) fn is_result(node: &Node) -> bool {
    node.get("testCase").is_some() || node.get("gradingResult").is_some()
}

/// Reads each result as a test that brings its output. Lists of variables were multiplied and
/// defaults merged when it was run.
pub(super) fn tests(node: &Node, log: &mut Log) -> Vec<Test> {
    let results = node.get("results");
    let prompts = results.and_then(|results| results.get("prompts")?.list());
    let entries = results.and_then(|results| results.get("results")?.list());
    of_entries(entries.unwrap_or_default(), prompts, log)
}

/// Reads results, with the prompts of the evaluation where they stand beside them.
pub(super) fn of_entries(entries: &[Node], prompts: Option<&[Node]>, log: &mut Log) -> Vec<Test> {
    let raw = |prompt: &Node| prompt.get("raw")?.string().map(str::to_owned);
    let all: Option<Arc<[String]>> =
        prompts.map(|prompts| prompts.iter().filter_map(raw).collect());
    let number = |entry: &Node, field: &str| entry.get(field)?.text()?.parse::<usize>().ok();
    let mut tests = Vec::new();
    for entry in entries {
        let mut test = Test::empty(&entry.place);
        test.multiplies = Some(false);
        test.result_of = Some((Arc::clone(&entry.place.file), number(entry, "testIdx")));
        let own = number(entry, "promptIdx").and_then(|index| raw(prompts?.get(index)?));
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
                test.assertions = assertion::read(assertions, entry, None, log);
            }
        }
        tests.push(test);
    }
    tests
}

/// Marks results of which there are several of one test: of several providers, prompts or repetitions, in one
/// file or in several.
pub(super) fn mark_several(tests: &mut [Test]) {
    let mut outputs: HashMap<Identity, usize> = HashMap::new();
    for identity in tests.iter().flat_map(identities) {
        *outputs.entry(identity).or_default() += 1;
    }
    for test in tests {
        let counts = identities(test).filter_map(|identity| outputs.get(&identity));
        test.is_one_of_several = counts.max() > Some(&1);
    }
}

/// What the results of one test have in common.
#[derive(PartialEq, Eq, Hash)]
enum Identity {
    /// What it says: repetitions have numbers of their own.
    Content(u64),
    /// Its number in a file: some variables are made anew for each output.
    Number(Arc<str>, usize),
}

fn identities(test: &Test) -> impl Iterator<Item = Identity> {
    let result_of = test.result_of.as_ref();
    let numbered =
        result_of.and_then(|(file, number)| Some(Identity::Number(Arc::clone(file), (*number)?)));
    let content = result_of.map(|_| Identity::Content(content(test)));
    content.into_iter().chain(numbered)
}

/// What a test says, but for what it asserts.
fn content(test: &Test) -> u64 {
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
