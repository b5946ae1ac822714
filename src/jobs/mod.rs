//! Large batches, which outlive the process that took them: workers, on this machine or on several, grade
//! them part by part.
//!
//! | file | job |
//! |---|---|
//! | `queue` | hands parts of jobs to workers, on apalis |
//! | `worker` | takes parts, one after the other |
//! | `part` | grades the answers of a part |
//! | `outage` | which failures pause a job, and for how long |
//! | `caretaker` | jobs whose parts were lost; what is done is forgotten by the queue |
//!
//! What is to be graded, and what came of it, is in the store; the queue holds nothing but which part of
//! which job is still to do. A part may be done twice, where whoever was at it was taken for dead, and an
//! answer's model may be asked twice then; but the store takes one outcome for each answer, so that nothing
//! is lost and nothing doubled.

mod caretaker;
mod outage;
mod part;
mod queue;
mod worker;

pub use queue::{Queue, QueueError};
pub use worker::{Choices, Graders, UnknownChoice, WorkerSettings, Workers};
