use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;

use crate::grade::{Fallback, FeedbackLevel, Limits, RequestedMethod};
use crate::llm::{Prices, Wire};

/// The settings file that is part of the program.
pub const EMBEDDED: &str = include_str!("../../config.toml");
/// Variables of the form `ANSWER_GRADER__SECTION__KEY` override settings.
const PREFIX: &str = "ANSWER_GRADER";

/// Every setting. `config.toml` says what each means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct Settings {
    pub server: ServerSettings,
    pub limits: Limits,
    pub grading: GradingSettings,
    pub banks: BankSettings,
    pub store: StoreSettings,
    pub privacy: PrivacySettings,
    pub jobs: JobSettings,
    pub pages: PageSettings,
    pub llm: LlmSettings,
    #[serde(default)]
    pub budget: BudgetLimits,
    pub log: LogSettings,
}

/// `[budget]`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct BudgetLimits {
    pub usd_per_hour: Option<f64>,
    pub usd_per_day: Option<f64>,
}

/// `[server]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct ServerSettings {
    pub listen: SocketAddr,
    pub max_body_bytes: usize,
    pub max_connections: usize,
    pub max_in_flight: usize,
    pub max_batch: usize,
    pub batch_concurrency: usize,
    pub receive_timeout_ms: u64,
    pub request_timeout_ms: u64,
    pub shutdown_grace_ms: u64,
}

/// `[grading]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct GradingSettings {
    pub method: RequestedMethod,
    pub fallback: Fallback,
    pub feedback: FeedbackLevel,
    pub review_below: f64,
    pub calibration: Option<PathBuf>,
    pub deadline_ms: Option<u64>,
}

/// `[banks]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct BankSettings {
    pub built_in: bool,
    pub files: Vec<PathBuf>,
}

/// `[store]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct StoreSettings {
    pub enabled: bool,
    pub path: PathBuf,
    pub url_env: String,
}

/// `[privacy]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct PrivacySettings {
    pub keep_texts_days: u32,
    pub keep_replies: bool,
    pub redact_emails: bool,
    pub redact_phones: bool,
    pub hash_key_env: String,
}

/// `[pages]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct PageSettings {
    pub enabled: bool,
    pub evaluations: PathBuf,
}

/// `[jobs]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct JobSettings {
    pub workers: usize,
    pub concurrency: usize,
    pub max_answers: u64,
    pub max_upload_bytes: u64,
    #[serde(default)]
    pub prompts: BTreeMap<String, PathBuf>,
}

/// `[llm]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct LlmSettings {
    pub model: String,
    #[serde(default)]
    pub then: Vec<String>,
    pub escalate_to: Option<String>,
    pub samples: u32,
    pub prompt: Option<PathBuf>,
    pub extract_concepts: bool,
    pub concepts_prompt: Option<PathBuf>,
    pub timeout_ms: u64,
    pub concurrency: usize,
    pub retries: u32,
    pub max_output_tokens: u32,
    pub context_tokens: usize,
    pub repair: bool,
    pub cache_replies: usize,
    pub breaker_failures: u32,
    pub breaker_rest_ms: u64,
    #[serde(default)]
    pub models: Vec<ModelEntry>,
}

/// One of `[[llm.models]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct ModelEntry {
    pub name: String,
    pub provider: Wire,
    pub base_url: String,
    pub api_key_env: Option<String>,
    pub prices: Option<Prices>,
}

/// `[log]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config.toml describes every setting, and is what users read"
)]
pub struct LogSettings {
    pub level: String,
    pub format: LogFormat,
}

impl LogSettings {
    /// A lone word that is no level would be taken for the name of a module, and nothing be logged.
    pub(super) fn names_a_level(&self) -> bool {
        let level = self.level.trim().to_ascii_lowercase();
        let levels = ["error", "warn", "info", "debug", "trace", "off"];
        level.contains('=') || level.split(',').any(|word| levels.contains(&word.trim()))
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Says what is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file is missing or broken, a key unknown, a value of the wrong type.
    #[error("settings")]
    Read(#[from] config::ConfigError),
    /// A value that makes no sense.
    #[error("settings: {key} {problem}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What it must be.
        problem: &'static str,
    },
}

impl Settings {
    /// Reads the settings: built-in file, then `file`, then the environment, then `flags`
    /// (dotted keys and values).
    ///
    /// # Errors
    /// The file cannot be read, or a setting is unknown, of the wrong type or out of range.
    pub fn load(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Self, SettingsError> {
        let mut builder = Config::builder().add_source(File::from_str(EMBEDDED, FileFormat::Toml));
        if let Some(path) = file {
            builder = builder.add_source(File::from(path).format(FileFormat::Toml));
        }
        let environment = Environment::with_prefix(PREFIX)
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        builder = builder.add_source(environment);
        for (key, value) in flags {
            builder = builder.set_override(*key, value.as_str())?;
        }
        let settings: Self = builder.build()?.try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::io::Write as _;

    fn with(toml: &str) -> Result<Settings, SettingsError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(toml.as_bytes()).unwrap();
        Settings::load(Some(file.path()), &[])
    }

    #[test]
    fn the_built_in_file_holds_every_setting() {
        let settings = Settings::load(None, &[]).unwrap();
        assert!(settings.server.listen.ip().is_loopback());
        assert_eq!(settings.llm.models[0].name, settings.llm.model);
    }

    #[test]
    fn an_embedder_has_the_limits_of_the_service() {
        let settings = Settings::load(None, &[]).unwrap();
        assert_eq!(settings.limits, Limits::default());
    }

    #[test]
    fn a_file_changes_only_what_it_names_and_flags_win() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"[server]\nlisten = \"127.0.0.1:9\"\nmax_batch = 3\n")
            .unwrap();
        let flags = [("server.listen", "127.0.0.1:7".to_owned())];
        let settings = Settings::load(Some(file.path()), &flags).unwrap();
        assert_eq!(
            (settings.server.listen.port(), settings.server.max_batch),
            (7, 3)
        );
    }

    #[rstest]
    #[case("[server]\nlisten_on = 1\n", "listen_on")]
    #[case("[grading]\nmethod = \"magic\"\n", "magic")]
    #[case("[grading]\nreview_below = 2.0\n", "grading.review_below")]
    #[case("[server]\nlisten = \"here\"\n", "server.listen")]
    #[case("[llm]\ncontext_tokens = 10\n", "llm.context_tokens")]
    #[case("[log]\nlevel = \"loud\"\n", "log.level")]
    #[case("[server\n", "settings")]
    fn a_wrong_setting_is_named(#[case] toml: &str, #[case] named: &str) {
        let message = format!("{:#}", anyhow::Error::from(with(toml).unwrap_err()));
        assert!(message.contains(named), "{message}");
    }
}
