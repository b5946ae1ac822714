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
        let folders = etcetera::choose_base_strategy().context("there is no home folder")?;
        let folder = folders.state_dir().unwrap_or_else(|| folders.data_dir());
        let path = folder.join("answer-grader").join("practice.json");
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

    /// Keeps which ideas an answer missed.
    pub(super) fn keep(&mut self, bank: &str, question: &str, grade: &Grade) -> anyhow::Result<()> {
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
        std::fs::write(&self.path, serde_json::to_vec(&self.kept)?).with_context(cannot)
    }

    /// Forgets everything.
    pub(super) fn forget(&mut self) -> anyhow::Result<()> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.path.display()))
            }
            _ => Ok(()),
        }
    }
}
