use super::{Perturbation, Target};

/// What became of one changed text.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The change.
    pub perturbation: Perturbation,
    /// The case's id; the question's for a replacement.
    pub id: String,
    /// The question it belongs to.
    pub question_id: String,
    /// What people gave the answer, 0..1; 0 for a replacement.
    pub human_score: f64,
    /// The score without the change, 0..1; not looked at for a replacement.
    pub before: Option<f64>,
    /// The score with the change, 0..1.
    pub after: Option<f64>,
    /// Why a score is lacking: a failure's code, or why the answer cannot be judged.
    pub ungraded: Option<String>,
    /// Whether the grader declined to judge the changed text, rather than failed to: an attack
    /// that is declined has gained nothing.
    pub refused: bool,
    /// Whether the changed text's grade is marked for a person to look at.
    pub needs_review: bool,
}

impl Outcome {
    /// The scores without and with the change; none where one is lacking. A replacement begins at
    /// 0, which is what it deserves.
    pub(super) fn scores(&self) -> Option<(f64, f64)> {
        let before = match self.perturbation.target() {
            Target::EachQuestion => Some(0.0),
            Target::EveryAnswer | Target::FailedAnswers => self.before,
        };
        let (before, after) = before.zip(self.after)?;
        (before.is_finite() && after.is_finite()).then_some((before, after))
    }

    /// Why there are no two scores to compare.
    pub(super) fn reason(&self) -> &str {
        match (&self.ungraded, self.after) {
            (Some(reason), _) => reason,
            (None, Some(_)) => "original_ungraded",
            (None, None) => "unknown",
        }
    }
}
