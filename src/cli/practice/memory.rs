use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use crate::grade::Grade;

/// Which ideas were missed, so that their questions come back: ids alone, never an answer.
pub(super) struct Memory {
    path: PathBuf,
    kept: Kept,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// By bank, questions with the ids of the ideas that were missed, the longest ago first.
    banks: BTreeMap<String, Vec<(String, Vec<String>)>>,
}

impl Memory {
    /// Reads what is remembered; nothing where there is no file yet.
    pub(super) fn open() -> anyhow::Result<Self> {
        let path = path()?;
        let kept = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| {
                format!(
                    "{} is not what practice wrote there; --forget begins anew",
                    path.display()
                )
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Kept::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        Ok(Self { path, kept: kept? })
    }

    /// The questions of a bank of which ideas were missed.
    pub(super) fn missed(&self, bank: &str) -> Vec<String> {
        let questions = self.kept.banks.get(bank).into_iter().flatten();
        questions.map(|(question, _)| question.clone()).collect()
    }

    /// Keeps which ideas an answer missed. One without a score says nothing of that.
    pub(super) fn keep(&mut self, bank: &str, question: &str, grade: &Grade) -> anyhow::Result<()> {
        if grade.score.is_none() {
            return Ok(());
        }
        let questions = self.kept.banks.entry(bank.to_owned()).or_default();
        questions.retain(|(one, _)| one != question);
        let missing = grade.missing_concepts.iter();
        let ids: Vec<_> = missing.map(|concept| concept.id.clone()).collect();
        if !ids.is_empty() {
            questions.push((question.to_owned(), ids));
        }
        let cannot = || format!("cannot write {}", self.path.display());
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).with_context(cannot)?;
        }
        // What breaks off leaves the file as it was.
        let new = self.path.with_extension("json.new");
        std::fs::write(&new, serde_json::to_vec(&self.kept)?).with_context(cannot)?;
        std::fs::rename(&new, &self.path).with_context(cannot)
    }
}

/// Forgets everything.
pub(super) fn forget() -> anyhow::Result<()> {
    let path = path()?;
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn path() -> anyhow::Result<PathBuf> {
    let folders = etcetera::choose_base_strategy().context("there is no home folder")?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Ok(folder.join("answer-grader").join("practice.json"))
}
