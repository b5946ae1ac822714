//! Whether grades treat groups of people alike: pass rates, their ratios, and errors against people's
//! scores, each with an interval.
//!
//! | file | job |
//! |---|---|
//! | `groups` | who belongs to which group, from a file that no grader sees |
//! | `measure` | the figures of each group |
//! | `resample` | how far they might have come out otherwise |
//!
//! What is counted, and with what caution, is in `docs/compliance.md`.

mod groups;
mod measure;
mod resample;
#[cfg(test)]
mod tests;

pub use groups::{Column, Groups, GroupsError};
pub use measure::{Audit, AuditSettings, AuditedGrade, Group, Partition, audit};
