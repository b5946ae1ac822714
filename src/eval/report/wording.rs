use std::collections::BTreeMap;

use super::names::{plain, shown};
use super::numbers::{change, count, estimate, figure, score};
use super::picks::leading;
use crate::eval::metrics::Metric;
use crate::eval::{
    CaseResult, Check, Comparison, Conclusion, Estimate, Failing, HumanAgreement, Metrics, Outcome,
    Report, Resampling, Run, Settings, Spread, Stopped,
};

/// A conclusion in a word.
pub(super) const fn conclusion(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "pass",
        Conclusion::Fail => "fail",
        Conclusion::Inconclusive => "inconclusive",
    }
}

/// How a run compares with its baseline, in a word or two.
pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Better => "better",
        Outcome::NoWorse => "no worse",
        Outcome::Worse => "worse",
        Outcome::CannotTell => "cannot tell",
    }
}

/// A metric of some cases; undefined where they lack it.
pub(super) fn metric(metrics: &Metrics, metric: Metric) -> Estimate {
    metrics.agreement.get(&metric).copied().unwrap_or_default()
}

/// What the run that leads comes to, such as `QWK .812 [.79, .83] over 117 of 120 grades`.
pub(super) fn headline(report: &Report) -> String {
    let Some(run) = leading(report) else {
        return "nothing was graded: there are no runs".to_owned();
    };
    let primary = report.settings.primary;
    format!(
        "{} {} over {} of {} grades",
        primary.title(),
        estimate(metric(&run.metrics, primary)),
        count(run.metrics.graded),
        count(run.metrics.n),
    )
}

/// A comparison in a sentence, such as `better: QWK .791 → .812, +.021 [+.004, +.038]`.
pub(super) fn comparison(comparison: &Comparison) -> String {
    let difference = comparison.differences.get(&comparison.primary);
    let change = difference.map(|difference| {
        format!(
            ": {} {} → {}, improvement {}",
            comparison.primary.title(),
            figure(difference.baseline),
            figure(difference.current),
            change(difference.improvement),
        )
    });
    let needed = comparison.answers_needed.map(|answers| {
        format!(
            "; about {} more labelled answers would settle it",
            count(answers)
        )
    });
    format!(
        "{}{}{}",
        outcome(comparison.outcome),
        change.unwrap_or_default(),
        needed.unwrap_or_default()
    )
}

/// What a comparison compares, such as `baseline, version 0.1.0, 118 grades that both have`.
pub(super) fn compared(comparison: &Comparison) -> String {
    format!(
        "{}, version {}, {} grades that both have, {} worse is tolerated",
        shown(&comparison.baseline.name),
        shown(&comparison.baseline.software),
        count(comparison.n),
        figure(Some(comparison.max_regression)),
    )
}

/// Says that other models replied than in the baseline; nothing where they did not.
pub(super) fn snapshot_change(run: &Run, comparison: &Comparison) -> Option<String> {
    comparison.snapshot_changed.then(|| {
        format!(
            "Other models replied than in the baseline: {} instead of {}. A difference may be theirs.",
            models(&run.snapshots),
            models(&comparison.baseline.snapshots)
        )
    })
}

fn models(snapshots: &[String]) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<String> = snapshots
        .iter()
        .take(NAMED)
        .map(|name| shown(name))
        .collect();
    match snapshots.len() {
        0 => names.push("none that is known".to_owned()),
        all if all > NAMED => names.push(format!("{} more", count(all - NAMED))),
        _ => {}
    }
    names.join(", ")
}

/// What keeps the report from being about people or about all cases; empty where nothing does.
pub(super) fn caveats(report: &Report) -> Vec<String> {
    let mut caveats = Vec::new();
    let labels: usize = report.label_sources.values().sum();
    match report.label_sources.get("model").copied().unwrap_or(0) {
        0 => {}
        model if model == labels => caveats.push(
            "The labels are a model's: these figures are no agreement with people.".to_owned(),
        ),
        model => caveats.push(format!(
            "{} of {} labels are a model's: in part these figures are no agreement with people.",
            count(model),
            count(labels)
        )),
    }
    match report.stopped {
        Some(Stopped::Interrupted) => caveats.push(
            "Stopped early, since it was interrupted: not every case was graded.".to_owned(),
        ),
        Some(Stopped::Budget) => caveats.push(
            "Stopped early, since the next call might have cost more than allowed: not every case was graded."
                .to_owned(),
        ),
        None => {}
    }
    caveats
}

/// What the intervals rest on.
pub(super) fn intervals(settings: &Settings) -> String {
    let (questions, resamples) = (count(settings.questions), count(settings.resamples));
    let seed = settings.seed;
    match settings.resampling {
        Resampling::Questions => format!(
            "95 % intervals from {resamples} resamples of whole questions ({questions} questions, seed {seed})"
        ),
        Resampling::WithinQuestions => format!(
            "95 % intervals from {resamples} resamples of the answers within each question \
             ({questions} questions, seed {seed}); they say nothing about other questions"
        ),
    }
}

/// Grades without a score by reason, such as `timeout 2, schema_violation 1`.
pub(super) fn ungraded(reasons: &BTreeMap<String, usize>) -> String {
    let named = reasons
        .iter()
        .map(|(reason, number)| format!("{} {}", shown(reason), count(*number)));
    named.collect::<Vec<_>>().join(", ")
}

/// What raters agree to among themselves and how far repeated grades lie apart, where either is
/// known; what is the same for several runs is said once.
pub(super) fn notes(report: &Report) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for run in &report.runs {
        let people = run.metrics.human_agreement.as_ref().map(human_agreement);
        let apart = run.metrics.spread.as_ref().map(spread);
        let apart = apart.map(|note| of_run(report, &run.name, note));
        for note in people.into_iter().chain(apart) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}

/// A check in a sentence.
pub(super) fn check(report: &Report, check: &Check) -> String {
    let detail = plain(&check.detail).into_owned();
    if check.detail.contains(&check.run) {
        detail
    } else {
        of_run(report, &check.run, detail)
    }
}

/// Puts the run's name before a sentence where there are several.
fn of_run(report: &Report, run: &str, sentence: String) -> String {
    if report.runs.len() > 1 {
        format!("{}: {sentence}", shown(run))
    } else {
        sentence
    }
}

/// The agreement of raters among themselves, which is the most to be hoped for.
fn human_agreement(people: &HumanAgreement) -> String {
    format!(
        "Raters among themselves: QWK {}, Pearson r {}, RMSE {} over {} answers.",
        estimate(people.qwk),
        estimate(people.pearson_r),
        estimate(people.rmse),
        count(people.n),
    )
}

/// How far repeated grades of one answer lie apart.
fn spread(spread: &Spread) -> String {
    format!(
        "Repeated grades: standard deviation {} on average over {} answers, at most {} apart; {} both passed and failed.",
        figure(Some(spread.mean_sd)),
        count(spread.n),
        score(Some(spread.max_range)),
        count(spread.flips),
    )
}

/// Why a case fails, with its scores.
pub(super) fn failing(case: &CaseResult, reason: Failing, settings: &Settings) -> String {
    let scores = format!(
        "score {}, human score {}",
        score(case.score),
        score(Some(case.human_score))
    );
    match reason {
        Failing::Ungraded => case
            .ungraded
            .as_deref()
            .map_or_else(|| "no score".to_owned(), |why| format!("no score: {why}")),
        Failing::OtherSide => format!(
            "{scores}: on different sides of the pass marks ({}, people's {})",
            score(Some(settings.pass_mark)),
            score(Some(settings.human_pass_mark))
        ),
        Failing::FarApart => format!(
            "{scores}: more than {} apart",
            score(Some(crate::eval::FAILING_DISTANCE))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::report::sample;

    #[test]
    fn the_headline_has_the_primary_metric_with_its_interval() {
        assert_eq!(
            headline(&sample::full()),
            "QWK .812 [.79, .83] over 2 of 3 grades"
        );
        assert_eq!(headline(&sample::ungraded()), "QWK – over 0 of 2 grades");
        assert!(headline(&sample::empty()).contains("no runs"));
    }

    #[test]
    fn a_comparison_says_how_it_ends_and_what_would_settle_it() {
        let mut settled = sample::comparison();
        assert_eq!(
            comparison(&settled),
            "cannot tell: QWK .791 → .812, improvement +.021 [-.004, +.038]; \
             about 1,340 more labelled answers would settle it"
        );
        settled.outcome = Outcome::Better;
        settled.answers_needed = None;
        settled.differences.clear();
        assert_eq!(comparison(&settled), "better");
    }

    #[test]
    fn labels_of_a_model_are_no_agreement_with_people() {
        let mut report = sample::empty();
        let labelled = |report: &mut Report, human, model| {
            report.label_sources =
                BTreeMap::from([("human".to_owned(), human), ("model".to_owned(), model)]);
        };
        labelled(&mut report, 5, 0);
        assert!(caveats(&report).is_empty());
        labelled(&mut report, 0, 5);
        assert_eq!(
            caveats(&report),
            ["The labels are a model's: these figures are no agreement with people."]
        );
        labelled(&mut report, 4, 1);
        assert!(caveats(&report)[0].starts_with("1 of 5 labels are a model's"));
    }

    #[test]
    fn an_early_end_is_said() {
        let mut report = sample::empty();
        for (stopped, word) in [
            (Stopped::Interrupted, "interrupted"),
            (Stopped::Budget, "cost"),
        ] {
            report.stopped = Some(stopped);
            assert!(caveats(&report)[0].contains(word));
        }
    }

    #[test]
    fn many_models_are_counted() {
        let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
        assert_eq!(models(&names), "a, b, c, 2 more");
        assert_eq!(models(&[]), "none that is known");
    }
}
