use std::sync::Arc;

use super::{
    Calibration, ConceptGrade, Degraded, Explanation, Flag, FlagCode, Grade, Method,
    MisconceptionGrade, MissingConcept, Provenance, Reading, Settled, Submission, Timing, Usage,
    Verdict, disclosure, score,
};

/// What a grader found in an answer, before the rules that hold for every grader.
///
/// See [`grade()`].
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Who judged.
    pub method: Method,
    /// Every concept with its checked verdict.
    pub concepts: Vec<ConceptGrade>,
    /// The misconceptions found.
    pub misconceptions: Vec<MisconceptionGrade>,
    /// The score for the whole answer, 0..1; `None` where the answer cannot be judged.
    pub overall: Option<f64>,
    /// The highest score, 0..1, that the grader's own guards allow.
    pub ceiling: f64,
    /// Whether the concept score bounds the overall score. Not where the concepts are only the
    /// reference's key phrases and come from the same formula.
    pub bounded_by_concepts: bool,
    /// For the candidate.
    pub feedback: String,
    /// What the grader noticed, beyond what reading the answer showed.
    pub flags: Vec<Flag>,
    /// How sure the grader is, 0..1.
    pub confidence: f64,
    /// Where the concepts came from and their hash.
    pub concepts_from: Option<String>,
    /// How the overall score came about, where that was asked for.
    pub explanation: Option<Explanation>,
}

impl Judgement {
    /// An empty judgement by `method`, to be filled.
    pub fn new(method: Method) -> Self {
        Self {
            method,
            concepts: Vec::new(),
            misconceptions: Vec::new(),
            overall: None,
            ceiling: 1.0,
            bounded_by_concepts: true,
            feedback: String::new(),
            flags: Vec::new(),
            confidence: 0.0,
            concepts_from: None,
            explanation: None,
        }
    }
}

impl From<Settled> for Judgement {
    fn from(settled: Settled) -> Self {
        Self {
            overall: settled.score,
            flags: vec![Flag::whole(settled.code)],
            feedback: settled.feedback.to_owned(),
            confidence: if settled.score.is_some() { SURE } else { 0.0 },
            bounded_by_concepts: false,
            ..Self::new(Method::Gate)
        }
    }
}

/// What grades are held to beyond what their requests say.
///
/// ```
/// use answer_grader::grade::{Judgement, Method, Reading, Standard, grade};
/// use answer_grader::{Submission, Task};
///
/// let task = Task::new("What does select_related() do?", "It joins the related table.");
/// let submission = Submission::new(task, "It makes a join.");
/// let mut judgement = Judgement::new(Method::Llm);
/// (judgement.overall, judgement.confidence) = (Some(0.7), 0.6);
/// let strict = Standard { review_below: 0.9, ..Standard::default() };
/// let grade = grade(&submission, &Reading::of(&submission), judgement, &strict);
/// assert!(grade.needs_review && grade.has_low_confidence());
/// ```
#[derive(Debug, Clone)]
pub struct Standard {
    /// Grades of lower confidence, 0..1, are marked for review.
    pub review_below: f64,
    /// What scores and confidences are worth beside people's, where that was learnt.
    pub calibration: Option<Arc<Calibration>>,
}

/// Grades of lower confidence are for a person to look at, where nothing else is configured.
const REVIEW_BELOW: f64 = 0.5;

impl Default for Standard {
    fn default() -> Self {
        Self {
            review_below: REVIEW_BELOW,
            calibration: None,
        }
    }
}

/// Review reason of a grade whose confidence is below the limit.
const LOW_CONFIDENCE: &str = "low_confidence";

/// Confidence of the gate, whose rules a person would follow too.
const SURE: f64 = 0.95;

/// Turns a judgement into a grade: the score bounded by the evidence, the missing concepts, what
/// needs a person, and no more of the key than the submission allows.
///
/// A score is calibrated last: the bounds hold for what the grader found, the ceilings for both.
///
/// ```
/// use answer_grader::grade::{ConceptGrade, Judgement, Method, Reading, Standard, grade};
/// use answer_grader::{Concept, Submission, Task, Verdict};
///
/// let join = Concept { id: "join".to_owned(), text: "It is a join".to_owned(), weight: 1.0,
///     aliases: Vec::new(), required: true };
/// let missing = ConceptGrade::new(&join, Verdict::Missing, None);
/// let task = Task { concepts: vec![join], ..Task::new("What does select_related() do?", "It joins.") };
/// let submission = Submission::new(task, "It is something with tables.");
/// let mut judgement = Judgement::new(Method::Llm);
/// judgement.overall = Some(0.9);
/// judgement.concepts = vec![missing];
/// let grade = grade(&submission, &Reading::of(&submission), judgement, &Standard::default());
/// // Nothing in the answer shows the idea, whatever the model gave for the whole.
/// assert_eq!(grade.score, Some(0.1));
/// assert_eq!(grade.missing_concepts[0].id, "join");
/// ```
pub fn grade(
    submission: &Submission,
    reading: &Reading,
    judgement: Judgement,
    standard: &Standard,
) -> Grade {
    let required_missing = lacks_required(submission, &judgement.concepts);
    let ceiling = score::ceiling(&judgement, required_missing);
    let parts = judgement
        .overall
        .map(|overall| score::parts(&judgement, overall, required_missing));
    let score = parts
        .as_ref()
        .map(|parts| parts.overall.clamp(parts.lower, parts.upper));

    let mut flags = reading.flags.clone();
    flags.extend(judgement.flags);
    let lost = |concept: &&ConceptGrade| {
        matches!(concept.verdict, Verdict::Missing | Verdict::Contradicted)
    };
    let missing = judgement.concepts.iter().filter(lost);
    let missing_concepts = missing.map(|concept| MissingConcept {
        id: concept.id.clone(),
        text: concept.text.clone(),
    });

    let mut grade = Grade {
        id: None,
        score,
        points: score.map(|score| (score * submission.max_points * 1e4).round() / 1e4),
        max_points: submission.max_points,
        method: judgement.method,
        degraded: None,
        missing_concepts: missing_concepts.collect(),
        concepts: judgement.concepts,
        misconceptions: judgement.misconceptions,
        feedback: judgement.feedback,
        score_parts: parts,
        explanation: judgement.explanation,
        confidence: score::round(judgement.confidence),
        needs_review: false,
        review_reasons: Vec::new(),
        flags,
        provenance: Provenance {
            concepts: judgement.concepts_from,
            software: env!("CARGO_PKG_VERSION").to_owned(),
            ..Provenance::default()
        },
        usage: Usage {
            cost_usd: Some(0.0),
            ..Usage::default()
        },
        timing_ms: Timing::default(),
    };
    let review_below = calibrate(&mut grade, standard, ceiling);
    for reason in review_reasons(&grade, review_below) {
        grade.ask_review(&reason);
    }
    disclosure::restrict(&mut grade, submission);
    grade
}

fn lacks_required(submission: &Submission, concepts: &[ConceptGrade]) -> bool {
    let required = submission
        .task
        .concepts
        .iter()
        .filter(|concept| concept.required);
    let mut ids = required.map(|concept| &concept.id);
    ids.any(|id| {
        concepts
            .iter()
            .any(|grade| grade.id == *id && grade.verdict.credit() == 0.0)
    })
}

/// Puts the score that people would give in the place of the grader's, and the chance of being near
/// it in the place of its confidence. Gives the confidence below which a person should look.
fn calibrate(grade: &mut Grade, standard: &Standard, ceiling: f64) -> f64 {
    let calibration = standard.calibration.as_deref();
    let method = calibration.and_then(|calibration| calibration.of(grade.method));
    let (Some(calibration), Some(method)) = (calibration, method) else {
        return standard.review_below;
    };
    let Some(raw) = grade.score else {
        return standard.review_below;
    };
    let score = score::round(method.apply(raw).min(ceiling));
    grade.score = Some(score);
    grade.points = Some((score * grade.max_points * 1e4).round() / 1e4);
    if let Some(parts) = &mut grade.score_parts {
        parts.calibrated_from = Some(raw);
    }
    // The calibration's limit is on the grader's own confidence, the settings' on what is shown.
    let review_below = match method.review_below() {
        Some(limit) if grade.confidence < limit => 1.0,
        Some(_) => 0.0,
        None => standard.review_below,
    };
    grade.confidence = score::round(method.confidence(grade.confidence));
    grade.provenance.calibration = Some(calibration.identity());
    review_below
}

fn review_reasons(grade: &Grade, review_below: f64) -> Vec<String> {
    let mut reasons = Vec::new();
    let settles = |code: FlagCode| {
        matches!(
            code,
            FlagCode::NoUsableSpeech
                | FlagCode::DifferentLanguage
                | FlagCode::ReferenceWithoutWords
        )
    };
    for flag in &grade.flags {
        let tells_why = grade.score.is_none() && settles(flag.code);
        if tells_why
            || flag.code.is_suspicious()
            || matches!(
                flag.code,
                FlagCode::MixedLanguage | FlagCode::VeryLong | FlagCode::GradingTalk
            )
        {
            reasons.push(flag.code.to_string());
        }
    }
    // Words tell that something is denied, not whether the denial is right.
    let denies = |concept: &ConceptGrade| concept.verdict == Verdict::Contradicted;
    if grade.method == Method::Keyword && grade.concepts.iter().any(denies) {
        reasons.push("contradicted_concept".to_owned());
    }
    if grade.score.is_some() && grade.confidence < review_below {
        reasons.push(LOW_CONFIDENCE.to_owned());
    }
    reasons
}

impl Grade {
    /// Marks the grade for review, with the reason: a short name, kept once.
    ///
    /// ```
    /// # use answer_grader::{OfflineGrader, Task};
    /// # let grader = OfflineGrader::new(Task::new("What does an index do?", "It speeds up lookups."));
    /// let mut grade = grader.grade("It makes lookups faster.");
    /// grade.ask_review("appeal");
    /// assert!(grade.needs_review);
    /// assert!(grade.review_reasons.contains(&"appeal".to_owned()));
    /// ```
    pub fn ask_review(&mut self, reason: &str) {
        self.needs_review = true;
        if !self.review_reasons.iter().any(|given| given == reason) {
            self.review_reasons.push(reason.to_owned());
        }
    }

    /// Tells whether the grade is marked for review since its confidence is too low; see
    /// [`Standard`].
    pub fn has_low_confidence(&self) -> bool {
        self.review_reasons
            .iter()
            .any(|reason| reason == LOW_CONFIDENCE)
    }

    /// Says that the answer was not graded as asked, and why.
    ///
    /// ```
    /// # use answer_grader::{OfflineGrader, Task};
    /// # let grader = OfflineGrader::new(Task::new("What does an index do?", "It speeds up lookups."));
    /// let mut grade = grader.grade("It makes lookups faster.");
    /// grade.degrade("timeout");
    /// assert_eq!(grade.degraded.map(|one| one.reason).as_deref(), Some("timeout"));
    /// ```
    pub fn degrade(&mut self, reason: &str) {
        self.degraded = Some(Degraded {
            reason: reason.to_owned(),
        });
    }
}
