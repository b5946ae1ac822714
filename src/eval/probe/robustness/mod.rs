//! Changes that say the same: the score should stay.
//!
//! | file | job |
//! |---|---|
//! | `typos` | slips of the fingers in words of prose |
//! | `letter_case` | all small, all capital |
//! | `padding` | small talk around the answer |
//! | `formatting` | bullets, emphasis, line breaks, white space |
//! | `tone` | sure or unsure of itself |
//! | `speaker` | who says it: a name, a woman or a man |
//! | `dialect` | British, American and Indian English |
//! | `speech` | what a speech recogniser makes of it |

mod dialect;
mod formatting;
mod letter_case;
mod padding;
mod speaker;
mod speech;
mod tone;
mod typos;

pub(super) use dialect::dialect;
pub(super) use formatting::formatting;
pub(super) use letter_case::{lower_case, upper_case};
pub(super) use padding::padding;
pub(super) use speaker::{gender, speaker_name};
pub(super) use speech::speech_noise;
pub(super) use tone::{confident_tone, hedged_tone};
pub(super) use typos::typos;
