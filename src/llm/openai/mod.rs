//! Translates between a request and OpenAI's Chat Completions, without any I/O.
//!
//! Most servers speak this protocol: OpenAI, Azure, vLLM, Ollama, llama.cpp, LM Studio,
//! `OpenRouter`. They differ in what they refuse, which is the matter of [`Quirks`](super::Quirks),
//! and in how they say no, which is the matter of [`decode`]. [`endpoint`], [`headers`] and
//! [`encode`] make a request for any HTTP client; [`decode`] reads what comes back.

mod blame;
mod decode;
mod encode;
mod error_body;
mod host;

#[cfg(test)]
mod tests;

pub use decode::{Decoded, Rejection, decode};
pub use encode::{encode, endpoint, headers};
pub use host::Host;
