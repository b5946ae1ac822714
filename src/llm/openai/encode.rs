//! Makes the HTTP request: address, headers and body.

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::Host;
use crate::llm::schema::without_bounds;
use crate::llm::{BaseUrl, ModelSettings, Quirks, ReplyFormat, Request, SettingsError};

const PATH: &str = "/chat/completions";

/// Returns the address of Chat Completions below a base address.
///
/// The query stays, since Azure keeps its `api-version` there; a trailing slash does no harm, nor
/// does a base address that is the whole address already.
pub fn endpoint(base_url: &BaseUrl) -> Url {
    let mut url = base_url.as_url().clone();
    let mut path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with(PATH) {
        path.push_str(PATH);
    }
    url.set_path(&path);
    url
}

/// Returns the header that holds the key, or none where there is no key.
///
/// # Errors
///
/// Fails where the key has characters that no header can hold.
pub fn headers(settings: &ModelSettings) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::new();
    if let Some(key) = settings.key() {
        let (name, value) = match Host::of(&settings.base_url) {
            Host::Azure => (HeaderName::from_static("api-key"), key.to_owned()),
            Host::OpenAi | Host::Other => (AUTHORIZATION, format!("Bearer {key}")),
        };
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| SettingsError::invalid("api_key", "has characters no header can hold"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Returns the body of a request, with what the server is known to take.
pub fn encode(settings: &ModelSettings, request: &Request, quirks: Quirks) -> Value {
    let mut body = Map::new();
    let mut set = |field: &str, value: Value| body.insert(field.to_owned(), value);
    let schema = if quirks.schema_bounds {
        request.schema.clone()
    } else {
        without_bounds(&request.schema)
    };
    set("model", json!(settings.name));
    set("messages", messages(request, &schema, quirks.format));
    match quirks.format {
        ReplyFormat::JsonSchema => {
            let named = json!({"name": request.schema_name, "strict": true, "schema": schema});
            set(
                "response_format",
                json!({"type": "json_schema", "json_schema": named}),
            );
        }
        ReplyFormat::JsonObject => {
            set("response_format", json!({"type": "json_object"}));
        }
        ReplyFormat::Text => {}
    }
    let limit = request.max_output_tokens.min(settings.max_output_tokens);
    set(quirks.token_limit.field(), json!(limit));
    let temperature = request.temperature.or(settings.temperature);
    if let Some(temperature) = temperature.filter(|_| quirks.temperature) {
        set("temperature", json!(temperature));
    }
    if let Some(seed) = request.seed.or(settings.seed).filter(|_| quirks.seed) {
        set("seed", json!(seed));
    }
    if quirks.store {
        set("store", json!(false));
    }
    Value::Object(body)
}

fn messages(request: &Request, schema: &Value, format: ReplyFormat) -> Value {
    let system = match format {
        ReplyFormat::JsonSchema => request.system.clone(),
        // Nobody else tells the model what to reply. OpenAI's `json_object` also insists that
        // the word JSON occurs.
        ReplyFormat::JsonObject | ReplyFormat::Text => format!(
            "{}\n\nReply with one JSON object and nothing else. It must fit this JSON Schema:\n{schema}",
            request.system
        ),
    };
    json!([
        {"role": "system", "content": system},
        {"role": "user", "content": request.user}
    ])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::llm::{Parameter, TokenLimit};

    fn settings(base_url: &str) -> ModelSettings {
        let mut settings = ModelSettings::new("judge", base_url.parse().unwrap());
        settings.max_output_tokens = 500;
        settings
    }

    fn request() -> Request {
        Request {
            prompt: "grade@000000000000".into(),
            system: "Grade.".into(),
            user: "An index speeds up reads.".into(),
            schema_name: "grade".into(),
            schema: json!({"type": "string", "maxLength": 80}),
            max_output_tokens: 800,
            temperature: Some(0.0),
            seed: Some(7),
            deadline: None,
        }
    }

    #[rstest]
    #[case(
        "https://api.openai.com/v1",
        "https://api.openai.com/v1/chat/completions"
    )]
    #[case("http://[::1]:8080/v1/", "http://[::1]:8080/v1/chat/completions")]
    #[case("http://localhost:1234", "http://localhost:1234/chat/completions")]
    #[case("http://host/v1/chat/completions", "http://host/v1/chat/completions")]
    #[case("http://host/v1/chat/completions/", "http://host/v1/chat/completions")]
    #[case(
        "https://a.openai.azure.com/openai/deployments/my%20model/?api-version=2024-10-21",
        "https://a.openai.azure.com/openai/deployments/my%20model/chat/completions?api-version=2024-10-21"
    )]
    fn the_path_is_appended_before_the_query(#[case] base_url: &str, #[case] url: &str) {
        assert_eq!(endpoint(&base_url.parse().unwrap()).as_str(), url);
    }

    #[rstest]
    #[case("https://api.openai.com/v1", "authorization", "Bearer k")]
    #[case("http://localhost/v1", "authorization", "Bearer k")]
    #[case("https://a.openai.azure.com/openai/v1", "api-key", "k")]
    fn the_key_goes_into_the_header_of_its_host(
        #[case] base_url: &str,
        #[case] name: &str,
        #[case] value: &str,
    ) {
        let mut settings = settings(base_url);
        assert!(headers(&settings).unwrap().is_empty());
        settings.api_key = Some("k\n".into());
        let headers = headers(&settings).unwrap();
        assert_eq!(headers.len(), 1);
        assert_eq!(headers[name], value);
        assert!(headers[name].is_sensitive());
    }

    #[test]
    fn a_key_that_no_header_can_hold_is_refused_without_being_shown() {
        let mut settings = settings("http://localhost/v1");
        settings.api_key = Some("se\ncret".into());
        let error = headers(&settings).unwrap_err().to_string();
        assert_eq!(error, "`api_key` has characters no header can hold");
    }

    #[test]
    fn openai_gets_a_strict_schema_without_bounds() {
        let settings = settings("https://api.openai.com/v1");
        let body = encode(&settings, &request(), Quirks::of(Host::OpenAi));
        let expected = json!({
            "model": "judge",
            "messages": [
                {"role": "system", "content": "Grade."},
                {"role": "user", "content": "An index speeds up reads."}
            ],
            "response_format": {"type": "json_schema", "json_schema": {
                "name": "grade", "strict": true, "schema": {"type": "string"}
            }},
            "max_completion_tokens": 500,
            "temperature": 0.0,
            "seed": 7,
            "store": false
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn other_servers_get_the_bounds_and_the_old_token_limit() {
        let body = encode(
            &settings("http://localhost/v1"),
            &request(),
            Quirks::of(Host::Other),
        );
        let schema = &body["response_format"]["json_schema"]["schema"];
        assert_eq!(schema["maxLength"], 80);
        assert_eq!(body["max_tokens"], 500);
        assert_eq!(body.get("max_completion_tokens"), None);
        assert_eq!(body.get("store"), None);
    }

    #[test]
    fn the_settings_fill_in_what_a_request_leaves_open() {
        let mut settings = settings("http://localhost/v1");
        settings.temperature = Some(0.5);
        let open = Request {
            temperature: None,
            seed: None,
            max_output_tokens: 90,
            ..request()
        };
        let body = encode(&settings, &open, Quirks::of(Host::Other));
        assert_eq!(body["temperature"], 0.5);
        assert_eq!(body.get("seed"), None);
        assert_eq!(body["max_tokens"], 90);
    }

    #[test]
    fn what_was_refused_is_left_out_and_the_schema_moves_into_the_instructions() {
        let sent = json!({"temperature": 0, "seed": 0, "max_tokens": 0, "response_format": 0});
        let refused = [
            Parameter::Temperature,
            Parameter::Seed,
            Parameter::TokenLimit,
            Parameter::ResponseFormat,
        ];
        let quirks = refused
            .into_iter()
            .fold(Quirks::of(Host::Other), |quirks, parameter| {
                quirks.without(parameter, &sent).unwrap()
            });
        assert_eq!(quirks.token_limit, TokenLimit::MaxCompletionTokens);
        let body = encode(&settings("http://localhost/v1"), &request(), quirks);
        assert_eq!(body.get("temperature"), None);
        assert_eq!(body.get("seed"), None);
        assert_eq!(body["max_completion_tokens"], 500);
        assert_eq!(body["response_format"], json!({"type": "json_object"}));
        let system = body["messages"][0]["content"].as_str().unwrap();
        assert!(
            system.ends_with(r#"{"type":"string","maxLength":80}"#),
            "{system}"
        );
    }
}
