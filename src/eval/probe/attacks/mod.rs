//! Texts that deserve nothing, and additions that say nothing about the question: the score should
//! not rise.
//!
//! | file | job |
//! |---|---|
//! | `content` | the question back, the key's words without its sentences, another key |
//! | `negation` | the key denied |
//! | `verbs` | the verbs that `negation` knows |
//! | `antonyms` | the key with its directions turned round |
//! | `master_key` | openers that models take for an answer |
//! | `orders` | what is said to the grader: tables |
//! | `instructions` | orders to the grader, plain, foreign, encoded, in lookalike letters |
//! | `remarks` | marks that a person seems to have given; praise of the answer by itself |
//! | `verdict` | the grader's reply, filled in |
//! | `fence` | the end of the answer, pretended |
//! | `hidden` | characters that nobody sees |

mod antonyms;
mod content;
mod fence;
mod hidden;
mod instructions;
mod master_key;
mod negation;
mod orders;
mod remarks;
mod verbs;
mod verdict;

pub(super) use antonyms::antonyms;
pub(super) use content::{keyword_list, shuffled_words};
pub(super) use fence::fence_closing;
pub(super) use hidden::hidden_unicode;
#[cfg(test)]
pub(super) use hidden::is_hidden;
pub(super) use instructions::{homoglyph_instructions, instructions};
pub(super) use master_key::{master_key, master_key_prefix};
pub(super) use negation::negated;
pub(super) use remarks::{confident_prefix, examiner_note};
pub(super) use verdict::fake_verdict;
