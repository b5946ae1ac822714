use std::env;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{ModelEntry, Provider, Settings};
use crate::bank::{BankError, Banks};
use crate::grade::{Defaults, Policy};
use crate::grader::{Grader, GraderSettings};
use crate::llm::openai::Host;
use crate::llm::{HttpModel, ModelSettings, SettingsError as ModelError};
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
            provider: Provider::OpenAi,
            base_url: OPENAI_BASE.to_owned(),
            api_key_env: Some(OPENAI_KEY.to_owned()),
            prices: None,
        });
    if let (Some(url), Some(OPENAI_KEY)) = (openai_url, entry.api_key_env.as_deref()) {
        // Another server has other prices.
        entry.prices = entry
            .prices
            .filter(|_| url.trim_end_matches('/') == entry.base_url);
        entry.base_url = url;
    }
    entry
}

/// Builds the grader that the settings and the environment describe.
///
/// # Errors
/// The model entry or the prompt is wrong. That no model is configured is no error.
pub fn grader(settings: &Settings) -> Result<(Grader, Backend), BuildError> {
    let llm = &settings.llm;
    let grader_settings = GraderSettings {
        review_below: settings.grading.review_below,
        context_tokens: llm.context_tokens,
        max_output_tokens: llm.max_output_tokens,
    };
    let prompt = llm
        .prompt
        .as_deref()
        .map_or_else(Prompt::built_in, Prompt::read)?;
    let entry = chosen_model(settings);
    let wrong = |source| BuildError::Model {
        name: entry.name.clone(),
        source,
    };
    let base_url: crate::llm::BaseUrl = entry.base_url.parse().map_err(wrong)?;
    let api_key = entry.api_key_env.as_deref().and_then(variable);
    if api_key.is_none() && Host::of(&base_url) == Host::OpenAi {
        return Ok((Grader::offline(grader_settings), Backend::Offline));
    }
    let mut address = base_url.as_url().clone();
    address.set_query(None);
    let backend = Backend::Llm {
        model: entry.name.clone(),
        base_url: address.to_string(),
        with_key: api_key.is_some(),
    };
    let model = ModelSettings {
        api_key: api_key.map(Into::into),
        timeout: Duration::from_millis(llm.timeout_ms),
        retries: llm.retries,
        max_output_tokens: llm.max_output_tokens,
        prices: entry.prices,
        ..ModelSettings::new(entry.name.clone(), base_url)
    };
    let model = HttpModel::new(model).map_err(wrong)?;
    let grader = Grader::new(
        grader_settings,
        Arc::new(model),
        Arc::new(prompt),
        entry.prices,
    );
    Ok((grader, backend))
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
    fn a_model_without_an_entry_is_asked_at_openais_address() {
        let entry = choose(&settings("my-model"), None);
        assert_eq!(
            (entry.name.as_str(), entry.base_url.as_str()),
            ("my-model", "https://api.openai.com/v1")
        );
    }
}
