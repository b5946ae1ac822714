//! Settings: `config.toml` as it is built in ⊕ a file ⊕ the environment ⊕ flags.
//!
//! | file | job |
//! |---|---|
//! | `settings` | every setting, read and checked; unknown keys are refused |
//! | `check` | what they have to be, beyond their types |
//! | `store` | where the database is |
//! | `models` | the models that the settings name, ready to be asked |
//! | `build` | from settings to a grader and its banks |

mod build;
mod check;
mod models;
mod settings;
#[cfg(feature = "serve")]
mod store;

pub use build::{
    Backend, BuildError, banks, budget, defaults, grader, grader_settings, prompt, prompts,
};
pub use models::{ConfiguredModel, chosen_model, how_to_configure, model, model_identity};
pub use settings::{
    BankSettings, BudgetLimits, EMBEDDED, GradingSettings, JobSettings, LlmSettings, LogFormat,
    LogSettings, ModelEntry, PageSettings, PrivacySettings, ServerSettings, Settings,
    SettingsError, StoreSettings,
};
#[cfg(feature = "serve")]
pub use store::{privacy, store};
