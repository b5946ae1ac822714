use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::super::figures::{count, decimal, score};
use super::Chart;
use super::field::{HEIGHT, WIDTH, number};
use super::levels::{level, score_of};
use crate::eval::CaseResult;

const LEFT: f64 = 46.0;
const TOP: f64 = 10.0;
/// The height that the numbers and the title below take.
const BOTTOM: f64 = 44.0;

/// With more levels than this, cells are too small for a number.
const NUMBERED: usize = 11;

/// The darkest shade; words on it stay legible.
const DARKEST: f64 = 0.5;

struct Confusion {
    /// How many grades, by people's level and the grader's.
    counts: BTreeMap<(usize, usize), usize>,
    levels: usize,
}

/// Draws how often each level that people gave meets each level that the grader gave.
pub(super) fn confusion(id: String, cases: &[CaseResult], levels: usize) -> Chart {
    let mut counts = BTreeMap::new();
    for case in cases {
        if let Some(score) = case.score {
            *counts
                .entry((level(case.human_score, levels), level(score, levels)))
                .or_insert(0) += 1;
        }
    }
    let total: usize = counts.values().sum();
    let same: usize = on_diagonal(&counts, 0);
    let near: usize = on_diagonal(&counts, 1);
    let rows = counts
        .iter()
        .map(|(&(human, grader), &grades)| {
            vec![
                score(score_of(human, levels)),
                score(score_of(grader, levels)),
                count(grades as u64),
            ]
        })
        .collect();
    let share = |part: usize| decimal(100.0 * part as f64 / total.max(1) as f64, 0);
    Chart {
        id,
        title: "Levels: people and grader",
        summary: format!(
            "{} grades rounded to {levels} levels: {} % at the same level as people, {} % at most one level away.",
            count(total as u64),
            share(same),
            share(near)
        ),
        note: "How many grades, by the level that people gave and the level that the grader gave. Outlined cells are full agreement.",
        marks: if counts.is_empty() {
            String::new()
        } else {
            Confusion { counts, levels }.to_string()
        },
        columns: vec!["People", "Grader", "Grades"],
        rows,
    }
}

fn on_diagonal(counts: &BTreeMap<(usize, usize), usize>, apart: usize) -> usize {
    counts
        .iter()
        .filter(|((human, grader), _)| human.abs_diff(*grader) <= apart)
        .map(|(_, grades)| grades)
        .sum()
}

impl Display for Confusion {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let cell = (HEIGHT - TOP - BOTTOM) / self.levels as f64;
        let whole = cell * self.levels as f64;
        let left = LEFT + (WIDTH - LEFT - 14.0 - whole) / 2.0;
        let x = |level: usize| left + level as f64 * cell;
        let y = |level: usize| TOP + (self.levels - 1 - level) as f64 * cell;
        write!(
            f,
            r#"<rect class="frame" x="{left:.1}" y="{TOP}" width="{whole:.1}" height="{whole:.1}"/>"#
        )?;
        let largest = self.counts.values().copied().max().unwrap_or(1);
        for (&(human, grader), &grades) in &self.counts {
            let shade = 0.05 + (DARKEST - 0.05) * grades as f64 / largest as f64;
            write!(
                f,
                r#"<rect class="cell" x="{:.1}" y="{:.1}" width="{cell:.1}" height="{cell:.1}" fill-opacity="{shade:.2}"/>"#,
                x(human),
                y(grader)
            )?;
            if self.levels <= NUMBERED {
                write!(
                    f,
                    r#"<text class="count middle" x="{:.1}" y="{:.1}">{grades}</text>"#,
                    x(human) + cell / 2.0,
                    y(grader) + cell / 2.0 + 4.0
                )?;
            }
        }
        let step = self.levels.div_ceil(NUMBERED);
        for level in 0..self.levels {
            write!(
                f,
                r#"<rect class="same" x="{:.1}" y="{:.1}" width="{cell:.1}" height="{cell:.1}"/>"#,
                x(level),
                y(level)
            )?;
            if level.is_multiple_of(step) {
                let (centre, label) = (cell / 2.0, number(score_of(level, self.levels)));
                write!(
                    f,
                    r#"<text class="tick middle" x="{:.1}" y="{:.1}">{label}</text><text class="tick end" x="{:.1}" y="{:.1}">{label}</text>"#,
                    x(level) + centre,
                    TOP + whole + 16.0,
                    left - 6.0,
                    y(level) + centre + 4.0
                )?;
            }
        }
        write!(
            f,
            r#"<text class="axis middle" x="{:.1}" y="{:.1}">People’s level</text><text class="axis middle" transform="translate({:.1} {:.1}) rotate(-90)">Grader’s level</text>"#,
            left + whole / 2.0,
            HEIGHT - 7.0,
            left - 35.0,
            TOP + whole / 2.0
        )
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::super::sample;
    use super::*;

    #[test]
    fn cells_count_the_grades_of_both_levels() {
        // The sample's pairs: 1.00 and 0.90, 0.75 and 0.20; the third case has no score.
        let chart = confusion("c".to_owned(), &sample::report().runs[0].cases, 5);
        assert_eq!(chart.rows, [["0.75", "0.25", "1"], ["1.00", "1.00", "1"]]);
        assert!(chart.summary.contains("50 % at the same level"));
    }

    #[rstest]
    #[case(2)]
    #[case(11)]
    #[case(101)]
    fn every_level_has_its_cell_of_agreement(#[case] levels: usize) {
        let chart = confusion("c".to_owned(), &sample::report().runs[0].cases, levels);
        assert_eq!(chart.marks.matches(r#"class="same""#).count(), levels);
    }

    #[test]
    fn without_a_score_nothing_is_drawn() {
        let chart = confusion("c".to_owned(), &[], 5);
        assert_eq!((chart.marks.as_str(), chart.rows.len()), ("", 0));
    }
}
