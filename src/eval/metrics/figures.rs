use super::Metric;
use super::kappa::Kappa;
use super::sample::Sample;

/// How many metrics there are.
pub(super) const METRICS: usize = Metric::ALL.len();

/// Computes all metrics of a sample whose rows count `weights` times, in the order of
/// [`Metric::ALL`]; what is undefined is not a number. Keeps its buffers between resamples.
pub(super) struct Figures {
    human_ranks: Vec<f64>,
    ranks: Vec<f64>,
}

impl Figures {
    pub(super) fn new(sample: &Sample) -> Self {
        Self {
            human_ranks: vec![0.0; sample.len()],
            ranks: vec![0.0; sample.len()],
        }
    }

    pub(super) fn compute(&mut self, sample: &Sample, weights: &[f64]) -> [f64; METRICS] {
        mid_ranks(
            &sample.human,
            &sample.by_human,
            weights,
            &mut self.human_ranks,
        );
        mid_ranks(&sample.score, &sample.by_score, weights, &mut self.ranks);
        let (mut n, mut squares, mut sizes, mut sum) = (0.0, 0.0, 0.0, 0.0);
        let mut concepts = [0.0; 3];
        // Passing by the grader, then by people.
        let mut passing = [[0.0; 2]; 2];
        let mut kappa = Kappa::default();
        for (row, weight) in weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0.0)
        {
            let difference = sample.score[row] - sample.human[row];
            n += weight;
            squares += weight * difference * difference;
            sizes += weight * difference.abs();
            sum += weight * difference;
            for (total, count) in concepts.iter_mut().zip(sample.concepts[row]) {
                *total += weight * count;
            }
            let (passes, wanted) = (sample.passes[row], sample.human_passes[row]);
            passing[usize::from(passes)][usize::from(wanted)] += weight;
            kappa.add(sample.level[row], sample.human_level[row], *weight);
        }
        let [both, reported_only, labelled_only] = concepts;
        let [[fails, false_fails], [false_passes, passes]] = passing;
        let f1 = |both: f64, one: f64, other: f64| 2.0 * both / (2.0 * both + one + other);
        [
            pearson(&sample.score, &sample.human, weights),
            pearson(&self.ranks, &self.human_ranks, weights),
            (squares / n).sqrt(),
            sizes / n,
            sum / n,
            kappa.value().unwrap_or(f64::NAN),
            cohen_kappa(passing),
            mean_of_defined([
                f1(passes, false_passes, false_fails),
                f1(fails, false_fails, false_passes),
            ]),
            false_passes / (false_passes + fails),
            false_fails / (false_fails + passes),
            both / (both + reported_only),
            both / (both + labelled_only),
            f1(both, reported_only, labelled_only),
        ]
    }
}

/// Pearson's product-moment correlation; not a number where one side is constant.
pub(super) fn pearson(x: &[f64], y: &[f64], weights: &[f64]) -> f64 {
    let (mut n, mut sum_x, mut sum_y) = (0.0, 0.0, 0.0);
    for ((x, y), weight) in x.iter().zip(y).zip(weights) {
        n += weight;
        sum_x += weight * x;
        sum_y += weight * y;
    }
    let (mean_x, mean_y) = (sum_x / n, sum_y / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for ((x, y), weight) in x.iter().zip(y).zip(weights) {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += weight * dx * dx;
        yy += weight * dy * dy;
        xy += weight * dx * dy;
    }
    // Equal numbers have a mean that may differ from them in the last digit.
    if xx <= f64::EPSILON * n || yy <= f64::EPSILON * n {
        return f64::NAN;
    }
    (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0)
}

/// Gives each row the mean of the ranks that rows of its value have, a row of weight w counting as w
/// rows. `order` are the rows by rising value.
fn mid_ranks(values: &[f64], order: &[usize], weights: &[f64], ranks: &mut [f64]) {
    let (mut below, mut start) = (0.0, 0);
    while let Some(first) = order.get(start) {
        let value = values[*first];
        let (mut here, mut end) = (0.0, start);
        while let Some(row) = order
            .get(end)
            .filter(|row| values[**row].total_cmp(&value).is_eq())
        {
            here += weights[*row];
            end += 1;
        }
        let rank = below + f64::midpoint(here, 1.0);
        for row in &order[start..end] {
            ranks[*row] = rank;
        }
        below += here;
        start = end;
    }
}

/// Cohen's kappa of two raters who pass or fail; not a number where both always say the same.
fn cohen_kappa([[both_fail, human_only], [grader_only, both_pass]]: [[f64; 2]; 2]) -> f64 {
    let n = both_fail + human_only + grader_only + both_pass;
    let agreed = (both_fail + both_pass) / n;
    let chance = ((both_pass + grader_only) * (both_pass + human_only)
        + (both_fail + human_only) * (both_fail + grader_only))
        / (n * n);
    if chance < 1.0 {
        (agreed - chance) / (1.0 - chance)
    } else {
        f64::NAN
    }
}

/// A class that nobody gave has no F1, and is left out of the mean.
fn mean_of_defined(values: [f64; 2]) -> f64 {
    let defined: Vec<_> = values
        .into_iter()
        .filter(|value| value.is_finite())
        .collect();
    defined.iter().sum::<f64>() / defined.len() as f64
}
