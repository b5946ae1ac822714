//! Words and where they stand: everything the graders need to know about a text before they
//! compare it with another one.
//!
//! | file | job |
//! |---|---|
//! | `language` | which language a text is in, and its stemmer |
//! | `foreign` | answers in another language or script than their key |
//! | `census` | how a text's words share out over the languages |
//! | `function_words` | the function words of all languages, with their stems |
//! | `terms` | text to terms: normalised words with their stems and offsets |
//! | `vocabulary` | what is known about single words, kept |
//! | `sentences` | the sentences of a text, as ranges of its terms |
//! | `words` | both, of one text |
//! | `mapped` | a text that was cleaned, and where each of its characters came from |
//! | `redact` | names, addresses and numbers masked before anybody else sees them |
//! | `negation` | words that turn a statement into its opposite |
//! | `speech` | transcripts: fillers, self-corrections, identifiers as spoken |
//!
//! All of it is pure. Offsets count Unicode scalar values, not bytes, and always end up on the
//! text as it was sent.

mod census;
mod foreign;
mod function_words;
mod language;
mod mapped;
mod negation;
mod redact;
mod sentences;
mod speech;
mod terms;
mod vocabulary;
mod words;

pub use foreign::{holds_another_script, is_in, is_one_language, same_script};
pub use language::{Language, LanguageParseError};
pub use mapped::{Mapped, Span};
pub use negation::is_negation;
pub use redact::Redaction;
pub use sentences::sentences;
pub use speech::clean_transcript;
pub use terms::{Term, distinct_stems, identifiers, terms};
pub use words::Words;

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
