use serde::Serialize;

use crate::grade::{
    Degraded, Evidence, FeedbackLevel, Flag, FlagCode, Grade, Method, MissingConcept, Verdict,
};

/// What a page is told of a grade. Below full feedback nothing in it tells of the key: ids are places in the list.
#[derive(utoipa::ToSchema, Serialize)]
pub(in crate::http) struct EmbeddedGrade {
    /// The id that the whole grade is kept under.
    id: Option<String>,
    /// 0..1; `null` where the answer cannot be judged.
    score: Option<f64>,
    /// `score` times `max_points`.
    points: Option<f64>,
    /// What a score of 1 is worth.
    max_points: f64,
    /// Who judged.
    method: Method,
    /// Why the answer was not graded as asked; `null` where it was.
    degraded: Option<Degraded>,
    /// For the candidate, in plain sentences; empty where the token shows none.
    feedback: String,
    /// Every idea with its verdict.
    concepts: Vec<EmbeddedConcept>,
    /// The ideas that are missing or contradicted.
    missing_concepts: Vec<MissingConcept>,
    /// What was noticed about the answer that its author can mend; nothing of what was compared with the key.
    flags: Vec<FlagCode>,
    /// Whether a person should look at it.
    needs_review: bool,
}

/// An idea of the key and what the answer does with it.
#[derive(utoipa::ToSchema, Serialize)]
struct EmbeddedConcept {
    /// The concept's id; below full feedback its place in the list: `1`, `2`, …
    id: String,
    /// The concept's text; absent below full feedback.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    verdict: Verdict,
    /// The passage of the answer that shows it.
    evidence: Option<Evidence>,
}

impl EmbeddedGrade {
    /// Takes from a grade what a page may have at this level.
    pub(super) fn of(grade: Grade, shown: FeedbackLevel) -> Self {
        let in_full = shown == FeedbackLevel::Full;
        let ids: Vec<_> = grade.concepts.iter().map(|one| one.id.clone()).collect();
        let name = |id: &str| {
            if in_full {
                return Some(id.to_owned());
            }
            let place = ids.iter().position(|one| one == id);
            place.map(|place| (place + 1).to_string())
        };
        let text = |text: Option<String>| text.filter(|_| in_full);
        let concepts = grade.concepts.into_iter().filter_map(|one| {
            Some(EmbeddedConcept {
                id: name(&one.id)?,
                text: text(one.text),
                verdict: one.verdict,
                evidence: one.evidence,
            })
        });
        let missing = grade.missing_concepts.into_iter().filter_map(|one| {
            Some(MissingConcept {
                id: name(&one.id)?,
                text: text(one.text),
            })
        });
        Self {
            id: grade.id,
            score: grade.score,
            points: grade.points,
            max_points: grade.max_points,
            method: grade.method,
            degraded: grade.degraded,
            feedback: grade.feedback,
            concepts: concepts.collect(),
            missing_concepts: missing.collect(),
            flags: grade.flags.iter().filter_map(of_the_answer).collect(),
            needs_review: grade.needs_review,
        }
    }
}

/// What its author may know of an answer. That words were compared with the key, or that somebody is suspected, is for
/// whoever reviews the grade.
fn of_the_answer(flag: &Flag) -> Option<FlagCode> {
    let for_the_author = matches!(
        flag.code,
        FlagCode::EmptyAnswer
            | FlagCode::NoContent
            | FlagCode::QuestionEcho
            | FlagCode::NoUsableSpeech
            | FlagCode::DifferentLanguage
            | FlagCode::MixedLanguage
    );
    for_the_author.then_some(flag.code)
}
