//! What is sent, API by API.

use rstest::rstest;
use serde_json::json;

use super::*;
use crate::llm::TokenLimit;
use crate::llm::written::LastWritten;

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
        shared: 0,
        schema_name: "grade".into(),
        schema: json!({"type": "string", "maxLength": 80}).into(),
        schema_in_instructions: false,
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
    assert_eq!(Wire::OpenAi.endpoint(&settings(base_url)).as_str(), url);
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
    assert!(Wire::OpenAi.headers(&settings).unwrap().is_empty());
    settings.api_key = Some("k\n".into());
    let headers = Wire::OpenAi.headers(&settings).unwrap();
    assert_eq!(headers.len(), 1);
    assert_eq!(headers[name], value);
    assert!(headers[name].is_sensitive());
}

#[test]
fn a_key_that_no_header_can_hold_is_refused_without_being_shown() {
    let mut settings = settings("http://localhost/v1");
    settings.api_key = Some("se\ncret".into());
    let error = Wire::OpenAi.headers(&settings).unwrap_err().to_string();
    assert_eq!(error, "`api_key` has characters no header can hold");
}

#[test]
fn openai_gets_a_strict_schema_without_bounds() {
    let settings = settings("https://api.openai.com/v1");
    let body = encoded(
        Wire::OpenAi,
        &settings,
        &request(),
        Quirks::of(Wire::OpenAi, Host::OpenAi),
    );
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
    let body = encoded(
        Wire::OpenAi,
        &settings("http://localhost/v1"),
        &request(),
        Quirks::of(Wire::OpenAi, Host::Other),
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
    let body = encoded(
        Wire::OpenAi,
        &settings,
        &open,
        Quirks::of(Wire::OpenAi, Host::Other),
    );
    assert_eq!(body["temperature"], 0.5);
    assert_eq!(body.get("seed"), None);
    assert_eq!(body["max_tokens"], 90);
}

#[test]
fn what_was_refused_is_left_out_and_the_schema_moves_into_the_instructions() {
    let sent = json!({
        "temperature": 0, "seed": 0, "max_tokens": 0, "response_format": 0, "tools": 0
    });
    let refused = [
        Parameter::ResponseFormat,
        Parameter::Temperature,
        Parameter::Seed,
        Parameter::TokenLimit,
        Parameter::ResponseFormat,
    ];
    let quirks = refused.into_iter().fold(
        Quirks::of(Wire::OpenAi, Host::Other),
        |quirks, parameter| quirks.without(Wire::OpenAi, parameter, &sent).unwrap(),
    );
    assert_eq!(quirks.token_limit, TokenLimit::MaxCompletionTokens);
    let body = encoded(
        Wire::OpenAi,
        &settings("http://localhost/v1"),
        &request(),
        quirks,
    );
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

fn encoded(wire: Wire, settings: &ModelSettings, request: &Request, quirks: Quirks) -> Value {
    let plain = wire.encode(settings, request, quirks).unwrap();
    // What was written before changes nothing.
    let last = LastWritten::default();
    for _ in 0..2 {
        let written = last.of(request, quirks.schema_bounds);
        let again = wire.encode_with(settings, request, quirks, written.as_deref());
        assert_eq!(again.unwrap(), plain);
    }
    serde_json::from_slice(&plain).unwrap()
}

fn body(wire: Wire, base_url: &str, format: ReplyFormat) -> Value {
    let mut settings = settings(base_url);
    settings.wire = wire;
    let mut quirks = Quirks::of(wire, Host::of(&settings.base_url));
    quirks.format = format;
    encoded(wire, &settings, &request(), quirks)
}

#[rstest]
#[case(
    Wire::OpenAiResponses,
    "https://api.openai.com/v1",
    "https://api.openai.com/v1/responses"
)]
#[case(
    Wire::Anthropic,
    "https://api.anthropic.com/v1",
    "https://api.anthropic.com/v1/messages"
)]
#[case(
    Wire::Gemini,
    "https://generativelanguage.googleapis.com/v1beta",
    "https://generativelanguage.googleapis.com/v1beta/models/judge:generateContent"
)]
#[case(
    Wire::Ollama,
    "http://localhost:11434",
    "http://localhost:11434/api/chat"
)]
fn each_api_has_its_path(#[case] wire: Wire, #[case] base_url: &str, #[case] url: &str) {
    assert_eq!(wire.endpoint(&settings(base_url)).as_str(), url);
}

#[rstest]
#[case(Wire::Anthropic, "x-api-key", "k")]
#[case(Wire::Gemini, "x-goog-api-key", "k")]
#[case(Wire::Ollama, "authorization", "Bearer k")]
fn each_api_has_its_header(#[case] wire: Wire, #[case] name: &str, #[case] value: &str) {
    let mut settings = settings("https://host/v1");
    settings.api_key = Some("k".into());
    let headers = wire.headers(&settings).unwrap();
    assert_eq!(headers[name], value);
    assert!(headers[name].is_sensitive());
    assert_eq!(
        headers.contains_key("anthropic-version"),
        wire == Wire::Anthropic
    );
}

#[test]
fn responses_has_a_flat_format_and_no_seed() {
    let base_url = "https://api.openai.com/v1";
    let expected = json!({
        "model": "judge",
        "instructions": "Grade.",
        "input": [{"role": "user", "content": [
            {"type": "input_text", "text": "An index speeds up reads."}
        ]}],
        "text": {"format": {
            "type": "json_schema", "name": "grade", "strict": true, "schema": {"type": "string"}
        }},
        "max_output_tokens": 500,
        "temperature": 0.0,
        "store": false
    });
    let sent = body(Wire::OpenAiResponses, base_url, ReplyFormat::JsonSchema);
    assert_eq!(sent, expected);
    let plain = body(Wire::OpenAiResponses, base_url, ReplyFormat::Text);
    assert_eq!(plain.get("text"), None);
}

#[test]
fn anthropic_keeps_the_instructions_and_falls_back_on_a_tool() {
    let base_url = "https://api.anthropic.com/v1";
    let sent = body(Wire::Anthropic, base_url, ReplyFormat::JsonSchema);
    let expected = json!({
        "model": "judge",
        "max_tokens": 500,
        "system": [{"type": "text", "text": "Grade.", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": [
            {"type": "text", "text": "An index speeds up reads."}
        ]}],
        "temperature": 0.0,
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "string"}}}
    });
    assert_eq!(sent, expected);
    let tool = body(Wire::Anthropic, base_url, ReplyFormat::Tool);
    assert_eq!(tool["tools"][0]["input_schema"], json!({"type": "string"}));
    assert_eq!(tool["tool_choice"]["name"], "grade");
    assert_eq!(tool.get("output_config"), None);
}

/// The instructions alone are shorter than what is kept at all.
#[test]
fn anthropic_keeps_what_all_answers_to_a_question_share() {
    let settings = settings("https://api.anthropic.com/v1");
    let mut request = request();
    request.shared = "An index ".len();
    let quirks = Quirks::of(Wire::Anthropic, Host::Anthropic);
    let sent = encoded(Wire::Anthropic, &settings, &request, quirks);
    let expected = json!([
        {"type": "text", "text": "An index ", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "speeds up reads."},
    ]);
    assert_eq!(sent["messages"][0]["content"], expected);
}

#[test]
fn anthropic_steps_down_from_schema_to_tool_to_text() {
    let schema = Quirks::of(Wire::Anthropic, Host::Anthropic);
    let step = |quirks: Quirks, field: &str| {
        quirks.without(
            Wire::Anthropic,
            Parameter::ResponseFormat,
            &json!({ field: {} }),
        )
    };
    let tool = step(schema, "output_config").unwrap();
    assert_eq!(tool.format, ReplyFormat::Tool);
    let text = step(tool, "tools").unwrap();
    assert_eq!(text.format, ReplyFormat::Text);
    assert_eq!(step(text, "output_config"), None);
}

#[test]
fn gemini_is_told_the_order_of_the_properties() {
    let nested = Request {
        schema: json!({"type": "object", "properties": {
            "quote": {"type": "string", "maxLength": 9},
            "overall": {"type": "object", "properties": {"z": {}, "a": {}}}
        }})
        .into(),
        ..request()
    };
    let settings = settings("https://generativelanguage.googleapis.com/v1beta");
    let quirks = Quirks::of(Wire::Gemini, Host::Google);
    let sent = encoded(Wire::Gemini, &settings, &nested, quirks);
    let config = &sent["generationConfig"];
    let expected = json!({
        "type": "object",
        "properties": {
            "quote": {"type": "string"},
            "overall": {"type": "object", "properties": {"z": {}, "a": {}}, "propertyOrdering": ["z", "a"]}
        },
        "propertyOrdering": ["quote", "overall"]
    });
    assert_eq!(config["responseJsonSchema"], expected);
    assert_eq!(config["responseMimeType"], "application/json");
    assert_eq!(
        (&config["maxOutputTokens"], &config["seed"]),
        (&json!(500), &json!(7))
    );
    assert_eq!(sent["systemInstruction"]["parts"][0]["text"], "Grade.");
}

#[test]
fn ollama_gets_the_schema_with_its_bounds_and_room_for_all_of_it() {
    let sent = body(
        Wire::Ollama,
        "http://localhost:11434",
        ReplyFormat::JsonSchema,
    );
    assert_eq!(sent["format"], json!({"type": "string", "maxLength": 80}));
    assert_eq!(sent["stream"], false);
    let expected = json!({"num_predict": 500, "num_ctx": 8192, "temperature": 0.0, "seed": 7});
    assert_eq!(sent["options"], expected);
    let long = Request {
        user: "word ".repeat(2_000),
        ..request()
    };
    let quirks = Quirks::of(Wire::Ollama, Host::Other);
    let sent = encoded(
        Wire::Ollama,
        &settings("http://localhost:11434"),
        &long,
        quirks,
    );
    assert_eq!(sent["options"]["num_ctx"], 16_384);
}

#[rstest]
#[case(Wire::OpenAi, "/tools/0/function/parameters/type")]
#[case(Wire::OpenAiResponses, "/tools/0/parameters/type")]
fn a_schema_that_is_refused_becomes_a_tools(#[case] wire: Wire, #[case] place: &str) {
    let sent = body(wire, "http://localhost/v1", ReplyFormat::Tool);
    assert_eq!(sent.pointer(place), Some(&json!("string")), "{sent}");
    assert_eq!(sent["tool_choice"]["type"], "function");
    assert_eq!(sent.get("response_format"), None);
    assert_eq!(sent.get("text"), None);
}
