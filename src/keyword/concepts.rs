//! Concepts judged one by one: does some passage of the answer say this?

use std::ops::Range;

use foldhash::HashSet;

use super::answer::Answer;
use super::lexicon::{Lexicon, Place};
use super::negation;
use super::passages::{Expression, Passage, Passages, Sought, Stance};
use crate::grade::{Concept, Verdict};
use crate::text::{Language, Span, terms};

/// Share of a concept's text that one passage must hold: for the verdict `covered`, and `partial`.
const TEXT: Thresholds = Thresholds {
    covered: 0.6,
    partial: 0.4,
};
/// The same for a key phrase, which is a whole sentence with words that matter little.
const PHRASE: Thresholds = Thresholds {
    covered: 0.5,
    partial: 0.25,
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

#[derive(Debug, Clone, Copy)]
struct Thresholds {
    covered: f64,
    partial: f64,
}

/// The concepts of a task with all the words they are said in, prepared for comparing.
#[derive(Debug, Clone, Default)]
pub(super) struct Concepts {
    list: Vec<(Concept, Expressions)>,
    denials: bool,
}

/// A concept's ways of being said: its text and its aliases.
#[derive(Debug, Clone)]
struct Expressions {
    text: Expression,
    thresholds: Thresholds,
    aliases: Vec<Expression>,
    /// The stems of all of them, each once.
    all_stems: Vec<Place>,
}

/// What was found about a concept.
pub(super) struct Found {
    pub(super) verdict: Verdict,
    /// The passage, on the cleaned answer.
    pub(super) passage: Option<Span>,
}

impl Concepts {
    /// Prepares concepts, which were declared or are the reference's key phrases. A passage in a negated
    /// clause contradicts a declared concept, in English; key phrases are whole sentences of the
    /// reference, which say little about what a negation reaches.
    pub(super) fn new(
        list: Vec<Concept>,
        lexicon: &mut Lexicon,
        language: Language,
        declared: bool,
    ) -> Self {
        let denials = declared && language == Language::English;
        let thresholds = if declared { TEXT } else { PHRASE };
        let mut reader = Reader {
            lexicon,
            language,
            denials,
        };
        let prepared = list.into_iter().map(|concept| {
            let mut text = reader.expression(&concept.text);
            // A whole sentence may deny in passing; only what a short alias says is one statement.
            if text.stance == Stance::Denies {
                text.stance = Stance::Both;
            }
            let aliases: Vec<_> = concept
                .aliases
                .iter()
                .map(|alias| reader.expression(alias))
                .collect();
            let mut all_stems: Vec<Place> = aliases
                .iter()
                .flat_map(Expression::all_stems)
                .chain(text.all_stems())
                .collect();
            all_stems.sort_unstable();
            all_stems.dedup();
            (
                concept,
                Expressions {
                    text,
                    thresholds,
                    aliases,
                    all_stems,
                },
            )
        });
        let list = prepared.collect();
        Self { list, denials }
    }

    /// The number of concepts.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The concepts, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Concept> + Clone {
        self.list.iter().map(|(concept, _)| concept)
    }

    /// Looks for every concept in an answer, but for some of its terms.
    pub(super) fn find(
        &self,
        text: &str,
        answer: &Answer<'_>,
        left_out: &[Range<usize>],
    ) -> Vec<(&Concept, Found)> {
        let passages = Passages::new(text, answer, left_out, self.denials);
        self.list
            .iter()
            .map(|(concept, expressions)| (concept, expressions.find(&passages)))
            .collect()
    }
}

/// Reads expressions into the lexicon.
struct Reader<'a> {
    lexicon: &'a mut Lexicon,
    language: Language,
    denials: bool,
}

impl Reader<'_> {
    fn expression(&mut self, text: &str) -> Expression {
        let terms = terms(text, self.language);
        let mut seen = HashSet::default();
        let mut stems = Vec::new();
        let (mut weights, mut all) = (Vec::new(), Vec::new());
        for term in &terms {
            let place = self.lexicon.add(&term.stem);
            all.push(place);
            if term.content && seen.insert(place) {
                stems.push(place);
                weights.push(if self.lexicon.is_asked(place) {
                    ASKED_WEIGHT
                } else {
                    1.0
                });
            }
        }
        let tells = stems.iter().any(|place| !self.lexicon.is_asked(*place));
        let verbatim = stems.len() < FEWEST_WORDS || !tells;
        let stance = match (self.denials, negation::is_negative(&terms)) {
            (true, false) => Stance::Affirms,
            (true, true) => Stance::Denies,
            (false, _) => Stance::Both,
        };
        let stems = stems.into_iter().zip(weights).collect();
        Expression::new(stems, verbatim.then_some(all), stance)
    }
}

impl Expressions {
    fn find(&self, passages: &Passages<'_>) -> Found {
        // Most of what is looked for is nowhere; then no passage has to be looked at.
        let expressions = self.all().filter_map(|(expression, thresholds)| {
            let sought = passages.seek(expression, thresholds.partial)?;
            Some((sought, thresholds))
        });
        let expressions: Vec<_> = expressions.collect();
        let mut best: Option<(Verdict, Passage)> = None;
        let mut strongest = 0.0;
        for passage in passages.iter().take_while(|_| !expressions.is_empty()) {
            let (verdict, share) = verdict(&expressions, passages, *passage);
            // Of two passages with one verdict, the one that says it in fewer words.
            let strength = rank(verdict) + share / passage.len() as f64;
            if verdict != Verdict::Missing && strength > strongest {
                strongest = strength;
                best = Some((verdict, *passage));
            }
        }
        Found {
            verdict: best.map_or(Verdict::Missing, |(verdict, _)| verdict),
            passage: best.and_then(|(_, passage)| passages.span(passage, &self.all_stems)),
        }
    }

    /// All ways of saying the concept.
    fn all(&self) -> impl Iterator<Item = (&Expression, Thresholds)> {
        let aliases = self.aliases.iter().map(|alias| (alias, ALIAS));
        std::iter::once((&self.text, self.thresholds)).chain(aliases)
    }
}

/// What one passage does with a concept, by the expression it says best.
fn verdict(
    expressions: &[(Sought<'_>, Thresholds)],
    passages: &Passages<'_>,
    passage: Passage,
) -> (Verdict, f64) {
    let verdicts = expressions.iter().map(|(sought, thresholds)| {
        let held = passages.hold(passage, sought);
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

/// A passage that says it outweighs one that denies it, and a plain denial outweighs a hint.
fn rank(verdict: Verdict) -> f64 {
    match verdict {
        Verdict::Covered => 30.0,
        Verdict::Contradicted => 20.0,
        Verdict::Partial => 10.0,
        Verdict::Missing => 0.0,
    }
}
