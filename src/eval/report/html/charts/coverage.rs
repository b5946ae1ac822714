use std::fmt::{self, Display, Formatter};

use super::super::figures::{count, decimal, figure, interval};
use super::Chart;
use super::field::{Axis, Field};
use crate::eval::{CoveragePoint, Estimate, Metrics};

struct Coverage {
    /// The points where QWK is defined, by coverage upwards.
    points: Vec<(CoveragePoint, f64)>,
    /// QWK of raters among themselves.
    people: Option<f64>,
}

/// Draws how well the most confident grades agree with people.
pub(super) fn coverage(id: String, metrics: &Metrics) -> Chart {
    let mut points: Vec<(CoveragePoint, f64)> = metrics
        .risk_coverage
        .iter()
        .filter_map(|point| Some((*point, point.qwk.value?)))
        .collect();
    points.sort_by(|one, other| one.0.coverage.total_cmp(&other.0.coverage));
    let with_interval = |estimate: Estimate| {
        let ends = interval(estimate.ci95);
        if ends.is_empty() {
            figure(estimate.value)
        } else {
            format!("{} ({ends})", figure(estimate.value))
        }
    };
    let rows = metrics
        .risk_coverage
        .iter()
        .map(|point| {
            vec![
                format!("{} %", decimal(100.0 * point.coverage, 0)),
                count(point.n as u64),
                figure(Some(point.confidence)),
                with_interval(point.qwk),
                with_interval(point.rmse),
            ]
        })
        .collect();
    let summary = match (points.first(), points.last()) {
        (Some((few, few_qwk)), Some((all, all_qwk))) => format!(
            "QWK is {} for the most confident {} % of the grades and {} for {} %.",
            figure(Some(*few_qwk)),
            decimal(100.0 * few.coverage, 0),
            figure(Some(*all_qwk)),
            decimal(100.0 * all.coverage, 0)
        ),
        _ => String::new(),
    };
    let people = metrics.human_agreement.and_then(|people| people.qwk.value);
    Chart {
        id,
        title: "Agreement of the most confident grades",
        summary,
        note: "QWK where only the most confident share of the grades counts and the others go to people, with 95 % intervals. A line that falls to the right says that confidence tells good grades from bad.",
        marks: if points.is_empty() {
            String::new()
        } else {
            Coverage { points, people }.to_string()
        },
        columns: vec!["Share", "Grades", "Lowest confidence", "QWK", "RMSE"],
        rows,
    }
}

impl Coverage {
    /// Upright marks in even steps that hold all intervals, up to 1.
    fn marks(&self) -> Vec<f64> {
        let lowest = self
            .points
            .iter()
            .flat_map(|(point, qwk)| [*qwk, point.qwk.ci95.map_or(1.0, |ends| ends[0])])
            .chain(self.people)
            .fold(1.0, f64::min);
        let (step, steps) = match lowest {
            0.6.. => (0.1, 4),
            0.2.. => (0.2, 4),
            0.0.. => (0.2, 5),
            _ => (0.5, 4),
        };
        (0..=steps)
            .rev()
            .map(|index| 1.0 - step * f64::from(index))
            .collect()
    }
}

impl Display for Coverage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let field = Field {
            x: Axis {
                title: "Share of the grades, most confident first",
                marks: vec![0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
            },
            y: Axis {
                title: "QWK",
                marks: self.marks(),
            },
        };
        write!(f, "{field}")?;
        if let Some(people) = self.people {
            let y = field.y(people);
            write!(
                f,
                r#"<path class="mark" d="M{left:.1} {y:.1}H{:.1}"/><text class="corner" x="{:.1}" y="{:.1}">raters among themselves</text>"#,
                field.x(1.0),
                field.x(0.4) + 4.0,
                if y < 40.0 { y + 14.0 } else { y - 5.0 },
                left = field.x(0.4)
            )?;
        }
        f.write_str(r#"<path class="line" d=""#)?;
        for (index, (point, qwk)) in self.points.iter().enumerate() {
            let step = if index == 0 { 'M' } else { 'L' };
            write!(
                f,
                "{step}{:.1} {:.1}",
                field.x(point.coverage),
                field.y(*qwk)
            )?;
        }
        f.write_str(r#""/>"#)?;
        for (point, qwk) in &self.points {
            if let Some(ends) = point.qwk.ci95 {
                field.bar(f, point.coverage, ends)?;
            }
            write!(
                f,
                r#"<circle class="dot" cx="{:.1}" cy="{:.1}" r="4"/>"#,
                field.x(point.coverage),
                field.y(*qwk)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::super::sample;
    use super::*;

    #[test]
    fn a_point_without_qwk_stands_in_the_table_only() {
        let chart = coverage("c".to_owned(), &sample::report().runs[0].metrics);
        assert_eq!(chart.rows.len(), 2);
        assert_eq!(chart.rows[0][3], "undefined");
        assert_eq!(chart.marks.matches("<circle").count(), 1);
    }

    #[rstest]
    #[case(0.85)]
    #[case(0.3)]
    #[case(0.05)]
    #[case(-0.7)]
    fn the_axis_holds_the_whole_interval(#[case] lower: f64) {
        let mut metrics = sample::report().runs[0].metrics.clone();
        metrics.human_agreement = None;
        let mut point = metrics.risk_coverage[1];
        point.qwk = Estimate {
            value: Some(0.9),
            ci95: Some([lower, 0.95]),
        };
        let marks = Coverage {
            points: vec![(point, 0.9)],
            people: None,
        }
        .marks();
        assert!(marks[0] <= lower && marks.is_sorted());
    }
}
