//! What outlives a process: a SQLite file that needs no set-up, or a PostgreSQL database that several
//! machines share.
//!
//! | file | job |
//! |---|---|
//! | `open` | where the database is; connect, bring its tables up to date |
//! | `error` | why something could not be kept or found |
//! | `concepts` | concepts that a model made of a reference |
//! | `migrations/` | the tables, step by step; the same text for both databases |
//!
//! In PostgreSQL the tables are in a schema of their own, `answer_grader`. Every statement is written for both: numbered parameters, `BIGINT` for truth values and for
//! milliseconds since 1970, and JSON as text, in which a NUL is escaped, which PostgreSQL would
//! refuse.

mod concepts;
mod error;
mod open;

pub use error::StoreError;
pub use open::{Location, Store};
