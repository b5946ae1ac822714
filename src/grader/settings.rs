use super::BudgetSettings;
use crate::grade::Standard;

/// What a grader does beyond what each request says.
///
/// ```
/// use answer_grader::GraderSettings;
/// use answer_grader::grade::Standard;
///
/// // Three judgements where the first is of low confidence; more grades for people to look at.
/// let standard = Standard { review_below: 0.7, ..Standard::default() };
/// let settings = GraderSettings { samples: 3, standard, ..GraderSettings::default() };
/// assert_eq!(settings.context_tokens, 128_000);
/// ```
#[derive(Debug, Clone)]
pub struct GraderSettings {
    /// What grades are held to.
    pub standard: Standard,
    /// Tokens the model takes, request and reply together, as
    /// [`count_tokens`](crate::prompt::count_tokens) counts them.
    pub context_tokens: usize,
    /// Tokens a reply may have.
    pub max_output_tokens: u32,
    /// How many judgements of the model a grade of low confidence is the mean of; 1 or more. The
    /// others are asked for only there.
    pub samples: u32,
    /// Whether a reply that cannot be used is asked for once more, with what was wrong with it.
    pub repair: bool,
    /// The most that may be spent on models. Calls at an unknown price are not counted.
    pub budget: BudgetSettings,
}

impl Default for GraderSettings {
    fn default() -> Self {
        Self {
            standard: Standard::default(),
            context_tokens: 128_000,
            max_output_tokens: 4_096,
            samples: 1,
            repair: true,
            budget: BudgetSettings::default(),
        }
    }
}
