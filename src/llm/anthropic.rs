//! Anthropic Messages.

use serde_json::{Map, Value, json};

use super::wire::{Answered, Question, count, word};
use super::{Failure, ReplyFormat, Usage};

/// The version of the API, which every request names.
pub(super) const VERSION: &str = "2023-06-01";

pub(super) fn encode(question: &Question<'_>) -> Value {
    let mut body = Map::new();
    let mut set = |field: &str, value: Value| body.insert(field.to_owned(), value);
    set("model", json!(question.model));
    set("max_tokens", json!(question.limit));
    // What all answers to one question share is kept by the provider for the next of them, from a
    // length on that the instructions alone may not have.
    let cached = json!({"type": "ephemeral"});
    let system = json!({"type": "text", "text": question.system, "cache_control": cached});
    set("system", json!([system]));
    let content = match question.user.split_at_checked(question.shared) {
        Some((shared, rest)) if !shared.is_empty() => json!([
            {"type": "text", "text": shared, "cache_control": cached},
            {"type": "text", "text": rest},
        ]),
        _ => json!(question.user),
    };
    set("messages", json!([{"role": "user", "content": content}]));
    if let Some(temperature) = question.temperature {
        set("temperature", json!(temperature));
    }
    match question.quirks.format {
        ReplyFormat::JsonSchema => {
            let format = json!({"type": "json_schema", "schema": question.schema});
            set("output_config", json!({"format": format}));
        }
        ReplyFormat::Tool => {
            let name = question.schema_name;
            let tool = json!({
                "name": name,
                "description": "Takes the reply.",
                "input_schema": question.schema,
            });
            set("tools", json!([tool]));
            set(
                "tool_choice",
                json!({"type": "tool", "name": name, "disable_parallel_tool_use": true}),
            );
        }
        ReplyFormat::JsonObject | ReplyFormat::Text => {}
    }
    Value::Object(body)
}

pub(super) fn read(body: &Value) -> Answered {
    Answered {
        content: content(body),
        model: body["model"].as_str().map(str::to_owned),
        id: word(&body["id"]),
        usage: usage(&body["usage"]),
    }
}

fn content(body: &Value) -> Result<String, Failure> {
    match body["stop_reason"].as_str() {
        Some("refusal") => return Err(Failure::Refused),
        Some("max_tokens" | "model_context_window_exceeded") => return Err(Failure::Truncated),
        _ => {}
    }
    let blocks = body["content"].as_array().ok_or(Failure::Malformed)?;
    if let Some(tool) = blocks.iter().find(|block| block["type"] == "tool_use") {
        return Ok(tool["input"].to_string());
    }
    let texts = blocks.iter().filter(|block| block["type"] == "text");
    Ok(texts.filter_map(|block| block["text"].as_str()).collect())
}

/// Their input leaves out what was read from the cache or written to it.
fn usage(usage: &Value) -> Usage {
    let cached_input = count(&usage["cache_read_input_tokens"]);
    let cache_write = count(&usage["cache_creation_input_tokens"]);
    Usage {
        input: count(&usage["input_tokens"])
            .saturating_add(cached_input)
            .saturating_add(cache_write),
        cached_input,
        cache_write,
        output: count(&usage["output_tokens"]),
    }
}
