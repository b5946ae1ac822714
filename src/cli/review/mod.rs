//! `review`: what people decided about grades, for evaluations.

mod agreement;
mod export;

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::store::{Filter, Recorded, Store, Summary};

/// What to do with people's reviews of grades.
#[derive(Debug, Subcommand)]
pub(super) enum ReviewCommand {
    /// Turn reviewed grades into cases for `eval`, so that a correction becomes a test
    ///
    /// Each case has the question with its key, the answer, the reviewers' scores and, where a reviewer gave
    /// verdicts, what is missing. Grades whose texts are erased, or against which an appeal is open, are left
    /// out and counted. The file holds answers: keep it where they may be seen.
    Export {
        /// The case file to write; - prints it
        #[arg(short, long, value_name = "CASES.jsonl|-")]
        output: PathBuf,
        /// Only grades of this question of a bank
        #[arg(long, value_name = "ID")]
        question_id: Option<String>,
        /// Write over a file that exists
        #[arg(long)]
        force: bool,
    },
    /// Tell how far grades agree with their reviews, by bank, prompt and model
    ///
    /// These are the grades that people looked at, and so mostly those of least confidence: others may agree
    /// better.
    Agreement {
        /// As JSON, with intervals on every figure
        #[arg(long)]
        json: bool,
    },
}

impl ReviewCommand {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        super::with_store(file, async |_, store| match self {
            Self::Export {
                output,
                question_id,
                force,
            } => export::run(store, question_id, &output, force).await,
            Self::Agreement { json } => agreement::run(store, json).await,
        })
    }
}

/// Grades of a page.
const PAGE: u32 = 200;

/// Gives every grade that a person has judged to `each`, the latest first.
async fn each_reviewed(
    store: &Store,
    question_id: Option<String>,
    mut each: impl AsyncFnMut(Summary, Recorded) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut filter = Filter {
        question_id,
        reviewed: Some(true),
        ..Filter::default()
    };
    loop {
        let page = store.grades(&filter, PAGE).await?;
        filter.before = page.grades.last().map(|grade| grade.id.clone());
        for summary in page.grades {
            if let Some(recorded) = store.grade(&summary.id).await? {
                each(summary, recorded).await?;
            }
        }
        if !page.more {
            return Ok(());
        }
    }
}
