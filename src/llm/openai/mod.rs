//! OpenAI's two APIs, and what the errors of all providers say: most write theirs as OpenAI does.
//!
//! Many servers speak Chat Completions: OpenAI, Azure, vLLM, Ollama, llama.cpp, LM Studio,
//! `OpenRouter`. They differ in what they refuse, which is the matter of [`Quirks`](super::Quirks),
//! and in how they say no.

mod blame;
pub(super) mod chat;
mod error_body;
mod errors;
pub(super) mod responses;

#[cfg(test)]
mod tests;

pub(super) use errors::{error_within, refusal};
