//! Settings: `config.toml` as it is built in ⊕ a file ⊕ the environment ⊕ flags.
//!
//! | file | job |
//! |---|---|
//! | `settings` | every setting, read and checked; unknown keys are refused |
//! | `build` | from settings to a grader and its banks |

mod build;
mod settings;

pub use build::{Backend, BuildError, banks, chosen_model, defaults, grader};
pub use settings::{
    BankSettings, EMBEDDED, GradingSettings, LlmSettings, LogFormat, LogSettings, ModelEntry,
    Provider, ServerSettings, Settings, SettingsError,
};
