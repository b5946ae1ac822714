//! The sentences of a text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::Term;

/// Cuts a text into sentences by Unicode's rules (UAX #29): each as the range of its terms; those
/// without terms are left out.
pub(super) fn sentences(text: &str, terms: &[Term]) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let (mut end, mut from) = (0, 0);
    for sentence in text.split_sentence_bounds() {
        end += sentence.chars().count();
        let inside = terms[from..]
            .iter()
            .take_while(|term| term.span.start < end);
        let to = from + inside.count();
        if to > from {
            sentences.push(from..to);
        }
        from = to;
    }
    sentences
}
