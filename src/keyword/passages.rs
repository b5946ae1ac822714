//! An answer cut into passages, and what each of them says.

use std::collections::{HashMap, HashSet};

use super::coverage::FOUND;
use super::phrases::sentences;
use super::{negation, similarity};
use crate::text::{Span, Term};

/// A passage of more words than this is no passage; transcripts have no full stops.
const LONGEST: usize = 40;

/// An expression of so few content words is not to be found by words that are merely alike: "refers"
/// is not "defer".
const SHORT: usize = 2;
/// From this likeness on, a word counts for a short expression: equal, or one or two slips.
const FOUND_IN_SHORT: f64 = 0.85;

/// One way of saying a concept. Stems are places in the list that the concepts share.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    /// The content stems, each once.
    pub(super) stems: Vec<usize>,
    /// All stems in order, where there are too few content words to stand for them.
    pub(super) phrase: Option<Vec<usize>>,
    /// Whether it says that something is so, or that it is not.
    pub(super) stance: Stance,
}

impl Expression {
    /// The places of all stems that say it.
    pub(super) fn all_stems(&self) -> impl Iterator<Item = usize> + '_ {
        let phrase = self.phrase.iter().flatten();
        self.stems.iter().chain(phrase).copied()
    }
}

/// What an expression says of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    /// It is so; a negated clause with these words denies it.
    Affirms,
    /// It is not so; only a negated clause says it.
    Denies,
    /// Some of it is so and some is not, or nothing is known about negations in this language.
    Both,
}

/// How much of an expression a passage holds, and whether it says the opposite.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Held {
    /// 0..1.
    pub(super) share: f64,
    /// The words are there, and the clause they stand in is negated where the expression is not.
    pub(super) denied: bool,
}

/// An answer, compared word by word with everything the concepts say.
///
/// Each pair of stems is compared once, since passages overlap and concepts share words.
pub(super) struct Answer<'a> {
    terms: &'a [Term],
    /// For each term, its column in the table.
    columns: Vec<usize>,
    /// For each term, whether its clause is negated.
    negated: Vec<bool>,
    /// Likeness of each stem of the concepts (row) with each stem of the answer (column).
    table: Vec<f64>,
    width: usize,
}

/// A sentence of the answer, or two neighbouring ones: the terms from `from` to `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    from: usize,
    to: usize,
}

impl<'a> Answer<'a> {
    pub(super) fn new(stems: &[String], text: &str, terms: &'a [Term], denials: bool) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut distinct: Vec<&str> = Vec::new();
        let mut columns = Vec::with_capacity(terms.len());
        for term in terms {
            let next = distinct.len();
            let column = *places.entry(&term.stem).or_insert(next);
            if column == next {
                distinct.push(&term.stem);
            }
            columns.push(column);
        }
        let row = |stem: &'_ String| {
            let row = distinct.iter().map(|other| similarity::stems(stem, other));
            row.collect::<Vec<_>>()
        };
        Self {
            terms,
            columns,
            negated: if denials {
                negation::negated(text, terms)
            } else {
                vec![false; terms.len()]
            },
            table: stems.iter().flat_map(row).collect(),
            width: distinct.len(),
        }
    }

    /// All passages: every sentence, then every pair of neighbours, so that the shortest evidence
    /// comes first.
    pub(super) fn passages(&self, text: &str) -> Vec<Passage> {
        let mut passages = Vec::new();
        let mut pairs = Vec::new();
        let (mut before, mut from) = (None, 0);
        for sentence in sentences(text, self.terms) {
            let to = from + sentence.len();
            passages.extend(pieces(from, to));
            if let Some(before) = before.filter(|before| to - before <= LONGEST) {
                pairs.push(Passage { from: before, to });
            }
            (before, from) = (Some(from), to);
        }
        passages.append(&mut pairs);
        passages
    }

    fn likeness(&self, stem: usize, at: usize) -> f64 {
        self.table[stem * self.width + self.columns[at]]
    }

    /// Says how much of an expression a passage holds; `weights` are those of the stems.
    pub(super) fn holds(&self, passage: Passage, expression: &Expression, weights: &[f64]) -> Held {
        let (share, found) = match &expression.phrase {
            Some(phrase) => self.phrase(passage, phrase),
            None => self.words(passage, &expression.stems, weights),
        };
        let negated = found.iter().filter(|at| self.negated[**at]).count();
        let says_not = 2 * negated > found.len();
        match expression.stance {
            // "Not sent by update()" is not said by "sent by update()".
            Stance::Denies if !says_not => Held::default(),
            stance => Held {
                share,
                denied: says_not && stance == Stance::Affirms,
            },
        }
    }

    /// Weighted share of the stems that the passage has, each by its best likeness, and where.
    fn words(&self, passage: Passage, stems: &[usize], weights: &[f64]) -> (f64, Vec<usize>) {
        let (mut held, mut all) = (0.0, 0.0);
        let mut any_new = false;
        let least = if stems.len() <= SHORT {
            FOUND_IN_SHORT
        } else {
            FOUND
        };
        let mut found = Vec::new();
        for stem in stems {
            let likenesses = (passage.from..passage.to).map(|at| (at, self.likeness(*stem, at)));
            let (at, best) = likenesses.fold(
                (0, 0.0),
                |best, next| if next.1 > best.1 { next } else { best },
            );
            all += weights[*stem];
            if best >= least {
                held += weights[*stem] * best;
                any_new |= weights[*stem] >= 1.0;
                found.push(at);
            }
        }
        // The question's words alone are no evidence, where the expression has others.
        if !any_new && stems.iter().any(|stem| weights[*stem] >= 1.0) {
            return (0.0, Vec::new());
        }
        (if all > 0.0 { held / all } else { 0.0 }, found)
    }

    /// The phrase as it is, word after word.
    fn phrase(&self, passage: Passage, phrase: &[usize]) -> (f64, Vec<usize>) {
        let last = (passage.to + 1).saturating_sub(phrase.len());
        let stands = |at: &usize| {
            phrase
                .iter()
                .zip(*at..)
                .all(|(stem, at)| self.likeness(*stem, at) >= FOUND)
        };
        let found = (passage.from..last)
            .find(stands)
            .filter(|_| !phrase.is_empty());
        found.map_or((0.0, Vec::new()), |at| {
            (1.0, (at..at + phrase.len()).collect())
        })
    }

    /// From the first to the last content word of a passage that has to do with `stems`.
    pub(super) fn span(&self, passage: Passage, stems: &HashSet<usize>) -> Option<Span> {
        let related = |at: &usize| stems.iter().any(|stem| self.likeness(*stem, *at) >= FOUND);
        let content = |at: &usize| self.terms[*at].content;
        let any_content = (passage.from..passage.to).any(|at| content(&at) && related(&at));
        let counts = |at: &usize| related(at) && (content(at) || !any_content);
        let mut places = (passage.from..passage.to).filter(counts);
        let first = places.next()?;
        let last = places.next_back().unwrap_or(first);
        Some(Span {
            start: self.terms[first].span.start,
            end: self.terms[last].span.end,
        })
    }
}

impl Passage {
    /// Its number of words.
    pub(super) fn len(self) -> usize {
        self.to - self.from
    }
}

/// Cuts a run-on sentence into overlapping windows.
fn pieces(from: usize, to: usize) -> Vec<Passage> {
    if to - from <= LONGEST {
        return vec![Passage { from, to }];
    }
    let starts = (from..to).step_by(LONGEST / 2);
    starts
        .map(|from| Passage {
            from,
            to: to.min(from + LONGEST),
        })
        .collect()
}
