use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg32;

use super::sample::Sample;
use crate::eval::{Estimate, Resampling};

/// Where more than this share of the resamples leaves a figure undefined, it has no interval.
const MOST_UNDEFINED: f64 = 0.05;

/// Draws resamples of a sample: how often each unit counts. PCG's stream is the same on every machine
/// and in every version, so that a report can be made again.
pub(super) struct Bootstrap {
    generator: Pcg32,
    /// How often each unit counts.
    pub(super) units: Vec<f64>,
    /// How often each graded row counts.
    pub(super) rows: Vec<f64>,
}

impl Bootstrap {
    pub(super) fn new(sample: &Sample, seed: u64) -> Self {
        Self {
            generator: Pcg32::seed_from_u64(seed),
            units: vec![1.0; sample.units()],
            rows: vec![1.0; sample.len()],
        }
    }

    /// Draws the next resample.
    pub(super) fn draw(&mut self, sample: &Sample) {
        self.units.fill(0.0);
        let questions = sample.questions.len();
        match sample.resampling {
            Resampling::Questions => {
                for _ in 0..questions {
                    let question = self.generator.random_range(0..questions);
                    for unit in &sample.questions[question] {
                        self.units[*unit] += 1.0;
                    }
                }
            }
            Resampling::WithinQuestions => {
                for units in &sample.questions {
                    for _ in units {
                        let unit = units[self.generator.random_range(0..units.len())];
                        self.units[unit] += 1.0;
                    }
                }
            }
        }
        for (row, unit) in self.rows.iter_mut().zip(&sample.unit) {
            *row = self.units[*unit];
        }
    }
}

/// A figure's value, and the middle 95 % of what it was in the resamples.
pub(in crate::eval) fn estimate(value: f64, resampled: &mut Vec<f64>) -> Estimate {
    let drawn = resampled.len();
    resampled.retain(|value| value.is_finite());
    let undefined = drawn - resampled.len();
    let settled = value.is_finite() && undefined as f64 <= MOST_UNDEFINED * drawn as f64;
    let ci95 = (settled && !resampled.is_empty()).then(|| {
        resampled.sort_unstable_by(f64::total_cmp);
        [percentile(resampled, 0.025), percentile(resampled, 0.975)]
    });
    Estimate {
        value: value.is_finite().then_some(value),
        ci95,
    }
}

/// A percentile of sorted numbers by linear interpolation, as `NumPy` has it by default.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the place lies between 0 and the number of values"
)]
pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}
