//! Grades free-text answers.

pub mod text;

#[cfg(feature = "llm")]
pub mod llm;
