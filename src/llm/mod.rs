//! Asks LLM APIs for one structured reply: the room of everything that costs money and may fail.
//!
//! A caller holds a [`Model`] and hands it a [`Request`]; it gets a [`Reply`] or a [`CallError`]
//! whose [`Failure`] is a word of a closed list, never a provider's sentence. The room names
//! nothing else of ours, so that an embedder can bring a model of its own, and its parts are
//! few:
//!
//! - [`Model`] is the one trait, [`HttpModel`] its sender: time limits, retries, deadlines.
//! - [`Wire`] names the APIs that are spoken, and translates between a request and each of them
//!   without any I/O: OpenAI Chat Completions and Responses, Anthropic Messages, Gemini, Ollama.
//! - [`Quirks`] is what a server was seen to refuse, so that the next request leaves it out.
//! - [`CachedModel`] answers equal requests once, and [`Once`] does any work once.
//! - [`Recording`] keeps exchanges in a file and plays them back, so that an evaluation can be
//!   repeated without key, network or bill.
//! - [`ModelSettings`] says where a model lives and what it costs.
//!
//! What a candidate said is personal data, and providers quote the prompt in their messages.
//! So no error and no log line of this room carries text from a request or a reply.

mod anthropic;
mod breaker;
mod cache;
mod failure;
mod gemini;
mod host;
mod http;
mod model;
mod ollama;
mod once;
mod openai;
mod pace;
mod prices;
mod quirks;
mod recording;
mod retry;
mod schema;
mod settings;
mod wire;
mod written;

pub use breaker::BreakerSettings;
pub use cache::CachedModel;
pub use failure::{Failure, FilterStage};
pub use host::Host;
pub use http::HttpModel;
pub use model::{CallError, Completion, Model, ModelIdentity, Reply, Request, Usage};
pub use once::Once;
pub use prices::Prices;
pub use quirks::{Parameter, Quirks, ReplyFormat, TokenLimit};
pub use recording::{RecordedModel, Recording, RecordingError};
pub use retry::RetrySettings;
pub use settings::{BaseUrl, ModelSettings, SettingsError};
pub use wire::{Decoded, Rejection, Wire};
