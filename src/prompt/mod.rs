//! What a model is asked, and what its reply says.
//!
//! | file | job |
//! |---|---|
//! | `folder` | a prompt: its files, its identity |
//! | `built_in` | the prompts of `prompts/`, which the program carries with it |
//! | `render` | submission to messages; the answer fenced as data |
//! | `schema` | the form the reply must have |
//! | `reply` | reply to judgement, every quote checked against the answer |
//! | `doubts` | how far to trust a reply |
//! | `concepts` | the same for a reference: to messages, and back to concepts |
//! | `json` | the JSON object in a reply |
//! | `budget` | how many tokens a request takes |
//!
//! Pure but for reading a prompt's folder and, on first use, the tokenizer's tables.

#[cfg(feature = "llm")]
mod budget;
mod built_in;
mod concepts;
mod doubts;
mod folder;
mod json;
mod render;
mod reply;
mod schema;

#[cfg(feature = "llm")]
pub use budget::{count_tokens, exceeds, warm_up};
pub use concepts::{read_concepts, render_concepts};
pub use folder::{Prompt, PromptError, Sampling};
pub use render::{Head, Rendered, render, render_after};
pub use reply::{ReplyError, read_reply, repair};
