//! Bodies as servers send them on the left, what they mean on the right.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};

use crate::llm::{Failure, FilterStage, Parameter, Rejection, Usage, Wire};

const WAIT: Duration = Duration::from_secs(3);

fn rejected(status: u16, body: &Value) -> Rejection {
    let body = serde_json::to_vec(body).unwrap();
    Wire::OpenAi
        .decode(status, Some(WAIT), &body)
        .err()
        .unwrap()
}

/// A reply of one choice, as OpenAI sends it.
fn reply(message: &Value, finish_reason: &str) -> Value {
    json!({
        "id": "chatcmpl-AbC123", "object": "chat.completion", "created": 1_780_000_000,
        "model": "gpt-5-mini-2025-08-07", "system_fingerprint": "fp_1",
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason}],
        "usage": {
            "prompt_tokens": 1_200, "completion_tokens": 340, "total_tokens": 1_540,
            "prompt_tokens_details": {"cached_tokens": 1_024, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 256}
        }
    })
}

fn openai_error(code: &Value, kind: &str, param: &Value, message: &str) -> Value {
    json!({"error": {"message": message, "type": kind, "param": param, "code": code}})
}

fn filtered(stage: FilterStage, jailbreak: bool) -> Failure {
    Failure::Filtered { stage, jailbreak }
}

fn bad_request(status: u16, code: &str, param: Option<&str>) -> Failure {
    Failure::BadRequest {
        status,
        code: Some(code.into()),
        param: param.map(Into::into),
    }
}

#[rstest]
#[case::plain(r#"{"score":1}"#)]
#[case::fenced("```json\n{\"score\":1}\n```")]
#[case::after_a_thought("<think>well</think>\n{\"score\":1}")]
fn a_reply_is_handed_on_as_it_was_sent(#[case] content: &str) {
    let body = reply(
        &json!({"role": "assistant", "content": content, "refusal": null}),
        "stop",
    );
    let decoded = Wire::OpenAi
        .decode(200, None, body.to_string().as_bytes())
        .ok()
        .unwrap();
    assert_eq!(decoded.content, content);
    assert_eq!(decoded.model.as_deref(), Some("gpt-5-mini-2025-08-07"));
    assert_eq!(decoded.id.as_deref(), Some("chatcmpl-AbC123"));
    let usage = Usage {
        input: 1_200,
        cached_input: 1_024,
        cache_write: 0,
        output: 340,
    };
    assert_eq!(decoded.usage, usage);
}

#[test]
fn a_reply_in_parts_is_joined_without_its_thoughts() {
    let body = json!({"choices": [{"message": {"content": [
        {"type": "thinking", "thinking": [{"type": "text", "text": "well"}]},
        {"type": "text", "text": "{\"score\":"}, {"type": "text", "text": "1}"}
    ]}}], "usage": {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 30}});
    let decoded = Wire::OpenAi
        .decode(200, None, body.to_string().as_bytes())
        .ok()
        .unwrap();
    assert_eq!(decoded.content, "{\"score\":1}");
    // Reasoning that is counted in the total only is output all the same.
    assert_eq!(decoded.usage.output, 20);
}

#[rstest]
#[case::refusal(json!({"content": null, "refusal": "I can't help with that."}), "stop", Failure::Refused)]
#[case::cut(json!({"content": "{\"sco"}), "length", Failure::Truncated)]
#[case::cut_while_reasoning(json!({"content": ""}), "length", Failure::Truncated)]
#[case::filtered(json!({"content": null}), "content_filter", filtered(FilterStage::Output, false))]
#[case::null(json!({"content": null}), "stop", Failure::Malformed)]
#[case::blank(json!({"content": " \n"}), "stop", Failure::Malformed)]
#[case::tool_call(json!({"content": null, "tool_calls": []}), "tool_calls", Failure::Malformed)]
#[case::upstream(json!({"content": ""}), "error", Failure::ServerError { status: 200 })]
fn a_reply_without_use_is_billed(
    #[case] message: Value,
    #[case] finish_reason: &str,
    #[case] failure: Failure,
) {
    let rejection = rejected(200, &reply(&message, finish_reason));
    assert_eq!(rejection.failure, failure);
    assert_eq!(rejection.usage.input, 1_200);
    assert_eq!(rejection.usage.output, 340);
}

#[rstest]
#[case::key(401, json!("invalid_api_key"), "invalid_request_error", Failure::Authentication { status: 401 })]
#[case::country(403, json!("unsupported_country_region_territory"), "request_forbidden", Failure::Authentication { status: 403 })]
#[case::model(404, json!("model_not_found"), "invalid_request_error", bad_request(404, "model_not_found", None))]
#[case::type_only(400, json!(null), "invalid_request_error", bad_request(400, "invalid_request_error", None))]
#[case::too_long(400, json!("context_length_exceeded"), "invalid_request_error", Failure::ContextTooLong)]
#[case::too_large(413, json!("rate_limit_exceeded"), "tokens", Failure::ContextTooLong)]
#[case::lost(408, json!(null), "timeout", Failure::Timeout)]
#[case::conflict(409, json!(null), "conflict", Failure::ServerError { status: 409 })]
#[case::rate(429, json!("rate_limit_exceeded"), "requests", Failure::RateLimited { retry_after: Some(WAIT) })]
#[case::quota(429, json!("insufficient_quota"), "insufficient_quota", Failure::QuotaExhausted)]
#[case::quota_by_type(429, json!(null), "insufficient_quota", Failure::QuotaExhausted)]
#[case::credit(402, json!(402), "", Failure::QuotaExhausted)]
#[case::server(500, json!(null), "server_error", Failure::ServerError { status: 500 })]
#[case::overloaded(503, json!(null), "server_error", Failure::Overloaded { status: 503 })]
#[case::anthropic_way(529, json!(null), "overloaded_error", Failure::Overloaded { status: 529 })]
#[case::flagged(400, json!("invalid_prompt"), "invalid_request_error", filtered(FilterStage::Prompt, false))]
fn an_openai_error_has_its_meaning(
    #[case] status: u16,
    #[case] code: Value,
    #[case] kind: &str,
    #[case] failure: Failure,
) {
    let body = openai_error(&code, kind, &Value::Null, "Something about you.");
    assert_eq!(rejected(status, &body).failure, failure);
}

#[rstest]
#[case::azure_jailbreak(400, json!({"error": {
    "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    "type": null, "param": "prompt", "code": "content_filter", "status": 400,
    "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {
        "hate": {"filtered": false, "severity": "safe"},
        "jailbreak": {"filtered": true, "detected": true}
    }}
}}), filtered(FilterStage::Prompt, true))]
#[case::azure_violence(400, json!({"error": {
    "message": "The response was filtered.", "param": "prompt", "code": "content_filter",
    "innererror": {"content_filter_result": {
        "violence": {"filtered": true, "severity": "medium"},
        "jailbreak": {"filtered": false, "detected": false}
    }}
}}), filtered(FilterStage::Prompt, false))]
#[case::azure_output(200, json!({
    "choices": [{"finish_reason": "content_filter", "message": {"role": "assistant"}}],
    "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {
        "jailbreak": {"filtered": false, "detected": true}
    }}]
}), filtered(FilterStage::Output, true))]
#[case::azure_key(401, json!({"statusCode": 401, "message": "Unauthorized."}), Failure::Authentication { status: 401 })]
#[case::llama_loading(503, json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}), Failure::Overloaded { status: 503 })]
#[case::llama_context(400, json!({"error": {
    "code": 400, "message": "the request exceeds the available context size, try increasing it",
    "type": "exceed_context_size_error", "n_prompt_tokens": 9_000, "n_ctx": 4_096
}}), Failure::ContextTooLong)]
#[case::vllm_context(400, json!({
    "object": "error", "type": "BadRequestError", "param": null, "code": 400,
    "message": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens; reduce 'max_tokens'."
}), Failure::ContextTooLong)]
#[case::ollama_model(404, json!({"error": "model 'judge' not found"}), Failure::BadRequest { status: 404, code: None, param: None })]
#[case::openrouter_rate(200, json!({"error": {"code": 429, "message": "Rate limit exceeded"}}), Failure::RateLimited { retry_after: Some(WAIT) })]
#[case::openrouter_credit(200, json!({"error": {"code": 402, "message": "Insufficient credits"}}), Failure::QuotaExhausted)]
#[case::openrouter_word(200, json!({"error": {"code": "rate_limit_exceeded", "message": "slow down"}}), Failure::RateLimited { retry_after: Some(WAIT) })]
#[case::openrouter_choice(200, json!({"choices": [{"error": {"code": 502, "message": "upstream"}, "message": {"content": ""}}]}), Failure::ServerError { status: 502 })]
#[case::openrouter_moderation(403, json!({"error": {"code": 403, "message": "flagged", "metadata": {
    "reasons": ["violence"], "flagged_input": "my answer"
}}}), filtered(FilterStage::Prompt, false))]
#[case::text_under_200(200, json!({"error": "something broke"}), Failure::ServerError { status: 200 })]
#[case::gemini_in_an_array(429, json!([{"error": {"code": 429, "message": "Resource exhausted", "status": "RESOURCE_EXHAUSTED"}}]), Failure::RateLimited { retry_after: Some(WAIT) })]
#[case::redirect(302, json!({}), Failure::BadRequest { status: 302, code: None, param: None })]
#[case::no_choices(200, json!({"choices": []}), Failure::Malformed)]
#[case::another_protocol(200, json!({"message": {"content": "{}"}, "done": true}), Failure::Malformed)]
fn another_servers_word_has_the_same_meaning(
    #[case] status: u16,
    #[case] body: Value,
    #[case] failure: Failure,
) {
    assert_eq!(rejected(status, &body).failure, failure);
}

#[rstest]
#[case(200, Failure::Malformed)]
#[case(502, Failure::ServerError { status: 502 })]
#[case(401, Failure::Authentication { status: 401 })]
fn a_page_in_place_of_json_is_read_by_its_status(#[case] status: u16, #[case] failure: Failure) {
    let rejection = Wire::OpenAi
        .decode(status, None, b"<html>Bad Gateway</html>")
        .err()
        .unwrap();
    assert_eq!(rejection.failure, failure);
}

#[rstest]
#[case::by_name(json!("temperature"), "Unsupported value: 'temperature' does not support 0.", Some(Parameter::Temperature))]
#[case::old_limit(json!("max_tokens"), "Use 'max_completion_tokens' instead.", Some(Parameter::TokenLimit))]
#[case::new_limit(json!(null), "Unrecognized request argument supplied: max_completion_tokens", Some(Parameter::TokenLimit))]
#[case::several(json!(null), "Unrecognized request arguments supplied: seed, store", Some(Parameter::Seed))]
#[case::store(json!("store"), "Unknown parameter: 'store'.", Some(Parameter::Store))]
#[case::format(json!("response_format"), "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", Some(Parameter::ResponseFormat))]
#[case::bounds(json!("response_format"), "Invalid schema for response_format 'grade': In context=('properties', 'quote'), 'maxLength' is not permitted.", Some(Parameter::SchemaBounds))]
#[case::quoted_bound(json!(null), "For 'integer' type, property 'minimum' is not supported", Some(Parameter::SchemaBounds))]
#[case::grammar(json!(null), "The provided JSON schema contains features not supported by xgrammar.", Some(Parameter::SchemaBounds))]
#[case::llama_schema(json!(null), "Unable to generate parser for this template: JSON schema error at #: unrecognized type", Some(Parameter::SchemaBounds))]
#[case::plain_words(json!(null), "The minimum number of messages is 1; see the format.", None)]
#[case::quoting(json!("messages"), "'I set maxLength and temperature in the grammar' is too rude", None)]
fn the_part_that_a_server_refuses_is_found(
    #[case] param: Value,
    #[case] message: &str,
    #[case] parameter: Option<Parameter>,
) {
    let body = openai_error(&Value::Null, "invalid_request_error", &param, message);
    assert_eq!(rejected(400, &body).refuses, parameter);
    assert_eq!(rejected(500, &body).refuses, None);
}

#[rstest]
#[case::fastapi(422, json!({"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "input": 7}]}), Parameter::Seed)]
#[case::fastapi_nested(422, json!({"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text' or 'json_object'"}]}), Parameter::ResponseFormat)]
#[case::openrouter(400, json!({"error": {"code": 400, "message": "Provider returned error", "metadata": {
    "provider_name": "OpenAI", "raw": "{\"error\":{\"message\":\"Unsupported parameter: 'temperature'\"}}"
}}}), Parameter::Temperature)]
fn the_part_is_found_in_other_shapes(
    #[case] status: u16,
    #[case] body: Value,
    #[case] parameter: Parameter,
) {
    assert_eq!(rejected(status, &body).refuses, Some(parameter));
}

#[test]
fn a_message_that_quotes_the_answer_leaves_no_trace() {
    let answer = "my salary was 90000";
    let body = openai_error(&json!(answer), answer, &json!(answer), answer);
    for status in [400, 401, 404, 429, 500, 503] {
        let rejection = rejected(status, &body);
        assert!(!format!("{rejection:?}{}", rejection.failure).contains("salary"));
    }
}
