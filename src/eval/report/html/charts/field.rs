use std::fmt::{self, Display, Formatter};

use super::super::figures::decimal;

/// The width of every picture; the template names the same view box.
pub(super) const WIDTH: f64 = 360.0;
/// The height of every picture.
pub(super) const HEIGHT: f64 = 316.0;

const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 44.0;
/// Room within the edges, so that points at the ends of an axis hide no number.
const PAD: f64 = 12.0;

/// Where figures are drawn: two axes, x to the right and y upwards.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub x: Axis,
    pub y: Axis,
}

/// An axis from its first mark to its last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub title: &'static str,
    /// Where a number is written, upwards; two or more.
    pub marks: Vec<f64>,
}

impl Axis {
    /// An axis from 0 to 1.
    pub(super) fn unit(title: &'static str) -> Self {
        Self {
            title,
            marks: vec![0.0, 0.25, 0.5, 0.75, 1.0],
        }
    }

    fn share(&self, value: f64) -> f64 {
        let first = self.marks.first().copied().unwrap_or(0.0);
        let last = self.marks.last().copied().unwrap_or(1.0);
        ((value - first) / (last - first)).clamp(0.0, 1.0)
    }
}

impl Field {
    /// From the left edge of the picture.
    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + PAD + self.x.share(value) * (WIDTH - LEFT - RIGHT - 2.0 * PAD)
    }

    /// From the upper edge of the picture.
    pub(super) fn y(&self, value: f64) -> f64 {
        TOP + PAD + (1.0 - self.y.share(value)) * (HEIGHT - TOP - BOTTOM - 2.0 * PAD)
    }

    /// An upright bar from one value to another, with ends across.
    pub(super) fn bar(&self, f: &mut Formatter<'_>, x: f64, [from, to]: [f64; 2]) -> fmt::Result {
        let (x, from, to) = (self.x(x), self.y(from), self.y(to));
        write!(
            f,
            r#"<path class="bar" d="M{x:.1} {from:.1}V{to:.1}M{left:.1} {from:.1}h8M{left:.1} {to:.1}h8"/>"#,
            left = x - 4.0
        )
    }

    /// The line where both axes have the same value.
    pub(super) fn diagonal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<path class="guide" d="M{:.1} {:.1}L{:.1} {:.1}"/>"#,
            self.x(0.0),
            self.y(0.0),
            self.x(1.0),
            self.y(1.0)
        )
    }
}

impl Display for Field {
    /// Draws the grid, its numbers and the axes' titles.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for &mark in &self.y.marks {
            let y = self.y(mark);
            write!(
                f,
                r#"<path class="grid" d="M{LEFT} {y:.1}H{right}"/><text class="tick end" x="{:.1}" y="{:.1}">{}</text>"#,
                LEFT - 6.0,
                y + 4.0,
                number(mark)
            )?;
        }
        for &mark in &self.x.marks {
            let x = self.x(mark);
            write!(
                f,
                r#"<path class="grid" d="M{x:.1} {TOP}V{bottom}"/><text class="tick middle" x="{x:.1}" y="{:.1}">{}</text>"#,
                bottom + 16.0,
                number(mark)
            )?;
        }
        let (middle, centre) = (f64::midpoint(LEFT, right), f64::midpoint(TOP, bottom));
        write!(
            f,
            r#"<text class="axis middle" x="{middle:.1}" y="{:.1}">{}</text><text class="axis middle" transform="translate(11 {centre:.1}) rotate(-90)">{}</text>"#,
            HEIGHT - 7.0,
            self.x.title,
            self.y.title
        )
    }
}

/// The radius of a point that stands for so many of `largest`: its area is in proportion, and the
/// largest does not cover its neighbours.
pub(super) fn radius(count: usize, largest: usize) -> f64 {
    let unit = f64::min(3.0, 12.0 / (largest.max(1) as f64).sqrt());
    unit * (count as f64).sqrt()
}

/// A number without needless zeros.
pub(super) fn number(value: f64) -> String {
    let text = decimal(value, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_corners_of_the_field_are_the_ends_of_its_axes() {
        let field = Field {
            x: Axis::unit("x"),
            y: Axis {
                title: "y",
                marks: vec![-1.0, 0.0, 1.0],
            },
        };
        let places = [field.x(0.0), field.x(1.0), field.y(-1.0), field.y(1.0)];
        let edges = [58.0, 334.0, 260.0, 22.0];
        for (place, edge) in places.into_iter().zip(edges) {
            assert!((place - edge).abs() < 1e-9, "{place} is not {edge}");
        }
    }

    #[rstest]
    #[case(0.0, "0")]
    #[case(0.25, "0.25")]
    #[case(0.5, "0.5")]
    #[case(1.0, "1")]
    #[case(-0.2, "\u{2212}0.2")]
    fn a_number_has_no_needless_zeros(#[case] value: f64, #[case] shown: &str) {
        assert_eq!(number(value), shown);
    }

    #[rstest]
    #[case(4, 4)]
    #[case(400, 1600)]
    fn the_area_of_a_point_says_how_many(#[case] count: usize, #[case] largest: usize) {
        let doubled = radius(count, largest) / radius(count / 4, largest);
        assert!((doubled - 2.0).abs() < 1e-9);
    }
}
