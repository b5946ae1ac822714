use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::graded::{input_of, refreshed};
use super::metrics::{compare, measure, measure_group, resampling};
use super::{
    BaselineRun, Candidate, Case, CaseResult, CaseText, Comparison, Graded, Metrics, Report, Run,
    SCHEMA, Settings, Suite, Texts, gate,
};

/// How many resamples an interval rests on.
const RESAMPLES: usize = 1000;
/// Any fixed number will do, so that a report can be made again.
const SEED: u64 = 20_261_122;

/// What a report is made of.
pub struct Assembly<'a> {
    /// The suite.
    pub suite: &'a Suite,
    /// The cases that were evaluated.
    pub cases: &'a [Arc<Case>],
    /// What became of them, by candidate.
    pub runs: Vec<(Candidate, Graded)>,
    /// The options that chose among the cases.
    pub selection: Vec<String>,
    /// What the runs are compared with.
    pub baseline: Option<&'a Report>,
}

/// Measures every run, compares it with the baseline and holds it against the suite's gate.
pub fn assemble(parts: Assembly) -> Report {
    let suite = parts.suite;
    let of_first = parts
        .runs
        .first()
        .map_or(&[][..], |(_, graded)| &graded.cases);
    let questions: HashSet<_> = parts.cases.iter().map(|case| &case.question_id).collect();
    let settings = Settings {
        pass_mark: suite.pass_mark,
        human_pass_mark: suite.human_pass_mark,
        levels: suite.levels,
        primary: suite.primary,
        repeat: of_first
            .iter()
            .map(|case| case.repetition)
            .max()
            .unwrap_or(1),
        resamples: RESAMPLES,
        seed: SEED,
        resampling: resampling(of_first),
        questions: questions.len(),
        selection: parts.selection,
    };
    let mut label_sources = BTreeMap::new();
    for case in parts.cases {
        *label_sources
            .entry(case.label_source.name().to_owned())
            .or_insert(0) += 1;
    }
    let stopped = parts.runs.iter().find_map(|(_, graded)| graded.stopped);
    let baseline = parts.baseline;
    let runs: Vec<_> = parts
        .runs
        .into_iter()
        .map(|(candidate, graded)| {
            let mut run = measured(&candidate, graded.cases, &settings);
            run.comparison = baseline.and_then(|baseline| {
                compared(
                    &run,
                    &candidate,
                    baseline,
                    suite.gate.max_regression,
                    &settings,
                )
            });
            run
        })
        .collect();
    Report {
        schema: SCHEMA.to_owned(),
        suite: suite.name.clone(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        gate: gate::judge(&runs, &suite.gate, stopped),
        settings,
        label_sources,
        stopped,
        runs,
    }
}

fn measured(candidate: &Candidate, cases: Vec<CaseResult>, settings: &Settings) -> Run {
    let tags: BTreeSet<_> = cases.iter().flat_map(|case| &case.tags).collect();
    let by_tag = tags.into_iter().map(|tag| {
        let tagged: Vec<_> = cases
            .iter()
            .filter(|case| case.tags.contains(tag))
            .collect();
        (tag.clone(), measure_group(&tagged, settings))
    });
    let mut questions: BTreeMap<&String, Vec<&CaseResult>> = BTreeMap::new();
    for case in &cases {
        questions.entry(&case.question_id).or_default().push(case);
    }
    let by_question = questions
        .into_iter()
        .map(|(question, cases)| (question.clone(), measure_group(&cases, settings)));
    let snapshots: BTreeSet<_> = cases
        .iter()
        .filter_map(|case| case.snapshot.clone())
        .collect();
    Run {
        name: candidate.name.clone(),
        method: match candidate.prompt {
            Some(_) => "llm".to_owned(),
            None => "keyword".to_owned(),
        },
        model: candidate.model.clone(),
        snapshots: snapshots.into_iter().collect(),
        prompt: candidate.prompt.clone(),
        calibration: candidate.calibration.clone(),
        by_tag: by_tag.collect::<BTreeMap<String, Metrics>>(),
        by_question: by_question.collect(),
        metrics: measure(&cases, settings),
        comparison: None,
        cases,
    }
}

/// Finds the run of a baseline that a candidate is compared with: its only one, else the one of the
/// same name, else that of the same model and prompt folder, whatever the prompt says by now.
pub fn baseline_run<'a>(candidate: &Candidate, baseline: &'a Report) -> Option<&'a Run> {
    if let [only] = &baseline.runs[..] {
        return Some(only);
    }
    let folder = |prompt: &Option<String>| {
        let name = prompt
            .as_deref()
            .and_then(|prompt| prompt.split('@').next());
        name.map(str::to_owned)
    };
    let runs = || baseline.runs.iter();
    runs().find(|run| run.name == candidate.name).or_else(|| {
        runs().find(|run| {
            run.model == candidate.model && folder(&run.prompt) == folder(&candidate.prompt)
        })
    })
}

fn compared(
    run: &Run,
    candidate: &Candidate,
    baseline: &Report,
    max_regression: f64,
    settings: &Settings,
) -> Option<Comparison> {
    let then = baseline_run(candidate, baseline)?;
    // A case whose question, key or answer was changed since is another case.
    let now: HashMap<_, _> = run
        .cases
        .iter()
        .map(|case| (&case.id, &case.input))
        .collect();
    let unchanged = |case: &&CaseResult| now.get(&case.id).is_some_and(|now| **now == case.input);
    let same: Vec<_> = then.cases.iter().filter(unchanged).cloned().collect();
    let paired = compare(
        &run.cases,
        &same,
        settings.primary,
        max_regression,
        settings,
    );
    Some(Comparison {
        snapshot_changed: !then.snapshots.is_empty()
            && !run.snapshots.is_empty()
            && then.snapshots != run.snapshots,
        baseline: BaselineRun {
            name: then.name.clone(),
            prompt: then.prompt.clone(),
            snapshots: then.snapshots.clone(),
            software: baseline.software.clone(),
        },
        n: paired.n,
        outcome: paired.outcome,
        primary: settings.primary,
        max_regression,
        answers_needed: paired.answers_needed,
        differences: paired.differences,
        flips: paired.flips,
    })
}

/// The results of an earlier run that still hold: those with a score, of cases whose question, key
/// and answer are the same. Labels and tags are those of now.
pub fn keep(results: &[CaseResult], cases: &[Arc<Case>]) -> Vec<((String, u32), CaseResult)> {
    let cases: HashMap<_, _> = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let graded = results.iter().filter(|result| result.score.is_some());
    graded
        .filter_map(|result| {
            let case = cases.get(result.id.as_str())?;
            let same = input_of(case) == result.input;
            same.then(|| {
                (
                    (result.id.clone(), result.repetition),
                    refreshed(result, case),
                )
            })
        })
        .collect()
}

/// The texts behind a report.
pub fn texts(cases: &[Arc<Case>], runs: &[(Candidate, Graded)]) -> Texts {
    let text = |case: &Arc<Case>| {
        let task = &case.submission.task;
        let concepts = task.concepts.iter();
        let text = CaseText {
            question: task.question.clone(),
            reference_answer: task.references().swap_remove(0).into_owned(),
            candidate_answer: case.submission.candidate_answer.clone(),
            concepts: concepts
                .map(|one| (one.id.clone(), one.text.clone()))
                .collect(),
        };
        (case.id.clone(), text)
    };
    let replies = runs.iter().flat_map(|(candidate, graded)| {
        let name = &candidate.name;
        let replies = graded.replies.iter();
        replies.map(move |((id, repetition), reply)| {
            ((name.clone(), id.clone(), *repetition), reply.clone())
        })
    });
    Texts {
        cases: cases.iter().map(text).collect(),
        replies: replies.collect(),
    }
}
