//! Grades free-text answers.

pub mod grade;
pub mod keyword;
pub mod prompt;
pub mod text;

#[cfg(feature = "llm")]
pub mod llm;
