//! Grades free-text answers.

#[cfg(feature = "llm")]
pub mod llm;
