//! A probe's report for people and for programs.
//!
//! | file | job |
//! |---|---|
//! | `terminal` | with colours, in tables |
//! | `markdown` | for a summary of a workflow or a pull request |
//! | `json` | for programs |
//! | `rows` | what the two for people say in each cell |
//! | `words` | figures and names as they are written |

mod json;
mod markdown;
mod rows;
mod terminal;
mod words;

pub use json::probe_json;
pub use markdown::probe_markdown;
pub use terminal::probe_terminal;
