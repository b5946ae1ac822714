//! Reports to test with. Their figures are made up and need not fit together.

use std::collections::BTreeMap;

use crate::eval::metrics::Metric;
use crate::eval::{
    BaselineRun, CaseResult, Check, Comparison, ConceptMatch, ConceptResult, Conclusion,
    ConfidenceBin, CoveragePoint, Difference, Estimate, Flip, Gate, HumanAgreement, Latency,
    Metrics, Outcome, Report, Resampling, Run, SCHEMA, Settings, Spread, Stopped, Usage,
};

pub(crate) fn settings() -> Settings {
    Settings {
        pass_mark: 0.5,
        human_pass_mark: 0.5,
        levels: 5,
        primary: Metric::Qwk,
        repeat: 1,
        resamples: 2_000,
        seed: 7,
        resampling: Resampling::Questions,
        questions: 12,
        selection: Vec::new(),
    }
}

pub(crate) fn case(id: &str) -> CaseResult {
    CaseResult {
        id: id.to_owned(),
        question_id: "q1".to_owned(),
        input: "1f3a9c02d4e5".to_owned(),
        repetition: 1,
        tags: Vec::new(),
        human_score: 0.8,
        human_scores: Vec::new(),
        score: Some(0.8),
        ungraded: None,
        method: Some("llm".to_owned()),
        missing_concepts: Vec::new(),
        labelled_missing: None,
        concept_match: None,
        concepts: Vec::new(),
        confidence: 0.75,
        needs_review: false,
        review_reasons: Vec::new(),
        flags: Vec::new(),
        snapshot: None,
        replayed: false,
        usage: Usage::default(),
        latency_ms: 812.5,
    }
}

fn estimate(value: f64, lower: f64, upper: f64) -> Estimate {
    Estimate {
        value: Some(value),
        ci95: Some([lower, upper]),
    }
}

pub(crate) fn metrics(n: usize, graded: usize) -> Metrics {
    Metrics {
        n,
        graded,
        ungraded: BTreeMap::new(),
        coverage: Estimate::default(),
        agreement: Metric::ALL
            .map(|metric| (metric, Estimate::default()))
            .into(),
        risk_coverage: Vec::new(),
        confidence_bins: Vec::new(),
        human_agreement: None,
        spread: None,
        usage: Usage::default(),
        latency_ms: Latency::default(),
    }
}

/// A run of which nothing but the cases is known.
pub(crate) fn run(name: &str, cases: Vec<CaseResult>) -> Run {
    let graded = cases.iter().filter(|case| case.score.is_some()).count();
    Run {
        name: name.to_owned(),
        method: "keyword".to_owned(),
        model: None,
        snapshots: Vec::new(),
        prompt: None,
        calibration: None,
        metrics: metrics(cases.len(), graded),
        by_tag: BTreeMap::new(),
        by_question: BTreeMap::new(),
        comparison: None,
        cases,
    }
}

/// A report without runs.
pub(crate) fn empty() -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        suite: "nothing".to_owned(),
        software: "0.1.0".to_owned(),
        settings: settings(),
        label_sources: BTreeMap::new(),
        stopped: None,
        runs: Vec::new(),
        gate: Gate {
            conclusion: Conclusion::Pass,
            checks: Vec::new(),
        },
    }
}

/// A report in which nothing has a score and every figure is undefined.
pub(crate) fn ungraded() -> Report {
    let none = |id: &str| CaseResult {
        score: None,
        method: None,
        ungraded: Some("timeout".to_owned()),
        ..case(id)
    };
    let mut run = run("silent", vec![none("a"), none("b")]);
    run.metrics.ungraded = BTreeMap::from([("timeout".to_owned(), 2)]);
    Report {
        suite: "ungraded".to_owned(),
        runs: vec![run],
        gate: Gate {
            conclusion: Conclusion::Inconclusive,
            checks: vec![check("silent", "qwk", Conclusion::Inconclusive)],
        },
        ..empty()
    }
}

pub(crate) fn check(run: &str, name: &str, conclusion: Conclusion) -> Check {
    let is_measured = conclusion != Conclusion::Inconclusive;
    Check {
        run: run.to_owned(),
        name: name.to_owned(),
        value: is_measured.then_some(0.812),
        ci95: is_measured.then_some([0.79, 0.83]),
        limit: 0.7,
        conclusion,
        detail: format!("{name} of {run} is held against .7"),
    }
}

pub(crate) fn comparison() -> Comparison {
    let difference = |baseline, current, p_holm| Difference {
        baseline: Some(baseline),
        current: Some(current),
        improvement: estimate(0.0214, -0.004, 0.038),
        p: Some(0.03),
        p_holm,
    };
    Comparison {
        baseline: BaselineRun {
            name: "before".to_owned(),
            prompt: Some("grade@0".to_owned()),
            snapshots: vec!["model-1".to_owned()],
            software: "0.0.9".to_owned(),
        },
        n: 2,
        outcome: Outcome::CannotTell,
        primary: Metric::Qwk,
        max_regression: 0.02,
        answers_needed: Some(1_340),
        differences: BTreeMap::from([
            (Metric::Qwk, difference(0.791, 0.812, None)),
            (Metric::Rmse, difference(0.201, 0.18, Some(0.06))),
        ]),
        flips: vec![Flip {
            id: "a-1".to_owned(),
            repetition: 2,
            human_score: 0.8,
            before: 0.6,
            after: 0.4,
        }],
        snapshot_changed: true,
    }
}

/// A report that has everything a report can have, and two runs.
pub(crate) fn full() -> Report {
    let texts = |texts: &[&str]| texts.iter().copied().map(str::to_owned).collect();
    let first = CaseResult {
        tags: texts(&["short", "=SUM(A1)"]),
        human_scores: vec![0.7, 0.9],
        score: Some(0.4),
        missing_concepts: texts(&["c1", "c2"]),
        labelled_missing: Some(Vec::new()),
        concept_match: Some(ConceptMatch {
            both: 0,
            reported_only: 2,
            labelled_only: 0,
        }),
        concepts: vec![ConceptResult {
            id: "c3".to_owned(),
            verdict: "covered".to_owned(),
            evidence: Some([3, 17]),
        }],
        needs_review: true,
        review_reasons: texts(&["low_confidence"]),
        flags: texts(&["very_long"]),
        snapshot: Some("model-2".to_owned()),
        replayed: true,
        usage: Usage {
            input_tokens: 900,
            cached_input_tokens: 500,
            output_tokens: 80,
            cost_usd: Some(0.0012),
        },
        ..case("a-1")
    };
    let again = CaseResult {
        repetition: 2,
        score: Some(0.5),
        human_score: 0.8,
        ..case("a-1")
    };
    let late = CaseResult {
        question_id: "q2".to_owned(),
        score: None,
        method: None,
        ungraded: Some("timeout".to_owned()),
        ..case("a-2")
    };
    let mut with_all = run("keyword, @a", vec![first, again, late]);
    with_all.method = "llm".to_owned();
    with_all.model = Some("model".to_owned());
    with_all.snapshots = texts(&["model-2"]);
    with_all.prompt = Some("grade@1f3a9c02d4e5".to_owned());
    with_all.calibration = Some("calibration@7".to_owned());
    with_all.metrics = full_metrics();
    with_all.by_tag = BTreeMap::from([("short".to_owned(), metrics(1, 1))]);
    with_all.by_question = BTreeMap::from([("q1".to_owned(), metrics(2, 2))]);
    with_all.comparison = Some(comparison());
    Report {
        suite: "suite & <b>".to_owned(),
        settings: Settings {
            repeat: 2,
            selection: texts(&["--split dev"]),
            ..settings()
        },
        label_sources: BTreeMap::from([("human".to_owned(), 2), ("model".to_owned(), 1)]),
        stopped: Some(Stopped::Budget),
        runs: vec![with_all, run("b", vec![case("a-1")])],
        gate: Gate {
            conclusion: Conclusion::Fail,
            checks: vec![
                check("keyword, @a", "qwk", Conclusion::Pass),
                check("keyword, @a", "ungraded_max", Conclusion::Fail),
                check("b", "qwk", Conclusion::Inconclusive),
            ],
        },
        ..empty()
    }
}

fn full_metrics() -> Metrics {
    Metrics {
        ungraded: BTreeMap::from([("timeout".to_owned(), 1)]),
        coverage: estimate(0.667, 0.2, 1.0),
        agreement: BTreeMap::from([
            (Metric::Qwk, estimate(0.812, 0.79, 0.83)),
            (Metric::Rmse, estimate(0.18, 0.15, 0.21)),
            (Metric::PearsonR, Estimate::default()),
        ]),
        risk_coverage: vec![CoveragePoint {
            coverage: 0.5,
            n: 1,
            confidence: 0.8,
            qwk: estimate(0.9, 0.8, 0.95),
            rmse: Estimate::default(),
        }],
        confidence_bins: vec![ConfidenceBin {
            from: 0.7,
            to: 0.8,
            n: 2,
            confidence: 0.75,
            near: estimate(0.5, 0.0, 1.0),
        }],
        human_agreement: Some(HumanAgreement {
            n: 2,
            pearson_r: estimate(0.9, 0.8, 0.95),
            qwk: estimate(0.88, 0.8, 0.93),
            rmse: estimate(0.1, 0.05, 0.15),
        }),
        spread: Some(Spread {
            n: 1,
            mean_sd: 0.07,
            max_range: 0.1,
            flips: 1,
        }),
        usage: Usage {
            input_tokens: 2_700,
            cached_input_tokens: 1_000,
            output_tokens: 240,
            cost_usd: Some(0.0036),
        },
        latency_ms: Latency {
            p50: Some(812.5),
            p99: Some(2_400.0),
        },
        ..metrics(3, 2)
    }
}

/// A report with `cases` case results in each of two runs, 300 tags, and ids and tags of `length`
/// characters that mean something in Markdown, HTML and XML.
pub(crate) fn large(cases: usize, length: usize) -> Report {
    let long = |stem: &str, number: usize| {
        let filling = "`|<@&\"*_\n".chars().cycle();
        let name = format!("{stem}{number}");
        name.chars().chain(filling).take(length).collect::<String>()
    };
    let results = (0..cases).map(|number| CaseResult {
        question_id: long("question", number % 40),
        tags: vec![long("tag", number % 300)],
        score: (number % 50 != 0).then_some((number % 11) as f64 / 10.0),
        ungraded: (number % 50 == 0).then(|| long("reason", number % 100)),
        human_score: (number % 5) as f64 / 4.0,
        ..case(&long("case", number))
    });
    let mut report = full();
    report.runs = ["first", "second"]
        .map(|name| run(&long(name, 0), results.clone().collect()))
        .into();
    let flip = |number| Flip {
        id: long("case", number),
        ..comparison().flips[0].clone()
    };
    for run in &mut report.runs {
        run.metrics = Metrics {
            ungraded: (0..50).map(|number| (long("reason", number), 1)).collect(),
            ..full_metrics()
        };
        run.by_tag = (0..300)
            .map(|number| (long("tag", number), full_metrics()))
            .collect();
        run.comparison = Some(Comparison {
            flips: (0..cases).map(flip).collect(),
            ..comparison()
        });
    }
    report.gate.checks = (0..200)
        .map(|number| check(&long("run", number), "qwk", Conclusion::Fail))
        .collect();
    report
}
