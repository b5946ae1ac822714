use std::sync::Arc;

use anyhow::bail;

use super::arguments::EvalArguments;
use super::candidates::Matrix;
use super::input;
use crate::eval::{Candidate, Case, Done, Report, baseline_run, keep};

/// Reports of earlier evaluations that this one goes on from, or is compared with.
pub(super) struct Earlier {
    resumed: Option<Report>,
    pub(super) baseline: Option<Report>,
}

impl Earlier {
    pub(super) fn read(arguments: &EvalArguments) -> anyhow::Result<Self> {
        let baseline = arguments
            .baseline
            .as_deref()
            .filter(|_| !arguments.write_baseline);
        if let Some(path) = baseline
            && !path.exists()
        {
            bail!(
                "there is no baseline {}; the same command with --write-baseline makes it",
                path.display()
            );
        }
        let resumed = arguments.resume.as_deref().map(input::report).transpose()?;
        if let Some(report) = &resumed
            && report.software != env!("CARGO_PKG_VERSION")
        {
            bail!(
                "--resume: the report was made by version {}, this is {}; half a report of each would say nothing",
                report.software,
                env!("CARGO_PKG_VERSION")
            );
        }
        Ok(Self {
            resumed,
            baseline: baseline.map(input::report).transpose()?,
        })
    }

    /// Refuses a baseline that has nothing to compare with.
    pub(super) fn check(&self, matrix: &Matrix) -> anyhow::Result<()> {
        let Some(baseline) = &self.baseline else {
            return Ok(());
        };
        for row in &matrix.rows {
            if baseline_run(&row.candidate, baseline).is_none() {
                let names: Vec<_> = baseline.runs.iter().map(|run| run.name.as_str()).collect();
                bail!(
                    "the baseline has no run to compare {} with; it has {}",
                    row.candidate.name,
                    names.join("; ")
                );
            }
        }
        Ok(())
    }

    /// What the resumed report graded with a candidate, of cases that have not changed since.
    pub(super) fn done(&self, candidate: &Candidate, cases: &[Arc<Case>]) -> Done {
        let runs = self.resumed.iter().flat_map(|report| &report.runs);
        let same = runs.filter(|run| run.name == candidate.name);
        same.flat_map(|run| keep(&run.cases, cases)).collect()
    }
}
