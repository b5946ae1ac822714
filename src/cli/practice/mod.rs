//! A mock interview in the terminal: the same as the service's first page.
//!
//! | file | job |
//! |---|---|
//! | `choose` | which questions are asked |
//! | `interview` | questions asked, answers read and graded, follow-ups |
//! | `told` | what is said of a grade |
//! | `memory` | which ideas were missed, for the next time |
//! | `report` | the end, on the terminal and as files |

mod choose;
mod interview;
mod memory;
mod report;
mod told;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use self::choose::Wish;
use self::interview::Interview;
use self::memory::Memory;
use super::print;
use crate::bank::{Bank, Level};
use crate::config::{self, Settings};

/// What to practise.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PracticeArguments {
    /// A loaded bank, such as django, or a bank's file (.toml)
    #[arg(value_name = "BANK|FILE", default_value = "django")]
    bank: String,
    /// Only questions of this topic; repeatable
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,
    /// Only questions of this level: junior, intermediate, senior
    #[arg(long, value_name = "LEVEL", value_parser = ["junior", "intermediate", "senior"])]
    level: Option<String>,
    /// How many questions are asked
    #[arg(short = 'n', long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    questions: u16,
    /// Say when an answer took longer than so many minutes; it is never cut off
    #[arg(long, value_name = "M")]
    minutes: Option<u16>,
    /// Do not begin with the questions of which ideas were missed before
    #[arg(long)]
    afresh: bool,
    /// Forget which ideas were missed, and do nothing else
    #[arg(long)]
    forget: bool,
    /// Write the report, with all answers; repeatable, the format is the extension's: .md or .json
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
An answer ends with an empty line. An empty answer skips the question, Ctrl-D ends the interview.
Answers stay in memory unless --output writes them; what was missed is remembered by its ids alone.

Examples:
  answer-grader practice django
  answer-grader practice django --topic orm --topic http -n 3 --minutes 3 -o report.md";

impl PracticeArguments {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        let settings = super::start(file, &[])?;
        if self.forget {
            memory::forget()?;
            return print::line("Forgotten.");
        }
        let mut memory = Memory::open()?;
        // An interview takes a while, and is not to end without its report.
        for path in &self.output {
            report::check(path)?;
        }
        let bank = self.bank(&settings)?;
        let wish = Wish {
            topics: &self.topic,
            level: self.level.as_deref().map(level),
            count: self.questions.into(),
            missed: if self.afresh {
                Vec::new()
            } else {
                memory.missed(&bank.id)
            },
        };
        let questions = choose::choose(&bank, &wish);
        if questions.is_empty() {
            bail!(
                "no question of {} fits; its topics: {}",
                bank.id,
                choose::topics(&bank).join(", ")
            );
        }
        let mut interview = Interview::new(&settings, &bank, self.minutes)?;
        let answers = interview.hold(&questions, &mut memory)?;
        let report = report::Report::new(&bank, interview.begun(), questions.len(), answers);
        report.print()?;
        let mut written = Ok(());
        for path in &self.output {
            written = written.and(report.write(path));
        }
        written
    }

    fn bank(&self, settings: &Settings) -> anyhow::Result<Bank> {
        let path = Path::new(&self.bank);
        if path.extension().is_some_and(|kind| kind == "toml") {
            return Ok(Bank::read(path)?);
        }
        let banks = config::banks(settings)?;
        let loaded = || {
            banks
                .iter()
                .map(|bank| bank.id.as_str())
                .collect::<Vec<_>>()
        };
        let bank = banks.get(&self.bank).with_context(|| {
            format!(
                "no bank {:?} is loaded (there is {}); a file is named by its path, NAME.toml",
                self.bank,
                loaded().join(", ")
            )
        })?;
        Ok(bank.clone())
    }
}

/// clap has checked the word.
fn level(word: &str) -> Level {
    match word {
        "junior" => Level::Junior,
        "senior" => Level::Senior,
        _ => Level::Intermediate,
    }
}
