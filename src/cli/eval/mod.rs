//! `eval`: suites read, graders built, run, judged and reported.

mod arguments;
mod candidates;
mod earlier;
mod input;
mod plan;
mod progress;
mod stop;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};

use self::earlier::Earlier;
use super::exit::Exit;
use super::print;
use crate::eval::report::{self, Format};
use crate::eval::{
    Assembly, Candidate, Case, Conclusion, Done, Graded, Latency, Options, Report, Stopped, Texts,
    assemble, run, texts,
};

pub(super) use arguments::{CaseArguments, EvalArguments, GraderArguments};
pub(super) use candidates::{Matrix, Row, by_keywords, candidates};
pub(super) use input::Input;
use progress::Progress;
use stop::stop_signal;

impl EvalArguments {
    pub(super) fn run(mut self, file: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = super::start(file, &[])?;
        let input = Input::read(&self.cases, &settings)?;
        let outputs = outputs(&self.output)?;
        let earlier = Earlier::read(&self)?;
        if self.dry_run {
            // Nothing will be recorded, so there is nothing to make a file for.
            self.graders.record = None;
        }
        let matrix = candidates(&self.graders, &settings, &input.cases)?;
        if self.dry_run {
            plan::show(&matrix, &input.cases)?;
            return Ok(ExitCode::SUCCESS);
        }
        matrix.check_budget(self.graders.max_cost)?;
        earlier.check(&matrix)?;

        let done = |candidate: &Candidate| earlier.done(candidate, &input.cases);
        let graded = grade(&matrix, &input.cases, &self.graders, done)?;
        let texts = texts(&input.cases, &graded);
        let report = assemble(Assembly {
            suite: &input.suite,
            cases: &input.cases,
            runs: graded,
            selection: input.selection,
            baseline: earlier.baseline.as_ref(),
        });
        for (format, path) in &outputs {
            write(*format, path, &report, &texts)?;
        }
        let written = self.write_baseline(&report)?;
        print::with(|out| report::terminal(&report, out))?;
        advise(&matrix, &report);
        for path in outputs.iter().map(|(_, path)| *path).chain(written) {
            print::line_to_stderr(&format!("wrote {}", path.display()));
        }
        Ok(self.exit(&report))
    }

    /// Writes the report where the baseline stands, unless it says too little to compare with.
    fn write_baseline(&self, report: &Report) -> anyhow::Result<Option<&Path>> {
        let Some(path) = self.baseline.as_deref().filter(|_| self.write_baseline) else {
            return Ok(None);
        };
        if report.stopped.is_some() || report.gate.lacks_grades() {
            print::line_to_stderr("the baseline was not written: too much is ungraded");
            return Ok(None);
        }
        write(Format::Json, path, &as_baseline(report), &Texts::default())?;
        Ok(Some(path))
    }

    fn exit(&self, report: &Report) -> ExitCode {
        match (report.stopped, report.gate.conclusion) {
            (Some(Stopped::Budget), _) => Exit::OverBudget.into(),
            (_, Conclusion::Inconclusive) => Exit::Inconclusive.into(),
            (_, Conclusion::Fail) => self.exit_code_on_fail.into(),
            (_, Conclusion::Pass) => ExitCode::SUCCESS,
        }
    }
}

/// Grades the cases with every row, until all are done, somebody stops it or the budget is reached.
/// `done` are results of an earlier run.
pub(super) fn grade(
    matrix: &Matrix,
    cases: &[Arc<Case>],
    arguments: &GraderArguments,
    done: impl Fn(&Candidate) -> Done,
) -> anyhow::Result<Vec<(Candidate, Graded)>> {
    // Who asks a model waits for it; a second thread would only cost.
    let waits = |row: &Row| row.candidate.prompt.is_some();
    let mut runtime = if matrix.rows.iter().all(waits) {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    runtime.enable_all().build()?.block_on(async {
        let signal = stop_signal();
        let each = cases.len() * arguments.repeat as usize;
        let mut progress = Progress::new(each * matrix.rows.len());
        let mut spent = 0.0;
        let mut graded = Vec::new();
        for row in &matrix.rows {
            let options = Options {
                concurrency: usize::from(arguments.concurrency),
                budget: arguments.max_cost.map(|budget| budget - spent),
            };
            let done = done(&row.candidate);
            progress.leave_out(done.len());
            let count = |result: &_| progress.add(result);
            let signal = signal.clone();
            let outcome = run(&row.candidate, cases, &done, options, signal, count).await;
            spent += outcome.cost_usd;
            graded.push((row.candidate.clone(), outcome));
        }
        Ok(graded)
    })
}

/// The report files that were asked for; refused now rather than after everything was graded.
pub(super) fn outputs(paths: &[PathBuf]) -> anyhow::Result<Vec<(Format, &Path)>> {
    let format = |path: &'_ PathBuf| {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) {
            bail!("{}: there is no such folder", path.display());
        }
        Ok(Format::of(path)?)
    };
    paths
        .iter()
        .map(|path| Ok((format(path)?, path.as_path())))
        .collect()
}

fn write(format: Format, path: &Path, report: &Report, texts: &Texts) -> anyhow::Result<()> {
    let write = || {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        report::write(format, report, texts, &mut file)?;
        file.flush()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// What a comparison needs of a report: a file that is checked in should be no larger.
fn as_baseline(report: &Report) -> Report {
    let mut baseline = report.clone();
    for run in &mut baseline.runs {
        run.by_tag.clear();
        run.by_question.clear();
        run.comparison = None;
        for case in &mut run.cases {
            case.concepts.clear();
            // Times differ from run to run and would change the file for nothing.
            case.latency_ms = 0.0;
        }
        run.metrics.latency_ms = Latency::default();
    }
    baseline
}

/// Says how to get the replies that a recording lacks.
fn advise(matrix: &Matrix, report: &Report) {
    let Some(recording) = matrix.replayed() else {
        return;
    };
    for run in &report.runs {
        let missing = run
            .metrics
            .ungraded
            .get("not_recorded")
            .copied()
            .unwrap_or(0);
        if missing > 0 {
            print::line_to_stderr(&format!(
                "{}: {} has no reply to {missing} of {} requests; the same command with --record-missing and a key asks for them once and adds them",
                run.name,
                recording.display(),
                run.metrics.n
            ));
        }
    }
}
