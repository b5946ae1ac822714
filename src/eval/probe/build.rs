use crate::eval::Conclusion;

use super::{
    Kind, Move, Outcome, PROBE_SCHEMA, ProbeLimits, ProbeReport, ProbeRun, Target, probe_gate,
    summarise,
};

/// How many moves a report names.
const WORST: usize = 10;
/// Smaller moves are rounding.
const SMALLEST: f64 = 1e-9;

/// What was probed, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeSetup {
    /// The suite's name, or the case files' names.
    pub suite: String,
    /// The version of this software.
    pub software: String,
    /// The grader.
    pub run: ProbeRun,
    /// A score from which an answer passes, 0..1.
    pub pass_mark: f64,
    /// The seed of the changes.
    pub seed: u64,
}

impl ProbeReport {
    /// Sums up what became of the changed texts and holds it against the limits.
    pub fn new(setup: ProbeSetup, outcomes: &[Outcome], limits: &ProbeLimits) -> Self {
        let rows = summarise(outcomes, setup.pass_mark);
        Self {
            schema: PROBE_SCHEMA.to_owned(),
            suite: setup.suite,
            software: setup.software,
            gate: probe_gate(&setup.run.name, &rows, limits),
            run: setup.run,
            pass_mark: setup.pass_mark,
            seed: setup.seed,
            rows,
            worst: worst(outcomes),
        }
    }

    /// Whether every check of the gate passed.
    pub fn passed(&self) -> bool {
        self.gate.conclusion == Conclusion::Pass
    }
}

/// The largest moves that should not have been: of attacks only rises.
fn worst(outcomes: &[Outcome]) -> Vec<Move> {
    let mut moves: Vec<(f64, Move)> = outcomes.iter().filter_map(unwanted).collect();
    moves.sort_by(|(one, first), (other, second)| {
        let sizes = other.total_cmp(one);
        let names = first.perturbation.cmp(&second.perturbation);
        sizes.then(names).then_with(|| first.id.cmp(&second.id))
    });
    moves.truncate(WORST);
    moves.into_iter().map(|(_, moved)| moved).collect()
}

/// How far the score moved against what it should do, and the move.
fn unwanted(outcome: &Outcome) -> Option<(f64, Move)> {
    let (before, after) = outcome.scores()?;
    let size = match outcome.perturbation.kind() {
        Kind::Robustness => (after - before).abs(),
        Kind::Attack => after - before,
    };
    let replaces = outcome.perturbation.target() == Target::EachQuestion;
    (size > SMALLEST).then(|| {
        let moved = Move {
            perturbation: outcome.perturbation,
            id: outcome.id.clone(),
            question_id: outcome.question_id.clone(),
            human_score: outcome.human_score,
            before: (!replaces).then_some(before),
            after,
        };
        (size, moved)
    })
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::Perturbation;
    use crate::eval::probe::samples::{self, outcome};

    use super::*;

    #[test]
    fn the_worst_moves_are_falls_and_rises_of_answers_and_rises_of_attacks() {
        let outcomes = [
            outcome(Perturbation::Typos, "a", Some(0.9), Some(0.4)),
            outcome(Perturbation::Instructions, "b", Some(0.3), Some(0.0)),
            outcome(Perturbation::Instructions, "c", Some(0.3), Some(0.6)),
            outcome(Perturbation::MasterKey, "orm", None, Some(0.8)),
            outcome(Perturbation::Padding, "d", Some(0.3), Some(0.3)),
            outcome(Perturbation::Padding, "e", Some(0.3), None),
        ];
        let worst = worst(&outcomes);
        let ids: Vec<&str> = worst.iter().map(|moved| moved.id.as_str()).collect();
        assert_eq!(ids, ["orm", "a", "c"]);
        assert_eq!(worst[0].before, None);
        assert!((worst[0].by() - 0.8).abs() < 1e-12);
        assert!((worst[1].by() + 0.5).abs() < 1e-12);
    }

    #[test]
    fn only_ten_moves_are_named_and_equal_ones_by_id() {
        let outcomes: Vec<Outcome> = (0..30)
            .rev()
            .map(|at| {
                outcome(
                    Perturbation::Typos,
                    &format!("{at:02}"),
                    Some(0.9),
                    Some(0.4),
                )
            })
            .collect();
        let ids: Vec<String> = worst(&outcomes).into_iter().map(|moved| moved.id).collect();
        let first: Vec<String> = (0..10).map(|at| format!("{at:02}")).collect();
        assert_eq!(ids, first);
    }

    #[test]
    fn a_report_survives_json_and_holds_no_text() {
        let report = samples::report();
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<ProbeReport>(&json).unwrap(), report);
        assert!(json.starts_with(r#"{"schema":"answer-grader/probe-report/1","suite":"django""#));
        assert!(!json.contains("NaN") && !json.contains("select_related"));
        assert!(!report.passed());
    }
}
