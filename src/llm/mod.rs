//! Asks LLM APIs.
