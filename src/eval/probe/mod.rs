//! The probe: changes every labelled answer in known ways and says how a grader's scores move.
//! A change that says the same should leave the score; one that deserves nothing should not raise
//! it.
//!
//! | file | job |
//! |---|---|
//! | `subject` | one answer with its question and key |
//! | `perturbation` | the changes: names, kinds, targets |
//! | `apply` | subject and seed to changed text |
//! | `robustness` | changes that say the same |
//! | `attacks` | texts and additions that deserve nothing |
//! | `text` | words, code, sentences |
//! | `draw` | random choices that are the same everywhere |
//! | `plan` | all changed texts of a suite |
//! | `outcome` | scores before and after |
//! | `statistics` | means, shares and their intervals |
//! | `summary` | outcomes to rows |
//! | `gate` | rows against a suite's limits |
//! | `report` | the report's fields |
//! | `build` | outcomes to a report |
//! | `render` | a report for a terminal, as Markdown, as JSON |
//!
//! All of it is pure: who calls it grades the texts.

mod apply;
mod attacks;
mod build;
mod draw;
mod gate;
mod outcome;
mod perturbation;
mod plan;
mod render;
mod report;
mod robustness;
#[cfg(test)]
mod samples;
mod statistics;
mod subject;
mod summary;
mod text;

pub use build::ProbeSetup;
pub use gate::{ProbeLimits, probe_gate};
pub use outcome::Outcome;
pub use perturbation::{Kind, Perturbation, Target};
pub use plan::{Variant, variants};
pub use render::{probe_json, probe_markdown, probe_terminal};
pub use report::{AttackFigures, Move, PROBE_SCHEMA, ProbeReport, ProbeRow, ProbeRun};
pub use statistics::interval;
pub use subject::Subject;
pub use summary::summarise;
