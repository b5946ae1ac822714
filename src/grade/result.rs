use serde::{Deserialize, Serialize};

use super::{Concept, Explanation, Flag, Method};

/// Says what an answer does with a concept.
///
/// # Examples
///
/// ```
/// use answer_grader::Verdict;
///
/// assert_eq!((Verdict::Partial.name(), Verdict::Partial.credit()), ("partial", 0.5));
/// assert!(Verdict::Partial.needs_evidence());
/// assert!(!Verdict::Contradicted.needs_evidence());
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It expresses the idea.
    Covered,
    /// It expresses part of the idea.
    Partial,
    /// It says nothing about it.
    Missing,
    /// It says the opposite.
    Contradicted,
}

impl Verdict {
    /// The word in JSON and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Partial => "partial",
            Self::Missing => "missing",
            Self::Contradicted => "contradicted",
        }
    }

    /// What the verdict is worth: covered 1, partial .5, else 0.
    pub fn credit(self) -> f64 {
        match self {
            Self::Covered => 1.0,
            Self::Partial => 0.5,
            Self::Missing | Self::Contradicted => 0.0,
        }
    }

    /// Tells whether the verdict claims that the answer holds something.
    pub fn needs_evidence(self) -> bool {
        matches!(self, Self::Covered | Self::Partial)
    }
}

/// A passage of the answer, verbatim: `quote` is the text from `start` to `end`, which count
/// Unicode scalar values of the answer as it was sent.
///
/// # Examples
///
/// See [`Grade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The passage.
    pub quote: String,
    /// Offset of its first character.
    pub start: usize,
    /// Offset after its last character.
    pub end: usize,
}

/// One concept and what became of it.
///
/// # Examples
///
/// See [`Grade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConceptGrade {
    /// The concept's id: the declared one, or `k1`, `k2` … for the reference's key phrases.
    pub id: String,
    /// The concept's text; absent where the key must not be shown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// How much it counts.
    pub weight: f64,
    /// What the answer does with it.
    pub verdict: Verdict,
    /// The passage that shows it.
    pub evidence: Option<Evidence>,
}

impl ConceptGrade {
    /// What became of `concept`.
    pub fn new(concept: &Concept, verdict: Verdict, evidence: Option<Evidence>) -> Self {
        Self {
            id: concept.id.clone(),
            text: Some(concept.text.clone()),
            weight: concept.weight,
            verdict,
            evidence,
        }
    }
}

/// A concept the answer lacks or contradicts.
///
/// # Examples
///
/// See [`Grade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingConcept {
    /// The concept's id.
    pub id: String,
    /// The concept's text; absent where the key must not be shown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
}

/// A misconception that the answer asserts.
///
/// # Examples
///
/// ```
/// use answer_grader::grade::{Judgement, Method, MisconceptionGrade, Reading, Standard, grade};
/// use answer_grader::{Submission, Task};
///
/// let submission = Submission::new(Task::new("Is a QuerySet lazy?", "Yes."), "No, it queries at once.");
/// let reading = Reading::of(&submission);
/// let mut judgement = Judgement::new(Method::Llm);
/// judgement.overall = Some(0.8);
/// let id = "eager".to_owned();
/// judgement.misconceptions = vec![MisconceptionGrade { id, text: None, cap: 0.3, evidence: None }];
/// let grade = grade(&submission, &reading, judgement, &Standard::default());
/// assert_eq!(grade.score, Some(0.3));
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MisconceptionGrade {
    /// The misconception's id.
    pub id: String,
    /// Its text; absent where the key must not be shown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// The highest score an answer that asserts it can have.
    pub cap: f64,
    /// The passage that asserts it.
    pub evidence: Option<Evidence>,
}

/// Where a score comes from: `score` is `overall` held between `lower` and `upper`. All 0..1.
///
/// # Examples
///
/// See [`Grade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreParts {
    /// Weighted mean of the checked verdicts; `null` where there are no concepts.
    pub concept_score: Option<f64>,
    /// What the grader gave for the whole answer.
    pub overall: f64,
    /// The least the evidence allows.
    pub lower: f64,
    /// The most the evidence allows.
    pub upper: f64,
    /// The score before calibration; `null` without one.
    pub calibrated_from: Option<f64>,
}

/// Says why an answer was not graded as asked.
///
/// # Examples
///
/// See [`Grade::degrade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Degraded {
    /// `not_configured`, or the language model's failure: `timeout`, `rate_limited`, …
    pub reason: String,
}

/// Who judged, with what.
///
/// # Examples
///
/// See [`Grade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The provider's name, for example `openai`.
    pub provider: Option<String>,
    /// The model as the provider named it.
    pub model: Option<String>,
    /// The prompt's identity, for example `grade@1f3a9c02d4e5`.
    pub prompt: Option<String>,
    /// Where the concepts came from and their hash: `declared@…`, `extracted@…` by a model, or `reference@…`
    /// where the reference's key phrases serve.
    pub concepts: Option<String>,
    /// The calibration's identity.
    pub calibration: Option<String>,
    /// The version of this software.
    pub software: String,
    /// How many requests were sent to the provider.
    pub attempts: u32,
    /// Whether the reply came from a cache.
    pub cached: bool,
    /// Of how many judgements by the model the grade is the mean; 0 where no model judged.
    #[serde(default)]
    pub samples: usize,
}

/// What a grade cost.
///
/// # Examples
///
/// See [`Grade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// All input tokens.
    pub input_tokens: u64,
    /// Those of them that the provider had cached.
    pub cached_input_tokens: u64,
    /// Output tokens, reasoning included.
    pub output_tokens: u64,
    /// US dollars; `null` where a price is unknown, 0 where nothing was sent.
    pub cost_usd: Option<f64>,
}

/// How long a grade took, in milliseconds.
///
/// # Examples
///
/// See [`Grade`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// From request to grade.
    pub total: f64,
    /// Waiting for the provider, retries included.
    pub llm: f64,
}

impl Grade {
    /// The same without anything that the candidate wrote or that was written about it: no quote, no
    /// feedback, no explanation. Verdicts, places and scores stay.
    ///
    /// ```
    /// # use answer_grader::{OfflineGrader, Task};
    /// # let grader = OfflineGrader::new(Task::new("What does an index do?", "It speeds up lookups."));
    /// let grade = grader.grade("It makes lookups faster.");
    /// let kept = grade.without_texts();
    /// assert_eq!(kept.score, grade.score);
    /// assert!(kept.feedback.is_empty());
    /// ```
    #[must_use]
    pub fn without_texts(&self) -> Self {
        let mut bones = self.clone();
        bones.feedback.clear();
        bones.explanation = None;
        let concepts = bones
            .concepts
            .iter_mut()
            .map(|concept| &mut concept.evidence);
        let misconceptions = bones.misconceptions.iter_mut();
        let evidence = concepts.chain(misconceptions.map(|one| &mut one.evidence));
        for evidence in evidence.flatten() {
            evidence.quote.clear();
        }
        bones
    }
}

/// The result: a score, what it rests on, and how far to trust it.
///
/// # Examples
///
/// ```
/// use answer_grader::{Concept, Submission, Task, Verdict, grade_offline};
///
/// let concept = |id: &str, text: &str, weight| Concept {
///     id: id.to_owned(), text: text.to_owned(), weight, aliases: Vec::new(), required: false,
/// };
/// let task = Task {
///     concepts: vec![concept("fast", "Lookups become faster", 2.0),
///                    concept("slow", "Writes become slower", 1.0)],
///     ..Task::new("What does an index do?", "It speeds up lookups. Writes become slower.")
/// };
/// let grade = grade_offline(&Submission::new(task, "An index makes lookups faster."));
///
/// assert!(grade.score > Some(0.5) && grade.score < Some(0.9));
/// assert_eq!(grade.missing_concepts[0].id, "slow");
/// assert_eq!(grade.concepts[0].verdict, Verdict::Covered);
/// let evidence = grade.concepts[0].evidence.as_ref().ok_or("no evidence")?;
/// assert_eq!((evidence.quote.as_str(), evidence.start, evidence.end), ("lookups faster", 15, 29));
/// let parts = grade.score_parts.as_ref().ok_or("not judged")?;
/// assert!(parts.lower <= parts.overall && parts.overall <= parts.upper);
/// assert!(grade.provenance.concepts.is_some_and(|from| from.starts_with("declared@")));
/// assert_eq!((grade.usage.cost_usd, grade.timing_ms.llm), (Some(0.0), 0.0));
/// # Ok::<(), &str>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// A unique id; `null` where `Grader` was not asked.
    pub id: Option<String>,
    /// 0..1; `null` where the answer cannot be judged, with the reason in `review_reasons`.
    pub score: Option<f64>,
    /// `score` times `max_points`.
    pub points: Option<f64>,
    /// What a score of 1 is worth.
    pub max_points: f64,
    /// Who judged.
    pub method: Method,
    /// Why the answer was not graded as asked; `null` where it was.
    pub degraded: Option<Degraded>,
    /// Every concept with its verdict.
    pub concepts: Vec<ConceptGrade>,
    /// The concepts that are missing or contradicted.
    pub missing_concepts: Vec<MissingConcept>,
    /// The misconceptions that the answer asserts.
    pub misconceptions: Vec<MisconceptionGrade>,
    /// For the candidate, in plain sentences.
    pub feedback: String,
    /// Where the score comes from; `null` where nothing was judged.
    pub score_parts: Option<ScoreParts>,
    /// How the offline grader came to its overall score; absent unless it was asked for, and below
    /// full feedback, since it shows the reference's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub explanation: Option<Explanation>,
    /// 0..1, an ordering: grades of higher confidence agree with people more often.
    pub confidence: f64,
    /// Whether a person should look at it.
    pub needs_review: bool,
    /// Why.
    pub review_reasons: Vec<String>,
    /// What was noticed.
    #[cfg_attr(feature = "serve", schema(value_type = Vec<super::flag::FlagSchema>))]
    pub flags: Vec<Flag>,
    /// Who judged, with what.
    pub provenance: Provenance,
    /// What it cost.
    pub usage: Usage,
    /// How long it took.
    pub timing_ms: Timing,
}
