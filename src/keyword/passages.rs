//! An answer cut into passages, and what each of them says.

use std::ops::Range;

use foldhash::HashSet;

use super::answer::Answer;
use super::coverage::FOUND;
use super::lexicon::{Lexicon, Place};
use super::negation;
use crate::text::{Span, Term};

/// A passage of more words than this is no passage; transcripts have no full stops.
const LONGEST: usize = 40;

/// An expression of so few content words is not to be found by words that are merely alike: "refers"
/// is not "defer".
const SHORT: usize = 2;
/// From this likeness on, a word counts for a short expression: equal, or one or two slips.
const FOUND_IN_SHORT: f64 = 0.85;

/// One way of saying a concept.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    /// The content stems, each once, with their weights.
    pub(super) stems: Vec<(Place, f64)>,
    /// All stems in order, where there are too few content words to stand for them.
    pub(super) phrase: Option<Vec<Place>>,
    /// Whether it says that something is so, or that it is not.
    pub(super) stance: Stance,
}

impl Expression {
    /// The places of all stems that say it.
    pub(super) fn all_stems(&self) -> impl Iterator<Item = Place> + '_ {
        let stems = self.stems.iter().map(|(stem, _)| *stem);
        stems.chain(self.phrase.iter().flatten().copied())
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

/// A sentence of the answer, or two neighbouring ones: the terms from `from` to `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    from: usize,
    to: usize,
}

impl Passage {
    /// Its number of words.
    pub(super) fn len(self) -> usize {
        self.to - self.from
    }
}

/// The passages of an answer, and where in them the key's stems stand.
pub(super) struct Passages<'a> {
    terms: &'a [Term],
    /// Every sentence, then every pair of neighbours, so that the shortest evidence comes first.
    list: Vec<Passage>,
    /// For each term, whether its clause is negated; empty where that does not matter.
    negated: Vec<bool>,
    /// Which term is how like which stem, if it counts; in the order of stems, then of terms.
    hits: Vec<(u32, f64)>,
    /// Where the hits of each stem begin; one more for the end.
    starts: Vec<u32>,
}

impl<'a> Passages<'a> {
    /// Cuts an answer into passages; with `denials`, negations matter.
    pub(super) fn new(text: &str, answer: &Answer<'a>, lexicon: &Lexicon, denials: bool) -> Self {
        let mut starts = vec![0_u32; lexicon.len() + 1];
        let counting = |at: usize| {
            answer
                .likes(at)
                .iter()
                .filter(|like| like.likeness >= FOUND)
        };
        for like in (0..answer.terms.len()).flat_map(counting) {
            starts[like.place as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut hits = vec![(0, 0.0); starts.last().map_or(0, |end| *end as usize)];
        for at in 0..answer.terms.len() {
            for like in counting(at) {
                let next = &mut next[like.place as usize];
                hits[*next as usize] = (u32::try_from(at).unwrap_or(u32::MAX), like.likeness);
                *next += 1;
            }
        }
        Self {
            terms: answer.terms,
            list: passages(&answer.sentences),
            negated: if denials {
                negation::negated(text, answer.terms)
            } else {
                Vec::new()
            },
            hits,
            starts,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Passage> {
        self.list.iter()
    }

    /// The terms of a passage that are like a stem.
    fn hits(&self, passage: Passage, stem: Place) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[stem as usize] as usize..self.starts[stem as usize + 1] as usize;
        let hits = &self.hits[range];
        // Ascending, so that a long answer is not gone through for each of its passages.
        let from = hits.partition_point(|(at, _)| (*at as usize) < passage.from);
        let inside = hits[from..]
            .iter()
            .take_while(move |(at, _)| (*at as usize) < passage.to);
        inside.map(|(at, likeness)| (*at as usize, *likeness))
    }

    fn is_negated(&self, at: usize) -> bool {
        self.negated.get(at).copied().unwrap_or_default()
    }

    /// Says how much of an expression a passage holds.
    pub(super) fn hold(&self, passage: Passage, expression: &Expression) -> Held {
        let (share, found) = match &expression.phrase {
            Some(phrase) => self.phrase(passage, phrase),
            None => self.words(passage, &expression.stems),
        };
        let negated = found.iter().filter(|at| self.is_negated(**at)).count();
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
    fn words(&self, passage: Passage, stems: &[(Place, f64)]) -> (f64, Vec<usize>) {
        let (mut held, mut all) = (0.0, 0.0);
        let mut any_new = false;
        let least = if stems.len() <= SHORT {
            FOUND_IN_SHORT
        } else {
            FOUND
        };
        let mut found = Vec::new();
        for (stem, weight) in stems {
            let better =
                |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
            let best = self.hits(passage, *stem).reduce(better);
            all += weight;
            if let Some((at, likeness)) = best.filter(|(_, likeness)| *likeness >= least) {
                held += weight * likeness;
                any_new |= *weight >= 1.0;
                found.push(at);
            }
        }
        // The question's words alone are no evidence, where the expression has others.
        if !any_new && stems.iter().any(|(_, weight)| *weight >= 1.0) {
            return (0.0, Vec::new());
        }
        (if all > 0.0 { held / all } else { 0.0 }, found)
    }

    /// The phrase as it is, word after word.
    fn phrase(&self, passage: Passage, phrase: &[Place]) -> (f64, Vec<usize>) {
        let Some((first, rest)) = phrase.split_first() else {
            return (0.0, Vec::new());
        };
        let is_at = |at: usize, stem: Place| {
            let from = Passage {
                from: at,
                to: passage.to.min(at + 1),
            };
            self.hits(from, stem).next().is_some()
        };
        let stands =
            |(at, _): &(usize, f64)| (at + 1..).zip(rest).all(|(at, stem)| is_at(at, *stem));
        let found = self.hits(passage, *first).find(stands);
        found.map_or((0.0, Vec::new()), |(at, _)| {
            (1.0, (at..at + phrase.len()).collect())
        })
    }

    /// From the first to the last content word of a passage that has to do with `stems`.
    pub(super) fn span(&self, passage: Passage, stems: &HashSet<Place>) -> Option<Span> {
        let mut related: Vec<usize> = stems
            .iter()
            .flat_map(|stem| self.hits(passage, *stem))
            .map(|(at, _)| at)
            .collect();
        if related.iter().any(|at| self.terms[*at].content) {
            related.retain(|at| self.terms[*at].content);
        }
        let (first, last) = (related.iter().min()?, related.iter().max()?);
        Some(Span {
            start: self.terms[*first].span.start,
            end: self.terms[*last].span.end,
        })
    }
}

/// All passages: every sentence, then every pair of neighbours.
fn passages(sentences: &[Range<usize>]) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut pairs = Vec::new();
    let mut before = None;
    for sentence in sentences {
        passages.extend(pieces(sentence.start, sentence.end));
        if let Some(from) = before.filter(|from| sentence.end - from <= LONGEST) {
            pairs.push(Passage {
                from,
                to: sentence.end,
            });
        }
        before = Some(sentence.start);
    }
    passages.append(&mut pairs);
    passages
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
