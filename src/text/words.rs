use std::ops::Range;

use super::{Language, Term, sentences, terms};

/// The words of a text, and how they share out over its sentences.
///
/// ```
/// use answer_grader::text::{Language, Words};
///
/// let words = Words::of("It joins. It saves queries.", Language::English);
/// assert_eq!(words.terms.len(), 5);
/// assert_eq!(words.sentences, [0..2, 2..5]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// All words, in order.
    pub terms: Vec<Term>,
    /// The sentences, as ranges of the words.
    pub sentences: Vec<Range<usize>>,
}

impl Words {
    /// Cuts a text into words, by [`terms`], and these into sentences, by [`sentences`].
    pub fn of(text: &str, language: Language) -> Self {
        let terms = terms(text, language);
        let sentences = sentences(text, &terms);
        Self { terms, sentences }
    }
}
