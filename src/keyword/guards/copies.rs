//! The reference, copied and turned into its opposite.

use std::ops::Range;

use compact_str::CompactString;
use foldhash::{HashMap, HashSet};

use super::{Pair, antonyms, content_words};
use crate::keyword::answer::Answer;
use crate::keyword::coverage::Reference;
use crate::keyword::lexicon::Place;
use crate::keyword::negation;

/// Share of the reference's stems from which an answer is a copy of it.
const COPIED: f64 = 0.7;
/// Content words of a reference; a shorter one is met, not copied: "404", "404 Not Found".
const COPY_WORDS: usize = 2;
const COPY_LENGTH: f64 = 1.5;
/// From this share on, a reference was copied word for word.
const WORD_FOR_WORD: f64 = 0.85;
const NEGATED_FACTOR: f64 = 0.5;
const NEGATED_CEILING: f64 = 0.4;
/// The same where a word was replaced by its opposite, which takes one away.
const TURNED_COVERAGE: f64 = 0.6;
const TURNED_FACTOR: f64 = 0.6;
const TURNED_CEILING: f64 = 0.55;

/// What the guards need to know of the reference that may be copied.
#[derive(Debug, Clone)]
pub(super) struct Original {
    sentences: Vec<Sentence>,
    /// For each stem, the sentences that have it.
    sentences_of: HashMap<Place, Vec<usize>>,
    /// For each stem that would turn the reference round: where the words it is the opposite of
    /// stand.
    opposites: HashMap<CompactString, Vec<usize>>,
}

#[derive(Debug, Clone)]
struct Sentence {
    negative: bool,
    /// The number of its content stems.
    stems: usize,
}

impl Original {
    pub(super) fn new(reference: &Reference) -> Self {
        let words: HashSet<_> = reference
            .terms
            .iter()
            .map(|term| term.stem.clone())
            .collect();
        let mut opposites: HashMap<CompactString, Vec<usize>> = HashMap::default();
        for (at, term) in reference.terms.iter().enumerate() {
            for opposite in antonyms::of(&term.stem) {
                if !words.contains(&opposite) {
                    opposites.entry(opposite).or_default().push(at);
                }
            }
        }
        let mut sentences_of: HashMap<Place, Vec<usize>> = HashMap::default();
        let sentence = |(number, range): (usize, &Range<usize>)| {
            let mut stems = HashSet::default();
            for at in range.clone().filter(|at| reference.terms[*at].content) {
                if stems.insert(reference.places[at]) {
                    let of = sentences_of.entry(reference.places[at]).or_default();
                    of.push(number);
                }
            }
            Sentence {
                negative: negation::is_negative(&reference.terms[range.clone()]),
                stems: stems.len(),
            }
        };
        let sentences = reference.sentences.iter().enumerate().map(sentence);
        Self {
            sentences: sentences.collect(),
            sentences_of,
            opposites,
        }
    }

    /// An odd number of negations was added to the reference, or taken away: in the one sentence
    /// it has, or in sentences that make up more than half of it.
    pub(super) fn negated(&self, pair: &Pair<'_>, coverage: f64) -> Option<f64> {
        let answer = pair.answer.terms;
        let copied =
            pair.reference.stems.len() >= COPY_WORDS && coverage >= COPIED && is_as_long(pair);
        let negated = || match self.sentences.as_slice() {
            [only] => negation::is_negative(answer) != only.negative,
            several => {
                let all: usize = several.iter().map(|sentence| sentence.stems).sum();
                2 * self.negated_stems(pair.answer) > all
            }
        };
        (copied && negated()).then(|| NEGATED_CEILING.min(NEGATED_FACTOR * pair.score))
    }

    /// The number of stems in sentences that the answer copies with another sign and nowhere with
    /// the same one.
    fn negated_stems(&self, answer: &Answer<'_>) -> usize {
        let mut kept = vec![false; self.sentences.len()];
        let mut turned = vec![false; self.sentences.len()];
        for range in answer.sentences {
            let mut held: HashMap<usize, HashSet<Place>> = HashMap::default();
            for place in answer.known[range.clone()].iter().flatten() {
                for sentence in self.sentences_of.get(place).into_iter().flatten() {
                    held.entry(*sentence).or_default().insert(*place);
                }
            }
            let negative = negation::is_negative(&answer.terms[range.clone()]);
            for (number, held) in held {
                let sentence = &self.sentences[number];
                if held.len() as f64 >= COPIED * sentence.stems as f64 {
                    kept[number] |= sentence.negative == negative;
                    turned[number] |= sentence.negative != negative;
                }
            }
        }
        let numbers = 0..self.sentences.len();
        let negated = numbers.filter(|number| turned[*number] && !kept[*number]);
        negated.map(|number| self.sentences[number].stems).sum()
    }

    /// Words of the reference were replaced by their opposites, in sentences that make up more than
    /// half of it.
    pub(super) fn turned_round(&self, pair: &Pair<'_>, coverage: f64) -> Option<f64> {
        if coverage < TURNED_COVERAGE
            || pair.reference.stems.len() < COPY_WORDS
            || self.opposites.is_empty()
        {
            return None;
        }
        let reference = &pair.reference.terms;
        let answer = pair.answer.terms;
        let says = |stem: &str| answer.iter().any(|term| term.stem == stem);
        let replaced = |(at, from): (usize, usize)| {
            let beside = |back: bool| {
                let neighbour = |at: usize| {
                    if back {
                        at.checked_sub(1)
                    } else {
                        Some(at + 1)
                    }
                };
                let one = neighbour(from).and_then(|at| reference.get(at));
                let other = neighbour(at).and_then(|at| answer.get(at));
                match (one, other) {
                    (Some(one), Some(other)) => one.stem == other.stem,
                    (one, other) => one.is_none() && other.is_none(),
                }
            };
            !says(&reference[from].stem) && (beside(true) || beside(false))
        };
        let turned = answer.iter().enumerate().flat_map(|(at, term)| {
            let from = self.opposites.get(&term.stem).into_iter().flatten();
            from.filter(move |from| replaced((at, **from)))
        });
        let mut sentences: Vec<bool> = vec![false; self.sentences.len()];
        for from in turned {
            let holds = |range: &Range<usize>| range.contains(from);
            if let Some(number) = pair.reference.sentences.iter().position(holds) {
                sentences[number] = true;
            }
        }
        let stems = |turned: bool| -> usize {
            let such = self.sentences.iter().zip(&sentences);
            let such = such.filter(|(_, is_turned)| **is_turned == turned);
            such.map(|(sentence, _)| sentence.stems).sum()
        };
        // One word of a page is no copy of it turned round, unless the page was copied for it.
        let word_for_word = coverage >= WORD_FOR_WORD && is_as_long(pair);
        let turned = stems(true) > if word_for_word { 0 } else { stems(false) };
        turned.then(|| TURNED_CEILING.min(TURNED_FACTOR * pair.score))
    }
}

/// An answer of more words says something of its own.
fn is_as_long(pair: &Pair<'_>) -> bool {
    let (reference, answer) = (&pair.reference.terms, pair.answer.terms);
    content_words(answer) <= COPY_LENGTH * content_words(reference) + 1.0
}
