//! Ollama's own chat.

use serde::Serialize;
use serde_json::Value;

use super::schema::Schema;
use super::wire::{Answered, Message, Question, Text, count};
use super::{Failure, ReplyFormat, Usage};

/// The smallest context that is asked for, in tokens. Another size makes the server load the model
/// anew, so sizes are powers of two.
const SMALLEST_CONTEXT: u64 = 8_192;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: [Message<Text<'a>>; 2],
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format<'a>>,
    options: Options,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Format<'a> {
    Schema(Schema<'a>),
    Json(&'static str),
}

#[derive(Serialize)]
struct Options {
    num_predict: u32,
    num_ctx: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

pub(super) fn encode<'a>(question: &'a Question<'a>) -> impl Serialize + 'a {
    Body {
        model: question.model,
        messages: question.messages(),
        stream: false,
        format: match question.quirks.format {
            ReplyFormat::JsonSchema => Some(Format::Schema(question.schema)),
            ReplyFormat::Tool | ReplyFormat::JsonObject => Some(Format::Json("json")),
            ReplyFormat::Text => None,
        },
        options: Options {
            num_predict: question.limit,
            num_ctx: context(question),
            temperature: question.temperature,
            seed: question.seed,
        },
    }
}

/// Room for the whole request and the reply: by default the server cuts a long prompt and says
/// nothing. A token is at least a byte.
fn context(question: &Question<'_>) -> u64 {
    let bytes = question.system.len() + question.user.len();
    let room = u64::try_from(bytes).unwrap_or(u64::MAX);
    let room = room.saturating_add(question.limit.into());
    room.max(SMALLEST_CONTEXT)
        .checked_next_power_of_two()
        .unwrap_or(room)
}

pub(super) fn read(body: &Value) -> Answered {
    let content = match (body["done_reason"].as_str(), &body["message"]["content"]) {
        (Some("length"), _) => Err(Failure::Truncated),
        // The model was only loaded or put away.
        (Some("load" | "unload"), _) => Err(Failure::Overloaded { status: 200 }),
        (_, Value::String(text)) => Ok(text.clone()),
        _ => Err(Failure::Malformed),
    };
    Answered {
        content,
        model: body["model"].as_str().map(str::to_owned),
        id: None,
        usage: Usage {
            input: count(&body["prompt_eval_count"]),
            output: count(&body["eval_count"]),
            ..Usage::default()
        },
    }
}
