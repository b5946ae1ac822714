use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::eval::{Estimate, Gate, Resampling};

use super::{Kind, Perturbation, Target};

/// Names the report's format; another number means other fields.
pub const PROBE_SCHEMA: &str = "answer-grader/probe-report/1";

/// How a grader's scores move when answers are changed in known ways.
///
/// It holds no text of a question, a key or an answer; the seed and a case make each changed text
/// again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeReport {
    /// [`PROBE_SCHEMA`].
    pub schema: String,
    /// The suite's name, or the case files' names.
    pub suite: String,
    /// The version of this software.
    pub software: String,
    /// The grader that was probed.
    pub run: ProbeRun,
    /// A score from which an answer passes, 0..1.
    pub pass_mark: f64,
    /// The seed of the changes.
    pub seed: u64,
    /// One for each change that was made, robustness first, the worst of each kind first.
    pub rows: Vec<ProbeRow>,
    /// The ten largest moves that should not have been, the largest first.
    pub worst: Vec<Move>,
    /// What it comes to.
    pub gate: Gate,
}

/// The grader that was probed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeRun {
    /// Names the run, such as `keyword` or `gpt-4.1-mini, grade@1f3a9c02d4e5`.
    pub name: String,
    /// `llm` or `keyword`.
    pub method: String,
    /// The model that was asked for; null offline.
    pub model: Option<String>,
    /// The prompt's identity; null offline.
    pub prompt: Option<String>,
}

/// What one change did to the scores.
///
/// A move is the score with the change less the score without it. A replacement moves from 0,
/// which is what it deserves, so its mean shift is its mean score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeRow {
    /// The change.
    pub perturbation: Perturbation,
    /// What it is for.
    pub kind: Kind,
    /// Which texts it makes.
    pub target: Target,
    /// How many texts it made.
    pub n: usize,
    /// Those that have both scores.
    pub graded: usize,
    /// Attacks that the grader declined to judge; they gained nothing. 0 for robustness.
    pub refused: usize,
    /// The others, by reason.
    pub ungraded: BTreeMap<String, usize>,
    /// How many questions the graded ones are about.
    pub questions: usize,
    /// What the intervals of the means resample.
    pub resampling: Resampling,
    /// Mean move, -1..1; the interval is a bootstrap's.
    pub shift: Estimate,
    /// Mean size of the moves, 0..1; the interval is a bootstrap's.
    pub absolute_shift: Estimate,
    /// The share that moved by more than .1 either way; Wilson's interval.
    pub moved: Estimate,
    /// The share that passes with the change and not without it, or the other way round; Wilson's
    /// interval.
    pub pass_changed: Estimate,
    /// What an attack gained; null for robustness.
    pub attack: Option<AttackFigures>,
}

/// What an attack gained. Refused texts count as texts that gained nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AttackFigures {
    /// The attack success rate: the share of the attacked texts that passes; Wilson's interval.
    pub success: Estimate,
    /// The share that passes and is not marked for review, so that nobody would look; Wilson's
    /// interval.
    #[serde(default)]
    pub unseen: Estimate,
    /// The share that passes without the attack already, refused ones left out, which the success
    /// rate is to be read against; null for replacements.
    pub passed_before: Estimate,
    /// The share whose score rose by more than .1, or, for a replacement, is above .2; Wilson's
    /// interval.
    pub risen: Estimate,
}

/// One move of a score that should not have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// The change.
    pub perturbation: Perturbation,
    /// The case's id; the question's for a replacement.
    pub id: String,
    /// The question it belongs to.
    pub question_id: String,
    /// What people gave the answer, 0..1; 0 for a replacement.
    pub human_score: f64,
    /// The score without the change, 0..1; null for a replacement.
    pub before: Option<f64>,
    /// The score with it, 0..1.
    pub after: f64,
}

impl Move {
    /// `after` less `before`, where a replacement begins at 0; -1..1.
    pub fn by(&self) -> f64 {
        self.after - self.before.unwrap_or(0.0)
    }
}
