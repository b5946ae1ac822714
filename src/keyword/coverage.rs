//! The formula: how much of a reference an answer covers.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt as _};

use super::answer::{StemHeld, Stretch};
use super::lexicon::{Lexicon, Place, identifiers};
use super::sequence::Sequence;
use crate::text::{Term, sentences};

/// From this likeness on, a word of the reference counts as found.
pub(super) const FOUND: f64 = 0.8;
/// Weight, in the soft match, of a word that the question already has.
const ASKED_WEIGHT: f64 = 0.3;

/// Weights of the parts; where they come from stands in `docs/scoring.md`.
const COVERED: f64 = 0.25;
const SEQUENCE: f64 = 0.2;
const WORDS: f64 = 0.1;
const CHARACTERS: f64 = 0.3;
const SOFT: f64 = 0.15;

/// Values of the formula that chance reaches, and that full marks need.
const CHANCE: f64 = 0.04;
/// What chance reaches more each time that the number of stretches to choose from doubles.
const CHANCE_OF_MANY: f64 = 0.035;
const FULL: f64 = 0.8;
const MOST_CHANCE: f64 = 0.4;
/// What is left of a score without a single word of the reference that the question lacks.
const NONE_FOUND: f64 = 0.8;

/// A reference, prepared for comparing with many answers.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) terms: Vec<Term>,
    /// Its sentences, as ranges of terms.
    pub(super) sentences: Vec<Range<usize>>,
    /// For each term, its stem.
    pub(super) places: Vec<Place>,
    /// The stems that count, each once, in order: those of the content words and identifiers.
    pub(super) stems: Vec<Place>,
    /// Those of them that the question does not have.
    pub(super) new: Vec<Place>,
    counts: Vec<(Place, u32)>,
    norm: f64,
    sequence: Sequence,
    runs: Vec<(u32, u32)>,
    all_runs: u32,
}

/// The parts of the formula, each 0..1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Parts {
    /// Mean likeness of the reference's words that the question lacks.
    pub(super) covered: f64,
    /// Longest common subsequence, as a share of the reference's words.
    pub(super) sequence: f64,
    /// Cosine of how often the content stems occur.
    pub(super) words: f64,
    /// Share of the reference's runs of characters.
    pub(super) characters: f64,
    /// Weighted mean of the best Dice coefficient of each of the reference's stems.
    pub(super) soft: f64,
}

impl Reference {
    /// Prepares a reference; what it has of stems is added to the lexicon.
    pub(super) fn new(text: &str, terms: Vec<Term>, lexicon: &mut Lexicon) -> Self {
        let places: Vec<Place> = terms.iter().map(|term| lexicon.add(&term.stem)).collect();
        let any_content = terms.iter().any(|term| term.content);
        let mut counted: HashMap<Place, usize> = HashMap::new();
        let mut counts: Vec<(Place, u32)> = Vec::new();
        let mut count = |place: Place| {
            let next = counts.len();
            let at = *counted.entry(place).or_insert(next);
            match counts.get_mut(at) {
                Some((_, count)) => *count += 1,
                None => counts.push((place, 1)),
            }
        };
        let mut whole = identifiers(&terms).into_iter().peekable();
        for (at, term) in terms.iter().enumerate() {
            if let Some(parts) = whole.next_if(|parts| parts.start == at)
                && let Some(place) = lexicon.add_identifier(&places[parts])
            {
                count(place);
            }
            if term.content || !any_content {
                count(places[at]);
            }
        }
        let mut runs: HashMap<u32, u32> = HashMap::new();
        for term in &terms {
            for run in lexicon.add_word(&term.word) {
                *runs.entry(*run).or_insert(0) += 1;
            }
        }
        let stems: Vec<Place> = counts.iter().map(|(place, _)| *place).collect();
        let is_new = |place: &Place| !lexicon.is_asked(*place);
        let square = |(_, count): &(Place, u32)| f64::from(*count) * f64::from(*count);
        Self {
            new: stems.iter().copied().filter(is_new).collect(),
            norm: counts.iter().map(square).sum::<f64>().sqrt(),
            sequence: Sequence::new(&places),
            sentences: sentences(text, &terms),
            all_runs: runs.values().sum(),
            runs: runs.into_iter().collect(),
            stems,
            counts,
            places,
            terms,
        }
    }

    /// Compares a stretch of an answer with the reference.
    pub(super) fn parts(&self, stretch: &Stretch, lexicon: &Lexicon) -> Parts {
        let mean = |stems: &[Place], likeness: fn(StemHeld) -> f64| {
            let found = stems.iter().map(|place| likeness(stretch.of_stem(*place)));
            found.sum::<f64>() / stems.len().max(1) as f64
        };
        Parts {
            covered: if self.new.is_empty() {
                mean(&self.stems, |held| held.best)
            } else {
                mean(&self.new, |held| held.best_new)
            },
            sequence: self.sequence.share(&stretch.sequence),
            words: self.cosine(stretch),
            characters: self.characters(stretch),
            soft: self.soft(stretch, lexicon),
        }
    }

    fn cosine(&self, stretch: &Stretch) -> f64 {
        let product = |(place, count): &(Place, u32)| {
            f64::from(*count) * f64::from(stretch.of_stem(*place).count)
        };
        let norms = self.norm * stretch.norm;
        if norms > 0.0 {
            self.counts.iter().map(product).sum::<f64>() / norms
        } else {
            0.0
        }
    }

    fn characters(&self, stretch: &Stretch) -> f64 {
        let both = |(run, count): &(u32, u32)| stretch.runs[*run as usize].min(*count);
        let found: u32 = self.runs.iter().map(both).sum();
        f64::from(found) / f64::from(self.all_runs.max(1))
    }

    /// After Jimenez et al. 2013, whose soft cardinality rests on the same comparison.
    fn soft(&self, stretch: &Stretch, lexicon: &Lexicon) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for place in &self.stems {
            let weight = if lexicon.is_asked(*place) {
                ASKED_WEIGHT
            } else {
                1.0
            };
            sum += weight * stretch.of_stem(*place).soft;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    }
}

impl Parts {
    /// The formula's value, 0..1.
    pub(super) fn value(&self) -> f64 {
        COVERED * self.covered
            + SEQUENCE * self.sequence
            + WORDS * self.words
            + CHARACTERS * self.characters
            + SOFT * self.soft
    }

    /// The score, 0..1: the value mapped; `stretches` is how many of an answer's these parts are the
    /// best of.
    pub(super) fn score(&self, stretches: usize) -> f64 {
        let chance = CHANCE + CHANCE_OF_MANY * (stretches.max(1) as f64).log2();
        let chance = chance.min(MOST_CHANCE);
        let above_chance = ((self.value() - chance) / (FULL - chance)).clamp(0.0, 1.0);
        let found = if self.covered > 0.0 { 1.0 } else { NONE_FOUND };
        found * above_chance.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyword::answer::Answer;
    use crate::text::{Language, Words, terms};

    fn parts(reference: &str, text: &str) -> Parts {
        let mut lexicon = Lexicon::default();
        let asked = lexicon.add("queri");
        lexicon.ask(asked);
        let reference =
            Reference::new(reference, terms(reference, Language::English), &mut lexicon);
        let words = Words::of(text, Language::English);
        let answer = Answer::new(text, &words, &lexicon);
        let stretch = Stretch::new(&answer, 0..words.terms.len(), &lexicon);
        reference.parts(&stretch, &lexicon)
    }

    #[test]
    fn the_reference_itself_has_the_highest_value_and_nothing_has_none() {
        let reference = "Related rows come with select_related() in a second query.";
        assert!((parts(reference, reference).value() - 1.0).abs() < 1e-9);
        assert!((parts(reference, reference).score(1) - 1.0).abs() < 1e-9);
        assert!(parts(reference, "").score(1) < 1e-9);
    }

    #[test]
    fn the_parts_follow_their_definitions() {
        let found = parts("rows first", "rows");
        let expected = Parts {
            covered: 0.5,
            sequence: 0.5,
            words: 1.0 / 2f64.sqrt(),
            // " rows " has four runs of three and three of four characters, " first " nine in all.
            characters: 7.0 / 16.0,
            soft: 0.5,
        };
        assert!((found.value() - expected.value()).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn an_identifier_counts_as_a_whole_and_in_parts() {
        let whole = parts("Use select_related", "with select_related");
        let apart = parts("Use select_related", "select what is related");
        assert!((whole.covered - 0.75).abs() < 1e-9, "{whole:?}");
        assert!((apart.covered - 0.5).abs() < 1e-9, "{apart:?}");
    }
}
