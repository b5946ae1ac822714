//! Google Gemini's `generateContent`.

use serde::Serialize;
use serde_json::Value;

use super::schema::Schema;
use super::wire::{Answered, Question, count, word};
use super::{Failure, FilterStage, ReplyFormat, Usage};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    system_instruction: Content<'a>,
    contents: [Content<'a>; 1],
    generation_config: Config<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: [Part<'a>; 1],
}

#[derive(Serialize)]
struct Part<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    max_output_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_mime_type: Option<&'static str>,
    /// With the order of the properties: without it the score may come before the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_json_schema: Option<Schema<'a>>,
}

pub(super) fn encode<'a>(question: &'a Question<'a>) -> impl Serialize + 'a {
    let format = question.quirks.format;
    let by_schema = format == ReplyFormat::JsonSchema;
    let content = |role, text| Content {
        role,
        parts: [Part { text }],
    };
    Body {
        system_instruction: content(None, &question.system),
        contents: [content(Some("user"), question.user)],
        generation_config: Config {
            max_output_tokens: question.limit,
            temperature: question.temperature,
            seed: question.seed,
            response_mime_type: (format != ReplyFormat::Text).then_some("application/json"),
            response_json_schema: by_schema.then_some(question.schema.in_order()),
        },
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
