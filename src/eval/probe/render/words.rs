use crate::eval::{Conclusion, Estimate};

/// What stands where a figure is undefined.
const UNDEFINED: &str = "–";
/// Longer names are cut.
const LONGEST_NAME: usize = 60;

/// A score or a mean size, such as `0.12 (0.08 to 0.17)`.
pub(super) fn amount(estimate: Estimate) -> String {
    with_interval(estimate, |value| format!("{value:.2}"))
}

/// A mean move, such as `-0.12 (-0.17 to -0.08)`.
pub(super) fn shift(estimate: Estimate) -> String {
    with_interval(estimate, signed)
}

/// A share, such as `12 % (8 to 17 %)`.
pub(super) fn share(estimate: Estimate) -> String {
    let Some(value) = estimate.value else {
        return UNDEFINED.to_owned();
    };
    let value = 100.0 * value;
    match estimate.ci95 {
        Some([low, high]) => {
            format!("{value:.0} % ({:.0} to {:.0} %)", 100.0 * low, 100.0 * high)
        }
        None => format!("{value:.0} %"),
    }
}

/// A share without its interval.
pub(super) fn bare_share(estimate: Estimate) -> String {
    share(Estimate {
        ci95: None,
        ..estimate
    })
}

/// A number with its sign, `0.00` without one.
pub(super) fn signed(value: f64) -> String {
    let text = format!("{value:+.2}");
    if text == "+0.00" || text == "-0.00" {
        return "0.00".to_owned();
    }
    text
}

/// A score, or what stands for none.
pub(super) fn score(score: Option<f64>) -> String {
    score.map_or_else(|| UNDEFINED.to_owned(), |score| format!("{score:.2}"))
}

/// A conclusion in a word.
pub(super) const fn conclusion(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "pass",
        Conclusion::Fail => "FAIL",
        Conclusion::Inconclusive => "cannot tell",
    }
}

/// A name from a suite without what could change the page around it: control characters and
/// marks of the writing direction become `?`, and a long one is cut.
pub(super) fn name(text: &str) -> String {
    let shown: Vec<char> = text
        .chars()
        .take(LONGEST_NAME + 1)
        .map(|c| if is_mark(c) { '?' } else { c })
        .collect();
    if shown.len() <= LONGEST_NAME {
        return shown.into_iter().collect();
    }
    let kept = shown.into_iter().take(LONGEST_NAME - 1);
    kept.chain(['…']).collect()
}

fn is_mark(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

fn with_interval(estimate: Estimate, write: impl Fn(f64) -> String) -> String {
    match (estimate.value, estimate.ci95) {
        (None, _) => UNDEFINED.to_owned(),
        (Some(value), None) => write(value),
        (Some(value), Some([low, high])) => {
            format!("{} ({} to {})", write(value), write(low), write(high))
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const FIGURE: Estimate = Estimate {
        value: Some(-0.123),
        ci95: Some([-0.2, 0.001]),
    };
    const BARE: Estimate = Estimate {
        value: Some(0.5),
        ci95: None,
    };

    #[test]
    fn figures_are_written_with_their_intervals() {
        assert_eq!(shift(FIGURE), "-0.12 (-0.20 to 0.00)");
        assert_eq!(amount(BARE), "0.50");
        assert_eq!(share(BARE), "50 %");
        assert_eq!(bare_share(FIGURE), "-12 %");
        assert_eq!(share(FIGURE), "-12 % (-20 to 0 %)");
        assert_eq!(amount(Estimate::default()), "–");
        assert_eq!(share(Estimate::default()), "–");
        assert_eq!(signed(-0.001), "0.00");
        assert_eq!(score(None), "–");
    }

    #[rstest]
    #[case("orm-01", "orm-01".to_owned())]
    #[case("a\u{1b}[31m\nb\u{202e}", "a?[31m?b?".to_owned())]
    #[case(&"ä".repeat(60), "ä".repeat(60))]
    #[case(&"ä".repeat(61), format!("{}…", "ä".repeat(59)))]
    fn names_cannot_harm_the_page(#[case] text: &str, #[case] expected: String) {
        assert_eq!(name(text), expected);
    }
}
