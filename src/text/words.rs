use std::ops::Range;

use super::{Language, Term, sentences, terms};

/// The words of a text, and how they share out over its sentences.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// All words, in order.
    pub terms: Vec<Term>,
    /// The sentences, as ranges of the words.
    pub sentences: Vec<Range<usize>>,
}

impl Words {
    /// Cuts a text.
    pub fn of(text: &str, language: Language) -> Self {
        let terms = terms(text, language);
        let sentences = sentences(text, &terms);
        Self { terms, sentences }
    }
}
