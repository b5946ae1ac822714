//! An answer cut into passages, and what each of them says.

use std::ops::Range;

use super::answer::Answer;
use super::coverage::FOUND;
use super::lexicon::Place;
use super::negation;
use crate::text::{Span, Term};

/// A passage of more words than this is no passage; transcripts have no full stops.
const LONGEST: usize = 40;

/// An expression of so few content words is not to be found by words that are merely alike: "refers"
/// is not "defer".
const SHORT: usize = 2;
/// Weight of a stem that the question does not have.
pub(super) const FULL_WEIGHT: f64 = 1.0;
/// From this likeness on, a word counts for a short expression: equal, or one or two slips.
const FOUND_IN_SHORT: f64 = 0.85;

/// One way of saying a concept.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    /// The content stems, each once, with their weights.
    stems: Vec<(Place, f64)>,
    /// The sum of the weights.
    weight: f64,
    /// Whether any of the stems has full weight.
    any_new: bool,
    /// All stems in order, where there are too few content words to stand for them.
    phrase: Option<Vec<Place>>,
    /// Whether it says that something is so, or that it is not.
    pub(super) stance: Stance,
}

/// An expression, and those of its stems that an answer has anywhere.
pub(super) struct Sought<'a> {
    expression: &'a Expression,
    stems: Vec<(Place, f64)>,
}

impl Expression {
    /// Makes an expression of its content stems, each once with its weight, or of all stems of a
    /// phrase that must stand as it is.
    pub(super) fn new(
        stems: Vec<(Place, f64)>,
        phrase: Option<Vec<Place>>,
        stance: Stance,
    ) -> Self {
        Self {
            weight: stems.iter().map(|(_, weight)| weight).sum(),
            any_new: stems.iter().any(|(_, weight)| *weight >= FULL_WEIGHT),
            stems,
            phrase,
            stance,
        }
    }

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

/// What of an expression was found in a passage.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// 0..1.
    share: f64,
    /// The number of its words that were found, and of those in a negated clause.
    found: usize,
    negated: usize,
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
    /// Cuts an answer into passages, in which some terms are not looked at; with `denials`, negations
    /// matter.
    pub(super) fn new(
        text: &str,
        answer: &Answer<'a>,
        left_out: &[Range<usize>],
        denials: bool,
    ) -> Self {
        // Sorted by counting: the number of hits of each stem, then where they end, and as they are
        // put in from the last to the first, where they begin.
        let mut starts = vec![0_u32; answer.lexicon.len() + 1];
        let likes = |at: usize| {
            let counts = !left_out.iter().any(|range| range.contains(&at));
            counts.then(|| answer.likes(at)).into_iter().flatten()
        };
        for like in (0..answer.terms.len()).flat_map(likes) {
            starts[like.place as usize] += 1;
        }
        let mut end = 0;
        for count in &mut starts {
            end += *count;
            *count = end;
        }
        let mut hits = vec![(0, 0.0); end as usize];
        for at in (0..answer.terms.len()).rev() {
            for like in likes(at) {
                let start = &mut starts[like.place as usize];
                *start -= 1;
                hits[*start as usize] = (u32::try_from(at).unwrap_or(u32::MAX), like.likeness);
            }
        }
        Self {
            terms: answer.terms,
            list: passages(answer.sentences),
            negated: if denials {
                negation::negated(text, answer.terms)
            } else {
                Vec::new()
            },
            hits,
            starts,
        }
    }

    /// Looks for an expression in the whole answer; `None` where that holds less than `least` of it,
    /// so that no passage can hold more.
    pub(super) fn seek<'e>(&self, expression: &'e Expression, least: f64) -> Option<Sought<'e>> {
        let whole = Passage {
            from: 0,
            to: self.terms.len(),
        };
        if self.tally(whole, expression, &expression.stems).share < least {
            return None;
        }
        let is_there = |(stem, _): &&(Place, f64)| {
            self.starts[*stem as usize] < self.starts[*stem as usize + 1]
        };
        Some(Sought {
            stems: expression.stems.iter().filter(is_there).copied().collect(),
            expression,
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Passage> {
        self.list.iter()
    }

    /// The terms of a passage that are like a stem.
    fn hits(&self, passage: Passage, stem: Place) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[stem as usize] as usize..self.starts[stem as usize + 1] as usize;
        let hits = &self.hits[range];
        // Ascending, so that a long answer is not gone through for each of its passages.
        let from = match hits {
            [] => 0,
            hits => hits.partition_point(|(at, _)| (*at as usize) < passage.from),
        };
        let inside = hits[from..]
            .iter()
            .take_while(move |(at, _)| (*at as usize) < passage.to);
        inside.map(|(at, likeness)| (*at as usize, *likeness))
    }

    fn is_negated(&self, at: usize) -> bool {
        self.negated.get(at).copied().unwrap_or_default()
    }

    /// Says how much of an expression a passage holds.
    pub(super) fn hold(&self, passage: Passage, sought: &Sought<'_>) -> Held {
        let tally = self.tally(passage, sought.expression, &sought.stems);
        let says_not = 2 * tally.negated > tally.found;
        match sought.expression.stance {
            // "Not sent by update()" is not said by "sent by update()".
            Stance::Denies if !says_not => Held::default(),
            stance => Held {
                share: tally.share,
                denied: says_not && stance == Stance::Affirms,
            },
        }
    }

    /// What a passage holds of an expression, of whose stems only these need to be looked for.
    fn tally(&self, passage: Passage, expression: &Expression, stems: &[(Place, f64)]) -> Tally {
        match &expression.phrase {
            Some(phrase) => self.phrase(passage, phrase),
            None => self.words(passage, expression, stems),
        }
    }

    /// Weighted share of the stems that the passage has, each by its best likeness, and where.
    fn words(&self, passage: Passage, expression: &Expression, stems: &[(Place, f64)]) -> Tally {
        let mut tally = Tally::default();
        let mut held = 0.0;
        let mut any_new = false;
        let least = if expression.stems.len() <= SHORT {
            FOUND_IN_SHORT
        } else {
            FOUND
        };
        for (stem, weight) in stems {
            let better =
                |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
            let best = self.hits(passage, *stem).reduce(better);
            if let Some((at, likeness)) = best.filter(|(_, likeness)| *likeness >= least) {
                held += weight * likeness;
                any_new |= *weight >= FULL_WEIGHT;
                tally.found += 1;
                tally.negated += usize::from(self.is_negated(at));
            }
        }
        // The question's words alone are no evidence, where the expression has others.
        if expression.any_new && !any_new {
            return Tally::default();
        }
        if expression.weight > 0.0 {
            tally.share = held / expression.weight;
        }
        tally
    }

    /// The phrase as it is, word after word.
    fn phrase(&self, passage: Passage, phrase: &[Place]) -> Tally {
        let Some((first, rest)) = phrase.split_first() else {
            return Tally::default();
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
        found.map_or_else(Tally::default, |(at, _)| Tally {
            share: 1.0,
            found: phrase.len(),
            negated: (at..at + phrase.len())
                .filter(|at| self.is_negated(*at))
                .count(),
        })
    }

    /// From the first to the last content word of a passage that has to do with `stems`; where there
    /// is none, from the first to the last word.
    pub(super) fn span(&self, passage: Passage, stems: &[Place]) -> Option<Span> {
        let wider = |range: Option<(usize, usize)>, at: usize| {
            let (first, last) = range.unwrap_or((at, at));
            Some((first.min(at), last.max(at)))
        };
        let (mut all, mut content) = (None, None);
        for (at, _) in stems.iter().flat_map(|stem| self.hits(passage, *stem)) {
            all = wider(all, at);
            if self.terms[at].content {
                content = wider(content, at);
            }
        }
        let (first, last) = content.or(all)?;
        Some(Span {
            start: self.terms[first].span.start,
            end: self.terms[last].span.end,
        })
    }
}

/// All passages: every sentence, then every pair of neighbours.
fn passages(sentences: &[Range<usize>]) -> Vec<Passage> {
    let mut passages = Vec::with_capacity(2 * sentences.len());
    for sentence in sentences {
        add_pieces(&mut passages, sentence.start, sentence.end);
    }
    let pairs = sentences.windows(2).filter_map(|pair| {
        let (from, to) = (pair[0].start, pair[1].end);
        (to - from <= LONGEST).then_some(Passage { from, to })
    });
    passages.extend(pairs);
    passages
}

/// Adds a sentence, cut into overlapping windows where it runs on.
fn add_pieces(passages: &mut Vec<Passage>, from: usize, to: usize) {
    if to - from <= LONGEST {
        passages.push(Passage { from, to });
        return;
    }
    let starts = (from..to).step_by(LONGEST / 2);
    passages.extend(starts.map(|from| Passage {
        from,
        to: to.min(from + LONGEST),
    }));
}
