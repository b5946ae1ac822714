use serde::Deserialize;
use serde_json::{Map, Value};

use crate::eval::LabelSource;
use crate::grade::{AnswerSource, Concept, GradeRequest, Misconception};
use crate::text::Language;

/// A case as it is written: a request's fields, and what people made of the answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    pub(super) id: String,
    pub(super) candidate_answer: String,
    pub(super) question_id: Option<String>,
    question: Option<String>,
    reference_answer: Option<String>,
    #[serde(default)]
    alternative_answers: Vec<String>,
    #[serde(default)]
    concepts: Vec<Concept>,
    #[serde(default)]
    misconceptions: Vec<Misconception>,
    pub(super) max_points: Option<f64>,
    pub(super) language: Option<Language>,
    answer_source: Option<AnswerSource>,
    metadata: Option<Map<String, Value>>,

    pub(super) score: Option<f64>,
    pub(super) points: Option<f64>,
    pub(super) scores: Option<Vec<f64>>,
    pub(super) label_source: Option<LabelSource>,
    pub(super) missing_concepts: Option<Vec<String>>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

impl RawCase {
    /// Whether the case brings its own key, so that its `question_id` only groups.
    pub(super) fn has_own_key(&self) -> bool {
        self.reference_answer.is_some() || !self.concepts.is_empty()
    }

    /// The request that the case is about.
    pub(super) fn request(&mut self) -> GradeRequest {
        let own = self.has_own_key();
        GradeRequest {
            candidate_answer: std::mem::take(&mut self.candidate_answer),
            question_id: self.question_id.clone().filter(|_| !own),
            // A reference alone is a question that nobody wrote down.
            question: self.question.take().or(own.then(String::new)),
            reference_answer: self.reference_answer.take(),
            alternative_answers: std::mem::take(&mut self.alternative_answers),
            concepts: std::mem::take(&mut self.concepts),
            misconceptions: std::mem::take(&mut self.misconceptions),
            max_points: self.max_points,
            language: self.language,
            answer_source: self.answer_source,
            metadata: self.metadata.take(),
            ..GradeRequest::default()
        }
    }
}
