//! What outlives a process: a SQLite file that needs no set-up, or a PostgreSQL database that several
//! machines share.
//!
//! | file | job |
//! |---|---|
//! | `open` | where the database is; connect, bring its tables up to date |
//! | `error` | why something could not be kept or found |
//! | `concepts` | concepts that a model made of a reference |
//! | `record` | a grade and what it was made of, as a row |
//! | `writer` | rows of all who ask at the same time, in one transaction |
//! | `grades` | grades found again, one or a page of them |
//! | `reviews` | what people decided about a grade, each with the hash of the one before |
//! | `queue` | the grades that wait for a person |
//! | `erase` | what a person wrote goes; retention, legal hold |
//! | `idempotency` | requests that name themselves, so that one that is sent twice is graded once |
//! | `keys` | API keys, without their secrets |
//! | `secrets` | random secrets, and what is kept of them |
//! | `sessions` | who is signed in with a browser |
//! | `embeds` | short-lived tokens for pages of other sites |
//! | `banks` | banks as people saved them, every version |
//! | `jobs`, `items` | large batches, and the answers of each |
//! | `intake` | jobs that are being sent |
//! | `regrade` | grades that are proposed instead of others |
//! | `rates` | what a key may still do: requests of a minute, money of a day |
//! | `hashes` | what stays of a person: keyed hashes |
//! | `number` | a number that may be missing, as both databases take it |
//! | `migrations/` | the tables, step by step; the same text for both databases |
//!
//! In PostgreSQL the tables are in a schema of their own, `answer_grader`. Every statement is written for both: numbered parameters, `BIGINT` for truth values and for
//! milliseconds since 1970, and JSON as text, in which a NUL is escaped, which PostgreSQL would
//! refuse.

mod banks;
mod concepts;
mod embeds;
mod erase;
mod error;
mod grades;
mod hashes;
mod idempotency;
mod intake;
mod items;
mod jobs;
mod keys;
mod number;
mod open;
mod queue;
mod rates;
mod record;
mod regrade;
mod reviews;
mod secrets;
mod sessions;
mod writer;

pub use banks::SavedBank;
pub use embeds::{Embed, NewEmbed};
pub use erase::Erased;
pub use error::StoreError;
pub use grades::{Filter, Page, Recorded, Standing, Summary};
pub use idempotency::{Claim, Claimed};
pub use items::{Item, ItemProblem, NewItem, OpenItem, Outcome, Progress, Source};
pub use jobs::{Begun, Job, JobKind, JobState, NewJob, Terms};
pub use keys::{ApiKey, NewKey, Scope};
pub use open::{Location, Privacy, Store, now_ms};
pub use rates::{Share, Spending, minute, to_next_hour, to_next_minute, to_tomorrow};
pub use record::{Aside, KeptRequest, NewRecord};
pub use regrade::Changes;
pub use reviews::{NewReview, Review, ReviewError, ReviewReason, ReviewState};
pub use sessions::SESSION;
