//! What the program tells a collector, and what it never tells anybody.

use axum::http::StatusCode;
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::language_model::{completion, honest};
use crate::support::program::{Served, program, run};
use crate::support::service::{offline, post};

const ANSWER: &str = "It maps each class to a table, says nobody.";
/// What the stub quotes from the answer.
const QUOTE: &str = "maps each class to a table";
const REFERENCE: &str = "Rows become objects of their classes.";

async fn provider() -> MockServer {
    let server = MockServer::start().await;
    let reply = completion(&honest().to_string(), "stop");
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(reply))
        .mount(&server)
        .await;
    server
}

async fn collector() -> MockServer {
    let server = MockServer::start().await;
    for signal in ["traces", "metrics", "logs"] {
        Mock::given(method("POST"))
            .and(path(format!("/v1/{signal}")))
            .respond_with(ResponseTemplate::new(200))
            .mount(&server)
            .await;
    }
    server
}

/// All that was sent of a kind. Strings stand in protobuf as they are.
async fn sent(collector: &MockServer, signal: &str) -> Vec<u8> {
    let requests = collector.received_requests().await.unwrap();
    let wanted = format!("/v1/{signal}");
    let of_signal = requests.iter().filter(|one| one.url.path() == wanted);
    of_signal.flat_map(|one| one.body.clone()).collect()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grading_tells_a_collector_what_it_took_and_no_text() {
    let (provider, collector) = (provider().await, collector().await);
    let mut command = program();
    command
        .args([
            "grade",
            "--question",
            "What is the ORM?",
            "--reference",
            REFERENCE,
        ])
        .args(["--answer-text", ANSWER])
        .env("OPENAI_BASE_URL", format!("{}/v1", provider.uri()))
        .env("ANSWER_GRADER__LLM__EXTRACT_CONCEPTS", "false")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.uri());
    let (code, _, told) = run(&mut command, "");
    assert_eq!(code, 0, "{told}");

    let traces = sent(&collector, "traces").await;
    for text in [
        "chat gpt-4.1-mini",
        "gen_ai.provider.name",
        "gen_ai.response.model",
        "stub-2026",
        "gen_ai.usage.cache_read.input_tokens",
        "answer_grader.prompt",
        "answer-grader",
    ] {
        assert!(holds(&traces, text.as_bytes()), "no {text}");
    }
    let metrics = sent(&collector, "metrics").await;
    for text in [
        "gen_ai.client.token.usage",
        "{token}",
        "gen_ai.client.operation.duration",
    ] {
        assert!(holds(&metrics, text.as_bytes()), "no {text}");
    }
    let events = sent(&collector, "logs").await;
    for text in ["gen_ai.evaluation.result", "gen_ai.evaluation.score.value"] {
        assert!(holds(&events, text.as_bytes()), "no {text}");
    }
    for told in [&traces, &metrics, &events] {
        for secret in [
            ANSWER,
            QUOTE,
            REFERENCE,
            "What is the ORM?",
            "The mapping is right",
        ] {
            assert!(!holds(told, secret.as_bytes()), "{secret} was sent");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_belongs_to_its_callers_trace() {
    let collector = collector().await;
    let mut served = Served::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.uri())]);
    // Another test may have done it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::Client::new()
        .post(format!("{}/v1/grade", served.address))
        .header(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
        .json(&json!({"question": "", "reference_answer": REFERENCE, "candidate_answer": ANSWER}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    served.terminate();
    assert!(served.ended_well());
    let traces = sent(&collector, "traces").await;
    let trace = *b"\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c";
    assert!(holds(&traces, &trace) && holds(&traces, b"POST /v1/grade"));
}

#[test]
fn a_protocol_that_is_not_spoken_is_refused() {
    let mut command = program();
    command
        .args(["config", "check"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317")
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    let (code, _, told) = run(&mut command, "");
    assert!(
        code == 2 && told.contains("OTEL_EXPORTER_OTLP_PROTOCOL"),
        "{told}"
    );
}

#[tokio::test]
async fn a_response_says_what_the_model_took_and_what_the_rest() {
    let body = json!({"question": "", "reference_answer": REFERENCE, "candidate_answer": ANSWER});
    let response = post(&offline(), "/v1/grade", body).await;
    let timing = response.headers["server-timing"].to_str().unwrap();
    assert!(
        timing.starts_with("llm;dur=0.000, overhead;dur="),
        "{timing}"
    );
}
