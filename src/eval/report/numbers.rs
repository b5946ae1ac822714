use std::time::Duration;

use crate::eval::Estimate;

/// What stands where a figure is undefined.
pub(super) const UNDEFINED: &str = "–";

/// Writes a figure with three digits and no zero before the point, such as `.812`.
pub(super) fn figure(value: Option<f64>) -> String {
    value.map_or_else(undefined, |value| decimal(value, 3))
}

/// Writes a score with two digits, such as `.80`.
pub(super) fn score(value: Option<f64>) -> String {
    value.map_or_else(undefined, |value| decimal(value, 2))
}

/// Writes a figure with its interval, such as `.812 [.79, .83]`.
///
/// The ends have a digit less than the figure: they are not that well known.
pub(super) fn estimate(estimate: Estimate) -> String {
    interval(estimate.value, estimate.ci95)
}

/// Writes a figure with its interval, as [`estimate`] does.
pub(super) fn interval(value: Option<f64>, ci95: Option<[f64; 2]>) -> String {
    let figure = figure(value);
    match ci95 {
        Some([lower, upper]) if value.is_some() => {
            format!("{figure} [{}, {}]", decimal(lower, 2), decimal(upper, 2))
        }
        _ => figure,
    }
}

/// Writes a change with its interval, such as `+.021 [+.004, +.038]`: always with a sign, and with
/// three digits, since changes are small.
pub(super) fn change(estimate: Estimate) -> String {
    let Some(value) = estimate.value else {
        return undefined();
    };
    match estimate.ci95 {
        Some([lower, upper]) => format!(
            "{} [{}, {}]",
            signed(value, 3),
            signed(lower, 3),
            signed(upper, 3)
        ),
        None => signed(value, 3),
    }
}

/// Writes a difference of scores with its sign, such as `-.40`.
pub(super) fn difference(value: Option<f64>) -> String {
    value.map_or_else(undefined, |value| signed(value, 2))
}

/// Writes a chance, such as `.012` or `<.001`.
pub(super) fn chance(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.001 => "<.001".to_owned(),
        p => figure(p),
    }
}

/// Writes US dollars: four digits below a dollar, two from there.
pub(super) fn dollars(cost: Option<f64>) -> String {
    match cost {
        Some(cost) if !cost.is_finite() => undefined(),
        Some(cost) if cost.abs() >= 1.0 => format!("${cost:.2}"),
        Some(cost) if cost > 0.0 && cost < 0.0001 => "<$0.0001".to_owned(),
        Some(cost) if cost > 0.0 => format!("${cost:.4}"),
        Some(_) => "$0".to_owned(),
        None => undefined(),
    }
}

/// Writes a time of milliseconds: `3.2 ms`, `842 ms` or `1.8 s`.
pub(super) fn milliseconds(time: Option<f64>) -> String {
    match time {
        Some(time) if !time.is_finite() => undefined(),
        Some(time) if time >= 999.5 => format!("{:.1} s", time / 1000.0),
        Some(time) if time >= 9.95 => format!("{time:.0} ms"),
        Some(time) => format!("{time:.1} ms"),
        None => undefined(),
    }
}

/// Turns milliseconds into a duration; nothing where they are none.
pub(super) fn duration(milliseconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(milliseconds / 1000.0).ok()
}

/// Writes a count with commas between thousands.
pub(super) fn count(count: impl TryInto<u64>) -> String {
    let digits = count.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Takes away what binary fractions add to a difference of decimal scores: .7 - .5 is .2.
pub(super) fn rounded(value: f64) -> f64 {
    const STEPS: f64 = 1e9;
    (value * STEPS).round() / STEPS
}

fn signed(value: f64, digits: usize) -> String {
    let text = decimal(value, digits);
    if value > 0.0 && text.contains(|digit| matches!(digit, '1'..='9')) {
        format!("+{text}")
    } else {
        text
    }
}

fn decimal(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return undefined();
    }
    let text = format!("{:.digits$}", value.abs());
    let text = text.strip_prefix('0').unwrap_or(&text);
    let is_negative = value < 0.0 && text.contains(|digit| matches!(digit, '1'..='9'));
    format!("{}{text}", if is_negative { "-" } else { "" })
}

fn undefined() -> String {
    UNDEFINED.to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Some(0.8124), ".812")]
    #[case(Some(1.0), "1.000")]
    #[case(Some(-0.0004), ".000")]
    #[case(Some(-0.25), "-.250")]
    #[case(Some(f64::NAN), "–")]
    #[case(None, "–")]
    fn a_figure_has_three_digits(#[case] value: Option<f64>, #[case] expected: &str) {
        assert_eq!(figure(value), expected);
    }

    #[test]
    fn an_interval_stands_behind_its_figure() {
        let with = |value, ci95| estimate(Estimate { value, ci95 });
        assert_eq!(with(Some(0.812), Some([0.79, 0.83])), ".812 [.79, .83]");
        assert_eq!(with(Some(0.812), None), ".812");
        assert_eq!(with(None, Some([0.79, 0.83])), "–");
    }

    #[test]
    fn a_change_shows_its_sign_where_it_has_one() {
        let with = |value, ci95| change(Estimate { value, ci95 });
        assert_eq!(
            with(Some(0.0214), Some([-0.004, 0.0])),
            "+.021 [-.004, .000]"
        );
        assert_eq!(with(Some(-0.3), None), "-.300");
        assert_eq!(with(Some(0.0001), None), ".000");
        assert_eq!(with(None, None), "–");
        assert_eq!(difference(Some(0.25)), "+.25");
    }

    #[rstest]
    #[case(None, "–")]
    #[case(Some(0.0), "$0")]
    #[case(Some(0.000_01), "<$0.0001")]
    #[case(Some(0.0123), "$0.0123")]
    #[case(Some(12.345), "$12.35")]
    fn dollars_are_as_exact_as_they_are_small(#[case] cost: Option<f64>, #[case] expected: &str) {
        assert_eq!(dollars(cost), expected);
    }

    #[rstest]
    #[case(Some(0.3), "0.3 ms")]
    #[case(Some(842.4), "842 ms")]
    #[case(Some(999.7), "1.0 s")]
    #[case(Some(12_340.0), "12.3 s")]
    #[case(None, "–")]
    fn long_times_are_seconds(#[case] time: Option<f64>, #[case] expected: &str) {
        assert_eq!(milliseconds(time), expected);
    }

    #[rstest]
    #[case(0, "0")]
    #[case(999, "999")]
    #[case(1_000, "1,000")]
    #[case(1_234_567, "1,234,567")]
    fn thousands_are_set_apart(#[case] number: u64, #[case] expected: &str) {
        assert_eq!(count(number), expected);
    }

    #[test]
    fn small_chances_are_not_zero() {
        assert_eq!(chance(Some(0.000_2)), "<.001");
        assert_eq!(chance(Some(0.0123)), ".012");
        assert_eq!(chance(None), "–");
    }

    #[test]
    fn a_difference_of_decimals_is_decimal() {
        assert_eq!(rounded(0.7 - 0.5).to_string(), "0.2");
        assert_eq!(rounded(0.1 + 0.2).to_string(), "0.3");
    }

    #[test]
    fn a_time_that_is_none_is_left_out() {
        assert_eq!(duration(1500.0), Some(Duration::from_millis(1500)));
        assert_eq!(duration(-1.0), None);
        assert_eq!(duration(f64::NAN), None);
    }
}
