/// What stands in place of a figure that does not exist.
pub(super) const UNDEFINED: &str = "undefined";

/// A figure with three decimals.
pub(super) fn figure(value: Option<f64>) -> String {
    value
        .filter(|value| value.is_finite())
        .map_or_else(|| UNDEFINED.to_owned(), |value| decimal(value, 3))
}

/// A difference with three decimals and always a sign.
pub(super) fn signed(value: Option<f64>) -> String {
    let plus = if value.is_some_and(|value| value >= 0.0005) {
        "+"
    } else {
        ""
    };
    format!("{plus}{}", figure(value))
}

/// An interval, or nothing where there is none.
pub(super) fn interval(ends: Option<[f64; 2]>) -> String {
    ends.map_or_else(String::new, |[lower, upper]| {
        format!("{} to {}", decimal(lower, 3), decimal(upper, 3))
    })
}

/// A score, 0..1, with two decimals.
pub(super) fn score(value: f64) -> String {
    decimal(value, 2)
}

/// A chance; small ones only as small.
pub(super) fn chance(value: Option<f64>) -> String {
    match value {
        Some(value) if value < 0.001 => "< 0.001".to_owned(),
        value => figure(value),
    }
}

/// A whole number in groups of three digits.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// US dollars; small sums with more decimals, since an answer costs a fraction of a cent.
pub(super) fn dollars(sum: Option<f64>) -> String {
    match sum {
        None => "unknown".to_owned(),
        Some(0.0) => "$0".to_owned(),
        Some(sum) if sum < 1.0 => format!("${sum:.4}"),
        Some(sum) => format!("${sum:.2}"),
    }
}

/// A time given in milliseconds.
pub(super) fn duration(milliseconds: Option<f64>) -> String {
    match milliseconds {
        None => UNDEFINED.to_owned(),
        Some(time) if time < 1.0 => format!("{time:.2} ms"),
        Some(time) if time < 1000.0 => format!("{time:.0} ms"),
        Some(time) => format!("{:.1} s", time / 1000.0),
    }
}

/// A number with so many decimals, a true minus sign and no negative zero.
pub(super) fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(size) if size.chars().all(|digit| matches!(digit, '0' | '.')) => size.to_owned(),
        Some(size) => format!("\u{2212}{size}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Some(0.8124), "0.812")]
    #[case(Some(-0.25), "\u{2212}0.250")]
    #[case(Some(-0.0001), "0.000")]
    #[case(Some(f64::NAN), "undefined")]
    #[case(None, "undefined")]
    fn a_figure_is_never_a_bare_blank(#[case] value: Option<f64>, #[case] shown: &str) {
        assert_eq!(figure(value), shown);
    }

    #[rstest]
    #[case(Some(0.034), "+0.034")]
    #[case(Some(-0.034), "\u{2212}0.034")]
    #[case(Some(0.0001), "0.000")]
    #[case(None, "undefined")]
    fn a_difference_shows_its_direction(#[case] value: Option<f64>, #[case] shown: &str) {
        assert_eq!(signed(value), shown);
    }

    #[rstest]
    #[case(0, "0")]
    #[case(999, "999")]
    #[case(1_000, "1,000")]
    #[case(12_345_678, "12,345,678")]
    fn digits_stand_in_groups_of_three(#[case] number: u64, #[case] shown: &str) {
        assert_eq!(count(number), shown);
    }

    #[rstest]
    #[case(None, "unknown")]
    #[case(Some(0.0), "$0")]
    #[case(Some(0.00231), "$0.0023")]
    #[case(Some(12.345), "$12.35")]
    fn an_unknown_price_is_not_taken_for_free(#[case] sum: Option<f64>, #[case] shown: &str) {
        assert_eq!(dollars(sum), shown);
    }

    #[rstest]
    #[case(Some(0.0), "< 0.001")]
    #[case(Some(0.0321), "0.032")]
    #[case(None, "undefined")]
    fn a_chance_is_never_called_nought(#[case] value: Option<f64>, #[case] shown: &str) {
        assert_eq!(chance(value), shown);
    }
}
