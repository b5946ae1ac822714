use std::collections::BTreeMap;

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};

use crate::eval::Resampling;
use crate::eval::metrics::resampling_of;

/// How many resamples an interval rests on.
const RESAMPLES: usize = 2000;
/// The same figures have the same interval in every report.
const SEED: u64 = 20_250_711;
/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % percentile bootstrap interval (Efron 1979) of the mean of some values, each with its
/// question: whole questions are resampled where there are twenty, else the values within each.
///
/// None for fewer than two values, and where no question has two values to resample within.
pub fn interval(values: &[(&str, f64)]) -> Option<[f64; 2]> {
    let mut by_question: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (question, value) in values {
        by_question.entry(question).or_default().push(*value);
    }
    let questions: Vec<Vec<f64>> = by_question.into_values().collect();
    let whole = resampling_of(questions.len()) == Resampling::Questions;
    if !whole && questions.iter().all(|values| values.len() < 2) {
        return None;
    }
    let mut random = Pcg64::seed_from_u64(SEED);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            if whole {
                mean_of_questions(&questions, &mut random)
            } else {
                mean_within(&questions, &mut random)
            }
        })
        .collect();
    means.sort_by(f64::total_cmp);
    Some([quantile(&means, 25), quantile(&means, 975)])
}

fn below(bound: usize, random: &mut Pcg64) -> usize {
    let product = u128::from(random.next_u64()) * bound as u128;
    usize::try_from(product >> 64).unwrap_or_default()
}

fn mean_of_questions(questions: &[Vec<f64>], random: &mut Pcg64) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for _ in questions {
        let drawn = &questions[below(questions.len(), random)];
        sum += drawn.iter().sum::<f64>();
        count += drawn.len();
    }
    sum / count as f64
}

fn mean_within(questions: &[Vec<f64>], random: &mut Pcg64) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for values in questions {
        for _ in values {
            sum += values[below(values.len(), random)];
        }
        count += values.len();
    }
    sum / count as f64
}

/// Quantile of sorted values in thousandths, linear between neighbours (type 7 of Hyndman and Fan
/// 1996).
fn quantile(sorted: &[f64], thousandths: usize) -> f64 {
    let place = thousandths * (sorted.len() - 1);
    let below = place / 1000;
    let above = (below + 1).min(sorted.len() - 1);
    let rest = (place % 1000) as f64 / 1000.0;
    sorted[below] + rest * (sorted[above] - sorted[below])
}

/// The mean; none of nothing.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The 95 % score interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953); none of
/// nothing.
pub(super) fn wilson(hits: usize, count: usize) -> Option<[f64; 2]> {
    if count == 0 {
        return None;
    }
    let n = count as f64;
    let share = hits as f64 / n;
    let scale = 1.0 + Z * Z / n;
    let centre = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some([(centre - half).max(0.0), (centre + half).min(1.0)])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    // Newcombe (1998, Statistics in Medicine 17, 857-872), table I.
    #[case(81, 263, [0.2553, 0.3662])]
    #[case(15, 148, [0.0624, 0.1605])]
    #[case(0, 20, [0.0, 0.1611])]
    #[case(1, 29, [0.0061, 0.1718])]
    fn a_share_has_the_published_wilson_interval(
        #[case] hits: usize,
        #[case] count: usize,
        #[case] expected: [f64; 2],
    ) {
        let found = wilson(hits, count).unwrap();
        assert!((found[0] - expected[0]).abs() < 5e-5, "{found:?}");
        assert!((found[1] - expected[1]).abs() < 5e-5, "{found:?}");
    }

    #[test]
    fn nothing_has_no_interval() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(interval(&[]), None);
        assert_eq!(interval(&[("a", 0.5)]), None);
        assert_eq!(interval(&[("a", 0.5), ("b", 0.1)]), None);
    }

    #[test]
    fn the_interval_of_coin_tosses_is_the_binomial_one() {
        // 50 heads in 100: the bootstrap mean is binomial with n 100 and p .5, whose 2.5 % and
        // 97.5 % quantiles are 40 and 60 (any table).
        let tosses: Vec<(&str, f64)> = (0..100).map(|at| ("a", f64::from(at % 2))).collect();
        let [low, high] = interval(&tosses).unwrap();
        assert!((low - 0.40).abs() < 0.015, "{low}");
        assert!((high - 0.60).abs() < 0.015, "{high}");
    }

    #[test]
    fn answers_to_one_question_count_as_one_where_there_are_enough_questions() {
        let names: Vec<String> = (0..25).map(|at| format!("q{at}")).collect();
        let spread = |copies: usize| {
            let values: Vec<(&str, f64)> = names
                .iter()
                .enumerate()
                .flat_map(|(at, name)| vec![(name.as_str(), (at % 2) as f64); copies])
                .collect();
            let [low, high] = interval(&values).unwrap();
            high - low
        };
        // Copies of an answer tell nothing new, so the interval stays.
        assert!((spread(1) - spread(8)).abs() < 1e-9);
    }

    #[test]
    fn constant_values_have_an_interval_without_width() {
        assert_eq!(interval(&[("a", 0.25), ("a", 0.25)]), Some([0.25, 0.25]));
    }

    #[test]
    fn a_quantile_lies_between_its_neighbours() {
        // By hand: place .4 * 3 is 1.2, a fifth of the way from the second value to the third.
        assert!((quantile(&[1.0, 2.0, 4.0, 8.0], 400) - 2.4).abs() < 1e-12);
        assert!((quantile(&[1.0, 2.0, 4.0, 8.0], 1000) - 8.0).abs() < 1e-12);
    }
}
