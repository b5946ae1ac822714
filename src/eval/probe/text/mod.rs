//! What the perturbations need to know about a text.
//!
//! | file | job |
//! |---|---|
//! | `tokens` | text to words, code and what lies between |
//! | `sentences` | text to sentences, none of which ends within code |
//! | `phrases` | tables of phrases that take each other's place |

mod phrases;
mod sentences;
mod tokens;

pub(super) use phrases::{in_case_of, replace_phrases};
pub(super) use sentences::sentences;
pub(super) use tokens::{Token, TokenKind, reword, tokens, word_count};
