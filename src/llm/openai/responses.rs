//! OpenAI Responses.

use serde::Serialize;
use serde_json::{Value, json};

use super::chat::ResponseFormat;
use crate::llm::schema::Schema;
use crate::llm::wire::{Answered, Message, Question, count, word};
use crate::llm::{Failure, FilterStage, ReplyFormat, Usage};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    instructions: &'a str,
    input: [Message<[Part<'a>; 1]>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Tool<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
    max_output_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
}

#[derive(Serialize)]
struct Part<'a> {
    r#type: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Text<'a> {
    format: Format<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'a> {
    JsonSchema {
        name: &'a str,
        strict: bool,
        schema: Schema<'a>,
    },
    JsonObject,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    name: &'a str,
    strict: bool,
    parameters: Schema<'a>,
}

pub(in crate::llm) fn encode<'a>(question: &'a Question<'a>) -> impl Serialize + 'a {
    let (name, quirks) = (question.schema_name, question.quirks);
    let by_tool = quirks.format == ReplyFormat::Tool;
    let format = match quirks.format {
        ReplyFormat::JsonSchema => Some(Format::JsonSchema {
            name,
            strict: true,
            schema: question.schema,
        }),
        ReplyFormat::JsonObject => Some(Format::JsonObject),
        ReplyFormat::Tool | ReplyFormat::Text => None,
    };
    let chat_format = quirks.chat_format.then(|| ResponseFormat::of(question));
    Body {
        model: question.model,
        instructions: &question.system,
        input: [Message {
            role: "user",
            content: [Part {
                r#type: "input_text",
                text: question.user,
            }],
        }],
        text: format.map(|format| Text { format }),
        tools: by_tool.then_some([Tool {
            r#type: "function",
            name,
            strict: true,
            parameters: question.schema,
        }]),
        tool_choice: by_tool.then(|| json!({"type": "function", "name": name})),
        response_format: chat_format.flatten(),
        max_output_tokens: question.limit,
        temperature: question.temperature,
        store: quirks.store.then_some(false),
    }
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
