//! Expected values come from `SciPy` 1.17, scikit-learn 1.9, `NumPy` 2.4 and statsmodels 0.15: `pearsonr`,
//! `spearmanr`, `cohen_kappa_score(weights="quadratic", labels=range(5))`, `cohen_kappa_score`,
//! `f1_score(average="macro")`, `percentile`, `multipletests(method="holm")`.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rstest::rstest;

use super::bootstrap::percentile;
use super::figures::Figures;
use super::sample::Sample;
use super::{Metric, compare, measure};
use crate::eval::{
    CaseResult, ConceptMatch, Estimate, Metrics, Outcome, Resampling, Settings, Usage,
};

const HUMAN: [f64; 10] = [0.0, 0.0, 0.25, 0.5, 0.5, 0.75, 1.0, 1.0, 0.6, 0.3];
const SCORE: [f64; 10] = [0.1, 0.3, 0.2, 0.55, 0.7, 0.6, 0.9, 0.5, 0.65, 0.3];

fn settings() -> Settings {
    Settings {
        pass_mark: 0.6,
        human_pass_mark: 0.5,
        levels: 5,
        primary: Metric::PearsonR,
        repeat: 1,
        resamples: 200,
        seed: 7,
        resampling: Resampling::WithinQuestions,
        questions: 1,
        selection: Vec::new(),
    }
}

fn case(number: usize, question: usize, human: f64, score: Option<f64>) -> CaseResult {
    CaseResult {
        id: format!("c{number:04}"),
        question_id: format!("q{question}"),
        input: String::new(),
        repetition: 1,
        tags: Vec::new(),
        human_score: human,
        human_scores: Vec::new(),
        score,
        ungraded: score.is_none().then(|| "timeout".to_owned()),
        method: None,
        missing_concepts: Vec::new(),
        labelled_missing: None,
        concept_match: None,
        concepts: Vec::new(),
        confidence: 0.5,
        needs_review: false,
        review_reasons: Vec::new(),
        flags: Vec::new(),
        snapshot: None,
        replayed: false,
        usage: Usage {
            cost_usd: Some(0.0),
            ..Usage::default()
        },
        latency_ms: number as f64,
    }
}

fn cases(human: &[f64], score: &[f64]) -> Vec<CaseResult> {
    let pairs = human.iter().zip(score).enumerate();
    pairs
        .map(|(at, (human, score))| case(at, at % 3, *human, Some(*score)))
        .collect()
}

fn value(metrics: &Metrics, metric: Metric) -> Option<f64> {
    metrics.agreement[&metric].value
}

fn assert_near(actual: Option<f64>, expected: f64) {
    assert!(
        actual.is_some_and(|actual| (actual - expected).abs() < 1e-12),
        "{actual:?} is not {expected}"
    );
}

#[rstest]
#[case(Metric::PearsonR, 0.804_632_744_496_908_5)]
#[case(Metric::SpearmanRho, 0.751_547_885_787_150_1)]
#[case(Metric::Rmse, 0.207_364_413_533_277_2)]
#[case(Metric::Mae, 0.15)]
#[case(Metric::Bias, -0.01)]
#[case(Metric::Qwk, 0.748_427_672_955_974_9)]
#[case(Metric::CohenKappa, 0.615_384_615_384_615_4)]
#[case(Metric::MacroF1, 0.8)]
#[case(Metric::FalsePassRate, 0.0)]
#[case(Metric::FalseFailRate, 1.0 / 3.0)]
fn figures_are_those_of_scipy_and_scikit_learn(#[case] metric: Metric, #[case] expected: f64) {
    let metrics = measure(&cases(&HUMAN, &SCORE), &settings());
    assert_near(value(&metrics, metric), expected);
}

/// A resample's rows count several times or not at all; the expected values are those of the rows
/// written out as often.
#[rstest]
#[case(Metric::PearsonR, 0.883_092_986_068_642_7)]
#[case(Metric::SpearmanRho, 0.908_279_974_660_585_6)]
#[case(Metric::Rmse, 0.155_456_317_551_480_26)]
#[case(Metric::Qwk, 0.872_159_090_909_090_9)]
#[case(Metric::CohenKappa, 0.482_758_620_689_655_14)]
#[case(Metric::MacroF1, 0.722_222_222_222_222_2)]
fn a_row_of_weight_two_counts_as_two(#[case] metric: Metric, #[case] expected: f64) {
    let cases = cases(&HUMAN, &SCORE);
    let sample = Sample::new(&cases.iter().collect::<Vec<_>>(), &settings());
    let weights = [2.0, 0.0, 1.0, 3.0, 1.0, 1.0, 2.0, 1.0, 0.0, 4.0];
    let figures = Figures::new(&sample).compute(&sample, &weights);
    let at = Metric::ALL
        .iter()
        .position(|other| *other == metric)
        .unwrap();
    assert_near(Some(figures[at]), expected);
}

#[test]
fn missing_concepts_are_counted_over_all_answers_together() {
    let mut cases = cases(&HUMAN[..3], &SCORE[..3]);
    let matched = |both, reported_only, labelled_only| {
        Some(ConceptMatch {
            both,
            reported_only,
            labelled_only,
        })
    };
    cases[0].concept_match = matched(3, 1, 0);
    cases[1].concept_match = matched(1, 0, 2);
    let metrics = measure(&cases, &settings());
    assert_near(value(&metrics, Metric::ConceptPrecision), 4.0 / 5.0);
    assert_near(value(&metrics, Metric::ConceptRecall), 4.0 / 6.0);
    assert_near(value(&metrics, Metric::ConceptF1), 8.0 / 11.0);
}

#[test]
fn what_is_undefined_is_null_and_never_zero() {
    let constant = measure(&cases(&HUMAN, &[0.3; 10]), &settings());
    for metric in [Metric::PearsonR, Metric::SpearmanRho, Metric::ConceptF1] {
        assert_eq!(
            constant.agreement[&metric],
            Estimate::default(),
            "{metric:?}"
        );
    }
    let all_pass = measure(&cases(&[0.9; 4], &[0.95; 4]), &settings());
    for metric in [Metric::Qwk, Metric::CohenKappa, Metric::FalsePassRate] {
        assert_eq!(value(&all_pass, metric), None, "{metric:?}");
    }
    // Nobody failed and nobody was failed, so there is one class.
    assert_near(value(&all_pass, Metric::MacroF1), 1.0);
    let nothing = measure(&[], &settings());
    assert_eq!((nothing.n, nothing.coverage.value), (0, None));
    let json = serde_json::to_string(&nothing).unwrap();
    assert!(
        json.contains("\"rmse\":{\"value\":null,\"ci95\":null}"),
        "{json}"
    );
}

#[test]
fn what_has_no_score_is_counted_and_not_scored() {
    let mut cases = cases(&HUMAN, &SCORE);
    cases.push(case(90, 0, 1.0, None));
    let with = measure(&cases, &settings());
    assert_eq!((with.n, with.graded), (11, 10));
    assert_eq!(with.ungraded, BTreeMap::from([("timeout".to_owned(), 1)]));
    assert_near(with.coverage.value, 10.0 / 11.0);
    assert_near(value(&with, Metric::Rmse), 0.207_364_413_533_277_2);
}

#[test]
fn percentiles_are_numpys() {
    let numbers = [1.0, 2.0, 4.0, 8.0, 16.0];
    assert_near(Some(percentile(&numbers, 0.025)), 1.1);
    assert_near(Some(percentile(&numbers, 0.975)), 15.2);
}

#[test]
fn people_are_compared_with_each_other_in_every_pair() {
    let mut cases = cases(&HUMAN[..4], &SCORE[..4]);
    for (case, scores) in cases.iter_mut().zip([
        vec![0.0, 0.25],
        vec![0.5, 0.5, 1.0],
        vec![0.75, 1.0],
        vec![1.0, 0.5],
    ]) {
        case.human_scores = scores;
    }
    let people = measure(&cases, &settings()).human_agreement.unwrap();
    assert_eq!(people.n, 4);
    assert_near(people.pearson_r.value, 0.263_157_894_736_842_15);
    assert_near(people.qwk.value, 0.263_157_894_736_842_15);
    assert_near(people.rmse.value, 0.381_881_307_912_986_7);
}

#[test]
fn the_most_confident_grades_are_looked_at_with_those_as_confident() {
    let mut cases = cases(&HUMAN, &SCORE);
    for (case, confidence) in cases.iter_mut().zip([9, 9, 8, 8, 8, 8, 3, 3, 2, 1]) {
        case.confidence = f64::from(confidence) / 10.0;
    }
    let metrics = measure(&cases, &settings());
    let counts: Vec<_> = metrics.risk_coverage.iter().map(|point| point.n).collect();
    assert_eq!(counts, [6, 8, 8, 9, 10]);
    let lowest: Vec<_> = metrics
        .risk_coverage
        .iter()
        .map(|point| point.confidence)
        .collect();
    assert_eq!(lowest, [0.8, 0.3, 0.3, 0.2, 0.1]);
    assert_near(metrics.risk_coverage[4].qwk.value, 0.748_427_672_955_974_9);
    let bins: Vec<_> = metrics
        .confidence_bins
        .iter()
        .map(|bin| (bin.from, bin.n))
        .collect();
    assert_eq!(bins, [(0.1, 1), (0.2, 1), (0.3, 2), (0.8, 4), (0.9, 2)]);
    // Of the two most confident grades one lies .1 and one .3 from the person's.
    assert_near(metrics.confidence_bins[4].near.value, 0.5);
}

#[test]
fn repeated_grades_show_how_far_they_lie_apart() {
    let mut cases = cases(&HUMAN[..2], &[0.5, 0.5]);
    let again = |case: &CaseResult, score| CaseResult {
        repetition: 2,
        score: Some(score),
        ..case.clone()
    };
    cases.push(again(&cases[0], 0.7));
    cases.push(again(&cases[1], 0.5));
    let metrics = measure(&cases, &settings());
    let spread = metrics.spread.unwrap();
    assert_eq!((metrics.n, spread.n, spread.flips), (4, 2, 1));
    assert_near(Some(spread.max_range), 0.2);
    // statistics.stdev([.5, .7]) / 2
    assert_near(Some(spread.mean_sd), 0.070_710_678_118_654_75);
}

#[test]
fn questions_are_resampled_where_there_are_twenty() {
    let within = |questions| {
        let case = |at: usize| case(at, at % questions, 0.5, Some(0.5));
        let cases: Vec<_> = (0..60).map(case).collect();
        super::resampling(&cases)
    };
    assert_eq!(within(20), Resampling::Questions);
    assert_eq!(within(19), Resampling::WithinQuestions);
}

#[test]
fn answers_alone_with_their_question_still_have_an_interval() {
    let rows: Vec<_> = (0..10)
        .map(|at| case(at, at, 0.5, Some(at as f64 / 10.0)))
        .collect();
    let [low, high] = measure(&rows, &settings()).agreement[&Metric::Bias]
        .ci95
        .unwrap();
    assert!(high - low > 0.1, "{low} {high}");
}

/// Answers to one question that are all alike: resampling answers would call the mean sure, and
/// resampling questions does not.
#[test]
fn an_interval_over_questions_is_wider_than_one_over_answers() {
    let width = |questions: usize| {
        let case = |at: usize| {
            let question = at % questions;
            case(at, question, 0.5, Some((question % 10) as f64 / 10.0))
        };
        let cases: Vec<_> = (0..400).map(case).collect();
        let [low, high] = measure(&cases, &settings()).agreement[&Metric::Bias]
            .ci95
            .unwrap();
        high - low
    };
    assert!(width(20) > 3.0 * width(200), "{} {}", width(20), width(200));
}

/// Of intervals over samples of one population about 95 % hold its value.
#[test]
fn intervals_hold_the_truth_about_as_often_as_they_say() {
    use rand::{RngExt as _, SeedableRng as _};
    let mut generator = rand_pcg::Pcg32::seed_from_u64(1);
    let mut held = 0;
    for _ in 0..200 {
        let mut draw = || generator.random_range(-0.5..0.5_f64);
        let rows: Vec<_> = (0..120)
            .map(|at| case(at, at, 0.5, Some(0.5 + draw())))
            .collect();
        let [low, high] = measure(&rows, &settings()).agreement[&Metric::Bias]
            .ci95
            .unwrap();
        held += usize::from(low <= 0.0 && 0.0 <= high);
    }
    assert!((180..=198).contains(&held), "{held} of 200");
}

fn compared(now: &[f64], then: &[f64], max_regression: f64) -> super::Paired {
    let human: Vec<_> = HUMAN.iter().cycle().take(now.len()).copied().collect();
    let (now, then) = (cases(&human, now), cases(&human, then));
    compare(&now, &then, Metric::Rmse, max_regression, &settings())
}

#[test]
fn the_same_scores_are_no_worse_and_nothing_flips() {
    let paired = compared(&SCORE, &SCORE, 0.0);
    assert_eq!((paired.n, paired.outcome), (10, Outcome::NoWorse));
    assert!(paired.flips.is_empty());
    let difference = paired.differences[&Metric::Rmse];
    assert_eq!(difference.improvement.ci95, Some([0.0, 0.0]));
    assert_eq!(difference.p, Some(1.0));
}

#[test]
fn a_comparison_tells_better_from_worse_and_says_when_it_cannot() {
    let human: Vec<_> = HUMAN.iter().cycle().take(60).copied().collect();
    let near: Vec<_> = human.iter().map(|score| score * 0.95).collect();
    let far: Vec<_> = human.iter().map(|score| (score - 0.4).abs()).collect();
    let better = compared(&near, &far, 0.02);
    assert_eq!(better.outcome, Outcome::Better);
    assert!(better.differences[&Metric::Rmse].p.unwrap() < 0.02);
    let worse = compared(&far, &near, 0.02);
    assert_eq!(worse.outcome, Outcome::Worse);
    assert!(!worse.flips.is_empty());
    // Ten answers moved a little, to and fro.
    let moved: Vec<_> = SCORE
        .iter()
        .enumerate()
        .map(|(at, score)| score + [0.08, -0.08][at % 2])
        .collect();
    let open = compared(&moved, &SCORE, 0.01);
    assert_eq!(open.outcome, Outcome::CannotTell);
    assert!(open.answers_needed.is_some_and(|more| more > 0), "{open:?}");
}

/// multipletests([.01, .04, .03, .005], method="holm") = [.03, .06, .06, .02]
#[test]
fn holms_correction_is_that_of_statsmodels() {
    let paired = compared(&SCORE, &HUMAN, 0.0);
    let mut differences = paired.differences.clone();
    let metrics = [Metric::Mae, Metric::Bias, Metric::Qwk, Metric::MacroF1];
    differences.retain(|metric, _| metrics.contains(metric) || *metric == Metric::Rmse);
    for (metric, p) in metrics.into_iter().zip([0.01, 0.04, 0.03, 0.005]) {
        differences.get_mut(&metric).unwrap().p = Some(p);
    }
    super::paired::correct(&mut differences, Metric::Rmse);
    for (metric, expected) in metrics.into_iter().zip([0.03, 0.06, 0.06, 0.02]) {
        assert_near(differences[&metric].p_holm, expected);
    }
    assert_eq!(differences[&Metric::Rmse].p_holm, None);
}

fn some_cases() -> impl Strategy<Value = Vec<CaseResult>> {
    let score =
        prop_oneof![3 => (0..=20_u8).prop_map(|n| Some(f64::from(n) / 20.0)), 1 => Just(None)];
    let row = (0..4_usize, 0..=10_u8, score);
    prop::collection::vec(row, 0..30).prop_map(|rows| {
        let cases = rows.into_iter().enumerate();
        cases
            .map(|(at, (question, human, score))| {
                case(at, question, f64::from(human) / 10.0, score)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn figures_are_numbers_in_their_range_or_undefined(cases in some_cases()) {
        let metrics = measure(&cases, &settings());
        for (metric, estimate) in &metrics.agreement {
            for number in estimate.value.into_iter().chain(estimate.ci95.into_iter().flatten()) {
                let low = if matches!(metric, Metric::Qwk | Metric::CohenKappa) { f64::MIN } else { -1.0 };
                prop_assert!(number.is_finite() && (low..=1.0).contains(&number), "{metric:?} {number}");
            }
        }
    }

    #[test]
    fn a_seed_makes_the_report_again_and_the_order_of_cases_changes_no_figure(cases in some_cases()) {
        let metrics = measure(&cases, &settings());
        prop_assert_eq!(&metrics, &measure(&cases, &settings()));
        let turned: Vec<_> = cases.into_iter().rev().collect();
        let other = measure(&turned, &settings());
        for metric in Metric::ALL {
            match (value(&metrics, metric), value(&other, metric)) {
                (Some(one), Some(two)) => prop_assert!((one - two).abs() < 1e-9, "{metric:?}"),
                (one, two) => prop_assert_eq!(one, two),
            }
        }
    }
}
