//! Ollama's own chat.

use serde_json::{Map, Value, json};

use super::wire::{Answered, Question, count};
use super::{Failure, ReplyFormat, Usage};

/// The smallest context that is asked for, in tokens. Another size makes the server load the model
/// anew, so sizes are powers of two.
const SMALLEST_CONTEXT: u64 = 8_192;

pub(super) fn encode(question: &Question<'_>) -> Value {
    let mut options = Map::new();
    let mut set = |field: &str, value: Value| options.insert(field.to_owned(), value);
    set("num_predict", json!(question.limit));
    set("num_ctx", json!(context(question)));
    if let Some(temperature) = question.temperature {
        set("temperature", json!(temperature));
    }
    if let Some(seed) = question.seed {
        set("seed", json!(seed));
    }
    let mut body = Map::new();
    let mut set = |field: &str, value: Value| body.insert(field.to_owned(), value);
    set("model", json!(question.model));
    set("messages", question.messages());
    set("stream", json!(false));
    match question.quirks.format {
        ReplyFormat::JsonSchema => drop(set("format", question.schema.clone())),
        ReplyFormat::Tool | ReplyFormat::JsonObject => drop(set("format", json!("json"))),
        ReplyFormat::Text => {}
    }
    set("options", Value::Object(options));
    Value::Object(body)
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
