//! OpenAI Chat Completions.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error_body::shows_attack;
use crate::llm::failure::identifier;
use crate::llm::schema::Schema;
use crate::llm::wire::{Answered, Message, Question, Text, count, word};
use crate::llm::{Decoded, Failure, FilterStage, ReplyFormat, TokenLimit, Usage};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: [Message<Text<'a>>; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<[Tool<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    strict: bool,
    parameters: Schema<'a>,
}

/// The reply's format.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ResponseFormat<'a> {
    JsonSchema { json_schema: JsonSchema<'a> },
    JsonObject,
}

/// A schema that the server is to hold the reply to.
#[derive(Serialize)]
pub(super) struct JsonSchema<'a> {
    name: &'a str,
    strict: bool,
    schema: Schema<'a>,
}

impl<'a> ResponseFormat<'a> {
    /// The format that is asked for, if any.
    pub(super) fn of(question: &Question<'a>) -> Option<Self> {
        match question.quirks.format {
            ReplyFormat::JsonSchema => Some(Self::JsonSchema {
                json_schema: JsonSchema {
                    name: question.schema_name,
                    strict: true,
                    schema: question.schema,
                },
            }),
            ReplyFormat::JsonObject => Some(Self::JsonObject),
            ReplyFormat::Tool | ReplyFormat::Text => None,
        }
    }
}

pub(in crate::llm) fn encode<'a>(question: &'a Question<'a>) -> impl Serialize + 'a {
    let (name, quirks) = (question.schema_name, question.quirks);
    let by_tool = quirks.format == ReplyFormat::Tool;
    let limit = |name| (quirks.token_limit == name).then_some(question.limit);
    Body {
        model: question.model,
        messages: question.messages(),
        tools: by_tool.then_some([Tool {
            r#type: "function",
            function: Function {
                name,
                strict: true,
                parameters: question.schema,
            },
        }]),
        tool_choice: by_tool.then(|| json!({"type": "function", "function": {"name": name}})),
        response_format: ResponseFormat::of(question),
        max_tokens: limit(TokenLimit::MaxTokens),
        max_completion_tokens: limit(TokenLimit::MaxCompletionTokens),
        temperature: question.temperature,
        seed: question.seed,
        store: quirks.store.then_some(false),
    }
}

/// A reply with a text that was not cut, as nearly all are.
#[derive(Deserialize)]
struct Plain<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    choices: [PlainChoice<'a>; 1],
    usage: PlainUsage,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PlainChoice<'a> {
    #[serde(borrow)]
    finish_reason: Cow<'a, str>,
    message: PlainMessage,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PlainMessage {
    content: String,
    refusal: Option<IgnoredAny>,
    tool_calls: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PlainUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
    #[serde(default)]
    total_tokens: u64,
    #[serde(default)]
    prompt_tokens_details: Option<PlainDetails>,
}

#[derive(Default, Deserialize)]
struct PlainDetails {
    #[serde(default)]
    cached_tokens: u64,
    #[serde(default)]
    cache_write_tokens: u64,
}

/// Reads a plain reply without making a tree of it; `None` of one that is anything else, which [`read`] then
/// reads.
pub(in crate::llm) fn plain(body: &[u8]) -> Option<Decoded> {
    let plain: Plain = serde_json::from_slice(body).ok()?;
    let Plain {
        choices: [choice], ..
    } = plain;
    let message = choice.message;
    let is_plain = choice.finish_reason == "stop"
        && plain.error.is_none()
        && choice.error.is_none()
        && message.refusal.is_none()
        && message.tool_calls.is_none()
        && !message.content.trim().is_empty();
    let id = match plain.id.as_deref() {
        Some(id) => Some(identifier(id)?.to_owned()),
        None => None,
    };
    let details = plain.usage.prompt_tokens_details.unwrap_or_default();
    is_plain.then(|| Decoded {
        content: message.content,
        model: plain.model.map(Cow::into_owned),
        id,
        usage: Usage {
            input: plain.usage.prompt_tokens,
            cached_input: details.cached_tokens,
            cache_write: details.cache_write_tokens,
            output: output(
                plain.usage.prompt_tokens,
                plain.usage.completion_tokens,
                plain.usage.total_tokens,
            ),
        },
    })
}

/// Some servers leave reasoning out of the output, but always count it in the total.
fn output(input: u64, output: u64, total: u64) -> u64 {
    output.max(total.saturating_sub(input))
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
    Usage {
        input,
        cached_input: count(&details["cached_tokens"]),
        cache_write: count(&details["cache_write_tokens"]),
        output: output(
            input,
            count(&usage["completion_tokens"]),
            count(&usage["total_tokens"]),
        ),
    }
}
