use super::result::{CaseResult, Settings};

/// How far a score may lie from a person's before the case fails, as a difference of scores 0..1.
pub const FAILING_DISTANCE: f64 = 0.25;

/// Scores nearer to a limit than this are on it: .3 - .05 is not quite .25 in binary.
const TOLERANCE: f64 = 1e-9;

/// Why a case fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// It has no score, so that nothing can be said of agreement.
    Ungraded,
    /// It passes and a person fails it, or the other way round.
    OtherSide,
    /// The score lies more than [`FAILING_DISTANCE`] from a person's.
    FarApart,
}

impl Failing {
    /// A short name that stays the same between versions.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ungraded => "ungraded",
            Self::OtherSide => "pass_mark",
            Self::FarApart => "distance",
        }
    }
}

/// Says why a case fails; nothing where it does not.
///
/// A score and a human score each pass from their own mark in `settings`. Of two reasons the side
/// of the pass mark is named, since it is what a candidate would feel.
pub fn failing(case: &CaseResult, settings: &Settings) -> Option<Failing> {
    let Some(score) = case.score else {
        return Some(Failing::Ungraded);
    };
    if passes(score, settings.pass_mark) != passes(case.human_score, settings.human_pass_mark) {
        Some(Failing::OtherSide)
    } else if (score - case.human_score).abs() > FAILING_DISTANCE + TOLERANCE {
        Some(Failing::FarApart)
    } else {
        None
    }
}

/// Tells whether a case fails for any reason, which includes that it has no score.
pub fn fails(case: &CaseResult, settings: &Settings) -> bool {
    failing(case, settings).is_some()
}

/// Tells whether a score reaches a pass mark.
pub(super) fn passes(score: f64, mark: f64) -> bool {
    score >= mark - TOLERANCE
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::eval::report::sample;

    #[rstest]
    #[case(None, 0.9, Some(Failing::Ungraded))]
    #[case(Some(0.9), 0.9, None)]
    #[case(Some(0.5), 0.6, None)] // each on its own mark
    #[case(Some(0.49), 0.6, Some(Failing::OtherSide))]
    #[case(Some(0.5), 0.59, Some(Failing::OtherSide))]
    #[case(Some(0.1 + 0.2 + 0.2), 0.6, None)]
    #[case(Some(0.3), 0.05, None)] // .3 - .05 is .25 and a rest
    #[case(Some(0.31), 0.05, Some(Failing::FarApart))]
    #[case(Some(0.6), 1.0, Some(Failing::FarApart))]
    #[case(Some(0.0), 1.0, Some(Failing::OtherSide))]
    fn a_case_fails_beyond_the_distance_or_the_pass_mark(
        #[case] score: Option<f64>,
        #[case] human_score: f64,
        #[case] expected: Option<Failing>,
    ) {
        let mut settings = sample::settings();
        (settings.pass_mark, settings.human_pass_mark) = (0.5, 0.6);
        let case = crate::eval::CaseResult {
            human_score,
            score,
            ..sample::case("a")
        };
        assert_eq!(failing(&case, &settings), expected);
        assert_eq!(fails(&case, &settings), expected.is_some());
    }
}
