//! Reads any text as a model's reply: an error, or a grade within its bounds whose every quote stands in the
//! answer where it says.
#![no_main]

use std::sync::LazyLock;

use answer_grader::{Concept, Misconception, Prepared, Prompt, Submission, Task, prepare};
use libfuzzer_sys::fuzz_target;

const ANSWER: &str = "An index keeps a sorted copy 🗂 of a column, so that rows are found quickly; it does not slow writes.";

static PROMPT: LazyLock<Prompt> = LazyLock::new(|| Prompt::built_in().unwrap());

fn task() -> Task {
    let concept = |id: &str, text: &str| Concept {
        id: id.to_owned(),
        text: text.to_owned(),
        weight: 1.0,
        aliases: Vec::new(),
        required: id == "c1",
    };
    let mut task = Task::new("What does an index do?", "It finds rows quickly. Writes become slower.");
    task.concepts = vec![concept("c1", "it finds rows quickly"), concept("c2", "writes become slower")];
    task.misconceptions = vec![Misconception {
        id: "m1".to_owned(),
        text: "it does not slow writes".to_owned(),
        cap: 0.5,
    }];
    task
}

fuzz_target!(|reply: &str| {
    let Ok(Prepared::Ask(exchange)) = prepare(Submission::new(task(), ANSWER), &PROMPT) else {
        unreachable!("the answer has to be judged");
    };
    let Ok(grade) = exchange.finish(reply) else {
        return;
    };
    assert!(grade.score.is_none_or(|score| (0.0..=1.0).contains(&score)));
    assert!((0.0..=1.0).contains(&grade.confidence));
    for evidence in grade.concepts.iter().filter_map(|concept| concept.evidence.as_ref()) {
        let there: String = ANSWER.chars().skip(evidence.start).take(evidence.end - evidence.start).collect();
        assert_eq!(evidence.quote, there);
    }
});
