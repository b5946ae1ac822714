use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::arguments::{CaseArguments, Half};
use crate::bank::{Bank, Banks};
use crate::config::{self, Settings};
use crate::eval::report::read_report;
use crate::eval::{Case, CaseError, Reader, Report, Selection, Suite, fails};

/// What is evaluated: read and checked, before anything is asked.
pub(crate) struct Input {
    pub(crate) suite: Suite,
    pub(crate) cases: Vec<Arc<Case>>,
    /// The options that chose among the cases.
    pub(crate) selection: Vec<String>,
}

impl Input {
    pub(crate) fn read(arguments: &CaseArguments, settings: &Settings) -> anyhow::Result<Self> {
        let suite = suite(arguments)?;
        let banks = banks(&suite, settings)?;
        let ignore = arguments.ignore_concepts;
        let mut reader = Reader::new(&banks, &settings.limits, arguments.language, ignore);
        for file in &suite.cases {
            reader.read(file)?;
        }
        let cases = reader.finish(&suite.name)?;
        let selection = Selection {
            tags: arguments.filter_tag.clone(),
            split: arguments.split.map(Into::into),
            ids: arguments
                .filter_failing
                .as_deref()
                .map(failing)
                .transpose()?,
            limit: arguments.limit,
        };
        let cases = selection.choose(cases);
        let selection = described(arguments);
        if cases.is_empty() {
            let what = format!("{} with {}", suite.name, selection.join(" "));
            return Err(CaseError::Empty { what }.into());
        }
        Ok(Self {
            suite,
            cases: cases.into_iter().map(Arc::new).collect(),
            selection,
        })
    }
}

/// Reads a report of an earlier evaluation.
pub(crate) fn report(path: &Path) -> anyhow::Result<Report> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the report {}", path.display()))?;
    read_report(&text).with_context(|| path.display().to_string())
}

fn suite(arguments: &CaseArguments) -> anyhow::Result<Suite> {
    let is_suite = |file: &&std::path::PathBuf| file.extension().is_some_and(|end| end == "toml");
    match arguments.files.iter().find(is_suite) {
        Some(file) if arguments.files.len() == 1 => Ok(Suite::read(file)?),
        Some(_) => bail!("give one suite, or files of cases, not both"),
        None => Ok(Suite::of(&arguments.files)),
    }
}

/// The suite's banks, and those of the settings that they do not replace.
fn banks(suite: &Suite, settings: &Settings) -> anyhow::Result<Banks> {
    let mut banks = Banks::default();
    for file in &suite.banks {
        banks.add(Bank::read(file)?)?;
    }
    for bank in &config::banks(settings)? {
        if banks.get(&bank.id).is_none() {
            banks.add(bank.clone())?;
        }
    }
    Ok(banks)
}

fn failing(path: &Path) -> anyhow::Result<HashSet<String>> {
    let report = report(path)?;
    let cases = report.runs.iter().flat_map(|run| &run.cases);
    let failing = cases.filter(|case| fails(case, &report.settings));
    Ok(failing.map(|case| case.id.clone()).collect())
}

fn described(arguments: &CaseArguments) -> Vec<String> {
    let mut described = Vec::new();
    described.extend(
        arguments
            .filter_tag
            .iter()
            .map(|tag| format!("--filter-tag {tag}")),
    );
    if let Some(file) = &arguments.filter_failing {
        described.push(format!("--filter-failing {}", file.display()));
    }
    match arguments.split {
        Some(Half::Dev) => described.push("--split dev".to_owned()),
        Some(Half::Holdout) => described.push("--split holdout".to_owned()),
        None => {}
    }
    if let Some(limit) = arguments.limit {
        described.push(format!("--limit {limit}"));
    }
    if arguments.ignore_concepts {
        described.push("--ignore-concepts".to_owned());
    }
    described
}
