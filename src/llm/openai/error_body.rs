//! Reads the error bodies of the servers that speak the protocol, each in its own dialect.

use std::time::Duration;

use serde_json::Value;

/// The part of a message that is looked at. Reasons stand at the front, quoted prompts behind.
const MESSAGE_CHARACTERS: usize = 500;

/// Holds what an error body says, before anything is concluded from it.
///
/// `message` may quote the prompt: it never leaves this module's neighbours.
#[derive(Default)]
pub(super) struct ErrorBody {
    /// The numeric `code` that some servers send in place of a word.
    pub(super) status: Option<u16>,
    /// The words in `code` and `type`.
    pub(super) codes: Vec<String>,
    pub(super) code: Option<String>,
    pub(super) param: Option<String>,
    pub(super) message: String,
    /// Whether a content filter says that it stopped the prompt.
    pub(super) flagged: bool,
    pub(super) jailbreak: bool,
    /// How long to wait, where the body says so.
    pub(super) retry_after: Option<Duration>,
}

/// A word of ours for a quota that lasts until tomorrow.
pub(super) const QUOTA_PER_DAY: &str = "quota_per_day";

impl ErrorBody {
    /// Reads a whole body, of whatever shape; what is not understood is left empty.
    pub(super) fn read(body: &Value) -> Self {
        // Gemini's compatible address wraps the body in an array of one.
        let body = body.get(0).unwrap_or(body);
        match body.get("error") {
            Some(Value::String(message)) => Self::of_message(message),
            Some(error) => Self::of(error),
            None if body.get("detail").is_some() => Self::of_detail(&body["detail"]),
            None => Self::of(body),
        }
    }

    /// Reads one error object, as OpenAI defines it and others vary it.
    pub(super) fn of(error: &Value) -> Self {
        let word = |field: &str| error[field].as_str().map(str::to_owned);
        let inner = &error["innererror"];
        // Azure writes the singular here and the plural elsewhere.
        let results = [
            &inner["content_filter_result"],
            &inner["content_filter_results"],
        ];
        let metadata = &error["metadata"];
        let mut message = error["message"].as_str().unwrap_or_default().to_owned();
        // OpenRouter says "Provider returned error" and puts the provider's own body here.
        if let Some(raw) = metadata["raw"].as_str() {
            message = format!("{} {message}", start_of(raw));
        }
        let details = || error["details"].as_array().into_iter().flatten();
        let reasons = details().filter_map(|detail| detail["reason"].as_str().map(str::to_owned));
        let words = ["code", "type", "status"].into_iter().filter_map(word);
        let per_day = details().any(is_quota_per_day);
        Self {
            status: error["code"].as_u64().and_then(|c| u16::try_from(c).ok()),
            codes: words
                .chain(reasons)
                .chain(per_day.then(|| QUOTA_PER_DAY.to_owned()))
                .collect(),
            code: word("code").or_else(|| word("type")),
            param: word("param"),
            message: start_of(&message),
            flagged: metadata["flagged_input"].is_string() || metadata["reasons"].is_array(),
            jailbreak: results.into_iter().any(shows_attack),
            retry_after: details().find_map(|detail| seconds(&detail["retryDelay"])),
        }
    }

    /// Tells whether the code or the type is one of the words.
    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        self.codes.iter().any(|code| words.contains(&code.as_str()))
    }

    /// Tells whether the message holds one of the phrases, which are in lower case.
    pub(super) fn says_any(&self, phrases: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        phrases.iter().any(|phrase| message.contains(phrase))
    }

    fn of_message(message: &str) -> Self {
        Self {
            message: start_of(message),
            ..Self::default()
        }
    }

    /// Reads what `FastAPI` sends for a field it does not want: `[{"loc": […], "msg": "…"}]`.
    fn of_detail(detail: &Value) -> Self {
        let text = detail.as_str().or_else(|| detail[0]["msg"].as_str());
        let location = detail[0]["loc"].as_array().into_iter().flatten();
        let names: Vec<_> = location
            .filter_map(Value::as_str)
            .filter(|name| *name != "body")
            .collect();
        Self {
            param: (!names.is_empty()).then(|| names.join(".")),
            ..Self::of_message(text.unwrap_or_default())
        }
    }
}

/// Tells whether a content filter's results, Azure's, say that the prompt attacks the model.
pub(super) fn shows_attack(results: &Value) -> bool {
    ["jailbreak", "indirect_attack"]
        .into_iter()
        .any(|kind| results[kind]["detected"] == Value::Bool(true))
}

/// Google's `QuotaFailure`, which names each quota that was exceeded.
fn is_quota_per_day(detail: &Value) -> bool {
    let violations = detail["violations"].as_array().into_iter().flatten();
    let mut ids = violations.filter_map(|violation| violation["quotaId"].as_str());
    ids.any(|id| id.contains("PerDay"))
}

/// A duration as Google writes it, such as `"34.07s"`.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_str()?.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn start_of(message: &str) -> String {
    message.chars().take(MESSAGE_CHARACTERS).collect()
}
