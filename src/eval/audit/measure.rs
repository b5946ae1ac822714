use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::resample::Resamples;
use crate::eval::Estimate;

/// A grade of somebody whose groups are known.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditedGrade {
    /// Tells people apart.
    pub person: String,
    /// The value of each attribute; empty where it is not known.
    pub groups: Vec<String>,
    /// What the grader gave, 0..1; `None` where it could not judge.
    pub score: Option<f64>,
    /// What a person gave, where one has looked at it.
    pub human_score: Option<f64>,
}

impl AuditedGrade {
    /// The score that counts.
    fn counts(&self) -> Option<f64> {
        self.human_score.or(self.score)
    }
}

/// How an audit is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AuditSettings {
    /// A score from which an answer passes, 0..1.
    pub pass_mark: f64,
    /// How many resamples an interval rests on.
    pub resamples: usize,
    /// Groups of fewer people than this are marked as small.
    pub small: usize,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// Grades of people whose groups are known.
    pub grades: usize,
    /// Those of them that have a score.
    pub scored: usize,
    /// Those people.
    pub people: usize,
    /// The pass mark.
    pub pass_mark: f64,
    /// The median of all scores: the share above it is a group's scoring rate.
    pub median: Option<f64>,
    /// People by each attribute, and by each two of them together.
    pub partitions: Vec<Partition>,
}

/// People parted by one attribute or by several.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Partition {
    /// The attributes.
    pub attributes: Vec<String>,
    /// The group of the highest pass rate among those that are not small, which the others are compared
    /// with; `None` where all are small.
    pub reference: Option<String>,
    /// The groups.
    pub groups: Vec<Group>,
    /// Grades of people of whom this is not known.
    pub unknown: usize,
}

/// One group's figures. A ratio is the group's rate by the reference group's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Its values, ` / ` between several.
    pub name: String,
    /// Its people.
    pub people: usize,
    /// Their grades that have a score.
    pub scored: usize,
    /// Whether it is so small that its figures tell little.
    pub small: bool,
    /// The mean score.
    pub mean_score: Estimate,
    /// The share of scores at the pass mark or above.
    pub pass_rate: Estimate,
    /// The impact ratio of passing.
    pub pass_ratio: Estimate,
    /// The share of scores above the median of all.
    pub scoring_rate: Estimate,
    /// The impact ratio of scoring.
    pub scoring_ratio: Estimate,
    /// Grades that a person has given a score, too.
    pub reviewed: usize,
    /// Of answers that fail by a person, the share that the grader lets pass.
    pub false_pass_rate: Estimate,
    /// Of answers that pass by a person, the share that the grader lets fail.
    pub false_fail_rate: Estimate,
}

/// A grade as numbers, with its person's place.
struct Row {
    person: usize,
    score: f64,
    /// The grader's own, and a person's, where both are there.
    both: Option<(f64, f64)>,
}

/// Audits grades by `attributes`, whose values each grade has in the same order.
pub fn audit(grades: &[AuditedGrade], attributes: &[String], settings: AuditSettings) -> Audit {
    let people: BTreeSet<_> = grades.iter().map(|grade| &grade.person).collect();
    let places: BTreeMap<_, _> = people.iter().copied().zip(0..).collect();
    let resamples = Resamples::of(people.len(), settings.resamples);
    let mut scores: Vec<_> = grades.iter().filter_map(AuditedGrade::counts).collect();
    scores.sort_by(f64::total_cmp);
    let median = median(&scores);
    let context = Context {
        grades,
        places,
        resamples,
        median: median.unwrap_or_default(),
        settings,
    };
    let singles = (0..attributes.len()).map(|one| vec![one]);
    let pairs = (0..attributes.len())
        .flat_map(|one| (one + 1..attributes.len()).map(move |other| vec![one, other]));
    let all = singles.chain(pairs);
    Audit {
        grades: grades.len(),
        scored: scores.len(),
        people: people.len(),
        pass_mark: settings.pass_mark,
        median,
        partitions: all
            .map(|chosen| context.partition(&chosen, attributes))
            .collect(),
    }
}

fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        even if even % 2 == 0 => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
        _ => Some(sorted[middle]),
    }
}

struct Context<'a> {
    grades: &'a [AuditedGrade],
    places: BTreeMap<&'a String, usize>,
    resamples: Resamples,
    median: f64,
    settings: AuditSettings,
}

impl Context<'_> {
    fn partition(&self, chosen: &[usize], attributes: &[String]) -> Partition {
        let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        let mut unknown = 0;
        for grade in self.grades {
            let values: Vec<_> = chosen
                .iter()
                .filter_map(|at| grade.groups.get(*at))
                .collect();
            if values.len() < chosen.len() || values.iter().any(|value| value.is_empty()) {
                unknown += 1;
                continue;
            }
            let values: Vec<_> = values.into_iter().map(String::as_str).collect();
            let group = rows.entry(values.join(" / ")).or_default();
            if let Some(score) = grade.counts() {
                group.push(Row {
                    person: self.places[&grade.person],
                    score,
                    both: grade.score.zip(grade.human_score),
                });
            }
        }
        let passes = |row: &Row| row.score >= self.settings.pass_mark;
        let even = vec![1; self.places.len()];
        let reference =
            rows.iter()
                .filter(|(_, rows)| !self.is_small(rows))
                .max_by(|one, other| {
                    rate(one.1, &even, passes).total_cmp(&rate(other.1, &even, passes))
                });
        let (reference, of_reference) = reference.unzip();
        let groups = rows
            .iter()
            .map(|(name, rows)| self.group(name, rows, of_reference));
        Partition {
            attributes: chosen.iter().map(|at| attributes[*at].clone()).collect(),
            groups: groups.collect(),
            reference: reference.cloned(),
            unknown,
        }
    }

    fn is_small(&self, rows: &[Row]) -> bool {
        people(rows) < self.settings.small
    }

    fn group(&self, name: &str, rows: &[Row], reference: Option<&Vec<Row>>) -> Group {
        let (mark, median) = (self.settings.pass_mark, self.median);
        let passes = |row: &Row| row.score >= mark;
        let scores_high = |row: &Row| row.score > median;
        let estimate =
            |figure: &dyn Fn(&[u8]) -> f64| self.resamples.estimate(self.places.len(), figure);
        let ratio = |holds: &dyn Fn(&Row) -> bool| {
            estimate(&|weights| match reference {
                Some(reference) => rate(rows, weights, holds) / rate(reference, weights, holds),
                None => f64::NAN,
            })
        };
        // Among the grades with both scores.
        let error = |by_a_person: fn(f64, f64) -> bool, wrong: fn(f64, f64) -> bool| {
            let judged = rows.iter().filter_map(|row| Some((row.person, row.both?)));
            let of_kind: Vec<_> = judged
                .filter(|(_, (_, human))| by_a_person(*human, mark))
                .collect();
            estimate(&|weights| {
                let weight = |person: usize| f64::from(weights[person]);
                let all: f64 = of_kind.iter().map(|(person, _)| weight(*person)).sum();
                let errors = of_kind.iter().filter(|(_, (score, _))| wrong(*score, mark));
                errors.map(|(person, _)| weight(*person)).sum::<f64>() / all
            })
        };
        let (passing, failing) = (|score, mark| score >= mark, |score, mark| score < mark);
        Group {
            name: name.to_owned(),
            people: people(rows),
            scored: rows.len(),
            small: self.is_small(rows),
            mean_score: estimate(&|weights| {
                let weight = |row: &Row| f64::from(weights[row.person]);
                let all: f64 = rows.iter().map(weight).sum();
                rows.iter().map(|row| weight(row) * row.score).sum::<f64>() / all
            }),
            pass_rate: estimate(&|weights| rate(rows, weights, passes)),
            pass_ratio: ratio(&passes),
            scoring_rate: estimate(&|weights| rate(rows, weights, scores_high)),
            scoring_ratio: ratio(&scores_high),
            reviewed: rows.iter().filter(|row| row.both.is_some()).count(),
            false_pass_rate: error(failing, passing),
            false_fail_rate: error(passing, failing),
        }
    }
}

fn people(rows: &[Row]) -> usize {
    rows.iter()
        .map(|row| row.person)
        .collect::<BTreeSet<_>>()
        .len()
}

/// The share of rows that something holds for; not a number where there are none.
fn rate(rows: &[Row], weights: &[u8], holds: impl Fn(&Row) -> bool) -> f64 {
    let weight = |row: &&Row| f64::from(weights[row.person]);
    let all: f64 = rows.iter().map(|row| weight(&row)).sum();
    rows.iter()
        .filter(|row| holds(row))
        .map(|row| weight(&row))
        .sum::<f64>()
        / all
}
