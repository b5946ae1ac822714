use std::fmt::{self, Display, Formatter};

use super::super::figures::{UNDEFINED, count, figure, interval, score};
use super::Chart;
use super::field::{Axis, Field, radius};
use crate::eval::{ConfidenceBin, Metrics};

struct Calibration {
    /// The bins that hold grades with a defined share.
    bins: Vec<(ConfidenceBin, f64)>,
}

/// Draws how often a grade of a certain confidence is near a person's.
pub(super) fn calibration(id: String, metrics: &Metrics) -> Chart {
    let bins: Vec<(ConfidenceBin, f64)> = metrics
        .confidence_bins
        .iter()
        .filter_map(|bin| Some((*bin, bin.near.value?)))
        .collect();
    let rows = metrics
        .confidence_bins
        .iter()
        .map(|bin| {
            let range = format!("{} to {}", score(bin.from), score(bin.to));
            let ends = bin
                .near
                .ci95
                .map_or_else(|| UNDEFINED.to_owned(), |ends| interval(Some(ends)));
            let mean = if bin.n > 0 {
                score(bin.confidence)
            } else {
                UNDEFINED.to_owned()
            };
            vec![
                range,
                count(bin.n as u64),
                mean,
                figure(bin.near.value),
                ends,
            ]
        })
        .collect();
    Chart {
        id,
        title: "Confidence and nearness to people",
        summary: summary(&bins),
        note: "A point is a range of confidence, larger where it holds more grades: how many of them lie within 0.15 of people\u{2019}s score, with 95 % intervals. On the diagonal, confidence says just that; below it, it promises too much.",
        marks: if bins.is_empty() {
            String::new()
        } else {
            Calibration { bins }.to_string()
        },
        columns: vec![
            "Confidence",
            "Grades",
            "Mean confidence",
            "Share near people",
            "95 % interval",
        ],
        rows,
    }
}

fn summary(bins: &[(ConfidenceBin, f64)]) -> String {
    let too_high = bins
        .iter()
        .filter(|(bin, near)| bin.confidence > *near)
        .count();
    format!(
        "In {too_high} of {} ranges of confidence, the mean confidence is above the share of grades near people\u{2019}s.",
        bins.len()
    )
}

impl Display for Calibration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let field = Field {
            x: Axis::unit("Confidence"),
            y: Axis::unit("Share near people\u{2019}s score"),
        };
        write!(f, "{field}")?;
        field.diagonal(f)?;
        f.write_str(r#"<path class="line" d=""#)?;
        for (index, (bin, near)) in self.bins.iter().enumerate() {
            let step = if index == 0 { 'M' } else { 'L' };
            write!(
                f,
                "{step}{:.1} {:.1}",
                field.x(bin.confidence),
                field.y(*near)
            )?;
        }
        f.write_str(r#""/>"#)?;
        let largest = self.bins.iter().map(|(bin, _)| bin.n).max().unwrap_or(1);
        for (bin, near) in &self.bins {
            if let Some(ends) = bin.near.ci95 {
                field.bar(f, bin.confidence, ends)?;
            }
            write!(
                f,
                r#"<circle class="dot" cx="{:.1}" cy="{:.1}" r="{:.1}"/>"#,
                field.x(bin.confidence),
                field.y(*near),
                radius(bin.n, largest).max(2.5)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn an_empty_bin_stands_in_the_table_and_not_in_the_picture() {
        let chart = calibration("c".to_owned(), &sample::report().runs[0].metrics);
        assert_eq!(chart.rows[0][1..4], ["0", "undefined", "undefined"]);
        assert_eq!(chart.marks.matches("<circle").count(), 1);
        assert!(chart.summary.starts_with("In 1 of 1 ranges"));
    }
}
