use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;

use super::eval::{CaseArguments, GraderArguments, Input, candidates, grade};
use super::exit::Exit;
use super::print;
use crate::eval::probe::{
    Outcome, Perturbation, ProbeReport, ProbeRun, ProbeSetup, Subject, Variant, probe_json,
    probe_markdown, probe_terminal, variants,
};
use crate::eval::{Candidate, Case, CaseResult, Conclusion, Done, Graded, Stopped};
use crate::grade::{AnswerSource, Submission};
use crate::text::Language;

/// Any fixed number will do, so that a probe can be made again.
const SEED: u64 = 20_261_122;
/// Columns of a table that nobody's terminal limits.
const WIDTH: u16 = 110;

/// Changes every answer in known ways and reports how the scores move.
///
/// Changes that say the same (typos, tone, a name, padding, speech noise …) should leave a score as
/// it is; attacks (keyword lists, instructions to the grader, fake verdicts, hidden characters …)
/// should not raise it. The suite's [probe] table holds the limits.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ProbeArguments {
    #[command(flatten)]
    cases: CaseArguments,
    #[command(flatten)]
    graders: GraderArguments,
    /// Only this change; repeatable; all of them if it is not given
    #[arg(long, value_name = "NAME", value_parser = names())]
    only: Vec<String>,
    /// Write the report; repeatable, the format is the extension's: .json or .md
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// The exit code of a probe that is above its limits
    #[arg(long, value_name = "N", default_value_t = 1)]
    exit_code_on_fail: u8,
}

const EXAMPLES: &str = "\
Examples:
  answer-grader probe fixtures/suites/django.toml --method keyword
  answer-grader probe suite.toml --only instructions --only fake_verdict --limit 50 --max-cost 1";

fn names() -> clap::builder::PossibleValuesParser {
    Perturbation::ALL.map(Perturbation::name).into()
}

impl ProbeArguments {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = super::start(file, &[])?;
        let input = Input::read(&self.cases, &settings)?;
        for path in &self.output {
            if !matches!(extension(path), "json" | "md") {
                bail!("{}: a probe's report ends in .json or .md", path.display());
            }
        }
        let changed = self.changed(&input);
        let cases: Vec<_> = input
            .cases
            .iter()
            .chain(changed.iter().map(|(_, case)| case))
            .cloned()
            .collect();
        let matrix = candidates(&self.graders, &settings, &cases)?;
        if matrix.rows.len() > 1 || self.graders.repeat > 1 {
            bail!("probe one grader at a time: give one --prompt and one --model, and no --repeat");
        }
        matrix.check_budget(self.graders.max_cost)?;
        let runs = grade(&matrix, &cases, &self.graders, |_| Done::new())?;
        let Some((candidate, graded)) = runs.into_iter().next() else {
            bail!("there is no grader to probe");
        };
        let stopped = graded.stopped;
        let outcomes = outcomes(&changed, &graded);
        let setup = ProbeSetup {
            suite: input.suite.name.clone(),
            software: env!("CARGO_PKG_VERSION").to_owned(),
            run: described(&candidate),
            pass_mark: input.suite.pass_mark,
            seed: SEED,
        };
        let report = ProbeReport::new(setup, &outcomes, &input.suite.probe);
        for path in &self.output {
            write(path, &report)?;
        }
        let width = if std::io::stdout().is_terminal() {
            terminal_size::terminal_size().map_or(WIDTH, |(width, _)| width.0)
        } else {
            WIDTH
        };
        print::with(|out| {
            std::io::Write::write_all(out, probe_terminal(&report, width).as_bytes())
        })?;
        for path in &self.output {
            print::line_to_stderr(&format!("wrote {}", path.display()));
        }
        Ok(match (stopped, report.gate.conclusion) {
            (Some(Stopped::Budget), _) => Exit::OverBudget.into(),
            (Some(Stopped::Interrupted), _) | (None, Conclusion::Inconclusive) => {
                Exit::Inconclusive.into()
            }
            (None, Conclusion::Fail) => self.exit_code_on_fail.into(),
            (None, Conclusion::Pass) => ExitCode::SUCCESS,
        })
    }

    /// Every changed text, and the case that asks for its grade.
    fn changed<'a>(&self, input: &'a Input) -> Vec<(Variant<'a>, Arc<Case>)> {
        let only: Vec<_> = self
            .only
            .iter()
            .filter_map(|name| Perturbation::named(name))
            .collect();
        let wanted = if only.is_empty() {
            &Perturbation::ALL[..]
        } else {
            &only
        };
        let subjects = subjects(&input.cases);
        let by_question: HashMap<_, _> = input
            .cases
            .iter()
            .rev()
            .map(|case| (case.question_id.as_str(), case))
            .collect();
        let by_id: HashMap<_, _> = input
            .cases
            .iter()
            .map(|case| (case.id.as_str(), case))
            .collect();
        let made = variants(wanted, &subjects, input.suite.human_pass_mark, SEED);
        made.into_iter()
            .filter_map(|variant| {
                let of = by_id
                    .get(variant.id)
                    .or_else(|| by_question.get(variant.question_id))?;
                let case = Case {
                    id: changed_id(&variant),
                    submission: Arc::new(Submission {
                        candidate_answer: variant.text.clone(),
                        answer_source: if variant.speech {
                            AnswerSource::Speech
                        } else {
                            AnswerSource::Text
                        },
                        ..Submission::clone(&of.submission)
                    }),
                    missing_concepts: None,
                    ..Case::clone(of)
                };
                Some((variant, Arc::new(case)))
            })
            .collect()
    }
}

fn changed_id(variant: &Variant) -> String {
    format!("{}#{}", variant.id, variant.perturbation.name())
}

/// What is changed, with what people gave. The other question's key is that of the next question.
fn subjects(cases: &[Arc<Case>]) -> Vec<(Subject<'_>, f64)> {
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for case in cases {
        if !keys
            .iter()
            .any(|(question, _)| *question == case.question_id)
        {
            keys.push((&case.question_id, &case.submission.task.reference_answer));
        }
    }
    let subject = |case: &'_ Arc<Case>| -> usize {
        keys.iter()
            .position(|(question, _)| *question == case.question_id)
            .unwrap_or(0)
    };
    cases
        .iter()
        .map(|case| {
            let next = keys.get((subject(case) + 1) % keys.len());
            let submission = case.submission();
            let subject = Subject {
                id: &case.id,
                question_id: &case.question_id,
                question: &submission.task.question,
                reference_answer: &submission.task.reference_answer,
                candidate_answer: &submission.candidate_answer,
                other_reference: next
                    .map(|(_, reference)| *reference)
                    .filter(|reference| keys.len() > 1 && !reference.is_empty()),
                language: if is_english(submission) { "en" } else { "" },
                speech: submission.answer_source == AnswerSource::Speech,
            };
            (subject, case.human_score)
        })
        .collect()
}

/// Both key and answer are English, as far as it can be told.
fn is_english(submission: &Submission) -> bool {
    let language = submission
        .language
        .or_else(|| Language::detect(&submission.task.key_text()));
    let answer = Language::detect(&submission.candidate_answer);
    language.unwrap_or(Language::English) == Language::English
        && answer.unwrap_or(Language::English) == Language::English
}

fn outcomes(changed: &[(Variant, Arc<Case>)], graded: &Graded) -> Vec<Outcome> {
    let results: HashMap<&str, &CaseResult> = graded
        .cases
        .iter()
        .map(|result| (result.id.as_str(), result))
        .collect();
    changed
        .iter()
        .filter_map(|(variant, case)| {
            let after = results.get(case.id.as_str())?;
            let before = results.get(variant.id);
            Some(Outcome {
                perturbation: variant.perturbation,
                id: variant.id.to_owned(),
                question_id: variant.question_id.to_owned(),
                human_score: variant.human_score,
                before: before.and_then(|before| before.score),
                after: after.score,
                ungraded: after.ungraded.clone(),
                // Somebody judged, and gave no score.
                refused: after.score.is_none() && after.method.is_some(),
                needs_review: after.needs_review,
            })
        })
        .collect()
}

fn described(candidate: &Candidate) -> ProbeRun {
    ProbeRun {
        name: candidate.name.clone(),
        method: match candidate.prompt {
            Some(_) => "llm".to_owned(),
            None => "keyword".to_owned(),
        },
        model: candidate.model.clone(),
        prompt: candidate.prompt.clone(),
    }
}

fn extension(path: &Path) -> &str {
    path.extension()
        .and_then(|end| end.to_str())
        .unwrap_or_default()
}

fn write(path: &Path, report: &ProbeReport) -> anyhow::Result<()> {
    let text = match extension(path) {
        "json" => probe_json(report)?,
        _ => probe_markdown(report),
    };
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
