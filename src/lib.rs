//! Grades free-text answers.

pub mod grade;
pub mod text;

#[cfg(feature = "llm")]
pub mod llm;
