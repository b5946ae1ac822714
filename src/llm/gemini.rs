//! Google Gemini's `generateContent`.

use serde_json::{Map, Value, json};

use super::wire::{Answered, Question, count, word};
use super::{Failure, FilterStage, ReplyFormat, Usage};

pub(super) fn encode(question: &Question<'_>) -> Value {
    let mut config = Map::new();
    let mut set = |field: &str, value: Value| config.insert(field.to_owned(), value);
    set("maxOutputTokens", json!(question.limit));
    if let Some(temperature) = question.temperature {
        set("temperature", json!(temperature));
    }
    if let Some(seed) = question.seed {
        set("seed", json!(seed));
    }
    match question.quirks.format {
        ReplyFormat::JsonSchema => {
            set("responseMimeType", json!("application/json"));
            set("responseJsonSchema", ordered(&question.schema));
        }
        ReplyFormat::Tool | ReplyFormat::JsonObject => {
            set("responseMimeType", json!("application/json"));
        }
        ReplyFormat::Text => {}
    }
    json!({
        "systemInstruction": {"parts": [{"text": question.system}]},
        "contents": [{"role": "user", "parts": [{"text": question.user}]}],
        "generationConfig": config,
    })
}

/// Says of every object in which order its properties are written: without it the score may come
/// before the evidence.
fn ordered(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let mut said = Map::new();
            for (keyword, value) in keywords {
                let Some(properties) = value.as_object().filter(|_| keyword == "properties") else {
                    said.insert(keyword.clone(), ordered(value));
                    continue;
                };
                let each = properties.iter();
                let each: Map<_, _> = each
                    .map(|(name, schema)| (name.clone(), ordered(schema)))
                    .collect();
                let names: Vec<_> = properties.keys().collect();
                said.insert("propertyOrdering".to_owned(), json!(names));
                said.insert(keyword.clone(), Value::Object(each));
            }
            Value::Object(said)
        }
        Value::Array(schemas) => schemas.iter().map(ordered).collect(),
        other => other.clone(),
    }
}

pub(super) fn read(body: &Value) -> Answered {
    Answered {
        content: content(body),
        model: body["modelVersion"].as_str().map(str::to_owned),
        id: word(&body["responseId"]),
        usage: usage(&body["usageMetadata"]),
    }
}

fn content(body: &Value) -> Result<String, Failure> {
    if let Some(reason) = body["promptFeedback"]["blockReason"].as_str() {
        return Err(Failure::Filtered {
            stage: FilterStage::Prompt,
            jailbreak: reason == "JAILBREAK",
        });
    }
    let candidate = &body["candidates"][0];
    match candidate["finishReason"].as_str() {
        Some("MAX_TOKENS") => return Err(Failure::Truncated),
        Some(
            "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE"
            | "MODEL_ARMOR",
        ) => {
            return Err(Failure::Filtered {
                stage: FilterStage::Output,
                jailbreak: false,
            });
        }
        Some("STOP" | "FINISH_REASON_UNSPECIFIED") | None => {}
        // The model stumbled; the next attempt need not.
        Some(_) => return Err(Failure::ServerError { status: 200 }),
    }
    let parts = candidate["content"]["parts"].as_array();
    let said = parts.into_iter().flatten();
    let said = said.filter(|part| part["thought"] != Value::Bool(true));
    let text: String = said.filter_map(|part| part["text"].as_str()).collect();
    // It has been seen to stop with nothing said, and to say it when asked again.
    if text.is_empty() && candidate.is_object() {
        return Err(Failure::ServerError { status: 200 });
    }
    Ok(text)
}

/// Their output leaves out the model's thoughts.
fn usage(usage: &Value) -> Usage {
    let thoughts = count(&usage["thoughtsTokenCount"]);
    Usage {
        input: count(&usage["promptTokenCount"]),
        cached_input: count(&usage["cachedContentTokenCount"]),
        cache_write: 0,
        output: count(&usage["candidatesTokenCount"]).saturating_add(thoughts),
    }
}
