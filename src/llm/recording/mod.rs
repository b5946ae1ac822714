//! Exchanges with models, kept in a file and played back.
//!
//! | file | job |
//! |---|---|
//! | `entry` | one exchange as a line of JSON, and the key it is found by |
//! | `file` | all exchanges of a file: read, looked up, added to |
//! | `model` | a [`Model`](super::Model) that replies from a recording |

mod entry;
mod file;
mod model;

pub use file::{Recording, RecordingError};
pub use model::RecordedModel;

pub(super) use entry::key;
