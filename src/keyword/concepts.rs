//! Concepts judged one by one: does some passage of the answer say this?

use std::collections::{HashMap, HashSet};

use super::negation;
use super::passages::{Answer, Expression, Passage, Stance};
use crate::grade::{Concept, Verdict};
use crate::text::{Language, Span, Term, distinct_stems, terms};

/// Share of a concept's text that one passage must hold: for the verdict `covered`, and `partial`.
const TEXT: Thresholds = Thresholds {
    covered: 0.6,
    partial: 0.4,
};
/// The same for an alias, which is short, so that most of it must be there.
const ALIAS: Thresholds = Thresholds {
    covered: 0.9,
    partial: 0.6,
};
/// Words that the question has tell little; a text that has others is judged by those.
const ASKED_WEIGHT: f64 = 0.3;
/// With fewer content words than this, or with none that the question lacks, an expression has to
/// stand in the answer as it is: of "before or after saving" only "save" would be left.
const FEWEST_WORDS: usize = 2;

struct Thresholds {
    covered: f64,
    partial: f64,
}

/// The concepts of a task with all the words they are said in, prepared for comparing.
#[derive(Debug, Clone, Default)]
pub(super) struct Concepts {
    /// The stems of all expressions, each once; expressions hold places in this list.
    stems: Vec<String>,
    weights: Vec<f64>,
    list: Vec<(Concept, Expressions)>,
    denials: bool,
}

/// A concept's ways of being said: its text and its aliases.
#[derive(Debug, Clone)]
struct Expressions {
    text: Expression,
    aliases: Vec<Expression>,
    all_stems: HashSet<usize>,
}

/// What was found about a concept.
pub(super) struct Found {
    pub(super) verdict: Verdict,
    /// The passage, on the cleaned answer.
    pub(super) passage: Option<Span>,
}

impl Concepts {
    /// Prepares concepts; with `denials`, a passage in a negated clause contradicts its concept.
    pub(super) fn new(
        list: Vec<Concept>,
        asked: &HashSet<String>,
        language: Language,
        denials: bool,
    ) -> Self {
        let mut lexicon = Lexicon {
            asked,
            denials,
            language,
            places: HashMap::new(),
            stems: Vec::new(),
        };
        let prepared = list.into_iter().map(|concept| {
            let mut text = lexicon.expression(&concept.text);
            // A whole sentence may deny in passing; only what a short alias says is one statement.
            if text.stance == Stance::Denies {
                text.stance = Stance::Both;
            }
            let aliases: Vec<_> = concept
                .aliases
                .iter()
                .map(|alias| lexicon.expression(alias))
                .collect();
            let all_stems = aliases
                .iter()
                .flat_map(Expression::all_stems)
                .chain(text.all_stems())
                .collect();
            (
                concept,
                Expressions {
                    text,
                    aliases,
                    all_stems,
                },
            )
        });
        let list = prepared.collect();
        let weight = |stem: &String| {
            if asked.contains(stem) {
                ASKED_WEIGHT
            } else {
                1.0
            }
        };
        Self {
            weights: lexicon.stems.iter().map(weight).collect(),
            stems: lexicon.stems,
            list,
            denials,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Concept> {
        self.list.iter().map(|(concept, _)| concept)
    }

    /// Looks for every concept in an answer.
    pub(super) fn find(&self, text: &str, terms: &[Term]) -> Vec<(&Concept, Found)> {
        let answer = Answer::new(&self.stems, text, terms, self.denials);
        let passages = answer.passages(text);
        let find =
            |entry: &'_ (Concept, Expressions)| entry.1.find(&answer, &passages, &self.weights);
        self.list
            .iter()
            .map(|entry| (&entry.0, find(entry)))
            .collect()
    }
}

/// Gives every stem a place in one list.
struct Lexicon<'a> {
    asked: &'a HashSet<String>,
    language: Language,
    denials: bool,
    places: HashMap<String, usize>,
    stems: Vec<String>,
}

impl Lexicon<'_> {
    fn place(&mut self, stem: &str) -> usize {
        if let Some(place) = self.places.get(stem) {
            return *place;
        }
        self.stems.push(stem.to_owned());
        self.places.insert(stem.to_owned(), self.stems.len() - 1);
        self.stems.len() - 1
    }

    fn expression(&mut self, text: &str) -> Expression {
        let terms = terms(text, self.language);
        let distinct = distinct_stems(&terms);
        let tells = distinct.iter().any(|stem| !self.asked.contains(*stem));
        let verbatim = distinct.len() < FEWEST_WORDS || !tells;
        Expression {
            stems: distinct.into_iter().map(|stem| self.place(stem)).collect(),
            phrase: verbatim.then(|| terms.iter().map(|term| self.place(&term.stem)).collect()),
            stance: match (self.denials, negation::is_negative(&terms)) {
                (true, false) => Stance::Affirms,
                (true, true) => Stance::Denies,
                (false, _) => Stance::Both,
            },
        }
    }
}

impl Expressions {
    fn find(&self, answer: &Answer<'_>, passages: &[Passage], weights: &[f64]) -> Found {
        let mut found = Found {
            verdict: Verdict::Missing,
            passage: None,
        };
        let mut strongest = 0.0;
        for passage in passages {
            let (verdict, share) = self.verdict(answer, *passage, weights);
            // Of two passages with one verdict, the one that says it in fewer words.
            let strength = rank(verdict) + share / passage.len() as f64;
            if verdict != Verdict::Missing && strength > strongest {
                strongest = strength;
                found = Found {
                    verdict,
                    passage: answer.span(*passage, &self.all_stems),
                };
            }
        }
        found
    }

    /// What one passage does with the concept, by the expression it says best.
    fn verdict(&self, answer: &Answer<'_>, passage: Passage, weights: &[f64]) -> (Verdict, f64) {
        let expressions = std::iter::once((&self.text, TEXT))
            .chain(self.aliases.iter().map(|alias| (alias, ALIAS)));
        let verdicts = expressions.map(|(expression, thresholds)| {
            let held = answer.holds(passage, expression, weights);
            let verdict = match held.denied {
                true if held.share >= thresholds.covered => Verdict::Contradicted,
                false if held.share >= thresholds.covered => Verdict::Covered,
                false if held.share >= thresholds.partial => Verdict::Partial,
                _ => Verdict::Missing,
            };
            (verdict, held.share)
        });
        let best = verdicts.max_by(|a, b| (rank(a.0) + a.1).total_cmp(&(rank(b.0) + b.1)));
        best.unwrap_or((Verdict::Missing, 0.0))
    }
}

/// A passage that says it outweighs one that denies it, and a plain denial outweighs a hint.
fn rank(verdict: Verdict) -> f64 {
    match verdict {
        Verdict::Covered => 30.0,
        Verdict::Contradicted => 20.0,
        Verdict::Partial => 10.0,
        Verdict::Missing => 0.0,
    }
}
