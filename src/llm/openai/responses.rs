//! OpenAI Responses.

use serde_json::{Map, Value, json};

use super::chat::response_format;
use crate::llm::wire::{Answered, Question, count, word};
use crate::llm::{Failure, FilterStage, ReplyFormat, Usage};

pub(in crate::llm) fn encode(question: &Question<'_>) -> Value {
    let mut body = Map::new();
    let mut set = |field: &str, value: Value| body.insert(field.to_owned(), value);
    set("model", json!(question.model));
    set("instructions", json!(question.system));
    let text = json!({"type": "input_text", "text": question.user});
    set("input", json!([{"role": "user", "content": [text]}]));
    match question.quirks.format {
        ReplyFormat::JsonSchema => {
            let format = json!({
                "type": "json_schema",
                "name": question.schema_name,
                "strict": true,
                "schema": question.schema,
            });
            set("text", json!({"format": format}));
        }
        ReplyFormat::Tool => {
            let name = question.schema_name;
            let schema = &question.schema;
            let tool =
                json!({"type": "function", "name": name, "strict": true, "parameters": schema});
            set("tools", json!([tool]));
            set("tool_choice", json!({"type": "function", "name": name}));
        }
        ReplyFormat::JsonObject => {
            set("text", json!({"format": {"type": "json_object"}}));
        }
        ReplyFormat::Text => {}
    }
    if question.quirks.chat_format
        && let Some(format) = response_format(
            question.quirks.format,
            question.schema_name,
            question.schema.clone(),
        )
    {
        set("response_format", format);
    }
    set("max_output_tokens", json!(question.limit));
    if let Some(temperature) = question.temperature {
        set("temperature", json!(temperature));
    }
    if question.quirks.store {
        set("store", json!(false));
    }
    Value::Object(body)
}

pub(in crate::llm) fn read(body: &Value) -> Answered {
    Answered {
        content: content(body),
        model: body["model"].as_str().map(str::to_owned),
        id: word(&body["id"]),
        usage: usage(&body["usage"]),
    }
}

fn content(body: &Value) -> Result<String, Failure> {
    match body["status"].as_str() {
        Some("incomplete") => {
            let filtered = body["incomplete_details"]["reason"] == "content_filter";
            return Err(if filtered {
                Failure::Filtered {
                    stage: FilterStage::Output,
                    jailbreak: false,
                }
            } else {
                Failure::Truncated
            });
        }
        Some("failed" | "cancelled") => return Err(Failure::ServerError { status: 200 }),
        // Nobody asked for a reply in the background.
        Some("queued" | "in_progress") => return Err(Failure::Malformed),
        _ => {}
    }
    // Reasoning comes as items of its own, before the message.
    let items = body["output"].as_array().ok_or(Failure::Malformed)?;
    let mut calls = items.iter().filter(|item| item["type"] == "function_call");
    if let Some(input) = calls.find_map(|call| call["arguments"].as_str()) {
        return Ok(input.to_owned());
    }
    let messages = items.iter().filter(|item| item["type"] == "message");
    let parts = messages.flat_map(|item| item["content"].as_array().into_iter().flatten());
    let mut text = String::new();
    for part in parts {
        match part["type"].as_str() {
            Some("refusal") => return Err(Failure::Refused),
            Some("output_text") => text.push_str(part["text"].as_str().unwrap_or_default()),
            _ => {}
        }
    }
    Ok(text)
}

fn usage(usage: &Value) -> Usage {
    let details = &usage["input_tokens_details"];
    Usage {
        input: count(&usage["input_tokens"]),
        cached_input: count(&details["cached_tokens"]),
        cache_write: count(&details["cache_write_tokens"]),
        output: count(&usage["output_tokens"]),
    }
}
