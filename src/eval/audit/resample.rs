use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg32;

use crate::eval::Estimate;
use crate::eval::metrics::estimate;

/// Seed of the resampling: an audit can be made again.
const SEED: u64 = 20_260_131;

/// Draws samples of as many people as there are, since the grades of one person are not independent
/// (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 8).
pub(super) struct Resamples {
    /// How often each person counts, resample by resample; more than 255 times is no matter of chance.
    weights: Vec<Vec<u8>>,
}

impl Resamples {
    pub(super) fn of(people: usize, resamples: usize) -> Self {
        let mut random = Pcg32::seed_from_u64(SEED);
        let draw = |_| {
            let mut weights = vec![0_u8; people];
            for _ in 0..people {
                let drawn = &mut weights[random.random_range(0..people)];
                *drawn = drawn.saturating_add(1);
            }
            weights
        };
        Self {
            weights: (0..resamples).map(draw).collect(),
        }
    }

    /// A figure with its 95 % interval; `figure` takes how often each person counts, and is not a number
    /// where it is undefined.
    pub(super) fn estimate(&self, people: usize, figure: impl Fn(&[u8]) -> f64) -> Estimate {
        let value = figure(&vec![1; people]);
        let mut resampled = self.weights.iter().map(|weights| figure(weights)).collect();
        estimate(value, &mut resampled)
    }
}
