//! A request as all APIs need it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::llm::schema::Schema;
use crate::llm::written::Written;
use crate::llm::{ModelSettings, Quirks, ReplyFormat, Request};

/// A request with everything decided that no API says in its own way.
pub(in crate::llm) struct Question<'a> {
    pub(in crate::llm) model: &'a str,
    /// The instructions; where nothing else tells the model what to reply, they do.
    pub(in crate::llm) system: Cow<'a, str>,
    /// The instructions as JSON, where they were written before.
    system_json: Option<&'a RawValue>,
    pub(in crate::llm) user: &'a str,
    /// Bytes of `user` that other requests share.
    pub(in crate::llm) shared: usize,
    pub(in crate::llm) schema_name: &'a str,
    /// The schema, with its bounds or without.
    pub(in crate::llm) schema: Schema<'a>,
    pub(in crate::llm) limit: u32,
    pub(in crate::llm) temperature: Option<f64>,
    pub(in crate::llm) seed: Option<u64>,
    pub(in crate::llm) quirks: Quirks,
}

impl<'a> Question<'a> {
    pub(super) fn new(
        settings: &'a ModelSettings,
        request: &'a Request,
        quirks: Quirks,
        written: Option<&'a Written>,
    ) -> Self {
        let schema = Schema::new(&request.schema, quirks.schema_bounds);
        // Where nobody else tells the model what to reply. OpenAI's `json_object` also insists that
        // the word JSON occurs.
        let unsaid = matches!(quirks.format, ReplyFormat::JsonObject | ReplyFormat::Text);
        let system = if unsaid || request.schema_in_instructions {
            Cow::Owned(format!(
                "{}\n\nReply with one JSON object and nothing else. It must fit this JSON Schema:\n{schema}",
                request.system
            ))
        } else {
            Cow::Borrowed(&*request.system)
        };
        let system_json = match &system {
            Cow::Borrowed(_) => written.map(|written| &*written.system_json),
            Cow::Owned(_) => None,
        };
        let temperature = request.temperature.or(settings.temperature);
        let seed = request.seed.or(settings.seed);
        Self {
            model: &settings.name,
            system,
            system_json,
            user: &request.user,
            shared: request.shared,
            schema_name: &request.schema_name,
            schema: schema.written(written.map(|written| &*written.schema_json)),
            limit: request.max_output_tokens.min(settings.max_output_tokens),
            temperature: temperature.filter(|_| quirks.temperature),
            seed: seed.filter(|_| quirks.seed),
            quirks,
        }
    }
}

impl Question<'_> {
    /// The instructions and the matter as the messages of a chat.
    pub(in crate::llm) fn messages(&self) -> [Message<Text<'_>>; 2] {
        let message = |role, content| Message { role, content };
        let system = match self.system_json {
            Some(written) => Text::Written(written),
            None => Text::Plain(&self.system),
        };
        [
            message("system", system),
            message("user", Text::Plain(self.user)),
        ]
    }
}

/// A text, which may have been written as JSON before.
#[derive(Serialize)]
#[serde(untagged)]
pub(in crate::llm) enum Text<'a> {
    Plain(&'a str),
    Written(&'a RawValue),
}

/// One message of a chat.
#[derive(Serialize)]
pub(in crate::llm) struct Message<T> {
    pub(in crate::llm) role: &'static str,
    pub(in crate::llm) content: T,
}
