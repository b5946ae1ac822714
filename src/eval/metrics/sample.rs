use std::collections::HashMap;

use crate::eval::failing::passes;
use crate::eval::{CaseResult, Resampling, Settings};

/// So many questions are enough to resample whole questions.
const ENOUGH_QUESTIONS: usize = 20;

/// The graded answers of a run as columns, and the units that are resampled: an answer with all its
/// repetitions, within its question.
pub(super) struct Sample {
    pub(super) human: Vec<f64>,
    pub(super) score: Vec<f64>,
    pub(super) human_level: Vec<f64>,
    pub(super) level: Vec<f64>,
    pub(super) human_passes: Vec<bool>,
    pub(super) passes: Vec<bool>,
    /// Missing concepts in both lists, reported only, labelled only; zeros where nobody looked.
    pub(super) concepts: Vec<[f64; 3]>,
    pub(super) confidence: Vec<f64>,
    /// The rows by rising human score, and by rising score.
    pub(super) by_human: Vec<usize>,
    pub(super) by_score: Vec<usize>,
    /// The unit of each row.
    pub(super) unit: Vec<usize>,
    /// Wanted and graded rows of each unit.
    pub(super) wanted: Vec<f64>,
    pub(super) graded: Vec<f64>,
    /// The units of each question.
    pub(super) questions: Vec<Vec<usize>>,
    pub(super) resampling: Resampling,
}

impl Sample {
    pub(super) fn new(cases: &[&CaseResult], settings: &Settings) -> Self {
        let mut units: HashMap<&str, usize> = HashMap::new();
        let mut by_question: HashMap<&str, usize> = HashMap::new();
        let mut sample = Self {
            human: Vec::with_capacity(cases.len()),
            score: Vec::with_capacity(cases.len()),
            human_level: Vec::new(),
            level: Vec::new(),
            human_passes: Vec::new(),
            passes: Vec::new(),
            concepts: Vec::new(),
            confidence: Vec::new(),
            by_human: Vec::new(),
            by_score: Vec::new(),
            unit: Vec::new(),
            wanted: Vec::new(),
            graded: Vec::new(),
            questions: Vec::new(),
            resampling: Resampling::Questions,
        };
        for case in cases {
            let next = units.len();
            let unit = *units.entry(&case.id).or_insert(next);
            if unit == next {
                sample.wanted.push(0.0);
                sample.graded.push(0.0);
                let next = by_question.len();
                let question = *by_question.entry(&case.question_id).or_insert(next);
                if question == next {
                    sample.questions.push(Vec::new());
                }
                sample.questions[question].push(unit);
            }
            sample.wanted[unit] += 1.0;
            if let Some(score) = case.score {
                sample.graded[unit] += 1.0;
                sample.unit.push(unit);
                sample.add(case, score, settings);
            }
        }
        sample.by_human = order(&sample.human);
        sample.by_score = order(&sample.score);
        sample.resampling = resampling_of(sample.questions.len());
        if sample.resampling == Resampling::WithinQuestions {
            sample.join_lone_answers();
        }
        sample
    }

    /// Puts answers that are alone with their question together: drawn from itself alone, each would
    /// come every time, and the interval would shrink to nothing (collapsed strata: Cochran,
    /// "Sampling Techniques", 1977, section 5A.12).
    fn join_lone_answers(&mut self) {
        let (lone, mut questions): (Vec<_>, Vec<_>) =
            self.questions.drain(..).partition(|units| units.len() == 1);
        questions.extend((!lone.is_empty()).then(|| lone.concat()));
        self.questions = questions;
    }

    fn add(&mut self, case: &CaseResult, score: f64, settings: &Settings) {
        let matched = case.concept_match.unwrap_or_default();
        let counts = [matched.both, matched.reported_only, matched.labelled_only];
        self.human.push(case.human_score);
        self.score.push(score);
        self.human_level
            .push(level(case.human_score, settings.levels));
        self.level.push(level(score, settings.levels));
        self.human_passes
            .push(passes(case.human_score, settings.human_pass_mark));
        self.passes.push(passes(score, settings.pass_mark));
        self.concepts.push(counts.map(|count| count as f64));
        self.confidence.push(case.confidence);
    }

    /// Rows.
    pub(super) fn len(&self) -> usize {
        self.human.len()
    }

    /// Units.
    pub(super) fn units(&self) -> usize {
        self.wanted.len()
    }
}

/// What is resampled where there are so many questions.
pub(in crate::eval) fn resampling_of(questions: usize) -> Resampling {
    if questions >= ENOUGH_QUESTIONS {
        Resampling::Questions
    } else {
        Resampling::WithinQuestions
    }
}

/// The level of a score, from 0: the nearest, and the higher of two that are as near.
pub(in crate::eval) fn level(score: f64, levels: usize) -> f64 {
    let highest = levels.saturating_sub(1) as f64;
    (score * highest + 0.5).floor().clamp(0.0, highest)
}

fn order(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<_> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    order
}
