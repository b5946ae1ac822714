//! The APIs that models are asked through: each a few pure functions, in a file of its own.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::written::Written;
use super::{
    BaseUrl, Failure, Host, ModelSettings, Parameter, Quirks, ReplyFormat, Request, SettingsError,
    Usage, anthropic, gemini, ollama, openai,
};

mod question;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod tests;

pub(super) use question::{Message, Question, Text};

/// Bytes that most schemas, and what stands around them, take.
const ROOM_FOR_SCHEMA: usize = 4_096;

/// Names the API that a model is asked through.
///
/// ```
/// use answer_grader::llm::{Host, ModelSettings, Quirks, Request, Wire};
///
/// let mut settings = ModelSettings::new("gpt-5-mini", "https://llm.example.com/v1".parse()?);
/// settings.api_key = Some("sk-1".into());
/// let request = Request {
///     prompt: "mine@1".to_owned(),
///     system: "Grade the answer.".into(),
///     user: "It joins.".to_owned(),
///     shared: 0,
///     schema_name: "grade".to_owned(),
///     schema: serde_json::json!({"type": "object"}).into(),
///     schema_in_instructions: false,
///     max_output_tokens: 100,
///     temperature: Some(0.0),
///     seed: None,
///     deadline: None,
/// };
/// let wire = Wire::OpenAi;
/// assert_eq!(wire.endpoint(&settings).path(), "/v1/chat/completions");
/// assert!(wire.headers(&settings)?.contains_key("authorization"));
/// let quirks = Quirks::of(wire, Host::of(&settings.base_url));
/// let body: serde_json::Value =
///     serde_json::from_slice(&wire.encode(&settings, &request, quirks)?)?;
/// assert_eq!(body["messages"][1]["content"], "It joins.");
/// assert_eq!(wire.provider(&settings.base_url), "openai_compatible");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// OpenAI Chat Completions, which most servers speak.
    #[default]
    OpenAi,
    /// OpenAI Responses.
    #[serde(rename = "openai_responses")]
    OpenAiResponses,
    /// Anthropic Messages.
    Anthropic,
    /// Google Gemini's `generateContent`.
    Gemini,
    /// Ollama's own chat.
    Ollama,
}

/// Holds a usable reply as it stands in the body.
///
/// See [`Wire::decode`].
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, as it was sent.
    pub content: String,
    /// The model that answered, where the server says so.
    pub model: Option<String>,
    /// The server's name for the reply.
    pub id: Option<String>,
    /// The tokens.
    pub usage: Usage,
}

/// Holds what a response without a usable reply says.
///
/// See [`Wire::decode`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Why there is no reply.
    pub failure: Failure,
    /// What is billed all the same: a cut or refused reply was produced.
    pub usage: Usage,
    /// The part of the request to leave out next time, where the server names one.
    pub refuses: Option<Parameter>,
}

impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            usage: Usage::default(),
            refuses: None,
        }
    }
}

impl Wire {
    /// Returns the address that requests are sent to.
    pub fn endpoint(self, settings: &ModelSettings) -> Url {
        let base = &settings.base_url;
        match self {
            Self::OpenAi => below(base, "/chat/completions"),
            Self::OpenAiResponses => below(base, "/responses"),
            Self::Anthropic => below(base, "/messages"),
            Self::Gemini => below(base, &format!("/models/{}:generateContent", settings.name)),
            Self::Ollama => below(base, "/api/chat"),
        }
    }

    /// Returns the headers, the key among them where there is one.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Invalid`] of `api_key`, where it has characters that no header can hold.
    pub fn headers(self, settings: &ModelSettings) -> Result<HeaderMap, SettingsError> {
        let mut headers = HeaderMap::new();
        if self == Self::Anthropic {
            let version = HeaderValue::from_static(anthropic::VERSION);
            headers.insert("anthropic-version", version);
        }
        let Some(key) = settings.key() else {
            return Ok(headers);
        };
        let azure = Host::of(&settings.base_url) == Host::Azure;
        let (name, value) = match self {
            Self::OpenAi | Self::OpenAiResponses if azure => ("api-key", key.to_owned()),
            Self::Anthropic => ("x-api-key", key.to_owned()),
            Self::Gemini => ("x-goog-api-key", key.to_owned()),
            Self::OpenAi | Self::OpenAiResponses | Self::Ollama => {
                (AUTHORIZATION.as_str(), format!("Bearer {key}"))
            }
        };
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| SettingsError::invalid("api_key", "has characters no header can hold"))?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
        Ok(headers)
    }

    /// Returns the body of a request as JSON text, with what the server is known to take.
    ///
    /// # Errors
    ///
    /// None that is known: all of it is text and numbers.
    pub fn encode(
        self,
        settings: &ModelSettings,
        request: &Request,
        quirks: Quirks,
    ) -> serde_json::Result<Vec<u8>> {
        self.encode_with(settings, request, quirks, None)
    }

    /// The same, with what was written before of such requests.
    pub(super) fn encode_with(
        self,
        settings: &ModelSettings,
        request: &Request,
        quirks: Quirks,
        written: Option<&Written>,
    ) -> serde_json::Result<Vec<u8>> {
        let question = Question::new(settings, request, quirks, written);
        // A body that outgrows its room is copied each time.
        let texts = question.system.len() + question.user.len();
        let mut body = Vec::with_capacity(texts + texts / 16 + ROOM_FOR_SCHEMA);
        let into = &mut body;
        match self {
            Self::OpenAi => serde_json::to_writer(into, &openai::chat::encode(&question)),
            Self::OpenAiResponses => {
                serde_json::to_writer(into, &openai::responses::encode(&question))
            }
            Self::Anthropic => serde_json::to_writer(into, &anthropic::encode(&question)),
            Self::Gemini => serde_json::to_writer(into, &gemini::encode(&question)),
            Self::Ollama => serde_json::to_writer(into, &ollama::encode(&question)),
        }?;
        Ok(body)
    }

    /// Reads the response to a request: its status, the wait that its headers ask for, its body.
    ///
    /// ```
    /// use answer_grader::llm::{Failure, Wire};
    ///
    /// let body = br#"{"choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}],
    ///                 "usage": {"prompt_tokens": 900, "completion_tokens": 60}}"#;
    /// let decoded = Wire::OpenAi.decode(200, None, body).map_err(|rejection| rejection.failure)?;
    /// assert_eq!((decoded.content.as_str(), decoded.usage.output), ("{}", 60));
    /// let rejection = Wire::OpenAi.decode(503, None, b"busy").err().ok_or("accepted")?;
    /// assert_eq!(rejection.failure, Failure::Overloaded { status: 503 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`Rejection`] for everything but a reply with text that was not cut: error
    /// statuses, errors under status 200, refusals, filtered, truncated and empty replies.
    pub fn decode(
        self,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Result<Decoded, Rejection> {
        // Nearly all replies are plain; all others, and whatever is wrong with them, are looked at as a whole.
        if self == Self::OpenAi
            && status == 200
            && let Some(decoded) = openai::chat::plain(body)
        {
            return Ok(decoded);
        }
        // A proxy's error page is no JSON; its status says enough.
        let body: Option<Value> = serde_json::from_slice(body).ok();
        if !(200..300).contains(&status) {
            return Err(openai::refusal(status, retry_after, body.as_ref()));
        }
        let body = body.ok_or(Failure::Malformed)?;
        if let Some(rejection) = openai::error_within(status, retry_after, &body) {
            return Err(rejection);
        }
        let answered = match self {
            Self::OpenAi => openai::chat::read(&body),
            Self::OpenAiResponses => openai::responses::read(&body),
            Self::Anthropic => anthropic::read(&body),
            Self::Gemini => gemini::read(&body),
            Self::Ollama => ollama::read(&body),
        };
        match answered.content {
            Ok(content) if !content.trim().is_empty() => Ok(Decoded {
                content,
                model: answered.model,
                id: answered.id,
                usage: answered.usage,
            }),
            other => Err(Rejection {
                failure: other.err().unwrap_or(Failure::Malformed),
                usage: answered.usage,
                refuses: None,
            }),
        }
    }

    /// Names the provider for a grade's provenance.
    pub fn provider(self, base_url: &BaseUrl) -> &'static str {
        match self {
            Self::OpenAi | Self::OpenAiResponses => Host::of(base_url).provider(),
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }

    /// Returns what is asked for where a server refuses a format.
    pub(super) const fn weaker(self, format: ReplyFormat) -> ReplyFormat {
        match (self, format) {
            (Self::OpenAi | Self::OpenAiResponses | Self::Anthropic, ReplyFormat::JsonSchema) => {
                ReplyFormat::Tool
            }
            // Anthropic has no such thing as any JSON.
            (Self::Anthropic, _) | (_, ReplyFormat::JsonObject | ReplyFormat::Text) => {
                ReplyFormat::Text
            }
            (_, ReplyFormat::JsonSchema | ReplyFormat::Tool) => ReplyFormat::JsonObject,
        }
    }

    /// Returns where in a request a parameter stands, as a JSON pointer.
    pub(super) const fn place(self, parameter: Parameter, quirks: Quirks) -> &'static str {
        use Parameter as P;
        match (self, parameter) {
            (Self::Gemini, P::Temperature) => "/generationConfig/temperature",
            (Self::Gemini, P::Seed) => "/generationConfig/seed",
            (Self::Gemini, P::TokenLimit) => "/generationConfig/maxOutputTokens",
            (Self::Gemini, P::ResponseFormat | P::SchemaBounds) => {
                "/generationConfig/responseMimeType"
            }
            (Self::Ollama, P::Temperature) => "/options/temperature",
            (Self::Ollama, P::Seed) => "/options/seed",
            (Self::Ollama, P::TokenLimit) => "/options/num_predict",
            (Self::Ollama, P::ResponseFormat | P::SchemaBounds) => "/format",
            (_, P::ResponseFormat | P::SchemaBounds)
                if matches!(quirks.format, ReplyFormat::Tool) =>
            {
                "/tools"
            }
            (Self::Anthropic, P::ResponseFormat | P::SchemaBounds) => "/output_config",
            (Self::OpenAiResponses, P::ResponseFormat | P::SchemaBounds) => "/text",
            (Self::OpenAiResponses, P::TokenLimit) => "/max_output_tokens",
            (Self::OpenAi, P::TokenLimit) => quirks.token_limit.pointer(),
            (_, P::TokenLimit) => "/max_tokens",
            (_, P::ResponseFormat | P::SchemaBounds) => "/response_format",
            (_, P::Temperature) => "/temperature",
            (_, P::Seed) => "/seed",
            (_, P::Store) => "/store",
        }
    }
}

/// What a body under status 200 says.
pub(super) struct Answered {
    pub(super) content: Result<String, Failure>,
    pub(super) model: Option<String>,
    pub(super) id: Option<String>,
    pub(super) usage: Usage,
}

/// A word of a body that reads like an identifier.
pub(super) fn word(value: &Value) -> Option<String> {
    value
        .as_str()
        .and_then(super::failure::identifier)
        .map(str::to_owned)
}

/// A count of a body; 0 where there is none.
pub(super) fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// An address below a base address.
///
/// The query stays, since Azure keeps its `api-version` there; a trailing slash does no harm, nor
/// does a base address that is the whole address already.
fn below(base_url: &BaseUrl, end: &str) -> Url {
    let mut url = base_url.as_url().clone();
    let mut path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with(end) {
        path.push_str(end);
    }
    url.set_path(&path);
    url
}
