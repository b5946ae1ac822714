use crate::eval::failing::passes;
use crate::eval::{CaseResult, Check, Comparison, Conclusion, Flip, Report, Run, Settings};

/// Differences below this are binary fractions' noise.
const NOTHING: f64 = 1e-9;

/// Picks the run that a headline names: the best by the primary metric, the first of equal ones.
pub(super) fn leading(report: &Report) -> Option<&Run> {
    let primary = report.settings.primary;
    let goodness = |run: &Run| {
        let estimate = run.metrics.agreement.get(&primary);
        let value = estimate.and_then(|estimate| estimate.value);
        value.map_or(f64::NEG_INFINITY, |value| primary.goodness(value))
    };
    report.runs.iter().reduce(|best, run| {
        if goodness(run) > goodness(best) {
            run
        } else {
            best
        }
    })
}

/// Picks the `most` results whose scores lie furthest from people's, furthest first; those that
/// agree are never among them.
pub(super) fn worst(run: &Run, most: usize) -> Vec<&CaseResult> {
    let mut apart: Vec<(f64, &CaseResult)> = run
        .cases
        .iter()
        .filter_map(|case| Some((difference(case)?.abs(), case)))
        .filter(|(distance, _)| *distance > NOTHING)
        .collect();
    apart.sort_by(|(left, left_case), (right, right_case)| {
        let by_id =
            (&left_case.id, left_case.repetition).cmp(&(&right_case.id, right_case.repetition));
        right.total_cmp(left).then(by_id)
    });
    apart.into_iter().take(most).map(|(_, case)| case).collect()
}

/// The score minus the human score; nothing without a score.
pub(super) fn difference(case: &CaseResult) -> Option<f64> {
    Some(super::numbers::rounded(case.score? - case.human_score))
}

/// Orders the checks: those that failed, those that could not be measured, those that hold.
pub(super) fn by_trouble(checks: &[Check]) -> Vec<&Check> {
    let mut ordered: Vec<&Check> = checks.iter().collect();
    ordered.sort_by_key(|check| match check.conclusion {
        Conclusion::Fail => 0,
        Conclusion::Inconclusive => 1,
        Conclusion::Pass => 2,
    });
    ordered
}

/// Picks the runs that have a baseline, each with its comparison.
pub(super) fn compared(report: &Report) -> impl Iterator<Item = (&Run, &Comparison)> {
    report
        .runs
        .iter()
        .filter_map(|run| Some((run, run.comparison.as_ref()?)))
}

/// Picks the answers of a run that crossed the pass mark: those that are on the wrong side now,
/// then those on people's side.
pub(super) fn flips<'a>(comparison: &'a Comparison, settings: &Settings) -> [Vec<&'a Flip>; 2] {
    let (right, wrong) = comparison.flips.iter().partition(|flip| {
        passes(flip.after, settings.pass_mark) == passes(flip.human_score, settings.human_pass_mark)
    });
    [wrong, right]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::report::sample;
    use crate::eval::{Estimate, metrics::Metric};

    #[test]
    fn the_best_run_leads_and_an_undefined_one_does_not() {
        let mut report = sample::full();
        report.settings.primary = Metric::Rmse;
        let with = |name: &str, value| {
            let mut run = sample::run(name, Vec::new());
            let estimate = Estimate { value, ci95: None };
            run.metrics.agreement.insert(Metric::Rmse, estimate);
            run
        };
        report.runs = vec![
            with("undefined", None),
            with("worse", Some(0.3)),
            with("better", Some(0.1)),
            with("as good", Some(0.1)),
        ];
        assert_eq!(leading(&report).unwrap().name, "better");
        report.runs.clear();
        assert!(leading(&report).is_none());
    }

    #[test]
    fn the_worst_cases_lie_furthest_apart_either_way() {
        let scored = |id: &str, score| CaseResult {
            score,
            human_score: 0.5,
            ..sample::case(id)
        };
        let cases = vec![
            scored("near", Some(0.6)),
            scored("none", None),
            scored("same", Some(0.5)),
            scored("b", Some(0.1)),
            scored("a", Some(0.9)),
        ];
        let run = sample::run("r", cases);
        let ids: Vec<&str> = worst(&run, 9).iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "near"]);
        assert_eq!(worst(&run, 1).len(), 1);
    }

    #[test]
    fn an_answer_crosses_to_peoples_side_or_from_it() {
        let to = |after| Flip {
            after,
            human_score: 0.8,
            ..sample::comparison().flips[0].clone()
        };
        let comparison = Comparison {
            flips: vec![to(0.9), to(0.4), to(0.6)],
            ..sample::comparison()
        };
        let settings = sample::settings();
        let after = flips(&comparison, &settings)
            .map(|flips| flips.iter().map(|flip| flip.after).collect::<Vec<_>>());
        assert_eq!(after, [vec![0.4], vec![0.9, 0.6]]);
    }
}
