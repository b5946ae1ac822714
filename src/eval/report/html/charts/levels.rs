/// The level of a score, 0..1, among so many levels from 0, to the nearest.
pub(super) fn level(score: f64, levels: usize) -> usize {
    let highest = levels.saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the score is held within 0..1, so the product lies within the levels"
    )]
    let level = (score.clamp(0.0, 1.0) * highest as f64).round() as usize;
    level.min(highest)
}

/// The score, 0..1, that a level stands for.
pub(super) fn score_of(level: usize, levels: usize) -> f64 {
    level as f64 / levels.saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0.0, 5, 0)]
    #[case(0.124, 5, 0)]
    #[case(0.126, 5, 1)]
    #[case(1.0, 5, 4)]
    #[case(1.2, 5, 4)]
    #[case(-0.1, 5, 0)]
    #[case(f64::NAN, 5, 0)]
    #[case(0.49, 2, 0)]
    #[case(0.5, 2, 1)]
    fn a_score_goes_to_the_nearest_level(
        #[case] score: f64,
        #[case] levels: usize,
        #[case] nearest: usize,
    ) {
        assert_eq!(level(score, levels), nearest);
    }

    #[test]
    fn levels_are_evenly_spaced() {
        for (place, score) in [(0, 0.0), (1, 0.25), (4, 1.0)] {
            assert!((score_of(place, 5) - score).abs() < 1e-9);
        }
    }
}
