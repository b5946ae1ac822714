use std::collections::BTreeMap;

use super::sample::Graded;
use crate::eval::{Estimate, Resampling, Settings};

/// Above this share of resamples without a figure, an interval of the others would mislead.
const MOST_UNDEFINED: f64 = 0.05;

/// Draws samples like the one at hand, to see how far a figure might have come out otherwise
/// (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
///
/// Repeated grades of an answer stay together, and so do answers to a question where questions are
/// resampled.
#[derive(Debug)]
pub(super) struct Bootstrap<'a> {
    /// By question, by answer: positions in the sample.
    questions: Vec<Vec<Vec<usize>>>,
    settings: &'a Settings,
}

impl<'a> Bootstrap<'a> {
    pub(super) fn new(sample: &[Graded], settings: &'a Settings) -> Self {
        let mut questions: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
        for (position, one) in sample.iter().enumerate() {
            let answers = questions.entry(one.question).or_default();
            answers.entry(one.id).or_default().push(position);
        }
        let answers = |answers: BTreeMap<_, _>| answers.into_values().collect();
        Self {
            questions: questions.into_values().map(answers).collect(),
            settings,
        }
    }

    /// A figure of every resample; `None` where it is undefined. `figure` takes positions in the
    /// sample.
    pub(super) fn figures(&self, figure: impl Fn(&[usize]) -> Option<f64>) -> Vec<Option<f64>> {
        let mut random = Random(self.settings.seed);
        let resamples = 0..self.settings.resamples;
        resamples.map(|_| figure(&self.draw(&mut random))).collect()
    }

    /// A figure of the sample with its interval.
    pub(super) fn estimate(
        &self,
        value: Option<f64>,
        figure: impl Fn(&[usize]) -> Option<f64>,
    ) -> Estimate {
        Estimate {
            value,
            ci95: value.and_then(|_| interval(self.figures(figure))),
        }
    }

    fn draw(&self, random: &mut Random) -> Vec<usize> {
        let answers: Vec<&Vec<usize>> = match self.settings.resampling {
            Resampling::Questions => {
                let questions = random.choose(&self.questions);
                questions.into_iter().flatten().collect()
            }
            Resampling::WithinQuestions => {
                let questions = self.questions.iter();
                questions
                    .flat_map(|answers| random.choose(answers))
                    .collect()
            }
        };
        answers.into_iter().flatten().copied().collect()
    }
}

/// The middle 95 % of the figures, by linear interpolation; `None` where too many are undefined.
pub(super) fn interval(figures: Vec<Option<f64>>) -> Option<[f64; 2]> {
    let wanted = figures.len() as f64;
    let mut known: Vec<f64> = figures.into_iter().flatten().collect();
    if known.is_empty() || (known.len() as f64) < wanted * (1.0 - MOST_UNDEFINED) {
        return None;
    }
    known.sort_by(f64::total_cmp);
    Some([quantile(&known, 25), quantile(&known, 975)])
}

/// The value below which `permille` thousandths of a sorted list lie, as numpy's `quantile` has it.
fn quantile(sorted: &[f64], permille: usize) -> f64 {
    let at = sorted.len().saturating_sub(1) * permille;
    let value = |index: usize| sorted.get(index).or(sorted.last()).copied().unwrap_or(0.0);
    let (low, high) = (value(at / 1000), value(at / 1000 + 1));
    low + (high - low) * (at % 1000) as f64 / 1000.0
}

/// `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014):
/// the same numbers from the same seed on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// As many entries as there are, drawn with replacement.
    fn choose<'b, T>(&mut self, entries: &'b [T]) -> Vec<&'b T> {
        let count = entries.len() as u128;
        let mut one = || {
            let at = (u128::from(self.next()) * count) >> 64;
            usize::try_from(at).ok().and_then(|at| entries.get(at))
        };
        entries.iter().filter_map(|_| one()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(resampling: Resampling) -> Settings {
        crate::eval::calibrate::fit::tests::settings(resampling, 2000)
    }

    fn sample() -> Vec<Graded<'static>> {
        let rows = [
            ("q1", "a"),
            ("q1", "a"),
            ("q1", "b"),
            ("q2", "c"),
            ("q3", "d"),
        ];
        let one = |(question, id)| Graded {
            id,
            question,
            human: 0.5,
            score: 0.5,
            confidence: 0.5,
        };
        rows.into_iter().map(one).collect()
    }

    /// The published test values of the generator for the seed 1234567.
    #[test]
    fn the_random_numbers_are_those_of_splitmix64() {
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn questions_and_repetitions_stay_together() {
        let settings = settings(Resampling::Questions);
        let sample = sample();
        let bootstrap = Bootstrap::new(&sample, &settings);
        let times = |drawn: &[usize], at| drawn.iter().filter(|one| **one == at).count();
        let together = |drawn: &[usize]| {
            assert_eq!(times(drawn, 0), times(drawn, 1));
            assert_eq!(times(drawn, 0), times(drawn, 2));
            Some(times(drawn, 0) as f64)
        };
        let drawn = bootstrap.figures(together);
        let mean = drawn.iter().flatten().sum::<f64>() / drawn.len() as f64;
        assert!((mean - 1.0).abs() < 0.1, "{mean}");
    }

    #[test]
    fn within_questions_every_question_keeps_its_number_of_answers() {
        let settings = settings(Resampling::WithinQuestions);
        let sample = sample();
        let bootstrap = Bootstrap::new(&sample, &settings);
        let drawn = bootstrap.figures(|drawn| {
            assert!(drawn.ends_with(&[3, 4]));
            Some(drawn.len() as f64)
        });
        // Answers a and b have two rows and one: drawn twice 4, 3 or 2, and 2 of other questions.
        assert!(
            [6.0, 5.0, 4.0]
                .iter()
                .all(|rows| drawn.contains(&Some(*rows)))
        );
    }

    /// `numpy.quantile([0, 1, 2, 3, 4], [.025, .975])`.
    #[test]
    fn an_interval_is_numpys_quantiles() {
        let figures = [4.0, 0.0, 3.0, 1.0, 2.0].map(Some).to_vec();
        let [low, high] = interval(figures).unwrap();
        assert!((low - 0.1).abs() < 1e-12 && (high - 3.9).abs() < 1e-12);
    }

    #[test]
    fn too_many_undefined_figures_leave_no_interval() {
        let mut figures = vec![Some(1.0); 94];
        figures.resize(100, None);
        assert_eq!(interval(figures), None);
        assert_eq!(interval(vec![]), None);
    }
}
