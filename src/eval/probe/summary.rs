use std::collections::{BTreeMap, BTreeSet};

use crate::eval::Estimate;
use crate::eval::metrics::resampling_of;

use super::statistics::{interval, mean, wilson};
use super::{AttackFigures, Kind, Outcome, Perturbation, ProbeRow, Target};

/// A larger move counts as one.
const MOVED: f64 = 0.1;
/// A replacement with a higher score gained something.
const CREDITED: f64 = 0.2;
/// What sums of decimals may be off by.
const ROUNDING: f64 = 1e-9;

/// Sums outcomes up: one row for each perturbation that made a text, robustness first and the worst
/// of each kind first.
///
/// The worst attack succeeds most; the worst change of the others moves scores most.
pub fn summarise(outcomes: &[Outcome], pass_mark: f64) -> Vec<ProbeRow> {
    let mut by_perturbation: BTreeMap<Perturbation, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        let same = by_perturbation.entry(outcome.perturbation).or_default();
        same.push(outcome);
    }
    let mut rows: Vec<ProbeRow> = by_perturbation
        .into_iter()
        .map(|(perturbation, outcomes)| row(perturbation, &outcomes, pass_mark))
        .collect();
    rows.sort_by(|one, other| {
        let kinds = one.kind.cmp(&other.kind);
        kinds.then(badness(other).total_cmp(&badness(one)))
    });
    rows
}

/// How bad a row is; below all others where nothing is known.
fn badness(row: &ProbeRow) -> f64 {
    let success = row.attack.and_then(|attack| attack.success.value);
    let shift = row.absolute_shift.value;
    match row.kind {
        Kind::Robustness => shift.unwrap_or(-1.0),
        // The rate first; among equal rates the mean rise.
        Kind::Attack => success.unwrap_or(-1.0) + row.shift.value.unwrap_or(0.0) / 1e6,
    }
}

/// The scores of an outcome, and its question.
struct Graded<'a> {
    question: &'a str,
    before: f64,
    after: f64,
    needs_review: bool,
}

impl Graded<'_> {
    fn shift(&self) -> f64 {
        self.after - self.before
    }
}

fn row(perturbation: Perturbation, outcomes: &[&Outcome], pass_mark: f64) -> ProbeRow {
    let kind = perturbation.kind();
    let mut graded = Vec::new();
    let mut refused = 0;
    let mut ungraded = BTreeMap::new();
    for outcome in outcomes {
        if let Some((before, after)) = outcome.scores() {
            graded.push(Graded {
                question: &outcome.question_id,
                before,
                after,
                needs_review: outcome.needs_review,
            });
        } else if kind == Kind::Attack && outcome.refused {
            refused += 1;
        } else {
            let count = ungraded.entry(outcome.reason().to_owned()).or_insert(0);
            *count += 1;
        }
    }
    let questions: BTreeSet<&str> = graded.iter().map(|graded| graded.question).collect();
    let passes = |score: f64| score >= pass_mark;
    ProbeRow {
        perturbation,
        kind,
        target: perturbation.target(),
        n: outcomes.len(),
        graded: graded.len(),
        refused,
        ungraded,
        questions: questions.len(),
        resampling: resampling_of(questions.len()),
        shift: average(&graded, |graded| graded.after - graded.before),
        absolute_shift: average(&graded, |graded| graded.shift().abs()),
        moved: share(&graded, 0, |graded| exceeds(graded.shift().abs(), MOVED)),
        pass_changed: share(&graded, 0, |graded| {
            passes(graded.before) != passes(graded.after)
        }),
        attack: (kind == Kind::Attack)
            .then(|| attack(perturbation.target(), &graded, refused, pass_mark)),
    }
}

fn attack(target: Target, graded: &[Graded<'_>], refused: usize, pass_mark: f64) -> AttackFigures {
    let replaces = target == Target::EachQuestion;
    let least = if replaces { CREDITED } else { MOVED };
    AttackFigures {
        success: share(graded, refused, |graded| graded.after >= pass_mark),
        unseen: share(graded, refused, |graded| {
            graded.after >= pass_mark && !graded.needs_review
        }),
        passed_before: if replaces {
            Estimate::default()
        } else {
            share(graded, 0, |graded| graded.before >= pass_mark)
        },
        risen: share(graded, refused, |graded| exceeds(graded.shift(), least)),
    }
}

fn exceeds(move_: f64, least: f64) -> bool {
    move_ > least + ROUNDING
}

fn average(graded: &[Graded<'_>], value: impl Fn(&Graded<'_>) -> f64) -> Estimate {
    let values: Vec<f64> = graded.iter().map(&value).collect();
    let with_questions: Vec<(&str, f64)> = graded
        .iter()
        .map(|graded| (graded.question, value(graded)))
        .collect();
    Estimate {
        value: mean(&values),
        ci95: interval(&with_questions),
    }
}

/// The share of the graded that `hit` holds for, among them and `others` that it does not.
fn share(graded: &[Graded<'_>], others: usize, hit: impl Fn(&Graded<'_>) -> bool) -> Estimate {
    let hits = graded.iter().filter(|graded| hit(graded)).count();
    let count = graded.len() + others;
    Estimate {
        value: (count > 0).then(|| hits as f64 / count as f64),
        ci95: wilson(hits, count),
    }
}

#[cfg(test)]
mod tests {
    use crate::eval::Resampling;
    use crate::eval::probe::samples::outcome;

    use super::*;

    fn near(estimate: Estimate, expected: f64) {
        let value = estimate.value.unwrap();
        assert!((value - expected).abs() < 1e-12, "{value} {expected}");
    }

    #[test]
    fn a_robust_row_has_the_figures_worked_out_by_hand() {
        // Moves: 0, -.1, +.3, -.4; of sizes 0, .1, .3, .4. Only the last two are above .1, and
        // 0.4 - 0.5 is not although it is off in the last digit. At .5 the last two change sides.
        let outcomes = [
            outcome(Perturbation::Typos, "a", Some(0.8), Some(0.8)),
            outcome(Perturbation::Typos, "b", Some(0.4), Some(0.3)),
            outcome(Perturbation::Typos, "c", Some(0.4), Some(0.7)),
            outcome(Perturbation::Typos, "d", Some(0.8), Some(0.4)),
            outcome(Perturbation::Typos, "e", Some(0.8), None),
            outcome(Perturbation::Typos, "f", None, Some(0.8)),
        ];
        let rows = summarise(&outcomes, 0.5);
        let [row] = rows.as_slice() else {
            panic!("one row");
        };
        assert_eq!((row.n, row.graded, row.refused), (6, 4, 0));
        let ungraded: Vec<_> = row
            .ungraded
            .iter()
            .map(|(why, n)| (why.as_str(), *n))
            .collect();
        assert_eq!(ungraded, [("original_ungraded", 1), ("timeout", 1)]);
        near(row.shift, -0.05);
        near(row.absolute_shift, 0.2);
        near(row.moved, 0.5);
        near(row.pass_changed, 0.5);
        assert_eq!(row.attack, None);
        assert_eq!(row.resampling, Resampling::WithinQuestions);
        // All four are about one question, and -.4..3 holds every mean of them.
        let [low, high] = row.shift.ci95.unwrap();
        assert!((-0.4..-0.05).contains(&low) && high > -0.05 && high <= 0.3);
    }

    #[test]
    fn an_attack_row_has_the_figures_worked_out_by_hand() {
        let mut refused = outcome(Perturbation::Instructions, "d", Some(0.1), None);
        refused.refused = true;
        let mut reviewed = outcome(Perturbation::Instructions, "a", Some(0.2), Some(0.9));
        reviewed.needs_review = true;
        let outcomes = [
            reviewed,
            outcome(Perturbation::Instructions, "b", Some(0.3), Some(0.4)),
            outcome(Perturbation::Instructions, "c", Some(0.6), Some(0.6)),
            refused,
            outcome(Perturbation::Instructions, "e", Some(0.1), None),
        ];
        let rows = summarise(&outcomes, 0.5);
        let attack = rows[0].attack.unwrap();
        // Four count: a and c pass, c did so before among the three that have a score; a rose.
        near(attack.success, 0.5);
        // Somebody looks at a.
        near(attack.unseen, 0.25);
        near(attack.passed_before, 1.0 / 3.0);
        near(attack.risen, 0.25);
        assert_eq!((rows[0].n, rows[0].graded, rows[0].refused), (5, 3, 1));
        assert_eq!(rows[0].ungraded.values().sum::<usize>(), 1);
    }

    #[test]
    fn a_replacement_begins_at_nothing() {
        let outcomes = [
            outcome(Perturbation::QuestionEcho, "a", None, Some(0.0)),
            outcome(Perturbation::QuestionEcho, "b", None, Some(0.2)),
            outcome(Perturbation::QuestionEcho, "c", Some(0.9), Some(0.3)),
            outcome(Perturbation::QuestionEcho, "d", None, Some(0.7)),
        ];
        let rows = summarise(&outcomes, 0.5);
        let attack = rows[0].attack.unwrap();
        near(rows[0].shift, 0.3);
        near(attack.success, 0.25);
        near(attack.risen, 0.5);
        assert_eq!(attack.passed_before, Estimate::default());
    }

    #[test]
    fn what_nobody_graded_is_undefined() {
        let outcomes = [
            outcome(Perturbation::Typos, "a", Some(0.5), None),
            outcome(Perturbation::Instructions, "a", Some(0.5), Some(f64::NAN)),
        ];
        for row in summarise(&outcomes, 0.5) {
            assert_eq!(row.graded, 0);
            assert_eq!(row.shift, Estimate::default());
            assert_eq!(row.moved, Estimate::default());
            if let Some(attack) = row.attack {
                assert_eq!(attack.success, Estimate::default());
            }
        }
        assert_eq!(summarise(&[], 0.5), []);
    }

    #[test]
    fn the_worst_of_each_kind_comes_first() {
        let outcomes = [
            outcome(Perturbation::QuestionEcho, "a", None, Some(0.1)),
            outcome(Perturbation::MasterKey, "a", None, Some(0.9)),
            outcome(Perturbation::Typos, "a", Some(0.5), Some(0.5)),
            outcome(Perturbation::Padding, "a", Some(0.5), Some(0.3)),
            outcome(Perturbation::KeywordList, "a", None, Some(0.3)),
            outcome(Perturbation::Dialect, "a", None, None),
        ];
        let order: Vec<Perturbation> = summarise(&outcomes, 0.5)
            .iter()
            .map(|row| row.perturbation)
            .collect();
        assert_eq!(
            order,
            [
                Perturbation::Padding,
                Perturbation::Typos,
                Perturbation::Dialect,
                Perturbation::MasterKey,
                Perturbation::KeywordList,
                Perturbation::QuestionEcho,
            ]
        );
    }
}
