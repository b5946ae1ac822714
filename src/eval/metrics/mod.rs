//! How far grades agree with people: figures, each with an interval.
//!
//! | file | job |
//! |---|---|
//! | `metric` | the names of the figures, and which way they count |
//! | `measure` | all figures of a run, or of some of its answers |
//! | `sample` | graded answers as columns, and the units that are resampled |
//! | `figures` | every metric of a weighted sample in one pass |
//! | `kappa` | quadratic weighted kappa |
//! | `bootstrap` | resamples from a seed, and the interval of what they give |
//! | `paired` | two runs on the same answers |
//! | `risk` | the most confident grades; how often a confident grade is near |
//! | `raters` | people among themselves; repeated grades among themselves |
//! | `totals` | what is ungraded, tokens, money, time |

mod bootstrap;
mod figures;
mod kappa;
mod measure;
mod metric;
mod paired;
mod raters;
mod risk;
mod sample;
#[cfg(test)]
mod tests;
mod totals;

pub(super) use bootstrap::estimate;
pub(super) use kappa::Kappa;
pub use measure::{measure, measure_group, resampling};
pub use metric::Metric;
pub use paired::{Paired, compare};
pub(super) use risk::NEAR;
pub(super) use sample::{level, resampling_of};
