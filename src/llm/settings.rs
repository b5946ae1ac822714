//! Where a model lives, how it is asked, and what it costs.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::{Prices, Wire};

/// The longest time limit; beyond it a typing error is likelier than patience.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(1);

/// Says which setting of a model cannot be used, and why.
///
/// See [`ModelSettings`].
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A setting has a value that makes no sense.
    #[error("`{field}` {problem}")]
    Invalid {
        /// The setting, by its name in [`ModelSettings`].
        field: &'static str,
        /// What is wrong with it; never the value, which may be a secret.
        problem: &'static str,
    },
    /// The HTTP client could not be set up, for example without any root certificates.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

impl SettingsError {
    pub(super) const fn invalid(field: &'static str, problem: &'static str) -> Self {
        Self::Invalid { field, problem }
    }
}

/// Holds the settings of one model.
///
/// ```
/// use answer_grader::llm::{ModelSettings, Wire};
///
/// let mut settings = ModelSettings::new("llama3.2", "http://localhost:11434".parse()?);
/// settings.wire = Wire::Ollama;
/// settings.check()?;
/// settings.temperature = Some(3.0);
/// let error = settings.check().unwrap_err();
/// assert_eq!(error.to_string(), "`temperature` must be 0 to 2");
/// # Ok::<(), answer_grader::llm::SettingsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ModelSettings {
    /// The model's name as the server knows it; on Azure the deployment's.
    pub name: String,
    /// The API it is asked through.
    pub wire: Wire,
    /// The address up to, and without, the path of the API, such as `/chat/completions`.
    pub base_url: BaseUrl,
    /// The key, where the server wants one. `Debug` shows that there is one, never the key.
    pub api_key: Option<SecretString>,
    /// The longest one attempt may take.
    pub timeout: Duration,
    /// How often a failed attempt is repeated, the first one not counted.
    pub retries: u32,
    /// The most output tokens any request may ask for.
    pub max_output_tokens: u32,
    /// The sampling temperature of requests that state none.
    pub temperature: Option<f64>,
    /// The sampling seed of requests that state none.
    pub seed: Option<u64>,
    /// What the tokens cost, where it is known.
    pub prices: Option<Prices>,
}

impl ModelSettings {
    /// Creates settings with defaults fit for grading an answer while somebody waits: Chat
    /// Completions, no key, 30 s for an attempt, 2 retries, 2,048 output tokens, no prices.
    pub fn new(name: impl Into<String>, base_url: BaseUrl) -> Self {
        Self {
            name: name.into(),
            wire: Wire::default(),
            base_url,
            api_key: None,
            timeout: Duration::from_secs(30),
            retries: 2,
            max_output_tokens: 2_048,
            temperature: None,
            seed: None,
            prices: None,
        }
    }

    /// Refuses values that could only fail later, once per answer.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Invalid`] names the first setting that cannot be used: an empty name, a time
    /// limit of 0 or above an hour, no output tokens, a temperature outside 0..2, a negative price.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.name.trim().is_empty() {
            return Err(SettingsError::invalid("name", "is empty"));
        }
        if self.timeout.is_zero() || self.timeout > LONGEST_TIMEOUT {
            let problem = "must be above zero and at most an hour";
            return Err(SettingsError::invalid("timeout", problem));
        }
        if self.max_output_tokens == 0 {
            let problem = "must be above zero";
            return Err(SettingsError::invalid("max_output_tokens", problem));
        }
        if self.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
            return Err(SettingsError::invalid("temperature", "must be 0 to 2"));
        }
        self.prices.map_or(Ok(()), |prices| prices.check())
    }

    /// Returns the key where there is one; an empty one, as an unset variable leaves it, is none.
    pub(super) fn key(&self) -> Option<&str> {
        let key = self.api_key.as_ref()?.expose_secret().trim();
        (!key.is_empty()).then_some(key)
    }
}

/// Holds an address that requests can be sent to: `http` or `https`, with a host.
///
/// It is parsed from a text, which fails as [`SettingsError::Invalid`] of `base_url`. A user name or
/// password in the address is refused, since addresses are logged and shown.
/// `Debug` and `Display` leave out the query for the same reason.
///
/// ```
/// use answer_grader::llm::BaseUrl;
///
/// let url: BaseUrl = "https://LLM.example.com/v1?api-version=1".parse()?;
/// assert_eq!((url.host(), url.as_url().query()), ("llm.example.com", Some("api-version=1")));
/// assert_eq!(url.to_string(), "https://llm.example.com/v1");
/// assert!("https://me:secret@llm.example.com".parse::<BaseUrl>().is_err());
/// # Ok::<(), answer_grader::llm::SettingsError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Returns the whole address, its query included.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Returns the host, in lower case.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl FromStr for BaseUrl {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |problem| SettingsError::invalid("base_url", problem);
        let mut url = Url::parse(text.trim()).map_err(|_| invalid("is not an absolute URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("must begin with http:// or https://"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(invalid("has no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not hold a user name or password"));
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        shown.set_query(None);
        shown.fmt(formatter)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn settings() -> ModelSettings {
        let base_url = "https://api.openai.com/v1?code=hidden".parse().unwrap();
        ModelSettings::new("gpt-5-mini", base_url)
    }

    #[rstest]
    #[case("", "`base_url` is not an absolute URL")]
    #[case("api.openai.com/v1", "`base_url` is not an absolute URL")]
    #[case("ftp://host/v1", "`base_url` must begin with http:// or https://")]
    #[case("file:///v1", "`base_url` must begin with http:// or https://")]
    #[case("https://u:p@host", "`base_url` must not hold a user name or password")]
    fn an_address_that_cannot_be_used_is_named(#[case] text: &str, #[case] error: &str) {
        assert_eq!(text.parse::<BaseUrl>().unwrap_err().to_string(), error);
    }

    #[test]
    fn debug_shows_neither_the_key_nor_the_query() {
        let mut settings = settings();
        settings.api_key = Some("sk-secret".into());
        let shown = format!("{settings:?}");
        assert!(shown.contains("https://api.openai.com/v1"), "{shown}");
        assert!(!shown.contains("sk-secret"), "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
    }

    #[test]
    fn a_setting_out_of_range_is_named() {
        let mut endless = settings();
        endless.timeout = Duration::MAX;
        let error = endless.check().unwrap_err().to_string();
        assert_eq!(error, "`timeout` must be above zero and at most an hour");
        let mut hot = settings();
        hot.temperature = Some(f64::NAN);
        let error = hot.check().unwrap_err().to_string();
        assert_eq!(error, "`temperature` must be 0 to 2");
        assert!(settings().check().is_ok());
    }

    #[test]
    fn a_blank_key_counts_as_none() {
        let mut settings = settings();
        settings.api_key = Some(" \n".into());
        assert_eq!(settings.key(), None);
    }
}
