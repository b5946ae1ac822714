use crate::grade::{Flag, FlagCode, Judgement, Reading, concept_score};

/// What speaks against a reply's claims, counted by concept.
#[derive(Default)]
pub(super) struct Doubts {
    /// Claimed evidence that does not count.
    pub(super) unverified: usize,
    /// Evidence that supports nothing in particular.
    pub(super) unsupported: usize,
    /// Misconceptions claimed with a quote that is not in the answer.
    pub(super) unshown_misconceptions: usize,
}

impl Doubts {
    /// Flags what was found.
    pub(super) fn flag(&self, judgement: &mut Judgement) {
        if self.unverified + self.unshown_misconceptions > 0 {
            judgement
                .flags
                .push(Flag::whole(FlagCode::UnverifiedEvidence));
        }
        if self.unsupported > 0 {
            judgement
                .flags
                .push(Flag::whole(FlagCode::UnsupportedEvidence));
        }
    }
}

/// How far the model's overall may lie from its own verdicts before nothing is left of the trust.
const NO_TRUST: f64 = 0.6;
/// What evidence that does not count, or supports nothing, takes at most, and suspicious content.
const UNVERIFIED_COST: f64 = 0.4;
const UNSUPPORTED_COST: f64 = 0.6;
const UNSHOWN_COST: f64 = 0.5;
const SUSPICIOUS_COST: f64 = 0.3;

/// The gap between the overall and the checked verdicts tells most: on human-graded answers the
/// half with the smallest gap agreed with people far better than the rest (`docs/scoring.md`).
pub(super) fn confidence(
    judgement: &Judgement,
    doubts: &Doubts,
    concepts: usize,
    reading: &Reading,
) -> f64 {
    let overall = judgement.overall.unwrap_or_default();
    let gap =
        concept_score(&judgement.concepts).map_or(NO_TRUST / 2.0, |score| (overall - score).abs());
    let share = |count: usize| count as f64 / concepts.max(1) as f64;
    let suspicious = if reading.suspicious.is_empty() {
        0.0
    } else {
        SUSPICIOUS_COST
    };
    let trust = 1.0 - gap / NO_TRUST;
    let unshown = if doubts.unshown_misconceptions > 0 {
        UNSHOWN_COST
    } else {
        0.0
    };
    let cost = UNVERIFIED_COST * share(doubts.unverified)
        + UNSUPPORTED_COST * share(doubts.unsupported)
        + suspicious
        + unshown;
    (trust - cost).clamp(0.02, 0.98)
}
