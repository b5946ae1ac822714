use std::env;
use std::sync::Arc;
use std::time::Duration;

use super::build::{Backend, BuildError};
use super::{ModelEntry, Settings};
use crate::grader::ModelIdentity;
use crate::llm::{
    BaseUrl, BreakerSettings, Host, HttpModel, ModelSettings, Prices, SettingsError as ModelError,
    Wire,
};

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
    let entry = llm
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
    with_environment(entry, openai_url)
}

fn with_environment(mut entry: ModelEntry, openai_url: Option<String>) -> ModelEntry {
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
    pub(super) name: String,
    pub(super) backend: Backend,
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
    configured(settings, &chosen_model(settings), None)
}

/// Makes the model that the settings choose, and those that stand in for it; none where there is no
/// key for any.
///
/// # Errors
/// A model entry is wrong, or a model that is to stand in has no entry or no key.
pub(super) fn models(
    settings: &Settings,
    breaker: BreakerSettings,
) -> Result<Vec<ConfiguredModel>, BuildError> {
    let first = configured(settings, &chosen_model(settings), Some(breaker))?;
    let others = settings.llm.then.iter();
    let others = others.map(|name| further(settings, "llm.then", name, breaker));
    first.map(Ok).into_iter().chain(others).collect()
}

/// Makes the model that judges where the others are not sure, if the settings name one.
///
/// # Errors
/// Its entry is wrong or missing, or it has no key.
pub(super) fn stronger(
    settings: &Settings,
    breaker: BreakerSettings,
) -> Result<Option<ConfiguredModel>, BuildError> {
    let name = settings.llm.escalate_to.as_deref();
    name.map(|name| further(settings, "llm.escalate_to", name, breaker))
        .transpose()
}

fn further(
    settings: &Settings,
    setting: &'static str,
    name: &str,
    breaker: BreakerSettings,
) -> Result<ConfiguredModel, BuildError> {
    let entry = settings.llm.models.iter().find(|entry| entry.name == name);
    let entry = entry.ok_or_else(|| BuildError::UnknownModel {
        setting,
        name: name.to_owned(),
    })?;
    let entry = with_environment(entry.clone(), variable(OPENAI_URL));
    configured(settings, &entry, Some(breaker))?.ok_or_else(|| BuildError::NoKey {
        setting,
        name: name.to_owned(),
        variable: entry.api_key_env.unwrap_or_default(),
    })
}

fn configured(
    settings: &Settings,
    entry: &ModelEntry,
    breaker: Option<BreakerSettings>,
) -> Result<Option<ConfiguredModel>, BuildError> {
    let llm = &settings.llm;
    let base_url = base_url(entry)?;
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
    let mut model = HttpModel::new(model)
        .map_err(|source| wrong(entry, source))?
        .with_concurrency(llm.concurrency);
    if let Some(breaker) = breaker {
        model = model.with_breaker(breaker);
    }
    Ok(Some(ConfiguredModel {
        model: Arc::new(model),
        prices: entry.prices,
        name: entry.name.clone(),
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

    #[test]
    fn a_model_that_is_to_stand_in_needs_an_entry_and_a_key() {
        let mut settings = settings("local");
        let entry = |name: &str, base_url: &str| ModelEntry {
            name: name.to_owned(),
            provider: Wire::OpenAi,
            base_url: base_url.to_owned(),
            api_key_env: Some("A_KEY_THAT_IS_NOT_SET".to_owned()),
            prices: None,
        };
        settings.llm.models = vec![
            entry("local", "http://127.0.0.1:1/v1"),
            entry("other", "http://127.0.0.1:2/v1"),
            entry("far", "https://api.openai.com/v1"),
        ];
        let breaker = BreakerSettings {
            failures: 5,
            rest: Duration::from_secs(1),
        };
        let mut made = |then: &[&str]| {
            settings.llm.then = then.iter().map(ToString::to_string).collect();
            let models = models(&settings, breaker);
            models
                .map(|models| models.len())
                .map_err(|error| error.to_string())
        };
        assert_eq!(made(&[]), Ok(1));
        assert_eq!(made(&["other"]), Ok(2));
        assert_eq!(
            made(&["nobody"]),
            Err(
                "settings: llm.then names \"nobody\", which has no entry among [[llm.models]]"
                    .to_owned()
            )
        );
        assert_eq!(
            made(&["far"]),
            Err(
                "settings: llm.then names \"far\", but its key, A_KEY_THAT_IS_NOT_SET, is not set"
                    .to_owned()
            )
        );
    }
}
