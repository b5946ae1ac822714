use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::super::figures::{UNDEFINED, count, interval, score};
use super::Chart;
use super::field::{Axis, Field, radius};
use super::levels::level;
use crate::eval::{CaseResult, Settings};

/// Points are told apart to a 400th of the axis, under the width of a line.
const PLACES: usize = 401;

/// Fewer scores than this have no interval: their spread is hardly known.
const ENOUGH: usize = 5;

/// The grades whose people's score lies at one level.
#[derive(Debug, PartialEq)]
struct Level {
    n: usize,
    /// Mean of what people gave.
    human: f64,
    /// Mean of what the grader gave.
    grader: f64,
    /// Its 95 % interval: mean ± 1.96 standard errors, within 0..1.
    interval: Option<[f64; 2]>,
}

struct Scatter<'a> {
    settings: &'a Settings,
    points: BTreeMap<(usize, usize), usize>,
    levels: Vec<Level>,
}

/// Draws people's score against the grader's.
pub(super) fn scatter(id: String, cases: &[CaseResult], settings: &Settings) -> Chart {
    let scores: Vec<(f64, f64)> = cases
        .iter()
        .filter_map(|case| Some((case.human_score, case.score?)))
        .collect();
    let mut points = BTreeMap::new();
    for &(human, grader) in &scores {
        *points
            .entry((level(human, PLACES), level(grader, PLACES)))
            .or_insert(0) += 1;
    }
    let levels = means(&scores, settings.levels);
    let rows = levels
        .iter()
        .map(|level| {
            vec![
                score(level.human),
                count(level.n as u64),
                score(level.grader),
                level
                    .interval
                    .map_or_else(|| UNDEFINED.to_owned(), |ends| interval(Some(ends))),
            ]
        })
        .collect();
    let scatter = Scatter {
        settings,
        points,
        levels,
    };
    Chart {
        id,
        title: "Scores: people and grader",
        summary: format!(
            "{} grades. On the diagonal both agree; above it the grader is kinder than people. {}",
            count(scores.len() as u64),
            trend(&scatter.levels)
        ),
        note: "A point is an answer, a larger one several. Diamonds are the grader\u{2019}s mean at each level of people\u{2019}s scores; bars are 1.96 standard errors either way, from 5 answers on. Dashed lines are the pass marks.",
        marks: if scores.is_empty() {
            String::new()
        } else {
            scatter.to_string()
        },
        columns: vec!["People, mean", "Grades", "Grader, mean", "95 % interval"],
        rows,
    }
}

fn trend(levels: &[Level]) -> String {
    match (levels.first(), levels.last()) {
        (Some(low), Some(high)) if levels.len() > 1 => format!(
            "Where people gave {} the grader gave {} on average, and where they gave {}, {}.",
            score(low.human),
            score(low.grader),
            score(high.human),
            score(high.grader)
        ),
        _ => String::new(),
    }
}

fn means(scores: &[(f64, f64)], levels: usize) -> Vec<Level> {
    let mut by_level: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    for &pair in scores {
        by_level
            .entry(level(pair.0, levels))
            .or_default()
            .push(pair);
    }
    by_level
        .into_values()
        .map(|pairs| {
            let n = pairs.len() as f64;
            let human = pairs.iter().map(|pair| pair.0).sum::<f64>() / n;
            let grader = pairs.iter().map(|pair| pair.1).sum::<f64>() / n;
            let squares: f64 = pairs.iter().map(|pair| (pair.1 - grader).powi(2)).sum();
            let reach = 1.96 * (squares / (n - 1.0) / n).sqrt();
            Level {
                n: pairs.len(),
                human,
                grader,
                interval: (pairs.len() >= ENOUGH)
                    .then(|| [(grader - reach).max(0.0), (grader + reach).min(1.0)]),
            }
        })
        .collect()
}

impl Display for Scatter<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let field = Field {
            x: Axis::unit("People\u{2019}s score"),
            y: Axis::unit("Grader\u{2019}s score"),
        };
        let (left, right) = (field.x(0.0), field.x(1.0));
        let (top, bottom) = (field.y(1.0), field.y(0.0));
        let pass = field.y(self.settings.pass_mark);
        let human_pass = field.x(self.settings.human_pass_mark);
        write!(
            f,
            r#"{field}<path class="mark" d="M{left:.1} {pass:.1}H{right:.1}M{human_pass:.1} {top:.1}V{bottom:.1}"/>"#
        )?;
        field.diagonal(f)?;
        let largest = self.points.values().copied().max().unwrap_or(1);
        for (&(human, grader), &here) in &self.points {
            let share = |place: usize| place as f64 / (PLACES - 1) as f64;
            write!(
                f,
                r#"<circle class="point" cx="{:.1}" cy="{:.1}" r="{:.1}"/>"#,
                field.x(share(human)),
                field.y(share(grader)),
                radius(here, largest)
            )?;
        }
        for level in &self.levels {
            if let Some(ends) = level.interval {
                field.bar(f, level.human, ends)?;
            }
            write!(
                f,
                r#"<path class="mean" d="M{:.1} {:.1}l5 5l-5 5l-5 -5z"/>"#,
                field.x(level.human),
                field.y(level.grader) - 5.0
            )?;
        }
        write!(
            f,
            r#"<text class="corner" x="{:.1}" y="{:.1}">false passes</text><text class="corner end" x="{:.1}" y="{:.1}">false fails</text>"#,
            left + 4.0,
            top + 16.0,
            right - 4.0,
            bottom - 8.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn a_mean_has_the_interval_of_the_textbook() {
        // By hand: 0, 0, 0.5, 1, 1 has mean 0.5, variance 0.25, standard error 0.05^0.5 = 0.2236.
        let scores = [0.0, 0.0, 0.5, 1.0, 1.0].map(|grader| (0.5, grader));
        let levels = means(&scores, 5);
        let [lower, upper] = levels[0].interval.unwrap();
        assert!((lower - 0.0617).abs() < 1e-4 && (upper - 0.9383).abs() < 1e-4);
    }

    #[test]
    fn a_mean_of_few_has_no_interval() {
        let levels = means(&[(0.0, 0.2), (0.1, 0.4), (1.0, 0.9)], 5);
        let shown: Vec<_> = levels
            .iter()
            .map(|level| (level.n, level.interval))
            .collect();
        assert_eq!(shown, [(2, None), (1, None)]);
        assert!((levels[0].grader - 0.3).abs() < 1e-9);
    }

    #[test]
    fn answers_at_one_place_are_one_point() {
        let report = sample::report();
        let mut cases = report.runs[0].cases.clone();
        cases.extend(cases.clone());
        let graded = cases.iter().filter(|case| case.score.is_some()).count();
        let chart = scatter("s".to_owned(), &cases, &report.settings);
        assert_eq!(chart.marks.matches("<circle").count(), graded / 2);
    }

    #[test]
    fn without_a_score_nothing_is_drawn() {
        let report = sample::report();
        assert_eq!(scatter("s".to_owned(), &[], &report.settings).marks, "");
    }
}
