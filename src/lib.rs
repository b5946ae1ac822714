//! Grades a candidate's free-text answer against a reference answer.
//!
//! ```text
//! request ─► gate ─► concepts ─► ask the model ─► check the reply ─► score ─► grade
//!             │                        │ fails, or none configured
//!             └─ settled offline       └────────► keyword grader ──► score (says so)
//! ```
//!
//! # A short tour
//!
//! **Offline**, by words alone: [`grade_offline`] takes a [`Submission`], which is an answer and its
//! [`Task`], and gives a [`Grade`]: a score from 0 to 1 with the missing concepts, the evidence and what
//! a person should look at.
//!
//! ```
//! use answer_grader::{Submission, Task, grade_offline};
//!
//! let task = Task::new("What does prefetch_related() do?", "It loads related rows with one more query.");
//! let grade = grade_offline(&Submission::new(task, "A second query fetches the rows that are related."));
//! println!("{:?}, missing: {:?}", grade.score, grade.missing_concepts);
//! assert!(grade.score > Some(0.4));
//! ```
//!
//! **Many answers** to one question, offline: [`OfflineGrader`] prepares the task once.
//!
//! ```
//! use answer_grader::{OfflineGrader, Task};
//!
//! let grader = OfflineGrader::new(Task::new("What does an index do?", "It speeds up lookups."));
//! let scores = ["It makes lookups faster.", "No idea."].map(|answer| grader.grade(answer).score);
//! assert_eq!(scores[1], Some(0.0));
//! assert!(scores[0] > scores[1]);
//! ```
//!
//! **A language model through any client**: [`prepare`] gives what to send, and
//! [`Exchange::finish`](grader::Exchange::finish) turns the reply into a grade, with every quote of it
//! looked for in the answer. Neither knows a network or a runtime; [`prepare`] has the example.
//!
//! **All of it**, with feature `llm`: [`Grader`] asks a model through [`HttpModel`], or through a client
//! of your own that implements [`Model`], within a deadline and a budget. Where that fails it grades by
//! keywords, and the grade says so (`degraded`).
//!
//! Tasks can be read from a question bank ([`bank::Banks`]), and requests from JSON
//! ([`GradeRequest::check`]), checked field by field.
//!
//! # Rooms
//!
//! | room | what lives there | feature |
//! |---|---|---|
//! | [`text`] | words, languages, offsets, cleaned transcripts | |
//! | [`grade`] | the words: submission, concept, verdict, score, grade | |
//! | [`keyword`] | the offline grader | |
//! | [`prompt`] | what a model is asked, and what its reply says | |
//! | [`grader`] | the front door | |
//! | [`bank`] | question banks | |
//! | [`llm`] | asks LLM APIs | `llm` |
//! | `store` | what outlives the process: SQLite or PostgreSQL | `serve` |
//! | `jobs` | large batches and workers | `serve` |
//! | `http` | the service | `serve` |
//! | `eval` | graders measured against people | `cli` |
//! | `config`, `cli` | settings and the program | `cli` |
//!
//! # Features
//!
//! | feature | adds | default |
//! |---|---|---|
//! | none | the pure core: offline grading, `prepare` and `finish`; no tokio, no HTTP, no file but a bank's or a prompt's | |
//! | `llm` | `Grader`, `llm::Model`, the senders over HTTP, recordings; brings tokio, reqwest, tracing and a tokenizer | |
//! | `serve` | the HTTP service; implies `llm` | yes |
//! | `cli` | the program, evaluation; implies `llm` | yes |
//! | `otel` | the program's traces and metrics by OTLP; implies `cli` | yes |
//!
//! An embedder turns the default features off.
//!
//! Scores, confidences and likenesses are numbers from 0 to 1. Offsets count Unicode scalar values of
//! the answer as it was sent. Money is in US dollars.
//!
#![cfg_attr(
    feature = "llm",
    doc = "[`Grader`]: crate::Grader\n[`HttpModel`]: crate::llm::HttpModel\n[`Model`]: crate::llm::Model\n[`llm`]: crate::llm"
)]
#![cfg_attr(
    not(feature = "llm"),
    doc = "[`Grader`]: #features\n[`HttpModel`]: #features\n[`Model`]: #features\n[`llm`]: #features"
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
