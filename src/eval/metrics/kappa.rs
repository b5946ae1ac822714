/// Sums from which quadratic weighted kappa (Cohen, "Weighted kappa", 1968) follows, pair by pair.
///
/// With disagreement weighted by the squared distance of the levels, kappa is 1 less the mean
/// squared distance of the pairs by that of all of one side with all of the other. Levels are whole
/// numbers, so the sums are exact.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::eval) struct Kappa {
    count: f64,
    first: f64,
    second: f64,
    squares: f64,
    products: f64,
}

impl Kappa {
    /// Adds a pair of levels that counts `weight` times.
    pub(in crate::eval) fn add(&mut self, first: f64, second: f64, weight: f64) {
        self.count += weight;
        self.first += weight * first;
        self.second += weight * second;
        self.squares += weight * (first * first + second * second);
        self.products += weight * first * second;
    }

    /// Kappa, up to 1; `None` where all levels are the same.
    pub(in crate::eval) fn value(self) -> Option<f64> {
        let by_chance = self.count * self.squares - 2.0 * self.first * self.second;
        let seen = self.count * (self.squares - 2.0 * self.products);
        (by_chance > 0.0).then(|| 1.0 - seen / by_chance)
    }
}
