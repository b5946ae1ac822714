//! Settings: `config.toml` as it is built in ⊕ a file ⊕ the environment ⊕ flags.
//!
//! | file | job |
//! |---|---|
//! | `settings` | every setting, read and checked; unknown keys are refused |
//! | `build` | from settings to a grader and its banks |

mod build;
mod settings;

pub use build::{
    Backend, BuildError, ConfiguredModel, banks, chosen_model, defaults, grader, grader_settings,
    how_to_configure, model, model_identity, prompt,
};
pub use settings::{
    BankSettings, EMBEDDED, GradingSettings, LlmSettings, LogFormat, LogSettings, ModelEntry,
    ServerSettings, Settings, SettingsError,
};
