//! OpenAI Chat Completions.

use serde_json::{Map, Value, json};

use super::error_body::shows_attack;
use crate::llm::wire::{Answered, Question, count, word};
use crate::llm::{Failure, FilterStage, ReplyFormat, Usage};

pub(in crate::llm) fn encode(question: &mut Question<'_>) -> Value {
    let mut body = Map::new();
    let mut set = |field: &str, value: Value| body.insert(field.to_owned(), value);
    set("model", json!(question.model));
    set("messages", question.messages());
    let name = question.schema_name;
    // The schema is the largest part, and moved rather than copied.
    let schema = std::mem::take(&mut question.schema);
    if question.quirks.format == ReplyFormat::Tool {
        let function = strict(name, "parameters", schema);
        let mut tool = json!({"type": "function"});
        tool["function"] = function;
        set("tools", Value::Array(vec![tool]));
        set(
            "tool_choice",
            json!({"type": "function", "function": {"name": name}}),
        );
    } else if let Some(format) = response_format(question.quirks.format, name, schema) {
        set("response_format", format);
    }
    set(question.quirks.token_limit.field(), json!(question.limit));
    if let Some(temperature) = question.temperature {
        set("temperature", json!(temperature));
    }
    if let Some(seed) = question.seed {
        set("seed", json!(seed));
    }
    if question.quirks.store {
        set("store", json!(false));
    }
    Value::Object(body)
}

/// The reply's format, if one is asked for.
pub(super) fn response_format(format: ReplyFormat, name: &str, schema: Value) -> Option<Value> {
    match format {
        ReplyFormat::JsonSchema => {
            let mut format = json!({"type": "json_schema"});
            format["json_schema"] = strict(name, "schema", schema);
            Some(format)
        }
        ReplyFormat::JsonObject => Some(json!({"type": "json_object"})),
        ReplyFormat::Tool | ReplyFormat::Text => None,
    }
}

/// A schema that the server is to hold the reply to.
fn strict(name: &str, field: &str, schema: Value) -> Value {
    let mut strict = json!({"name": name, "strict": true});
    strict[field] = schema;
    strict
}

pub(in crate::llm) fn read(body: &Value) -> Answered {
    Answered {
        content: content(&body["choices"][0]).map_err(|failure| with_attack(failure, body)),
        model: body["model"].as_str().map(str::to_owned),
        id: word(&body["id"]),
        usage: usage(&body["usage"]),
    }
}

fn content(choice: &Value) -> Result<String, Failure> {
    let message = &choice["message"];
    if message["refusal"]
        .as_str()
        .is_some_and(|text| !text.is_empty())
    {
        return Err(Failure::Refused);
    }
    match choice["finish_reason"].as_str() {
        Some("content_filter") => {
            return Err(Failure::Filtered {
                stage: FilterStage::Output,
                jailbreak: false,
            });
        }
        Some("length") => return Err(Failure::Truncated),
        Some("error") => return Err(Failure::ServerError { status: 200 }),
        _ => {}
    }
    if let Some(input) = message["tool_calls"][0]["function"]["arguments"].as_str() {
        return Ok(input.to_owned());
    }
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        // Mistral's reasoning models send a list, with their thoughts as parts of another type.
        Value::Array(parts) => parts
            .iter()
            .filter(|part| part["type"] == "text")
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => return Err(Failure::Malformed),
    };
    Ok(text)
}

/// Adds to a filtered reply that the prompt was an attack, which Azure says elsewhere.
fn with_attack(failure: Failure, body: &Value) -> Failure {
    match failure {
        Failure::Filtered { stage, .. } => {
            let results = body["prompt_filter_results"].as_array();
            let jailbreak = results
                .into_iter()
                .flatten()
                .any(|result| shows_attack(&result["content_filter_results"]));
            Failure::Filtered { stage, jailbreak }
        }
        other => other,
    }
}

fn usage(usage: &Value) -> Usage {
    let input = count(&usage["prompt_tokens"]);
    let details = &usage["prompt_tokens_details"];
    // Some servers leave reasoning out of the output, but always count it in the total.
    let beyond_input = count(&usage["total_tokens"]).saturating_sub(input);
    Usage {
        input,
        cached_input: count(&details["cached_tokens"]),
        cache_write: count(&details["cache_write_tokens"]),
        output: count(&usage["completion_tokens"]).max(beyond_input),
    }
}
