//! Tells the hosts apart that want the same thing said differently.

use crate::llm::BaseUrl;

/// Tells who serves a model, as far as the protocol differs.
///
/// ```
/// use answer_grader::llm::{BaseUrl, Host};
///
/// let local: BaseUrl = "http://localhost:11434".parse()?;
/// assert_eq!(Host::of(&local), Host::Other);
/// assert!(!Host::of(&local).needs_key());
/// let azure = Host::of(&"https://grading.openai.azure.com/openai/v1".parse()?);
/// assert_eq!((azure, azure.provider()), (Host::Azure, "azure_openai"));
/// # Ok::<(), answer_grader::llm::SettingsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// OpenAI itself, which stores replies unless asked not to.
    OpenAi,
    /// Azure `OpenAI`, which has a header of its own for the key.
    Azure,
    /// Anthropic itself.
    Anthropic,
    /// Google itself.
    Google,
    /// Anything else that speaks one of the protocols.
    Other,
}

impl Host {
    /// Tells who serves an address, by its host name alone.
    pub fn of(base_url: &BaseUrl) -> Self {
        let host = base_url.host();
        let within = |domain: &str| {
            host.strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.'))
        };
        // Regions have names such as `eu.api.openai.com`.
        if host == "api.openai.com" || within("api.openai.com") {
            Self::OpenAi
        } else if ["azure.com", "azure.us", "azure.cn"]
            .into_iter()
            .any(within)
        {
            Self::Azure
        } else if host == "api.anthropic.com" {
            Self::Anthropic
        } else if within("googleapis.com") {
            Self::Google
        } else {
            Self::Other
        }
    }

    /// Names who serves one of OpenAI's APIs: `openai`, `azure_openai` or `openai_compatible`.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Azure => "azure_openai",
            Self::Anthropic | Self::Google | Self::Other => "openai_compatible",
        }
    }

    /// Tells whether nobody gets a reply there without a key.
    pub const fn needs_key(self) -> bool {
        matches!(self, Self::OpenAi | Self::Anthropic | Self::Google)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://api.openai.com/v1", Host::OpenAi)]
    #[case("https://EU.api.openai.com/v1", Host::OpenAi)]
    #[case("https://mine.openai.azure.com/openai/v1", Host::Azure)]
    #[case("https://azure.com.example.org/v1", Host::Other)]
    #[case("https://notapi.openai.com.evil.example/v1", Host::Other)]
    #[case("https://notazure.com/v1", Host::Other)]
    #[case("https://api.anthropic.com/v1", Host::Anthropic)]
    #[case("https://generativelanguage.googleapis.com/v1beta", Host::Google)]
    #[case("http://localhost:11434/v1", Host::Other)]
    fn a_host_is_known_by_its_name(#[case] base_url: &str, #[case] host: Host) {
        assert_eq!(Host::of(&base_url.parse().unwrap()), host);
    }
}
