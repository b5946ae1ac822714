//! Grades free-text answers.

pub mod bank;
pub mod grade;
pub mod keyword;
pub mod prompt;
pub mod text;

#[cfg(feature = "llm")]
pub mod llm;
