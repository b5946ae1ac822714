//! What the program does as a whole, seen from outside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on says so by panicking, and literals read better at the call"
)]

mod access;
mod architecture;
mod bank_sources;
mod cases;
mod command_line;
mod concepts;
mod embeds;
mod eval;
mod eval_input;
mod gaming;
mod gullible;
mod hostile;
mod http_api;
mod http_errors;
mod idempotency;
mod jobs;
mod jobs_survive;
mod language_model;
mod llama_server;
mod mued;
mod outages;
mod pages;
mod practice;
mod privacy;
mod probe_calibrate;
mod properties;
mod readme;
mod records;
mod regrades;
mod review_commands;
mod reviews;
mod second_look;
mod serving;
mod spending;
mod store;
mod suite_import;
mod support;
mod telemetry;
