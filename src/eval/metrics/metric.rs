use serde::{Deserialize, Serialize};

/// The figures that say how well a grader agrees with people, each with an interval.
///
/// Score and human score are 0..1. "Passes" means a score of at least `pass_mark`; a person passes
/// an answer at `human_pass_mark`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Pearson's correlation of score and human score, -1..1.
    PearsonR,
    /// Spearman's rank correlation, ties by their mean rank, -1..1.
    SpearmanRho,
    /// Root mean square of score minus human score, 0..1.
    Rmse,
    /// Mean of the absolute differences, 0..1.
    Mae,
    /// Mean of score minus human score, -1..1; above 0 where the grader is too kind.
    Bias,
    /// Quadratic weighted kappa of the scores rounded to the suite's levels, up to 1.
    Qwk,
    /// Cohen's kappa of passing, up to 1.
    CohenKappa,
    /// Mean of the F1 of "passes" and the F1 of "fails", 0..1.
    MacroF1,
    /// Of the answers that people fail, the share that passes, 0..1.
    FalsePassRate,
    /// Of the answers that people pass, the share that fails, 0..1.
    FalseFailRate,
    /// Of the concepts reported missing, the share that people found missing, 0..1.
    ConceptPrecision,
    /// Of the concepts that people found missing, the share that is reported, 0..1.
    ConceptRecall,
    /// Harmonic mean of the two, over all answers together, 0..1.
    ConceptF1,
}

impl Metric {
    /// All metrics, in the order of reports.
    pub const ALL: [Self; 13] = [
        Self::PearsonR,
        Self::SpearmanRho,
        Self::Rmse,
        Self::Mae,
        Self::Bias,
        Self::Qwk,
        Self::CohenKappa,
        Self::MacroF1,
        Self::FalsePassRate,
        Self::FalseFailRate,
        Self::ConceptPrecision,
        Self::ConceptRecall,
        Self::ConceptF1,
    ];

    /// The name in suites, reports and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PearsonR => "pearson_r",
            Self::SpearmanRho => "spearman_rho",
            Self::Rmse => "rmse",
            Self::Mae => "mae",
            Self::Bias => "bias",
            Self::Qwk => "qwk",
            Self::CohenKappa => "cohen_kappa",
            Self::MacroF1 => "macro_f1",
            Self::FalsePassRate => "false_pass_rate",
            Self::FalseFailRate => "false_fail_rate",
            Self::ConceptPrecision => "concept_precision",
            Self::ConceptRecall => "concept_recall",
            Self::ConceptF1 => "concept_f1",
        }
    }

    /// The name for a person to read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::PearsonR => "Pearson r",
            Self::SpearmanRho => "Spearman rho",
            Self::Rmse => "RMSE",
            Self::Mae => "MAE",
            Self::Bias => "Bias",
            Self::Qwk => "QWK",
            Self::CohenKappa => "Cohen's kappa",
            Self::MacroF1 => "Macro-F1",
            Self::FalsePassRate => "False passes",
            Self::FalseFailRate => "False fails",
            Self::ConceptPrecision => "Missing concepts: precision",
            Self::ConceptRecall => "Missing concepts: recall",
            Self::ConceptF1 => "Missing concepts: F1",
        }
    }

    /// Finds a metric by its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// How good a value is, on a scale on which more is better: bias counts by its size.
    pub fn goodness(self, value: f64) -> f64 {
        match self {
            Self::Rmse | Self::Mae | Self::FalsePassRate | Self::FalseFailRate => -value,
            Self::Bias => -value.abs(),
            _ => value,
        }
    }

    /// Whether less of it is better.
    pub fn less_is_better(self) -> bool {
        self.goodness(1.0) < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_called_the_same_everywhere() {
        for metric in Metric::ALL {
            assert_eq!(
                serde_json::to_value(metric).unwrap(),
                serde_json::json!(metric.name())
            );
            assert_eq!(Metric::named(metric.name()), Some(metric));
        }
    }
}
