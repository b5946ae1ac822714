//! Guards against answers that are written for a word counter. Each holds the score down by a rule
//! that next to no full-mark answer meets; each that fires is flagged. English only.

use std::collections::{HashMap, HashSet};

use super::coverage::{FOUND, Prepared, best};
use super::negation;
use crate::grade::FlagCode;
use crate::text::Term;

/// The rules' numbers; where each comes from, and how often it fires on full-mark answers, stands
/// in `docs/scoring.md`.
const NOTHING_NEW_SHARE: f64 = 0.15;
const NOTHING_NEW_CEILING: f64 = 0.15;
const LIST_TOKENS: usize = 6;
const LIST_FUNCTION_WORDS: f64 = 0.12;
const PROSE_FUNCTION_WORDS: f64 = 0.20;
const STUFFED_LENGTH: usize = 5;
const STUFFED_ADJACENT: f64 = 1.0 / 3.0;
const STUFFED_ANSWER_TOKENS: usize = 60;
const STUFFED_FACTOR: f64 = 0.5;
const LIST_FACTOR: f64 = 0.5;
/// Share of the reference's stems from which an answer is a copy of it.
const COPIED: f64 = 0.7;
/// Content words of a reference; a shorter one is met, not copied: "404", "404 Not Found".
const COPY_WORDS: usize = 2;
const SCRAMBLE_WORDS: usize = 5;
const SCRAMBLE_LENGTH: f64 = 1.6;
const SCRAMBLE_ORDER: f64 = 0.7;
const SCRAMBLE_NEIGHBOURS: f64 = 0.08;
const NEGATED_FACTOR: f64 = 0.5;
const NEGATED_LENGTH: f64 = 1.5;
const ANTONYM_COVERAGE: f64 = 0.6;
const SCRAMBLE_FACTOR: f64 = 0.6;
const NEGATED_CEILING: f64 = 0.4;
const ANTONYM_FACTOR: f64 = 0.6;
const ANTONYM_CEILING: f64 = 0.55;

/// Opposites. Words are compared as they stand, so each form is listed.
const ANTONYMS: [(&str, &str); 44] = [
    ("increase", "decrease"),
    ("increases", "decreases"),
    ("increased", "decreased"),
    ("more", "less"),
    ("more", "fewer"),
    ("higher", "lower"),
    ("high", "low"),
    ("faster", "slower"),
    ("fast", "slow"),
    ("before", "after"),
    ("first", "last"),
    ("open", "closed"),
    ("opens", "closes"),
    ("positive", "negative"),
    ("always", "never"),
    ("all", "none"),
    ("same", "different"),
    ("larger", "smaller"),
    ("large", "small"),
    ("longer", "shorter"),
    ("long", "short"),
    ("hot", "cold"),
    ("warmer", "cooler"),
    ("light", "dark"),
    ("heavier", "lighter"),
    ("hard", "soft"),
    ("harder", "softer"),
    ("up", "down"),
    ("above", "below"),
    ("inside", "outside"),
    ("add", "remove"),
    ("adds", "removes"),
    ("create", "destroy"),
    ("true", "false"),
    ("single", "multiple"),
    ("one", "many"),
    ("connected", "disconnected"),
    ("lazy", "eager"),
    ("lazily", "eagerly"),
    ("synchronous", "asynchronous"),
    ("synchronously", "asynchronously"),
    ("required", "optional"),
    ("static", "dynamic"),
    ("forward", "backward"),
];

/// A guard that fired: its name, and the ceiling it sets for an answer of this score.
pub(super) type Fired = (FlagCode, f64);

/// Runs all guards over an answer whose mapped score is `score`.
pub(super) fn check(reference: &Prepared, answer: &Prepared, score: f64) -> Vec<Fired> {
    let coverage = share(reference.stems.iter(), |stem| {
        best(stem, &answer.stems) >= FOUND
    });
    let copied = Copied {
        reference,
        answer,
        coverage,
    };
    [
        nothing_new(reference, answer).then_some((FlagCode::NothingNew, NOTHING_NEW_CEILING)),
        keyword_list(reference, answer).then_some((FlagCode::KeywordList, LIST_FACTOR * score)),
        stuffed_run(reference, answer).then_some((FlagCode::StuffedRun, STUFFED_FACTOR * score)),
        copied
            .scrambled()
            .then_some((FlagCode::Scramble, SCRAMBLE_FACTOR * score)),
        copied.negated().then_some((
            FlagCode::NegatedCopy,
            NEGATED_CEILING.min(NEGATED_FACTOR * score),
        )),
        copied.antonym().then_some((
            FlagCode::AntonymCopy,
            ANTONYM_CEILING.min(ANTONYM_FACTOR * score),
        )),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn share<T>(items: impl ExactSizeIterator<Item = T>, test: impl Fn(T) -> bool) -> f64 {
    let count = items.len();
    if count > 0 {
        items.filter_map(|item| test(item).then_some(())).count() as f64 / count as f64
    } else {
        0.0
    }
}

fn outside_question(text: &Prepared) -> f64 {
    text.new.len() as f64 / text.stems.len().max(1) as f64
}

fn nothing_new(reference: &Prepared, answer: &Prepared) -> bool {
    outside_question(answer) < NOTHING_NEW_SHARE && outside_question(reference) > NOTHING_NEW_SHARE
}

fn function_words(text: &Prepared) -> f64 {
    share(text.terms.iter(), |term| term.function)
}

fn keyword_list(reference: &Prepared, answer: &Prepared) -> bool {
    answer.terms.len() >= LIST_TOKENS
        && function_words(answer) < LIST_FUNCTION_WORDS
        && function_words(reference) >= PROSE_FUNCTION_WORDS
}

fn stuffed_run(reference: &Prepared, answer: &Prepared) -> bool {
    if answer.terms.len() >= STUFFED_ANSWER_TOKENS {
        return false;
    }
    let known: HashSet<_> = reference.stems.iter().collect();
    let neighbours: HashSet<_> = pairs(&reference.terms).collect();
    // Words set apart by commas or arrows are a terse answer, not a stuffed one.
    let touching = |one: &Term, next: &Term| next.span.start <= one.span.end + 1;
    let is_known = |term: &Term| term.content && known.contains(&term.stem);
    let mut runs = answer
        .terms
        .chunk_by(|one, next| is_known(one) && is_known(next) && touching(one, next));
    runs.any(|run| {
        let adjacent = pairs(run).filter(|pair| neighbours.contains(pair)).count();
        run.len() >= STUFFED_LENGTH && adjacent as f64 <= STUFFED_ADJACENT * (run.len() - 1) as f64
    })
}

fn pairs(terms: &[Term]) -> impl Iterator<Item = (&str, &str)> {
    terms
        .windows(2)
        .map(|pair| (pair[0].stem.as_str(), pair[1].stem.as_str()))
}

/// An answer that holds most of the reference's words.
struct Copied<'a> {
    reference: &'a Prepared,
    answer: &'a Prepared,
    coverage: f64,
}

impl Copied<'_> {
    fn scrambled(&self) -> bool {
        let places: HashMap<_, _> = self
            .reference
            .stems
            .iter()
            .enumerate()
            .map(|(at, stem)| (stem, at))
            .collect();
        let order: Vec<_> = self
            .answer
            .stems
            .iter()
            .filter_map(|stem| places.get(stem).copied())
            .collect();
        if self.coverage < COPIED
            || order.len() < SCRAMBLE_WORDS
            || self.answer.terms.len() as f64 > SCRAMBLE_LENGTH * self.reference.terms.len() as f64
        {
            return false;
        }
        let rising = longest_increasing(&order) as f64 / order.len() as f64;
        // Function words meet by chance in any order.
        let telling = |pair: &[Term]| pair[0].content && pair[1].content;
        let known: HashSet<_> = pairs(&self.reference.terms).collect();
        let kept = share(self.answer.terms.windows(2), |pair| {
            telling(pair) && known.contains(&(pair[0].stem.as_str(), pair[1].stem.as_str()))
        });
        rising <= SCRAMBLE_ORDER && kept <= SCRAMBLE_NEIGHBOURS * self.coverage
    }

    fn negated(&self) -> bool {
        self.reference.stems.len() >= COPY_WORDS
            && self.coverage >= COPIED
            && negation::is_negative(&self.reference.terms)
                != negation::is_negative(&self.answer.terms)
            && content_words(self.answer) <= NEGATED_LENGTH * content_words(self.reference) + 1.0
    }

    fn antonym(&self) -> bool {
        if self.coverage < ANTONYM_COVERAGE || self.reference.stems.len() < COPY_WORDS {
            return false;
        }
        let words = |text: &Prepared| {
            text.terms
                .iter()
                .map(|term| term.word.clone())
                .collect::<HashSet<_>>()
        };
        let (reference, answer) = (words(self.reference), words(self.answer));
        let swapped = |from: &str, to: &str| {
            reference.contains(from)
                && !reference.contains(to)
                && answer.contains(to)
                && !answer.contains(from)
        };
        ANTONYMS
            .iter()
            .any(|(one, other)| swapped(one, other) || swapped(other, one))
    }
}

fn content_words(text: &Prepared) -> f64 {
    text.terms.iter().filter(|term| term.content).count() as f64
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
    use crate::text::{Language, terms};
    use rstest::rstest;

    const REFERENCE: &str = "The related rows are loaded with one more query, which is joined to the first in Python memory.";

    #[rstest]
    #[case("The related rows are loaded with one more query, which is joined to the first in Python memory.", &[])]
    #[case("It takes a second query for the relation, and Python puts both together.", &[])]
    #[case("What does this do for the database?", &[FlagCode::NothingNew])]
    #[case("memory query rows Python joined related", &[FlagCode::KeywordList, FlagCode::StuffedRun])]
    #[case("The related rows are not loaded with one more query, which is joined to the first in Python memory.",
        &[FlagCode::NegatedCopy])]
    #[case("The related rows are loaded with one more query, which is joined to the last in Python memory.",
        &[FlagCode::AntonymCopy])]
    #[case("memory first with a Python to joined is query more of the loaded in rows which are one related",
        &[FlagCode::Scramble])]
    fn only_gamed_answers_are_held_down(#[case] answer: &str, #[case] fired: &[FlagCode]) {
        let asked = HashSet::from(["databas".to_owned()]);
        let prepare = |text| Prepared::new(terms(text, Language::English), &asked);
        let found = check(&prepare(REFERENCE), &prepare(answer), 0.9);
        assert_eq!(
            found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
            fired
        );
        assert!(found.iter().all(|(_, ceiling)| *ceiling <= 0.55));
    }

    #[test]
    fn the_longest_increasing_run_is_found() {
        assert_eq!(longest_increasing(&[3, 1, 2, 5, 4, 6]), 4);
    }
}
