use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::eval::Split;
use crate::text::Language;

/// Which cases are evaluated.
#[derive(Debug, Clone, Args)]
pub(crate) struct CaseArguments {
    /// A suite (.toml), or files of cases (.jsonl, .csv)
    #[arg(required = true, value_name = "SUITE|CASES")]
    pub(crate) files: Vec<PathBuf>,
    /// Only cases with this tag; repeatable, one of them is enough
    #[arg(long, value_name = "TAG")]
    pub(crate) filter_tag: Vec<String>,
    /// Only cases that failed in this report: ungraded, on the wrong side of the pass mark, or more
    /// than .25 from the human score
    #[arg(long, value_name = "REPORT.json")]
    pub(crate) filter_failing: Option<PathBuf>,
    /// Only one half of the questions, chosen by a hash: develop on one, report the other
    #[arg(long, value_enum)]
    pub(crate) split: Option<Half>,
    /// At most so many cases, always the same ones, chosen by a hash
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// The language of cases that name none, such as en or de; detected where it is not given
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<Language>,
    /// Grade as if no concepts were declared; labels are then matched by their words
    #[arg(long)]
    pub(crate) ignore_concepts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Half {
    /// For choosing prompts and constants
    Dev,
    /// For reporting what they reach
    Holdout,
}

impl From<Half> for Split {
    fn from(half: Half) -> Self {
        match half {
            Half::Dev => Self::Dev,
            Half::Holdout => Self::Holdout,
        }
    }
}

/// Which graders are evaluated, and how they are asked.
#[derive(Debug, Clone, Args)]
pub(crate) struct GraderArguments {
    /// Who judges: llm, keyword, or auto (the LLM where one is configured or replayed); nothing ever
    /// falls back, what the LLM does not grade is ungraded
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) method: Judge,
    /// A prompt folder; repeatable, a row each
    #[arg(long, value_name = "DIR")]
    pub(crate) prompt: Vec<PathBuf>,
    /// A model of the settings, or any name the server knows; repeatable, a row each
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Vec<String>,
    /// How many answers are graded at the same time
    #[arg(short = 'j', long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) concurrency: u16,
    /// Grade every case so often, and report how far the scores of one answer lie apart
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) repeat: u32,
    /// Keep every reply in a new file
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub(crate) record: Option<PathBuf>,
    /// Take replies from a file, without key or network; what it lacks is ungraded (`not_recorded`)
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// With --replay: ask the model for what the file lacks, and add it
    #[arg(long, requires = "replay")]
    pub(crate) record_missing: bool,
    /// Stop before calls cost more than this, with exit code 4
    #[arg(long, value_name = "USD", value_parser = dollars)]
    pub(crate) max_cost: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Judge {
    /// The LLM where one is configured or replayed, else keywords
    Auto,
    /// The LLM
    Llm,
    /// The offline keyword grader
    Keyword,
}

/// Measures graders against human scores, and says whether they got better or worse.
///
/// A suite names cases, pass marks and what must be reached; without one, files of cases are
/// measured only. Each case is a line of JSON (or a row of CSV): a request's fields, `id`, and
/// `score` (0 to 1) or `points` with `max_points`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EvalArguments {
    #[command(flatten)]
    pub(crate) cases: CaseArguments,
    #[command(flatten)]
    pub(crate) graders: GraderArguments,
    /// Go on from this report: what it graded is kept, the rest is graded
    #[arg(long, value_name = "REPORT.json")]
    pub(crate) resume: Option<PathBuf>,
    /// Say what would be asked and what it would cost, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the report; repeatable, the format is the extension's: .json .jsonl .csv .md .html, .xml
    /// for test viewers, or .promptfoo.json for `promptfoo import`
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    /// Compare with this report on the same cases
    #[arg(long, value_name = "REPORT.json")]
    pub(crate) baseline: Option<PathBuf>,
    /// Make this run the baseline, instead of comparing with it
    #[arg(long, requires = "baseline")]
    pub(crate) write_baseline: bool,
    /// The exit code of a run that is below the gate
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) exit_code_on_fail: u8,
}

fn dollars(text: &str) -> Result<f64, String> {
    let amount: f64 = text
        .parse()
        .map_err(|_| "must be a number of US dollars".to_owned())?;
    if amount.is_finite() && amount >= 0.0 {
        Ok(amount)
    } else {
        Err("must be 0 or more".to_owned())
    }
}

const EXAMPLES: &str = "\
Examples:
  answer-grader eval fixtures/suites/django.toml --method keyword
  answer-grader eval suite.toml --prompt prompts/grade --prompt prompts/new --dry-run
  answer-grader eval suite.toml --record replies.jsonl --max-cost 2 -o report.html
  answer-grader eval suite.toml --replay replies.jsonl --baseline baseline.json -o report.md -o junit.xml

Exit codes, the first that applies:
  2  wrong usage, settings, cases or prompts; nothing was asked
  4  --max-cost reached
  3  inconclusive: too much is ungraded, or the comparison cannot tell
  1  measured, and below the gate or worse than the baseline (see --exit-code-on-fail)
  0  passed";
