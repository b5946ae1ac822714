//! Runs the sender against a server that behaves badly.

use serde_json::json;
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::attempt::MAX_BODY_BYTES;
use super::*;
use crate::llm::Wire;

/// A wait that no test would survive.
const FOREVER: Duration = Duration::from_mins(10);

fn request() -> Request {
    Request {
        prompt: "grade@000000000000".into(),
        system: "Grade.".into(),
        user: "An index speeds up reads.".into(),
        shared: 0,
        schema_name: "grade".into(),
        schema: json!({"type": "object", "maxProperties": 3}).into(),
        schema_in_instructions: false,
        max_output_tokens: 100,
        temperature: Some(0.0),
        seed: None,
        deadline: None,
    }
}

fn model(server: &MockServer, base_delay: Duration, timeout: Duration) -> HttpModel {
    let base_url = format!("{}/v1", server.uri()).parse().unwrap();
    let mut settings = ModelSettings::new("judge", base_url);
    settings.timeout = timeout;
    settings.api_key = Some("sk-test".into());
    let retry = RetrySettings {
        base_delay,
        max_delay: base_delay,
        ..RetrySettings::default()
    };
    HttpModel::new(settings).unwrap().with_retry(retry)
}

fn quick(server: &MockServer) -> HttpModel {
    model(server, Duration::from_millis(1), Duration::from_secs(5))
}

fn good() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .insert_header("x-request-id", "req_1")
        .set_body_json(json!({
            "model": "judge-2026",
            "choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}
        }))
}

fn error(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"code": code, "message": "no"}}))
}

/// Gives the first answer `times` times.
async fn first(server: &MockServer, response: ResponseTemplate, times: u64) {
    let mock = Mock::given(method("POST")).respond_with(response);
    mock.up_to_n_times(times)
        .with_priority(1)
        .mount(server)
        .await;
}

async fn then(server: &MockServer, response: ResponseTemplate) {
    Mock::given(method("POST"))
        .respond_with(response)
        .mount(server)
        .await;
}

async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn a_reply_says_who_answered_and_what_it_took() {
    let server = MockServer::start().await;
    let agent = concat!("answer-grader/", env!("CARGO_PKG_VERSION"));
    Mock::given(path("/v1/chat/completions"))
        .and(header("authorization", "Bearer sk-test"))
        .and(header("user-agent", agent))
        .respond_with(good())
        .mount(&server)
        .await;
    let model: Box<dyn Model> = Box::new(quick(&server));
    let reply = model.complete(&request()).await.unwrap();
    assert_eq!(reply.content, "{}");
    assert_eq!(reply.model, "judge-2026");
    assert_eq!(reply.request_id.as_deref(), Some("req_1"));
    assert_eq!((reply.usage.input, reply.usage.output), (10, 2));
    assert_eq!(reply.attempts, 1);
    assert_eq!(model.identity().provider, "openai_compatible");
}

#[tokio::test]
async fn the_servers_wait_is_obeyed_rather_than_our_own() {
    let server = MockServer::start().await;
    let limited = error(429, "rate_limit_exceeded").insert_header("retry-after", "0.05");
    first(&server, limited, 1).await;
    then(&server, good()).await;
    let model = model(&server, FOREVER, Duration::from_secs(5));
    let reply = model.complete(&request()).await.unwrap();
    assert_eq!(reply.attempts, 2);
    assert!(reply.elapsed >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_wait_that_is_too_long_ends_the_call_at_once() {
    let server = MockServer::start().await;
    let limited = error(429, "rate_limit_exceeded").insert_header("retry-after", "31");
    then(&server, limited).await;
    let call = quick(&server).complete(&request()).await.unwrap_err();
    let retry_after = Some(Duration::from_secs(31));
    assert_eq!(call.failure, Failure::RateLimited { retry_after });
    assert_eq!(call.attempts, 1);
}

#[tokio::test]
async fn a_failing_server_is_asked_again_as_often_as_allowed() {
    let server = MockServer::start().await;
    then(&server, error(500, "server_error")).await;
    let call = quick(&server).complete(&request()).await.unwrap_err();
    assert_eq!(call.failure, Failure::ServerError { status: 500 });
    assert_eq!(call.attempts, 3);
    assert_eq!(asked(&server).await, 3);
}

#[tokio::test]
async fn a_used_up_quota_is_not_tried_again() {
    let server = MockServer::start().await;
    then(&server, error(429, "insufficient_quota")).await;
    let call = quick(&server).complete(&request()).await.unwrap_err();
    assert_eq!(call.failure, Failure::QuotaExhausted);
    assert_eq!(asked(&server).await, 1);
}

#[tokio::test]
async fn a_slow_server_is_given_one_more_chance() {
    let server = MockServer::start().await;
    then(&server, good().set_delay(Duration::from_secs(20))).await;
    let model = model(&server, Duration::from_millis(1), Duration::from_millis(60));
    let call = model.complete(&request()).await.unwrap_err();
    assert_eq!(call.failure, Failure::Timeout);
    assert_eq!(call.attempts, 2);
}

#[tokio::test]
async fn the_deadline_cuts_an_attempt() {
    let server = MockServer::start().await;
    then(&server, good().set_delay(Duration::from_secs(20))).await;
    // Making the client reads certificates, which takes its time on a busy machine.
    let model = quick(&server);
    let deadline = Some(Instant::now() + Duration::from_millis(300));
    let bounded = Request {
        deadline,
        ..request()
    };
    let call = model.complete(&bounded).await.unwrap_err();
    assert_eq!(call.failure, Failure::Timeout);
    assert_eq!(call.attempts, 1);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = MockServer::start().await;
    let limited = error(429, "rate_limit_exceeded").insert_header("retry-after", "20");
    then(&server, limited).await;
    let started = Instant::now();
    let deadline = Some(started + Duration::from_secs(8));
    let bounded = Request {
        deadline,
        ..request()
    };
    let call = quick(&server).complete(&bounded).await.unwrap_err();
    assert_eq!(call.failure.code(), "rate_limited");
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let server = MockServer::start().await;
    let deadline = Some(Instant::now());
    let late = Request {
        deadline,
        ..request()
    };
    let call = quick(&server).complete(&late).await.unwrap_err();
    assert_eq!((call.failure, call.attempts), (Failure::Timeout, 0));
    assert_eq!(asked(&server).await, 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = MockServer::start().await;
    let elsewhere = ResponseTemplate::new(307).insert_header("location", "/v1/elsewhere");
    then(&server, elsewhere).await;
    let call = quick(&server).complete(&request()).await.unwrap_err();
    assert!(matches!(
        call.failure,
        Failure::BadRequest { status: 307, .. }
    ));
    assert_eq!(asked(&server).await, 1);
}

/// A client as an embedder builds it, with headers of its own.
fn embedders(redirects: redirect::Policy) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = [
        (CONTENT_TYPE, HeaderValue::from_static("text/plain")),
        ("x-team".parse().unwrap(), HeaderValue::from_static("quiz")),
    ];
    let client = Client::builder().user_agent("quiz/1.0").redirect(redirects);
    client
        .default_headers(own.into_iter().collect())
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_embedders_client_sends_with_its_own_headers_and_the_apis() {
    let server = MockServer::start().await;
    Mock::given(path("/v1/chat/completions"))
        .and(header("user-agent", "quiz/1.0"))
        .and(header("x-team", "quiz"))
        .and(header("content-type", "application/json"))
        .and(header("authorization", "Bearer sk-test"))
        .respond_with(good())
        .mount(&server)
        .await;
    let settings = quick(&server).settings;
    let model = HttpModel::with_client(settings, embedders(redirect::Policy::none())).unwrap();
    assert_eq!(model.complete(&request()).await.unwrap().content, "{}");
}

/// What the documentation of `with_client` warns of.
#[tokio::test]
async fn an_embedders_client_that_follows_redirects_takes_key_and_answer_along() {
    let (server, elsewhere) = (MockServer::start().await, MockServer::start().await);
    let redirected = ResponseTemplate::new(307).insert_header("location", elsewhere.uri());
    then(&server, redirected).await;
    then(&elsewhere, error(404, "not_found")).await;
    let mut settings = quick(&server).settings;
    settings.wire = Wire::Anthropic;
    for (redirects, received) in [
        (redirect::Policy::none(), 0),
        (redirect::Policy::default(), 1),
    ] {
        let model = HttpModel::with_client(settings.clone(), embedders(redirects)).unwrap();
        let failure = model.complete(&request()).await.unwrap_err().failure;
        assert_eq!(failure.code(), "bad_request");
        assert_eq!(asked(&elsewhere).await, received);
    }
    let received = elsewhere.received_requests().await.unwrap();
    assert_eq!(received[0].headers["x-api-key"], "sk-test");
    assert!(String::from_utf8_lossy(&received[0].body).contains("An index speeds up reads."));
}

#[tokio::test]
async fn what_a_server_refuses_is_left_out_once_and_for_all() {
    let server = MockServer::start().await;
    let refusal = |message: &str| {
        let error = json!({"type": "invalid_request_error", "message": message});
        ResponseTemplate::new(400).set_body_json(json!({ "error": error }))
    };
    Mock::given(body_partial_json(json!({"temperature": 0.0})))
        .respond_with(refusal("Unsupported value: 'temperature'"))
        .mount(&server)
        .await;
    Mock::given(body_partial_json(json!({"max_tokens": 100})))
        .respond_with(refusal("'max_tokens' is not supported with this model"))
        .mount(&server)
        .await;
    then(&server, good()).await;
    let mut model = quick(&server);
    model.settings.retries = 0;
    assert_eq!(model.complete(&request()).await.unwrap().attempts, 3);
    assert_eq!(model.complete(&request()).await.unwrap().attempts, 1);
}

#[tokio::test]
async fn a_guess_that_does_not_help_is_forgotten() {
    let server = MockServer::start().await;
    let misleading = json!({"error": {"message": "the seed of your temperature is rude"}});
    let refusal = ResponseTemplate::new(400).set_body_json(misleading);
    then(&server, refusal).await;
    let model = quick(&server);
    let before = model.known_quirks();
    let seeded = Request {
        seed: Some(7),
        ..request()
    };
    let call = model.complete(&seeded).await.unwrap_err();
    assert_eq!(call.failure.code(), "bad_request");
    assert_eq!(call.attempts, 2);
    assert_eq!(model.known_quirks(), before);
}

#[tokio::test]
async fn a_cut_reply_is_paid_for() {
    let server = MockServer::start().await;
    let body = json!({
        "choices": [{"message": {"content": "{"}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 100}
    });
    then(&server, ResponseTemplate::new(200).set_body_json(body)).await;
    let call = quick(&server).complete(&request()).await.unwrap_err();
    assert_eq!(call.failure, Failure::Truncated);
    assert_eq!((call.usage.input, call.usage.output), (10, 100));
}

#[tokio::test]
async fn a_body_above_a_mebibyte_is_not_read() {
    let server = MockServer::start().await;
    let huge = ResponseTemplate::new(200).set_body_bytes(vec![b' '; MAX_BODY_BYTES + 1]);
    then(&server, huge).await;
    let call = quick(&server).complete(&request()).await.unwrap_err();
    assert_eq!((call.failure, call.attempts), (Failure::Malformed, 1));
}

#[tokio::test]
async fn an_unreachable_server_is_a_matter_of_the_network() {
    // A port that was free a moment ago, and that nobody listens on.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}/v1", closed.local_addr().unwrap());
    drop(closed);
    let settings = ModelSettings::new("judge", base_url.parse().unwrap());
    let base_delay = Duration::from_millis(1);
    let retry = RetrySettings {
        base_delay,
        ..RetrySettings::default()
    };
    let model = HttpModel::new(settings).unwrap().with_retry(retry);
    let call = model.complete(&request()).await.unwrap_err();
    assert_eq!((call.failure, call.attempts), (Failure::Network, 3));
}

#[tokio::test]
async fn a_server_that_is_down_is_left_alone() {
    let server = MockServer::start().await;
    then(&server, error(503, "unavailable")).await;
    let model = quick(&server).with_breaker(BreakerSettings {
        failures: 2,
        rest: FOREVER,
    });
    for _ in 0..5 {
        let failure = model.complete(&request()).await.unwrap_err().failure;
        assert_eq!(failure, Failure::Overloaded { status: 503 });
    }
    // Two calls of three attempts each.
    assert_eq!(asked(&server).await, 6);
}
