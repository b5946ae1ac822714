use serde::Serialize;

use super::fields::Label;
use super::log::Log;
use super::names::{Taken, slug};
use super::node::Place;
use crate::grade::Concept;

/// A case in the making: what the files say of it.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) place: Place,
    /// An id that the file gives.
    pub(super) id: Option<String>,
    /// What the file calls the test.
    pub(super) description: Option<String>,
    pub(super) question: String,
    /// The reference answer, then others that are accepted.
    pub(super) references: Vec<String>,
    pub(super) concepts: Vec<Concept>,
    /// Nothing where the file has no answer, which is not the same as an empty one.
    pub(super) answer: Option<String>,
    pub(super) label: Option<Label>,
    /// What full marks are worth, for whoever still grades it; nothing where that is 1.
    pub(super) full_marks: Option<f64>,
    pub(super) tags: Vec<String>,
}

impl Draft {
    /// Adds a reference answer, unless it is there already.
    pub(super) fn add_reference(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && !self.references.iter().any(|known| known == text) {
            self.references.push(text.to_owned());
        }
    }

    /// Whether there is anything that an answer could be graded against.
    pub(super) fn has_key(&self) -> bool {
        !self.references.is_empty() || !self.concepts.is_empty()
    }

    /// Whether a person graded an answer.
    pub(super) fn is_labelled(&self) -> bool {
        self.answer.is_some() && self.label.is_some()
    }

    /// The draft as a line of a case file. What is still missing is null, so that a person sees
    /// what to fill in, and the reader of cases says where it was forgotten.
    pub(super) fn line(&self, id: &str) -> Line<'_> {
        let given = self.label.map(|label| label.points);
        let of = self.label.map(|label| label.of).or(self.full_marks);
        // Of 1 a score is what its points are.
        let max_points = of.filter(|of| (of - 1.0).abs() >= f64::EPSILON);
        let (score, points) = match max_points {
            Some(_) => (Mark::LeftOut, Mark::Is(given)),
            None => (Mark::Is(given), Mark::LeftOut),
        };
        Line {
            id: id.to_owned(),
            question: &self.question,
            reference_answer: self.references.first().map(String::as_str),
            alternative_answers: self.references.get(1..).unwrap_or_default(),
            concepts: &self.concepts,
            candidate_answer: self.answer.as_deref(),
            score,
            points,
            max_points,
            tags: &self.tags,
        }
    }
}

/// A case as it is written.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line<'a> {
    pub(super) id: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    question: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_answer: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alternative_answers: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    concepts: &'a [Concept],
    pub(super) candidate_answer: Option<&'a str>,
    #[serde(skip_serializing_if = "Mark::is_left_out")]
    pub(super) score: Mark,
    #[serde(skip_serializing_if = "Mark::is_left_out")]
    pub(super) points: Mark,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_points: Option<f64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
}

/// `score` or `points`: what was given, or null where somebody still has to; the other of the two is left out.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub(super) enum Mark {
    LeftOut,
    Is(Option<f64>),
}

impl Mark {
    fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut)
    }

    /// As if it had been given.
    pub(super) fn filled(self) -> Self {
        match self {
            Self::Is(None) => Self::Is(Some(0.0)),
            other => other,
        }
    }
}

/// An id for each draft: its own, else made of its description, else a number; each another one.
/// Of ids that a file gives that is said, since somebody may look for them.
pub(super) fn ids(drafts: &[Draft], log: &mut Log) -> Vec<String> {
    let mut taken = Taken::default();
    let named = drafts.iter().enumerate().map(|(index, draft)| {
        let described = || slug(draft.description.as_deref()?);
        let wanted = draft.id.clone().filter(|id| !id.trim().is_empty());
        if wanted.as_deref().is_some_and(|id| taken.has(id)) {
            let what = "an id that was there already got a number";
            log.note(&draft.place, what);
        }
        let wanted = wanted.or_else(described);
        taken.unique(wanted.unwrap_or_else(|| format!("test-{}", index + 1)))
    });
    named.collect()
}
