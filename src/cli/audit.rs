use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::print;
use crate::eval::Estimate;
use crate::eval::audit::{Audit, AuditSettings, AuditedGrade, Column, Groups, Partition, audit};
use crate::store::{Filter, Store, Summary};

/// What to audit.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AuditArguments {
    /// Who belongs to which group: a CSV file with `subject` (as in requests) or `id` (of a grade), then a
    /// column for each attribute, such as sex; an empty value is unknown. No grader sees it
    #[arg(long, value_name = "GROUPS.csv")]
    groups: PathBuf,
    /// The score from which an answer passes, 0 to 1
    #[arg(long, value_name = "SCORE", default_value_t = 0.5, value_parser = unit)]
    pass_mark: f64,
    /// Only grades of this question of a bank
    #[arg(long, value_name = "ID")]
    question_id: Option<String>,
    /// Groups of fewer people are marked as small, and nobody is compared with them
    #[arg(long, value_name = "PEOPLE", default_value_t = 30)]
    small: usize,
    /// As JSON, with every figure
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
The score that counts is a person's where one gave it. Intervals resample people, 1,000 times. An impact ratio is a
group's rate by that of the group that passes most often; below .80 is what the four-fifths rule looks at. It is a
reason to look closer, and no proof: groups may have had other questions.

Example:
  answer-grader audit --groups groups.csv --pass-mark 0.6";

/// Resamples of the intervals.
const RESAMPLES: usize = 1_000;
/// Grades of a page.
const PAGE: u32 = 500;
/// The ratio that the four-fifths rule looks at (29 CFR 1607.4 D).
const FOUR_FIFTHS: f64 = 0.8;

fn unit(text: &str) -> Result<f64, String> {
    let score = text.parse().map_err(|_| "must be a number".to_owned())?;
    if (0.0..=1.0).contains(&score) {
        Ok(score)
    } else {
        Err("must be from 0 to 1".to_owned())
    }
}

impl AuditArguments {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        let groups = Groups::read(&self.groups)?;
        super::with_store(file, async |_, store| {
            let grades = self.grades(store, &groups).await?;
            let settings = AuditSettings {
                pass_mark: self.pass_mark,
                resamples: RESAMPLES,
                small: self.small,
            };
            let found = audit(&grades, &groups.attributes, settings);
            if self.json {
                print::json(&found)
            } else {
                show(&found, groups.members.len())
            }
        })
    }

    async fn grades(&self, store: &Store, groups: &Groups) -> anyhow::Result<Vec<AuditedGrade>> {
        let mut grades = Vec::new();
        for (name, values) in &groups.members {
            match groups.by {
                Column::Subject => {
                    let filter = Filter {
                        subject: Some(name.clone()),
                        question_id: self.question_id.clone(),
                        ..Filter::default()
                    };
                    grades.extend(of_person(store, filter, name, values).await?);
                }
                Column::Grade if self.question_id.is_some() => anyhow::bail!(
                    "--question-id is for files that name people; name the grades of one question instead"
                ),
                Column::Grade => {
                    let Some(found) = store.grade(name).await? else {
                        continue;
                    };
                    grades.push(AuditedGrade {
                        person: name.clone(),
                        groups: values.clone(),
                        score: found.grade.score,
                        human_score: found.human_score,
                    });
                }
            }
        }
        Ok(grades)
    }
}

async fn of_person(
    store: &Store,
    mut filter: Filter,
    name: &str,
    values: &[String],
) -> anyhow::Result<Vec<AuditedGrade>> {
    let audited = |grade: &Summary| AuditedGrade {
        person: name.to_owned(),
        groups: values.to_vec(),
        score: grade.score,
        // A score that is appealed against is the last word so far.
        human_score: grade.human_score,
    };
    let mut grades = Vec::new();
    loop {
        let page = store.grades(&filter, PAGE).await?;
        grades.extend(page.grades.iter().map(audited));
        filter.before = page.grades.last().map(|grade| grade.id.clone());
        if !page.more {
            return Ok(grades);
        }
    }
}

fn show(found: &Audit, known: usize) -> anyhow::Result<()> {
    print::line(&format!(
        "{} grades of {} people, of {known} whose groups are given; {} have a score. Pass mark {:.2}, median score {}.",
        found.grades,
        found.people,
        found.scored,
        found.pass_mark,
        found
            .median
            .map_or_else(|| "–".to_owned(), |median| format!("{median:.2}")),
    ))?;
    for partition in &found.partitions {
        print::line("")?;
        parted(partition)?;
    }
    print::line(
        "\n95 % intervals in brackets. * a small group: its figures tell little. ! a ratio below .80.",
    )
}

fn parted(partition: &Partition) -> anyhow::Result<()> {
    let title = partition.attributes.join(" and ");
    let reference = partition.reference.as_ref().map_or_else(
        || "all groups are small, so no ratios".to_owned(),
        |reference| format!("ratios by {reference}"),
    );
    print::line(&format!(
        "By {title} ({reference}; of {} grades it is not known)",
        partition.unknown
    ))?;
    let mut table = Table::new();
    let header = [
        "",
        "people",
        "grades",
        "pass rate",
        "ratio",
        "above median",
        "ratio",
        "reviewed",
        "false pass",
        "false fail",
    ];
    table.load_style(NOTHING).set_header(header);
    for group in &partition.groups {
        let star = if group.small { " *" } else { "" };
        table.add_row([
            format!("{}{star}", group.name),
            group.people.to_string(),
            group.scored.to_string(),
            shown(&group.pass_rate),
            ratio(&group.pass_ratio),
            shown(&group.scoring_rate),
            ratio(&group.scoring_ratio),
            group.reviewed.to_string(),
            shown(&group.false_pass_rate),
            shown(&group.false_fail_rate),
        ]);
    }
    print::line(&table.to_string())
}

fn ratio(estimate: &Estimate) -> String {
    let below = estimate.value.is_some_and(|value| value < FOUR_FIFTHS);
    format!("{}{}", shown(estimate), if below { " !" } else { "" })
}

fn shown(estimate: &Estimate) -> String {
    match (estimate.value, estimate.ci95) {
        (Some(value), Some([low, high])) => format!("{value:.2} [{low:.2}, {high:.2}]"),
        (Some(value), None) => format!("{value:.2}"),
        (None, _) => "–".to_owned(),
    }
}
