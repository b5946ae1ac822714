//! Grades a candidate's free-text answer against a reference answer.
//!
//! ```text
//! request ─► gate ─► concepts ─► ask the model ─► check the reply ─► score ─► grade
//!             │                        │ fails, or none configured
//!             └─ settled offline       └────────► keyword grader ──► score (says so)
//! ```
//!
//! | room | what lives there | feature |
//! |---|---|---|
//! | [`text`] | words, languages, offsets, cleaned transcripts | |
//! | [`grade`] | the words: submission, concept, verdict, score, grade | |
//! | [`keyword`] | the offline grader | |
//! | [`prompt`] | what a model is asked, and what its reply says | |
//! | [`grader`] | the front door | |
//! | [`bank`] | question banks | |
//! | `llm` | asks LLM APIs | `llm` |
//! | `store` | what outlives the process: SQLite or PostgreSQL | `serve` |
//! | `jobs` | large batches and workers | `serve` |
//! | `http` | the service | `serve` |
//! | `config`, `cli` | settings and the program | `cli` |
//!
//! An embedder starts with [`grade_offline`], or with [`prepare`] and any HTTP client, or, with
//! feature `llm`, with `Grader`:
//!
//! ```
//! use answer_grader::{Submission, Task, grade_offline};
//!
//! let task = Task::new("What does prefetch_related() do?", "It loads related rows with one more query.");
//! let grade = grade_offline(&Submission::new(task, "A second query fetches the rows that are related."));
//! println!("{:?}, missing: {:?}", grade.score, grade.missing_concepts);
//! assert!(grade.score > Some(0.4));
//! ```

pub mod bank;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod config;
#[cfg(feature = "cli")]
pub mod eval;
pub mod grade;
pub mod grader;
#[cfg(feature = "serve")]
pub mod http;
#[cfg(feature = "serve")]
pub mod jobs;
pub mod keyword;
#[cfg(feature = "llm")]
pub mod llm;
pub mod prompt;
#[cfg(feature = "serve")]
pub mod store;
pub mod text;

pub use grade::{Concept, Grade, GradeRequest, Misconception, Policy, Submission, Task, Verdict};
#[cfg(feature = "llm")]
pub use grader::{BudgetSettings, GradeError, Grader, GraderSettings};
pub use grader::{OfflineGrader, Prepared, TaskGrader, grade_offline, prepare};
pub use prompt::Prompt;

/// Runs the README's example as a documentation test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
