//! What a server was seen to refuse.

use serde_json::Value;

use super::{Host, Wire};

/// Names a part of a request that servers are known to refuse.
///
/// See [`Quirks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// The temperature, which reasoning models refuse.
    Temperature,
    /// The seed.
    Seed,
    /// The wish that the reply be not stored.
    Store,
    /// The limit of output tokens, which has an old and a new name.
    TokenLimit,
    /// The reply's format: a strict schema, or any JSON.
    ResponseFormat,
    /// The schema's bounds, such as `maxLength`.
    SchemaBounds,
}

/// Says how the reply's format is asked for, from the strictest to none.
///
/// See [`Quirks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplyFormat {
    /// A strict JSON Schema that the server enforces.
    JsonSchema,
    /// A tool that the model has to call, whose input is the reply.
    Tool,
    /// Any JSON object; the schema goes into the instructions.
    JsonObject,
    /// Nothing that the server enforces; the schema goes into the instructions.
    Text,
}

/// Names the field that limits the output tokens.
///
/// See [`Quirks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenLimit {
    /// The new name, which reasoning models insist on.
    MaxCompletionTokens,
    /// The old name, which many compatible servers know only.
    MaxTokens,
}

impl TokenLimit {
    /// Returns the field's name in the request.
    pub const fn field(self) -> &'static str {
        match self {
            Self::MaxCompletionTokens => "max_completion_tokens",
            Self::MaxTokens => "max_tokens",
        }
    }

    pub(super) const fn pointer(self) -> &'static str {
        match self {
            Self::MaxCompletionTokens => "/max_completion_tokens",
            Self::MaxTokens => "/max_tokens",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::MaxCompletionTokens => Self::MaxTokens,
            Self::MaxTokens => Self::MaxCompletionTokens,
        }
    }
}

/// Says what a request to one server holds.
///
/// It begins with what the host is known to want and shrinks whenever a status 400 names
/// something as refused. Lists of model names would be out of date within weeks, and wrong on
/// Azure, where a deployment may have any name.
///
/// ```
/// use answer_grader::llm::{Host, Parameter, Quirks, ReplyFormat, TokenLimit, Wire};
///
/// let quirks = Quirks::of(Wire::OpenAi, Host::OpenAi);
/// assert_eq!(quirks.token_limit, TokenLimit::MaxCompletionTokens);
/// assert_eq!(quirks.token_limit.field(), "max_completion_tokens");
/// let sent = serde_json::json!({"temperature": 0.0, "response_format": {"type": "json_schema"}});
/// let next = quirks.without(Wire::OpenAi, Parameter::Temperature, &sent).ok_or("no change")?;
/// assert!(!next.temperature);
/// let next = next.without(Wire::OpenAi, Parameter::ResponseFormat, &sent).ok_or("no change")?;
/// assert_eq!(quirks.merged(next).format, ReplyFormat::Tool);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says of one independent part of the request whether it is sent"
)]
pub struct Quirks {
    /// Whether a temperature is sent.
    pub temperature: bool,
    /// Whether a seed is sent.
    pub seed: bool,
    /// Whether `store: false` is sent.
    pub store: bool,
    /// Whether the schema keeps its bounds.
    pub schema_bounds: bool,
    /// Whether Responses' format is said as Chat Completions says it, too: llama.cpp's server turns
    /// one request into the other, and leaves its own `text` out.
    pub chat_format: bool,
    /// How the reply's format is asked for.
    pub format: ReplyFormat,
    /// Which field limits the output tokens.
    pub token_limit: TokenLimit,
    token_limit_switched: bool,
}

impl Quirks {
    /// Returns what a host is known to take by an API.
    pub const fn of(wire: Wire, host: Host) -> Self {
        let openai = matches!(host, Host::OpenAi | Host::Azure);
        Self {
            temperature: true,
            seed: !matches!(wire, Wire::OpenAiResponses | Wire::Anthropic),
            store: match wire {
                Wire::OpenAi => matches!(host, Host::OpenAi),
                Wire::OpenAiResponses => true,
                Wire::Anthropic | Wire::Gemini | Wire::Ollama => false,
            },
            // The strict modes refuse bounds. A server that makes a grammar of the schema needs
            // them: an unbounded string may run on until the reply is cut.
            schema_bounds: matches!(host, Host::Other),
            chat_format: matches!(wire, Wire::OpenAiResponses) && matches!(host, Host::Other),
            format: ReplyFormat::JsonSchema,
            token_limit: if openai {
                TokenLimit::MaxCompletionTokens
            } else {
                TokenLimit::MaxTokens
            },
            token_limit_switched: false,
        }
    }

    /// Returns the quirks without a parameter that the server refused, or `None` where that
    /// would change nothing in the request that was sent.
    ///
    /// Each step can be taken once, so the steps come to an end.
    pub fn without(self, wire: Wire, parameter: Parameter, sent: &Value) -> Option<Self> {
        let mut next = self;
        match parameter {
            Parameter::Temperature => next.temperature = false,
            Parameter::Seed => next.seed = false,
            Parameter::Store => next.store = false,
            // Only Chat Completions has two names for it.
            Parameter::TokenLimit if self.token_limit_switched || wire != Wire::OpenAi => {
                return None;
            }
            Parameter::TokenLimit => {
                next.token_limit = self.token_limit.other();
                next.token_limit_switched = true;
            }
            Parameter::SchemaBounds if self.schema_bounds => next.schema_bounds = false,
            // Without its bounds the schema is as plain as it gets: what is refused is the format.
            Parameter::SchemaBounds | Parameter::ResponseFormat => {
                next.format = wire.weaker(self.format);
            }
        }
        let was_sent = sent.pointer(wire.place(parameter, self)).is_some();
        (was_sent && next != self).then_some(next)
    }

    /// Returns the quirks with what another call has learnt meanwhile.
    #[must_use]
    pub fn merged(self, learnt: Self) -> Self {
        let limits = if learnt.token_limit_switched {
            learnt
        } else {
            self
        };
        Self {
            temperature: self.temperature && learnt.temperature,
            seed: self.seed && learnt.seed,
            store: self.store && learnt.store,
            schema_bounds: self.schema_bounds && learnt.schema_bounds,
            chat_format: self.chat_format && learnt.chat_format,
            format: self.format.max(learnt.format),
            token_limit: limits.token_limit,
            token_limit_switched: limits.token_limit_switched,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_format_gives_way_step_by_step_and_then_no_more() {
        let sent = json!({"response_format": {}, "tools": []});
        let without =
            |quirks: Quirks, parameter| quirks.without(Wire::OpenAi, parameter, &sent).unwrap();
        let first = Quirks::of(Wire::OpenAi, Host::Other);
        let second = without(first, Parameter::SchemaBounds);
        assert!(!second.schema_bounds);
        let third = without(second, Parameter::SchemaBounds);
        assert_eq!(third.format, ReplyFormat::Tool);
        let fourth = without(third, Parameter::ResponseFormat);
        assert_eq!(fourth.format, ReplyFormat::JsonObject);
        let fifth = without(fourth, Parameter::ResponseFormat);
        assert_eq!(fifth.format, ReplyFormat::Text);
        let next = fifth.without(Wire::OpenAi, Parameter::ResponseFormat, &sent);
        assert_eq!(next, None);
    }

    #[test]
    fn the_token_limit_changes_its_name_once() {
        let switched = Quirks::of(Wire::OpenAi, Host::Other)
            .without(
                Wire::OpenAi,
                Parameter::TokenLimit,
                &json!({"max_tokens": 9}),
            )
            .unwrap();
        assert_eq!(switched.token_limit, TokenLimit::MaxCompletionTokens);
        let sent = json!({"max_completion_tokens": 9});
        assert_eq!(
            switched.without(Wire::OpenAi, Parameter::TokenLimit, &sent),
            None
        );
    }

    #[test]
    fn what_was_not_sent_cannot_be_left_out() {
        let quirks = Quirks::of(Wire::OpenAi, Host::OpenAi);
        assert_eq!(
            quirks.without(Wire::OpenAi, Parameter::Seed, &json!({})),
            None
        );
    }

    #[test]
    fn two_calls_remember_what_each_has_learnt() {
        let first = Quirks::of(Wire::OpenAi, Host::OpenAi);
        let sent = json!({"temperature": 0, "max_completion_tokens": 9});
        let cold = first
            .without(Wire::OpenAi, Parameter::Temperature, &sent)
            .unwrap();
        let switched = first
            .without(Wire::OpenAi, Parameter::TokenLimit, &sent)
            .unwrap();
        let both = cold.merged(switched);
        assert!(!both.temperature);
        assert_eq!(both.token_limit, TokenLimit::MaxTokens);
        assert_eq!(both.merged(first), both);
    }
}
