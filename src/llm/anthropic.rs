//! Anthropic Messages.

use serde::Serialize;
use serde_json::{Value, json};

use super::schema::Schema;
use super::wire::{Answered, Message, Question, count, word};
use super::{Failure, ReplyFormat, Usage};

/// The version of the API, which every request names.
pub(super) const VERSION: &str = "2023-06-01";

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    max_tokens: u32,
    system: [Block<'a>; 1],
    messages: [Message<Vec<Block<'a>>>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Tool<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
}

#[derive(Serialize)]
struct Block<'a> {
    r#type: &'static str,
    text: &'a str,
    /// What all answers to one question share is kept by the provider for the next of them, from a
    /// length on that the instructions alone may not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

#[derive(Serialize)]
struct CacheControl {
    r#type: &'static str,
}

#[derive(Serialize)]
struct OutputConfig<'a> {
    format: Format<'a>,
}

#[derive(Serialize)]
struct Format<'a> {
    r#type: &'static str,
    schema: Schema<'a>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    description: &'static str,
    input_schema: Schema<'a>,
}

impl<'a> Block<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            r#type: "text",
            text,
            cache_control: None,
        }
    }

    fn kept(text: &'a str) -> Self {
        let cache_control = Some(CacheControl {
            r#type: "ephemeral",
        });
        Self {
            cache_control,
            ..Self::new(text)
        }
    }
}

pub(super) fn encode<'a>(question: &'a Question<'a>) -> impl Serialize + 'a {
    let (name, schema) = (question.schema_name, question.schema);
    let content = match question.user.split_at_checked(question.shared) {
        Some((shared, rest)) if !shared.is_empty() => vec![Block::kept(shared), Block::new(rest)],
        _ => vec![Block::new(question.user)],
    };
    let by_schema = question.quirks.format == ReplyFormat::JsonSchema;
    let by_tool = question.quirks.format == ReplyFormat::Tool;
    Body {
        model: question.model,
        max_tokens: question.limit,
        system: [Block::kept(&question.system)],
        messages: [Message {
            role: "user",
            content,
        }],
        temperature: question.temperature,
        output_config: by_schema.then_some(OutputConfig {
            format: Format {
                r#type: "json_schema",
                schema,
            },
        }),
        tools: by_tool.then_some([Tool {
            name,
            description: "Takes the reply.",
            input_schema: schema,
        }]),
        tool_choice: by_tool
            .then(|| json!({"type": "tool", "name": name, "disable_parallel_tool_use": true})),
    }
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
