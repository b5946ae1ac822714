use std::env;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{ModelEntry, Settings};
use crate::bank::{BankError, Banks};
use crate::eval::calibrate::{CalibrationFileError, read_calibration};
use crate::grade::{Calibration, Defaults, Policy, Standard};
use crate::grader::{Grader, GraderSettings, ModelIdentity};
use crate::llm::{
    BaseUrl, BreakerSettings, Host, HttpModel, ModelSettings, Prices, SettingsError as ModelError,
    Wire,
};
use crate::prompt::{Prompt, PromptError};

/// Says why the settings, though readable, do not make a grader.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A model entry is wrong.
    #[error("settings: the model \"{name}\" cannot be asked")]
    Model {
        /// The model's name.
        name: String,
        /// What is wrong.
        source: ModelError,
    },
    /// The prompt cannot be used.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The calibration's file cannot be read.
    #[error("settings: cannot read grading.calibration, {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The calibration is wrong.
    #[error("{path}:{source}")]
    Calibration {
        /// The file.
        path: String,
        /// What is wrong, and where.
        source: CalibrationFileError,
    },
    /// A bank cannot be used.
    #[error(transparent)]
    Bank(#[from] BankError),
}

/// What the grader asks, for the log line at the start and for `config check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// No language model is configured.
    Offline,
    /// This model, at this address.
    Llm {
        /// The model's name.
        model: String,
        /// Its base URL, without any query.
        base_url: String,
        /// Whether a key is sent.
        with_key: bool,
    },
}

const OPENAI_KEY: &str = "OPENAI_API_KEY";
const OPENAI_URL: &str = "OPENAI_BASE_URL";
const OPENAI_BASE: &str = "https://api.openai.com/v1";

/// The value of a variable; one that is unset or blank counts as none.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The model entry that the settings choose, with what the environment changes about it.
pub fn chosen_model(settings: &Settings) -> ModelEntry {
    choose(settings, variable(OPENAI_URL))
}

fn choose(settings: &Settings, openai_url: Option<String>) -> ModelEntry {
    let llm = &settings.llm;
    let mut entry = llm
        .models
        .iter()
        .find(|entry| entry.name == llm.model)
        .cloned()
        .unwrap_or_else(|| ModelEntry {
            name: llm.model.clone(),
            provider: Wire::OpenAi,
            base_url: OPENAI_BASE.to_owned(),
            api_key_env: Some(OPENAI_KEY.to_owned()),
            prices: None,
        });
    let is_openai = matches!(entry.provider, Wire::OpenAi | Wire::OpenAiResponses)
        && entry.api_key_env.as_deref() == Some(OPENAI_KEY);
    if let Some(url) = openai_url.filter(|_| is_openai) {
        // Another server has other prices.
        entry.prices = entry
            .prices
            .filter(|_| url.trim_end_matches('/') == entry.base_url);
        entry.base_url = url;
    }
    entry
}

/// Says what configures the model that the settings choose.
pub fn how_to_configure(settings: &Settings) -> String {
    match chosen_model(settings).api_key_env.as_deref() {
        None | Some(OPENAI_KEY) => {
            format!("Set {OPENAI_KEY} or {OPENAI_URL} to configure one.")
        }
        Some(key) => format!("Set {key} to configure {}.", settings.llm.model),
    }
}

/// A model that can be asked, and what is known of it.
pub struct ConfiguredModel {
    /// Sends the requests.
    pub model: Arc<HttpModel>,
    /// What its tokens cost, where that is known.
    pub prices: Option<Prices>,
    backend: Backend,
}

/// Names the model that the settings choose, whether or not it can be asked.
///
/// # Errors
/// The model entry is wrong.
pub fn model_identity(settings: &Settings) -> Result<(ModelIdentity, Option<Prices>), BuildError> {
    let entry = chosen_model(settings);
    let base_url = base_url(&entry)?;
    let identity = ModelIdentity {
        provider: entry.provider.provider(&base_url).to_owned(),
        model: entry.name,
    };
    Ok((identity, entry.prices))
}

/// Makes the model that the settings choose; `None` where there is no key for it, so that answers
/// are graded offline.
///
/// # Errors
/// The model entry is wrong.
pub fn model(settings: &Settings) -> Result<Option<ConfiguredModel>, BuildError> {
    model_with(settings, None)
}

fn model_with(
    settings: &Settings,
    breaker: Option<BreakerSettings>,
) -> Result<Option<ConfiguredModel>, BuildError> {
    let llm = &settings.llm;
    let entry = chosen_model(settings);
    let base_url = base_url(&entry)?;
    let api_key = entry.api_key_env.as_deref().and_then(variable);
    if api_key.is_none() && Host::of(&base_url).needs_key() {
        return Ok(None);
    }
    let mut address = base_url.as_url().clone();
    address.set_query(None);
    let backend = Backend::Llm {
        model: entry.name.clone(),
        base_url: address.to_string(),
        with_key: api_key.is_some(),
    };
    let model = ModelSettings {
        wire: entry.provider,
        api_key: api_key.map(Into::into),
        timeout: Duration::from_millis(llm.timeout_ms),
        retries: llm.retries,
        max_output_tokens: llm.max_output_tokens,
        prices: entry.prices,
        ..ModelSettings::new(entry.name.clone(), base_url)
    };
    let mut model = HttpModel::new(model).map_err(|source| wrong(&entry, source))?;
    if let Some(breaker) = breaker {
        model = model.with_breaker(breaker);
    }
    Ok(Some(ConfiguredModel {
        model: Arc::new(model),
        prices: entry.prices,
        backend,
    }))
}

fn base_url(entry: &ModelEntry) -> Result<BaseUrl, BuildError> {
    entry
        .base_url
        .parse()
        .map_err(|source| wrong(entry, source))
}

fn wrong(entry: &ModelEntry, source: ModelError) -> BuildError {
    BuildError::Model {
        name: entry.name.clone(),
        source,
    }
}

/// What a grader does beyond what each request says.
///
/// # Errors
/// The calibration that the settings name cannot be used.
pub fn grader_settings(settings: &Settings) -> Result<GraderSettings, BuildError> {
    let file = settings.grading.calibration.as_deref();
    Ok(GraderSettings {
        standard: Standard {
            review_below: settings.grading.review_below,
            calibration: file.map(calibration).transpose()?.map(Arc::new),
        },
        context_tokens: settings.llm.context_tokens,
        max_output_tokens: settings.llm.max_output_tokens,
        repair: settings.llm.repair,
    })
}

fn calibration(file: &Path) -> Result<Calibration, BuildError> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|source| BuildError::Unreadable {
        path: path.clone(),
        source,
    })?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    read_calibration(&stem, &text).map_err(|source| BuildError::Calibration { path, source })
}

/// Reads the prompt that the settings name, or takes the built-in one.
///
/// # Errors
/// The prompt cannot be used.
pub fn prompt(settings: &Settings) -> Result<Prompt, BuildError> {
    let folder = settings.llm.prompt.as_deref();
    Ok(folder.map_or_else(Prompt::built_in, Prompt::read)?)
}

/// Builds the grader that the settings and the environment describe.
///
/// # Errors
/// The model entry or the prompt is wrong. That no model is configured is no error.
pub fn grader(settings: &Settings) -> Result<(Grader, Backend), BuildError> {
    let prompt = prompt(settings)?;
    let standards = grader_settings(settings)?;
    let llm = &settings.llm;
    let breaker = BreakerSettings {
        failures: llm.breaker_failures,
        rest: Duration::from_millis(llm.breaker_rest_ms),
    };
    Ok(match model_with(settings, Some(breaker))? {
        None => (Grader::offline(standards), Backend::Offline),
        Some(ConfiguredModel {
            model,
            prices,
            backend,
        }) => (
            Grader::new(standards, model, Arc::new(prompt), prices),
            backend,
        ),
    })
}

/// Loads the banks that the settings name.
///
/// # Errors
/// A file cannot be read or is wrong, or two banks have one id.
pub fn banks(settings: &Settings) -> Result<Banks, BuildError> {
    let mut banks = if settings.banks.built_in {
        Banks::built_in()?
    } else {
        Banks::default()
    };
    for file in &settings.banks.files {
        banks.add(crate::bank::Bank::read(Path::new(file))?)?;
    }
    Ok(banks)
}

/// What holds where a request is silent.
pub fn defaults(settings: &Settings) -> Defaults {
    let grading = &settings.grading;
    Defaults {
        policy: Policy {
            method: grading.method,
            fallback: grading.fallback,
            deadline: grading.deadline_ms.map(Duration::from_millis),
        },
        feedback: grading.feedback,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(model: &str) -> Settings {
        Settings::load(None, &[("llm.model", model.to_owned())]).unwrap()
    }

    #[test]
    fn another_base_url_takes_the_place_of_openais_and_its_prices() {
        let entry = choose(
            &settings("gpt-4.1-mini"),
            Some("http://127.0.0.1:1/v1".to_owned()),
        );
        assert_eq!(entry.base_url, "http://127.0.0.1:1/v1");
        assert!(entry.prices.is_none());
        assert!(choose(&settings("gpt-4.1-mini"), None).prices.is_some());
    }

    #[test]
    fn another_providers_model_keeps_its_address_and_names_its_own_key() {
        let mut settings = settings("claude");
        settings.llm.models = vec![ModelEntry {
            name: "claude".to_owned(),
            provider: Wire::Anthropic,
            base_url: "https://api.anthropic.com/v1".to_owned(),
            api_key_env: Some("A_KEY_THAT_IS_NOT_SET".to_owned()),
            prices: None,
        }];
        let entry = choose(&settings, Some("http://127.0.0.1:1/v1".to_owned()));
        assert_eq!(entry.base_url, "https://api.anthropic.com/v1");
        assert!(model(&settings).unwrap().is_none());
        assert_eq!(
            how_to_configure(&settings),
            "Set A_KEY_THAT_IS_NOT_SET to configure claude."
        );
        assert_eq!(model_identity(&settings).unwrap().0.provider, "anthropic");
    }

    #[test]
    fn a_model_without_an_entry_is_asked_at_openais_address() {
        let entry = choose(&settings("my-model"), None);
        assert_eq!(
            (entry.name.as_str(), entry.base_url.as_str()),
            ("my-model", "https://api.openai.com/v1")
        );
    }
}
