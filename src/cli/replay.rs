use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::print;
use crate::config;
use crate::grade::{Grade, Policy, Submission, Verdict};
use crate::store::Recorded;

/// What to grade again.
#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    /// The grade's id, as it was returned
    id: String,
    /// As JSON, with both grades
    #[arg(long)]
    json: bool,
}

/// A grade and what became of it.
#[derive(Serialize)]
struct Comparison {
    recorded: Grade,
    now: Grade,
    /// By how much the score is higher now; `null` where one of the two has none.
    difference: Option<f64>,
    /// The concepts that are judged otherwise now.
    changed: Vec<Changed>,
    /// What is not as it was: `model`, `prompt`, `concepts`, `calibration`, `software`, `method`.
    other: Vec<&'static str>,
}

#[derive(Serialize)]
struct Changed {
    id: String,
    recorded: Option<Verdict>,
    now: Option<Verdict>,
}

impl ReplayArguments {
    /// Grades again what is on record, with the settings of now, and keeps nothing of it.
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        super::with_store(file, async |settings, store| {
            let recorded = store.grade(&self.id).await?;
            let recorded =
                recorded.with_context(|| format!("no grade {} is on record", self.id))?;
            let (submission, policy) = submission(&recorded)?;
            let (grader, _) = config::grader(settings)?;
            let grader = grader.with_concept_store(std::sync::Arc::new(store.clone()));
            let now = grader.grade(&submission, policy).await?;
            let comparison = compare(recorded.grade, now);
            if self.json {
                print::json(&comparison)
            } else {
                show(&comparison)
            }
        })
    }
}

fn submission(recorded: &Recorded) -> anyhow::Result<(Submission, Policy)> {
    let request = recorded.request.clone();
    let request =
        request.context("the answer is erased, or was never kept: it cannot be graded again")?;
    let (submission, policy, _) = request.submission(recorded.task.clone());
    Ok((submission, policy))
}

fn compare(recorded: Grade, now: Grade) -> Comparison {
    let verdict = |grade: &Grade, id: &str| {
        let mut concepts = grade.concepts.iter();
        concepts
            .find(|concept| concept.id == id)
            .map(|concept| concept.verdict)
    };
    let mut ids: Vec<_> = recorded
        .concepts
        .iter()
        .chain(&now.concepts)
        .map(|one| one.id.clone())
        .collect();
    ids.sort();
    ids.dedup();
    let changed = ids.into_iter().filter_map(|id| {
        let (before, after) = (verdict(&recorded, &id), verdict(&now, &id));
        (before != after).then_some(Changed {
            id,
            recorded: before,
            now: after,
        })
    });
    let (before, after) = (&recorded.provenance, &now.provenance);
    let other = [
        ("method", recorded.method != now.method),
        ("model", before.model != after.model),
        ("prompt", before.prompt != after.prompt),
        ("concepts", before.concepts != after.concepts),
        ("calibration", before.calibration != after.calibration),
        ("software", before.software != after.software),
    ];
    Comparison {
        difference: now
            .score
            .zip(recorded.score)
            .map(|(now, before)| now - before),
        changed: changed.collect(),
        other: other
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(what, _)| what)
            .collect(),
        recorded,
        now,
    }
}

fn show(comparison: &Comparison) -> anyhow::Result<()> {
    let score = |grade: &Grade| {
        grade
            .score
            .map_or_else(|| "none".to_owned(), |score| format!("{score:.4}"))
    };
    let (before, now) = (score(&comparison.recorded), score(&comparison.now));
    match comparison.difference {
        Some(difference) if difference.abs() > f64::EPSILON => {
            print::line(&format!(
                "Score on record {before}, now {now}: {difference:+.4}."
            ))?;
        }
        _ => print::line(&format!("Score on record {before}, now {now}."))?,
    }
    let word = |verdict: Option<Verdict>| verdict.map_or("not among the concepts", Verdict::name);
    for changed in &comparison.changed {
        let (before, now) = (word(changed.recorded), word(changed.now));
        print::line(&format!("  {}: {before} on record, now {now}", changed.id))?;
    }
    if !comparison.other.is_empty() {
        print::line(&format!("Not as it was: {}.", comparison.other.join(", ")))?;
    }
    Ok(())
}
