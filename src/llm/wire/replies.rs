//! Every provider's ways to answer and to say no, as files of bodies with what they mean
//! (`fixtures/provider-replies`).

use std::path::Path;
use std::time::Duration;

use rstest::rstest;

use serde_json::json;

use super::*;

/// What a response means, in the words of the files.
fn meaning(outcome: Result<Decoded, Rejection>) -> Value {
    let usage = |usage: Usage| serde_json::to_value(usage).unwrap();
    match outcome {
        Ok(decoded) => json!({
            "content": decoded.content,
            "model": decoded.model,
            "usage": usage(decoded.usage),
        }),
        Err(rejection) => {
            let mut means = json!({
                "failure": rejection.failure.code(),
                "usage": usage(rejection.usage),
                "refuses": rejection.refuses.map(|parameter| match parameter {
                    Parameter::Temperature => "temperature",
                    Parameter::Seed => "seed",
                    Parameter::Store => "store",
                    Parameter::TokenLimit => "token_limit",
                    Parameter::ResponseFormat => "response_format",
                    Parameter::SchemaBounds => "schema_bounds",
                }),
            });
            match rejection.failure {
                Failure::Filtered { stage, jailbreak } => {
                    means["stage"] = json!(stage);
                    means["jailbreak"] = json!(jailbreak);
                }
                Failure::RateLimited { retry_after } => {
                    means["retry_after_ms"] = json!(retry_after.as_ref().map(Duration::as_millis));
                }
                _ => {}
            }
            means
        }
    }
}

#[rstest]
#[case(Wire::OpenAi, "openai")]
#[case(Wire::OpenAiResponses, "openai_responses")]
#[case(Wire::Anthropic, "anthropic")]
#[case(Wire::Gemini, "gemini")]
#[case(Wire::Ollama, "ollama")]
fn every_body_on_file_means_what_stands_beside_it(#[case] wire: Wire, #[case] name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/provider-replies");
    let lines = std::fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
        let body = match row["text"].as_str() {
            Some(text) => text.to_owned(),
            None => row["body"].to_string(),
        };
        seen.push(row["means"]["failure"].as_str().map(str::to_owned));
        let found = meaning(wire.decode(status, None, body.as_bytes()));
        // What the file leaves open is nothing: no tokens, no parameter, no attack.
        let default = |field: &str| match field {
            "usage" => json!(Usage::default()),
            "jailbreak" => json!(false),
            _ => Value::Null,
        };
        for (field, value) in found.as_object().unwrap() {
            let expected = row["means"].get(field).cloned();
            let open = field == "model" && expected.is_none();
            let expected = expected.unwrap_or_else(|| default(field));
            if !open && expected != *value {
                wrong.push(format!("{} {field}: {value}, not {expected}", row["case"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for outcome in OUTCOMES {
        assert!(
            seen.iter().flatten().any(|code| code == outcome),
            "no {outcome} on file"
        );
    }
    assert!(seen.contains(&None), "no reply on file");
}

/// What every provider can answer; refusals and filters are not everybody's.
const OUTCOMES: [&str; 7] = [
    "truncated",
    "malformed",
    "rate_limited",
    "overloaded",
    "server_error",
    "authentication",
    "bad_request",
];
