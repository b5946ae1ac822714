//! What a model's tokens cost.

use serde::{Deserialize, Serialize};

use super::{SettingsError, Usage};

const TOKENS_PER_PRICE: f64 = 1_000_000.0;

/// States what a model charges, in US dollars for a million tokens.
///
/// ```
/// use answer_grader::llm::{Prices, Usage};
///
/// let prices = Prices { input: 0.25, cached_input: Some(0.025), cache_write: None, output: 2.0 };
/// let usage = Usage { input: 1_000, cached_input: 800, output: 100, ..Usage::default() };
/// assert!((prices.cost(&usage) - 0.000_27).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Input tokens that no cache is involved in.
    pub input: f64,
    /// Input tokens read from the cache; the input price where there is none.
    #[serde(default)]
    pub cached_input: Option<f64>,
    /// Input tokens written to the cache; the input price where there is none.
    #[serde(default)]
    pub cache_write: Option<f64>,
    /// Output tokens, reasoning included.
    pub output: f64,
}

impl Prices {
    /// Returns what the tokens cost, in US dollars.
    ///
    /// ```text
    /// uncached = input - cached_input - cache_write
    /// cost     = ( uncached     * price of input
    ///            + cached_input * price of cached_input, or of input
    ///            + cache_write  * price of cache_write, or of input
    ///            + output       * price of output ) / 1,000,000
    /// ```
    ///
    /// The parts are cut so that they never exceed the whole: a server that counts wrongly must
    /// not make a call cheaper than its input.
    pub fn cost(&self, usage: &Usage) -> f64 {
        let cached = usage.cached_input.min(usage.input);
        let written = usage.cache_write.min(usage.input - cached);
        let uncached = usage.input - cached - written;
        let total = uncached as f64 * self.input
            + cached as f64 * self.cached_input.unwrap_or(self.input)
            + written as f64 * self.cache_write.unwrap_or(self.input)
            + usage.output as f64 * self.output;
        total / TOKENS_PER_PRICE
    }

    /// Refuses prices that are no amounts of money.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let fields = [
            ("prices.input", Some(self.input)),
            ("prices.cached_input", self.cached_input),
            ("prices.cache_write", self.cache_write),
            ("prices.output", Some(self.output)),
        ];
        for (field, price) in fields {
            if price.is_some_and(|price| !price.is_finite() || price < 0.0) {
                return Err(SettingsError::invalid(field, "must be zero or more"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-12
    }

    #[test]
    fn every_kind_of_token_has_its_own_price() {
        let prices = Prices {
            input: 2.0,
            cached_input: Some(0.5),
            cache_write: Some(2.5),
            output: 8.0,
        };
        let usage = Usage {
            input: 1_000,
            cached_input: 600,
            cache_write: 100,
            output: 50,
        };
        let dollars = (300.0 * 2.0 + 600.0 * 0.5 + 100.0 * 2.5 + 50.0 * 8.0) / 1e6;
        assert!(close(prices.cost(&usage), dollars));
    }

    #[test]
    fn cached_tokens_without_a_price_cost_as_much_as_input() {
        let prices = Prices {
            input: 1.0,
            cached_input: None,
            cache_write: None,
            output: 0.0,
        };
        let usage = Usage {
            input: 1_000_000,
            cached_input: 999_999,
            cache_write: 999_999,
            output: 7,
        };
        assert!(close(prices.cost(&usage), 1.0));
    }
}
