//! Grades one answer in your own program, offline: `cargo run --example embed --no-default-features`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use answer_grader::{Concept, Submission, Task, grade_offline};

fn main() {
    let idea = |id: &str, text: &str, weight| Concept {
        id: id.to_owned(),
        text: text.to_owned(),
        weight,
        aliases: Vec::new(),
        required: false,
    };
    let task = Task {
        concepts: vec![
            idea("fast", "Lookups become faster", 2.0),
            idea("slow", "Writes become slower", 1.0),
        ],
        ..Task::new(
            "What does an index do?",
            "It speeds up lookups. Writes become slower.",
        )
    };
    let answer = "An index makes lookups faster.";
    let grade = grade_offline(&Submission::new(task, answer));

    println!("score {:?}, confidence {}", grade.score, grade.confidence);
    for concept in &grade.concepts {
        println!("{} is {:?}", concept.id, concept.verdict);
        if let Some(evidence) = &concept.evidence {
            // Offsets count characters of the answer as it was given.
            println!(
                "  by “{}”, from {} to {}",
                evidence.quote, evidence.start, evidence.end
            );
        }
    }
    assert_eq!(grade.missing_concepts[0].id, "slow");
}
