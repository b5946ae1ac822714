use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;

use super::eval::{CaseArguments, GraderArguments, Input, by_keywords, candidates, grade};
use super::exit::Exit;
use super::print;
use crate::eval::calibrate::{CalibrateOptions, calibrate, write_calibration};
use crate::eval::{Assembly, Done, Run, Stopped, assemble};
use crate::grade::Method;

/// Fits a map from a grader's scores to people's, and its confidence to the chance of being near.
///
/// The cases are graded as `eval` does it. The offline keyword grader, which stands in for the LLM,
/// is calibrated beside it. What the calibration does to questions that it was not fitted to is
/// measured by leaving questions out. Use the file with `grading.calibration` in the settings;
/// `eval` and `probe` then measure the calibrated grades.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CalibrateArguments {
    #[command(flatten)]
    cases: CaseArguments,
    #[command(flatten)]
    graders: GraderArguments,
    /// Find the confidence from which on grades agree this well with people (QWK), so that only
    /// the others need a review
    #[arg(long, value_name = "QWK")]
    target_qwk: Option<f64>,
    /// The calibration's file; its name is part of the calibration's identity
    #[arg(short, long, value_name = "FILE.toml")]
    output: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  answer-grader calibrate suite.toml --method keyword -o calibration.toml
  answer-grader calibrate suite.toml --replay replies.jsonl --target-qwk .85 -o calibration.toml";

impl CalibrateArguments {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<ExitCode> {
        let mut settings = super::start(file, &[])?;
        // A calibration is fitted to what the grader says, not to what another one made of it.
        settings.grading.calibration = None;
        let input = Input::read(&self.cases, &settings)?;
        let mut matrix = candidates(&self.graders, &settings, &input.cases)?;
        if matrix.rows.len() > 1 {
            bail!("calibrate one grader at a time: give one --prompt and one --model");
        }
        if matrix.rows.iter().any(|row| row.candidate.prompt.is_some()) {
            matrix.rows.push(by_keywords(1, &settings)?);
        }
        matrix.check_budget(self.graders.max_cost)?;
        let runs = grade(&matrix, &input.cases, &self.graders, |_| Done::new())?;
        let report = assemble(Assembly {
            suite: &input.suite,
            cases: &input.cases,
            runs,
            selection: input.selection,
            baseline: None,
        });
        if let Some(stopped) = report.stopped {
            print::line_to_stderr("stopped before all was graded; no calibration was written");
            return Ok(match stopped {
                Stopped::Budget => Exit::OverBudget.into(),
                Stopped::Interrupted => Exit::Inconclusive.into(),
            });
        }
        if report.gate.lacks_grades() {
            print::line_to_stderr("too much is ungraded; no calibration was written");
            return Ok(Exit::Inconclusive.into());
        }
        let fit = |run: &Run| {
            let options = CalibrateOptions {
                run: &run.name,
                method: match run.prompt {
                    Some(_) => Method::Llm,
                    None => Method::Keyword,
                },
                settings: &report.settings,
                label_sources: &report.label_sources,
                target_qwk: self.target_qwk,
            };
            calibrate(&run.cases, &options)
        };
        let fitted = report.runs.iter().map(fit).collect::<Result<Vec<_>, _>>()?;
        let text = write_calibration(&report.software, &report.suite, &fitted);
        std::fs::write(&self.output, text)
            .with_context(|| format!("cannot write {}", self.output.display()))?;
        for one in &fitted {
            print::line(one.report.text().trim_end())?;
        }
        print::line_to_stderr(&format!(
            "wrote {}; name it in grading.calibration to use it",
            self.output.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}
