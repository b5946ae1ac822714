//! Has a model grade through whatever HTTP client you have, without any runtime of ours:
//! `cargo run --example any_client --no-default-features`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use answer_grader::{Prepared, Prompt, Submission, Task, prepare};

/// Stands for your client: it takes instructions, message and JSON schema, and gives the reply's text. This one
/// always says that the first idea is there.
fn ask(_system: &str, _user: &str, schema: &serde_json::Value) -> String {
    let concepts = schema["properties"]["concepts"]["properties"].as_object();
    let mut keys = concepts.into_iter().flatten().map(|(key, _)| key);
    let first = keys.next().cloned().unwrap_or_default();
    let mut judged = serde_json::Map::new();
    judged.insert(
        first,
        serde_json::json!({"quote": "lookups faster", "verdict": "covered"}),
    );
    for key in keys {
        judged.insert(
            key.clone(),
            serde_json::json!({"quote": "", "verdict": "missing"}),
        );
    }
    serde_json::json!({"concepts": judged, "overall": 60, "feedback": "One of two."}).to_string()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let task = Task::new(
        "What does an index do?",
        "It speeds up lookups. Writes become slower.",
    );
    let submission = Submission::new(task, "An index makes lookups faster.");
    let grade = match prepare(submission, &Prompt::built_in()?)? {
        // Silence, or only the question again: no model needs to be asked.
        Prepared::Settled(grade) => *grade,
        Prepared::Ask(exchange) => {
            let asked = exchange.request();
            let reply = ask(&asked.system, &asked.user, &asked.schema);
            // Every quote is looked for in the answer; a reply that breaks the schema is an error, never a zero.
            exchange.finish(&reply)?
        }
    };
    println!("score {:?} by {:?}", grade.score, grade.method);
    println!("missing {:?}", grade.missing_concepts);
    Ok(())
}
