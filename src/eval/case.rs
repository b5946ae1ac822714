use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::grade::Submission;

/// An answer that somebody graded.
#[derive(Debug, Clone)]
pub struct Case {
    /// Names the case among all that are evaluated together.
    pub id: String,
    /// The question that the answer belongs to; answers to one question are not independent.
    pub question_id: String,
    /// What a grader gets.
    pub submission: Arc<Submission>,
    /// What people gave, 0..1.
    pub human_score: f64,
    /// What each rater gave, 0..1; empty where that is not known.
    pub human_scores: Vec<f64>,
    /// Who gave it.
    pub label_source: LabelSource,
    /// The concepts that people found missing; `None` where nobody looked.
    pub missing_concepts: Option<Vec<LabelledConcept>>,
    /// What kind of case it is.
    pub tags: Vec<String>,
}

/// Who labelled a case. Agreement with a model's labels is no agreement with people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    /// A person.
    #[default]
    Human,
    /// A model.
    Model,
}

impl LabelSource {
    /// The word in cases and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Model => "model",
        }
    }
}

/// A concept that people found missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledConcept {
    /// As the case names it: by its id where concepts are declared, else by its text.
    pub name: String,
    /// Its text and aliases, for comparing it with a phrase.
    pub texts: Vec<String>,
}
