//! Concepts judged one by one: does some passage of the answer say this?

use std::collections::HashSet;

use super::coverage::best;
use super::phrases::sentences;
use crate::grade::{Concept, Verdict};
use crate::text::{Language, Span, Term, distinct_stems, terms};

/// A concept's ways of being said, prepared for comparing.
#[derive(Debug, Clone)]
pub(super) struct Expressions {
    text: Vec<String>,
    aliases: Vec<Vec<String>>,
}

/// What was found about a concept.
pub(super) struct Found {
    pub(super) verdict: Verdict,
    /// The passage, on the cleaned answer.
    pub(super) passage: Option<Span>,
}

/// Share of a concept's text that one passage must hold: for the verdict `covered`, and `partial`.
const TEXT_COVERED: f64 = 0.6;
const TEXT_PARTIAL: f64 = 0.4;
/// The same for an alias, which is short, so that most of it must be there.
const ALIAS_COVERED: f64 = 0.9;
const ALIAS_PARTIAL: f64 = 0.6;
/// Words that the question has tell little; a text that has others is judged by those.
const ASKED_WEIGHT: f64 = 0.3;

impl Expressions {
    pub(super) fn new(concept: &Concept, language: Language) -> Self {
        let stems = |text: &String| -> Vec<String> {
            let all = terms(text, language);
            let content: Vec<String> = distinct_stems(&all)
                .into_iter()
                .map(str::to_owned)
                .collect();
            if content.is_empty() {
                all.into_iter().map(|term| term.stem).collect()
            } else {
                content
            }
        };
        Self {
            text: stems(&concept.text),
            aliases: concept.aliases.iter().map(stems).collect(),
        }
    }

    /// Looks for the concept in the passages of an answer.
    pub(super) fn find(&self, passages: &[Passage<'_>], asked: &HashSet<String>) -> Found {
        let mut found = Found {
            verdict: Verdict::Missing,
            passage: None,
        };
        let mut best = 0.0;
        for passage in passages {
            let text = passage.holds(&self.text, asked);
            let alias = self
                .aliases
                .iter()
                .map(|alias| passage.holds(alias, asked))
                .fold(0.0, f64::max);
            let verdict = if text >= TEXT_COVERED || alias >= ALIAS_COVERED {
                Verdict::Covered
            } else if text >= TEXT_PARTIAL || alias >= ALIAS_PARTIAL {
                Verdict::Partial
            } else {
                continue;
            };
            let strength = verdict.credit() * 10.0 + text.max(alias) / passage.terms.len() as f64;
            if strength > best {
                best = strength;
                found = Found {
                    verdict,
                    passage: passage.matched(self),
                };
            }
        }
        found
    }
}

/// A sentence of the answer, or two neighbouring ones.
pub(super) struct Passage<'a> {
    terms: &'a [Term],
    stems: Vec<String>,
}

impl<'a> Passage<'a> {
    /// All passages of an answer: every sentence, then every pair of neighbours, so that the
    /// shortest evidence comes first.
    pub(super) fn all(text: &str, terms: &'a [Term]) -> Vec<Self> {
        let sentences = sentences(text, terms);
        let mut passages: Vec<Self> = sentences
            .iter()
            .flat_map(|sentence| pieces(sentence))
            .map(Self::new)
            .collect();
        let mut start = 0;
        for pair in sentences.windows(2) {
            let both = pair[0].len() + pair[1].len();
            if both <= LONGEST {
                passages.push(Self::new(&terms[start..start + both]));
            }
            start += pair[0].len();
        }
        passages
    }

    fn new(terms: &'a [Term]) -> Self {
        Self {
            terms,
            stems: terms.iter().map(|term| term.stem.clone()).collect(),
        }
    }

    /// Weighted share of `stems` that the passage holds.
    fn holds(&self, stems: &[String], asked: &HashSet<String>) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for stem in stems {
            let weight = if asked.contains(stem) {
                ASKED_WEIGHT
            } else {
                1.0
            };
            sum += weight * best(stem, &self.stems);
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    }

    /// From the first to the last word that has to do with the concept.
    fn matched(&self, concept: &Expressions) -> Option<Span> {
        let wanted: Vec<String> = concept
            .text
            .iter()
            .chain(concept.aliases.iter().flatten())
            .cloned()
            .collect();
        let matches = |term: &&Term| best(&term.stem, &wanted) > 0.0;
        let content = || self.terms.iter().filter(|term| term.content);
        let first = content().find(matches)?;
        let last = content().rfind(matches)?;
        Some(Span {
            start: first.span.start,
            end: last.span.end,
        })
    }
}

/// A passage of more words than this is no passage; transcripts have no full stops.
const LONGEST: usize = 40;

/// Cuts a run-on sentence into overlapping windows.
fn pieces(sentence: &[Term]) -> Vec<&[Term]> {
    if sentence.len() <= LONGEST {
        return vec![sentence];
    }
    let starts = (0..sentence.len()).step_by(LONGEST / 2);
    starts
        .map(|start| &sentence[start..sentence.len().min(start + LONGEST)])
        .collect()
}
