use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::bank::{Bank, Proposal, Question, propose};
use crate::cli::exit::Exit;
use crate::cli::print;
use crate::config::{self, Backend, Settings};
use crate::grade::{Policy, RequestedMethod};
use crate::grader::{GradeError, GradeErrorKind, Grader};

/// Have the language model propose concepts for the questions of a bank that have none
///
/// Each list is made from the reference answer alone, and its passages are checked to stand there.
/// The bank is written anew with the lists under a comment; what a person wrote stays as it is. Read
/// every one: answers will be judged by it.
#[derive(Debug, Args)]
pub(in crate::cli) struct ConceptsArguments {
    /// The bank file
    #[arg(value_name = "BANK.toml")]
    bank: PathBuf,
    /// The file to write; - prints it
    #[arg(short, long, value_name = "FILE|-")]
    output: PathBuf,
    /// Write over a file that exists, which may be the bank itself
    #[arg(long)]
    force: bool,
}

impl ConceptsArguments {
    pub(in crate::cli) fn run(self, settings: &Settings) -> anyhow::Result<ExitCode> {
        super::may_write(&self.output, self.force)?;
        let bank = Bank::read(&self.bank)?;
        let shown = self.bank.display().to_string();
        let text =
            std::fs::read_to_string(&self.bank).with_context(|| format!("cannot read {shown}"))?;
        let without: Vec<_> = (bank.questions.iter())
            .filter(|question| question.task().concepts.is_empty())
            .collect();
        if without.is_empty() {
            bail!("{shown}: every question has concepts; there is nothing to propose");
        }
        let grader = grader(settings)?;
        let runtime = tokio::runtime::Runtime::new()?;
        let (proposals, failed) = runtime.block_on(ask(&grader, &without));
        if proposals.is_empty() {
            print::line_to_stderr("no concepts were proposed, and nothing was written");
            return Ok(Exit::Inconclusive.into());
        }
        let proposed = propose(&text, &proposals);
        Bank::parse(&proposed, &shown).context("the bank with its concepts cannot be read back")?;
        if self.output == Path::new("-") {
            print::line(proposed.trim_end())?;
        } else {
            std::fs::write(&self.output, &proposed)
                .with_context(|| format!("cannot write {}", self.output.display()))?;
            print::line(&format!(
                "{}: concepts for {} of {} questions; read them, then run `bank check`",
                self.output.display(),
                proposals.len(),
                without.len()
            ))?;
        }
        Ok(if failed {
            Exit::Inconclusive.into()
        } else {
            ExitCode::SUCCESS
        })
    }
}

/// The grader of the settings, which has to have a model that takes references apart.
fn grader(settings: &Settings) -> anyhow::Result<Grader> {
    let mut settings = settings.clone();
    settings.llm.extract_concepts = true;
    let (grader, backend) = config::grader(&settings)?;
    if backend == Backend::Offline {
        bail!(
            "bank concepts asks a language model, and none is configured. {}",
            config::how_to_configure(&settings)
        );
    }
    Ok(grader)
}

/// Asks for each question's concepts; says whether any could not be had.
async fn ask(grader: &Grader, questions: &[&Question]) -> (Vec<Proposal>, bool) {
    let bar = std::io::stderr()
        .is_terminal()
        .then(|| ProgressBar::new(questions.len() as u64));
    if let Some(bar) = &bar
        && let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
    {
        bar.set_style(style);
    }
    let policy = Policy {
        method: RequestedMethod::Llm,
        ..Policy::default()
    };
    let (mut proposals, mut failed, mut cost) = (Vec::new(), false, Some(0.0));
    for question in questions {
        if let Some(bar) = &bar {
            bar.set_message(question.id.clone());
        }
        match grader.concepts(question.task(), policy).await {
            Ok(list) => {
                cost = cost.zip(list.usage.cost_usd).map(|(sum, one)| sum + one);
                let made_by = [list.provenance.model, list.provenance.prompt];
                let made_by: Vec<_> = made_by.into_iter().flatten().collect();
                proposals.push(Proposal {
                    question_id: question.id.clone(),
                    concepts: list.concepts,
                    by: made_by.join(" with "),
                });
            }
            Err(error) => {
                failed = true;
                print::line_to_stderr(&format!("{}: {error}", question.id));
                if error.kind() == GradeErrorKind::Budget || lasts(&error) {
                    break;
                }
            }
        }
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if let Some(cost) = cost.filter(|cost| *cost > 0.0) {
        print::line_to_stderr(&format!("${cost:.4} spent"));
    }
    (proposals, failed)
}

/// The next question would meet the same.
fn lasts(error: &GradeError) -> bool {
    use crate::llm::Failure;
    matches!(
        error,
        GradeError::Model(
            Failure::Authentication { .. } | Failure::QuotaExhausted | Failure::Network
        ) | GradeError::Prompt(_)
    )
}
