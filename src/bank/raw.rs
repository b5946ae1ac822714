use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::Level;
use crate::grade::{Concept, ConceptSource, Example, Misconception, Task};

/// A bank's own fields, as they are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBank {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) as_of: Option<String>,
    /// Read one by one, so that a mistake in one hides none in the others.
    #[serde(default, rename = "questions")]
    pub(super) _questions: Vec<IgnoredAny>,
}

/// A question, as it is written. Tables come last, as TOML wants them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuestion {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<Level>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) labelled: bool,
    pub(super) question: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference_answer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) alternative_answers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) concepts: Vec<Concept>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) misconceptions: Vec<Misconception>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) examples: Vec<Example>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) links: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) follow_ups: BTreeMap<String, String>,
}

impl RawQuestion {
    /// Makes the task; the line ends that the layout of a multi-line string adds are no part of
    /// a text.
    pub(super) fn task(&self) -> Task {
        let trimmed = |text: &String| text.trim().to_owned();
        Task {
            question: trimmed(&self.question),
            reference_answer: self
                .reference_answer
                .as_ref()
                .map(trimmed)
                .unwrap_or_default(),
            alternative_answers: self.alternative_answers.iter().map(trimmed).collect(),
            concepts: self.concepts.clone(),
            misconceptions: self.misconceptions.clone(),
            examples: self.examples.clone(),
            concepts_from: ConceptSource::Declared,
        }
    }
}
