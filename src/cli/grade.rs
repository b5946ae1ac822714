use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde::de::DeserializeOwned;

use super::print;
use crate::config;
use crate::grade::{AnswerSource, GradeRequest};
use crate::text::Language;

/// What to grade and how.
///
/// Either a question of a loaded bank, or a question with its reference answer.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct GradeArguments {
    /// A question of a loaded bank, such as django/orm-performance
    #[arg(long, value_name = "BANK/QUESTION", conflicts_with_all = ["question", "reference"], required_unless_present = "reference")]
    question_id: Option<String>,
    /// The question, or @FILE
    #[arg(
        long,
        value_name = "TEXT|@FILE",
        default_value = "",
        hide_default_value = true
    )]
    question: String,
    /// The reference answer, or @FILE; @@ begins a text with @
    #[arg(long, value_name = "TEXT|@FILE", allow_hyphen_values = true)]
    reference: Option<String>,
    /// The file that holds the candidate's answer; - reads it from standard input
    #[arg(
        long,
        value_name = "FILE|-",
        required_unless_present = "answer_text",
        conflicts_with = "answer_text"
    )]
    answer: Option<PathBuf>,
    /// The candidate's answer itself
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    answer_text: Option<String>,
    /// The answer is a transcript of speech
    #[arg(long)]
    speech: bool,
    /// The language of question and reference, such as en or de; detected where it is not given
    #[arg(long, value_name = "CODE")]
    language: Option<Language>,
    /// Who judges: auto (the LLM where one is configured), llm, keyword
    #[arg(long, value_name = "METHOD", value_parser = ["auto", "llm", "keyword"])]
    method: Option<String>,
    /// What happens when the LLM fails under auto: keyword, error
    #[arg(long, value_name = "FALLBACK", value_parser = ["keyword", "error"])]
    fallback: Option<String>,
    /// How much of the key to show: full, hint, none
    #[arg(long, value_name = "LEVEL", value_parser = ["full", "hint", "none"])]
    feedback: Option<String>,
    /// What a score of 1 is worth
    #[arg(long, value_name = "POINTS")]
    max_points: Option<f64>,
    /// Show how a keyword grade came about: the parts of the score, guards, and words matched
    #[arg(long)]
    explain: bool,
    /// How to print the grade; text on a terminal, json elsewhere
    #[arg(long, value_enum)]
    format: Option<Format>,
}

const EXAMPLES: &str = "\
Examples:
  answer-grader grade --question-id django/orm-performance --answer answer.txt
  echo 'It loads related rows in a second query.' | answer-grader grade \\
      --question 'What does prefetch_related() do?' --reference @reference.txt --answer -";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// The same JSON as over HTTP
    Json,
}

impl GradeArguments {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        let settings = super::start(file, &[])?;
        let banks = config::banks(&settings)?;
        let format = self.format.unwrap_or(if std::io::stdout().is_terminal() {
            Format::Text
        } else {
            Format::Json
        });
        let request = self.request()?;
        let find = |id: &str| banks.task(id);
        let (submission, policy) =
            request.check(&settings.limits, config::defaults(&settings), find)?;

        let (grader, _) = config::grader(&settings)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let grade = runtime.block_on(grader.grade(&submission, policy))?;
        match format {
            Format::Text => print::grade(&grade),
            Format::Json => print::json(&grade),
        }
    }

    fn request(self) -> anyhow::Result<GradeRequest> {
        let candidate_answer = match (self.answer_text, self.answer) {
            (Some(text), _) => text,
            (None, Some(path)) => read_answer(&path)?,
            (None, None) => bail!("give the answer with --answer or --answer-text"),
        };
        let own = self.question_id.is_none();
        Ok(GradeRequest {
            candidate_answer,
            question_id: self.question_id,
            question: if own {
                Some(text_or_file(&self.question)?)
            } else {
                None
            },
            reference_answer: self.reference.as_deref().map(text_or_file).transpose()?,
            max_points: self.max_points,
            method: self.method.map(word).transpose()?,
            fallback: self.fallback.map(word).transpose()?,
            feedback: self.feedback.map(word).transpose()?,
            language: self.language,
            explain: self.explain,
            answer_source: self.speech.then_some(AnswerSource::Speech),
            ..GradeRequest::default()
        })
    }
}

/// Reads a word of the API, so that command line and HTTP know the same ones.
fn word<T: DeserializeOwned>(word: String) -> anyhow::Result<T> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}

fn read_answer(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin()
            .read_to_end(&mut bytes)
            .context("cannot read the answer from standard input")?;
    } else {
        bytes = std::fs::read(path).with_context(|| {
            format!(
                "cannot read the answer file {}; --answer-text takes the answer itself",
                path.display()
            )
        })?;
    }
    String::from_utf8(bytes).context("the answer is not UTF-8 text")
}

fn text_or_file(argument: &str) -> anyhow::Result<String> {
    match argument.strip_prefix('@') {
        // Two of them stand for one that begins the text.
        Some(text) if text.starts_with('@') => Ok(text.to_owned()),
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {path}")),
        None => Ok(argument.to_owned()),
    }
}
