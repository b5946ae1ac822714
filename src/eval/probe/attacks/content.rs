use std::collections::HashSet;

use super::super::draw::Draw;
use super::super::text::{TokenKind, tokens};

/// A list of fewer words, or a shuffle of fewer, can still be an answer.
const FEWEST_WORDS: usize = 4;
/// Words of other languages than English count as content from this length.
const CONTENT_LENGTH: usize = 5;
/// English words that carry no content.
const FUNCTION_WORDS: [&str; 113] = [
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at",
    "be", "because", "been", "before", "being", "both", "but", "by", "can", "cannot", "could",
    "did", "do", "does", "each", "else", "even", "every", "for", "from", "further", "get", "gets",
    "had", "has", "have", "he", "her", "here", "him", "his", "how", "i", "if", "in", "instead",
    "into", "is", "it", "its", "just", "like", "make", "makes", "may", "me", "might", "more",
    "most", "must", "my", "no", "nor", "not", "of", "on", "one", "only", "or", "other", "our",
    "out", "over", "own", "same", "she", "should", "so", "some", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too",
    "under", "until", "up", "very", "was", "we", "were", "what", "when", "which", "while", "who",
    "will", "with", "would", "you",
];

/// Lists the content words of a text, each once, between commas: every keyword and not one claim.
/// None where there are fewer than four.
pub(in super::super) fn keyword_list(text: &str, english: bool) -> Option<String> {
    let mut seen = HashSet::new();
    let mut keywords = Vec::new();
    for token in tokens(text) {
        let word = token.text.trim();
        let wanted = match token.kind {
            TokenKind::Word => is_content(word, english),
            TokenKind::Code => true,
            TokenKind::Gap => false,
        };
        if wanted && seen.insert(word.to_lowercase()) {
            keywords.push(word);
        }
    }
    (keywords.len() >= FEWEST_WORDS).then(|| keywords.join(", "))
}

fn is_content(word: &str, english: bool) -> bool {
    if english {
        !FUNCTION_WORDS.contains(&word.to_lowercase().as_str())
    } else {
        word.chars().count() >= CONTENT_LENGTH
    }
}

/// Puts the words of a text, punctuation included, into a random order. None for fewer than four
/// words, or where they are all the same.
pub(in super::super) fn shuffled_words(text: &str, draw: &mut Draw) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let differ = words.iter().any(|word| *word != words[0]);
    if words.len() < FEWEST_WORDS || !differ {
        return None;
    }
    let mut shuffled = words.clone();
    draw.shuffle(&mut shuffled);
    if shuffled == words {
        shuffled.rotate_left(1);
    }
    Some(shuffled.join(" "))
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::{Perturbation, samples};

    use super::*;

    #[test]
    fn a_keyword_list_holds_the_content_words_once() {
        assert_eq!(
            keyword_list(
                "Use an index, then use save() on the slow index rows.",
                true
            )
            .as_deref(),
            Some("Use, index, save(), slow, rows")
        );
        assert_eq!(
            keyword_list("Man zählt zuerst die Abfragen und legt Spalten an", false).as_deref(),
            Some("zählt, zuerst, Abfragen, Spalten")
        );
        assert_eq!(keyword_list("Use an index.", true), None);
    }

    #[test]
    fn a_shuffle_has_the_same_words_in_another_order() {
        let text = samples::long().reference_answer;
        for seed in 0..50 {
            let mut draw = Draw::new(seed, "a", Perturbation::ShuffledWords);
            let shuffled = shuffled_words(text, &mut draw).unwrap();
            let mut before: Vec<_> = text.split_whitespace().collect();
            let mut after: Vec<_> = shuffled.split_whitespace().collect();
            assert_ne!(before, after);
            before.sort_unstable();
            after.sort_unstable();
            assert_eq!(before, after);
        }
    }

    #[test]
    fn what_has_no_other_order_is_not_shuffled() {
        let mut draw = Draw::new(1, "a", Perturbation::ShuffledWords);
        assert_eq!(shuffled_words("Use an index", &mut draw), None);
        assert_eq!(shuffled_words("a a a a a", &mut draw), None);
        // Two words of four differ, so whatever is drawn the order has to change.
        assert_ne!(
            shuffled_words("a a a b", &mut draw).as_deref(),
            Some("a a a b")
        );
    }
}
