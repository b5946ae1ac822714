//! The formula: how much of a reference an answer covers.

use std::collections::{HashMap, HashSet};

use super::similarity;
use crate::text::Term;

/// From this likeness on, a word of the reference counts as found.
pub(super) const FOUND: f64 = 0.8;
/// Weight, in the soft match, of a word that the question already has.
const ASKED_WEIGHT: f64 = 0.3;
/// A value of the formula from which an answer has full marks.
const FULL: f64 = 0.6;

/// Weights of the parts, chosen on half of twelve human-graded sets (`docs/scoring.md`).
const COVERED: f64 = 0.35;
const SEQUENCE: f64 = 0.175;
const WORDS: f64 = 0.175;
const CHARACTERS: f64 = 0.15;
const SOFT: f64 = 0.15;

/// One text, prepared for comparing.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) terms: Vec<Term>,
    /// Stems of the content words, each once, in order.
    pub(super) stems: Vec<String>,
    /// Those of them that the question does not have.
    pub(super) new: Vec<String>,
    counts: HashMap<String, usize>,
    runs: HashMap<[char; 4], usize>,
    bigrams: Vec<Vec<(char, char)>>,
}

impl Prepared {
    pub(super) fn new(terms: Vec<Term>, asked: &HashSet<String>) -> Self {
        // "Not with it" has no content word; then its function words are all there is to compare.
        let any_content = terms.iter().any(|term| term.content);
        let counted = || terms.iter().filter(|term| term.content || !any_content);
        let mut seen = HashSet::new();
        let distinct = counted()
            .map(|term| &term.stem)
            .filter(|stem| seen.insert(*stem));
        let stems: Vec<String> = distinct.cloned().collect();
        let words: Vec<_> = terms.iter().map(|term| term.word.as_str()).collect();
        Self {
            new: stems
                .iter()
                .filter(|stem| !asked.contains(*stem))
                .cloned()
                .collect(),
            counts: similarity::counts(counted().map(|term| term.stem.clone())),
            runs: similarity::character_runs(&words.join(" ")),
            bigrams: stems.iter().map(|stem| similarity::bigrams(stem)).collect(),
            stems,
            terms,
        }
    }
}

/// The best likeness of `stem` with any of `others`.
pub(super) fn best(stem: &str, others: &[String]) -> f64 {
    let mut best = 0.0_f64;
    for other in others {
        best = best.max(similarity::stems(stem, other));
        if best >= 1.0 {
            break;
        }
    }
    best
}

/// The formula's value for an answer, 0..1, before the output map.
pub(super) fn value(reference: &Prepared, answer: &Prepared, asked: &HashSet<String>) -> f64 {
    let (wanted, given) = if reference.new.is_empty() {
        (&reference.stems, &answer.stems)
    } else {
        (&reference.new, &answer.new)
    };
    let covered = mean(wanted.iter().map(|stem| best(stem, given)));

    let sequence = |text: &Prepared| {
        text.terms
            .iter()
            .map(|term| term.stem.clone())
            .collect::<Vec<_>>()
    };
    let common = similarity::common_subsequence(&sequence(reference), &sequence(answer));
    let in_sequence = common as f64 / reference.terms.len().max(1) as f64;

    let words = similarity::cosine(&reference.counts, &answer.counts);
    let characters = similarity::recall(&reference.runs, &answer.runs);
    COVERED * covered
        + SEQUENCE * in_sequence
        + WORDS * words
        + CHARACTERS * characters
        + SOFT * soft(reference, answer, asked)
}

/// Maps the formula's value to a score.
pub(super) fn score(value: f64) -> f64 {
    (value / FULL).min(1.0)
}

/// Weighted mean of the best bigram likeness of each of the reference's stems (after Jimenez et
/// al. 2013, whose soft cardinality rests on the same comparison).
fn soft(reference: &Prepared, answer: &Prepared, asked: &HashSet<String>) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (stem, bigrams) in reference.stems.iter().zip(&reference.bigrams) {
        let weight = if asked.contains(stem) {
            ASKED_WEIGHT
        } else {
            1.0
        };
        let best = answer
            .bigrams
            .iter()
            .map(|other| similarity::dice(bigrams, other))
            .fold(0.0, f64::max);
        sum += weight * best;
        weights += weight;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    if count > 0 {
        values.sum::<f64>() / count as f64
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, terms};

    fn of(reference: &str, answer: &str) -> f64 {
        let asked = HashSet::from(["queri".to_owned()]);
        let prepare = |text| Prepared::new(terms(text, Language::English), &asked);
        value(&prepare(reference), &prepare(answer), &asked)
    }

    #[test]
    fn the_reference_itself_has_the_highest_value_and_nothing_has_none() {
        let reference = "Related rows come with a second query.";
        assert!((of(reference, reference) - 1.0).abs() < 1e-9);
        assert!(of(reference, "") < 1e-9);
    }

    #[test]
    fn the_parts_add_up_as_the_formula_says() {
        // One of two new stems, one of three words in sequence, cosine 1/√2, no common run of
        // three characters but those of "rows", and a soft match of one half.
        let value = of("rows first", "rows");
        let characters = 3.0 / (8.0 + 7.0);
        let soft = f64::midpoint(
            1.0,
            super::similarity::dice(&similarity::bigrams("first"), &similarity::bigrams("row")),
        );
        let expected =
            0.35 * 0.5 + 0.175 * 0.5 + 0.175 / 2f64.sqrt() + 0.15 * characters + 0.15 * soft;
        assert!((value - expected).abs() < 1e-9, "{value} {expected}");
    }
}
