//! The right words in no order.

use foldhash::{HashMap, HashSet};

use super::{Pair, share};
use crate::keyword::coverage::Reference;
use crate::keyword::lexicon::Place;
use crate::text::Term;

/// Share of the reference's stems from which an answer holds its words.
const COVERED: f64 = 0.7;
const WORDS: usize = 5;
/// Times the reference's length up to which the order of its words can be compared.
const LENGTH: f64 = 1.6;
/// Words are in no order where no more of them than this rise as they do in the reference, and no
/// more neighbours than this are neighbours there: among content words, and among all words. A
/// sentence turned round ("since B, A") keeps the neighbours within its parts.
const RISING: f64 = 0.8;
const CONTENT_NEIGHBOURS: f64 = 0.3;
const NEIGHBOURS: f64 = 0.2;
/// Below the usual pass mark of .6: shuffled words are nothing that anybody said.
const FACTOR: f64 = 0.5;

/// The order of a reference's words.
#[derive(Debug, Clone)]
pub(super) struct Order {
    ranks: HashMap<Place, usize>,
    /// Pairs of content words with no other between them.
    content_neighbours: HashSet<(Place, Place)>,
    neighbours: HashSet<(Place, Place)>,
}

impl Order {
    pub(super) fn new(reference: &Reference) -> Self {
        let ranked = reference.stems.iter().enumerate();
        let terms = reference.terms.iter().zip(&reference.places);
        let content = terms.filter(|(term, _)| term.content);
        let content: Vec<Place> = content.map(|(_, place)| *place).collect();
        let neighbours = |places: &[Place]| -> HashSet<(Place, Place)> {
            places.windows(2).map(|pair| (pair[0], pair[1])).collect()
        };
        Self {
            ranks: ranked.map(|(rank, place)| (*place, rank)).collect(),
            content_neighbours: neighbours(&content),
            neighbours: neighbours(&reference.places),
        }
    }

    /// The reference's words in another order, or words in an order that no sentence has.
    pub(super) fn scrambled(&self, pair: &Pair<'_>, coverage: f64) -> Option<f64> {
        let scrambled = self.reordered(pair, coverage) || disordered(pair.answer.terms);
        scrambled.then_some(FACTOR * pair.score)
    }

    fn reordered(&self, pair: &Pair<'_>, coverage: f64) -> bool {
        let answer = pair.answer;
        let longest = LENGTH * pair.reference.terms.len() as f64;
        if coverage < COVERED || answer.terms.len() as f64 > longest {
            return false;
        }
        let known = answer.terms.iter().zip(&answer.known);
        let content = known.filter_map(|(term, place)| place.filter(|_| term.content));
        let content: Vec<Place> = content
            .filter(|place| self.ranks.contains_key(place))
            .collect();
        let mut seen = HashSet::default();
        let first = content.iter().filter(|place| seen.insert(**place));
        let order: Vec<usize> = first
            .filter_map(|place| self.ranks.get(place).copied())
            .collect();
        if order.len() < WORDS {
            return false;
        }
        let rising = longest_increasing(&order) as f64 / order.len() as f64;
        let content_kept = share(content.windows(2), |pair: &[Place]| {
            self.content_neighbours.contains(&(pair[0], pair[1]))
        });
        let kept = share(
            answer.known.windows(2),
            |pair: &[Option<Place>]| matches!(pair, [Some(one), Some(next)] if self.neighbours.contains(&(*one, *next))),
        );
        rising <= RISING && content_kept <= CONTENT_NEIGHBOURS && kept <= NEIGHBOURS
    }
}

/// Articles want a noun after them ("a" is left out, which names things, too); hardly any sentence
/// goes on with one of these.
const ARTICLES: [&str; 2] = ["an", "the"];
const AFTER_NO_ARTICLE: [&str; 42] = [
    "a", "an", "the", "is", "are", "was", "were", "be", "been", "has", "have", "had", "does",
    "did", "can", "could", "will", "would", "should", "may", "must", "of", "in", "on", "at", "by",
    "for", "with", "from", "into", "to", "and", "or", "but", "if", "because", "than", "as", "it",
    "they", "we", "which",
];
/// These want something that they stand before.
const PREPOSITIONS: [&str; 4] = ["of", "into", "from", "by"];
const AFTER_NO_PREPOSITION: [&str; 13] = [
    "is", "are", "was", "were", "has", "have", "had", "can", "will", "would", "and", "or",
    "because",
];
/// Impossible neighbours from which a text has no order: so many, and one to so many words.
const IMPOSSIBLE: usize = 2;
const WORDS_TO_ONE: usize = 25;

/// Tells a text that nobody wrote as a sentence by neighbours that no sentence has ("the of").
fn disordered(terms: &[Term]) -> bool {
    let impossible = |pair: &&[Term]| {
        let (one, next) = (pair[0].word.as_str(), pair[1].word.as_str());
        pair[0].function
            && pair[1].function
            && ((ARTICLES.contains(&one) && AFTER_NO_ARTICLE.contains(&next))
                || (PREPOSITIONS.contains(&one) && AFTER_NO_PREPOSITION.contains(&next)))
    };
    let count = terms.windows(2).filter(impossible).count();
    count >= IMPOSSIBLE && count * WORDS_TO_ONE >= terms.len()
}

/// Length of the longest strictly increasing subsequence, by patience sorting.
fn longest_increasing(values: &[usize]) -> usize {
    let mut tails: Vec<usize> = Vec::new();
    for value in values {
        let at = tails.partition_point(|tail| tail < value);
        if at == tails.len() {
            tails.push(*value);
        } else {
            tails[at] = *value;
        }
    }
    tails.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_increasing_run_is_found() {
        assert_eq!(longest_increasing(&[3, 1, 2, 5, 4, 6]), 4);
    }
}
