//! The service as a process: start, serve, stop.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::program::Served;

const SECRET: &str = "xylophone";

async fn grade(address: &str) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = json!({"question_id": "django/orm", "candidate_answer": format!("It maps classes to tables. {SECRET}")});
    client
        .post(format!("{address}/v1/grade"))
        .json(&body)
        .send()
        .await
        .unwrap()
}

fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[tokio::test]
async fn without_a_model_the_service_says_so_once_and_never_logs_an_answer() {
    install_tls();
    let mut served = Served::start(&[]);
    let response = grade(&served.address).await;
    assert_eq!(response.status(), 200);
    let request_line = served.wait_for("/v1/grade");
    assert!(
        request_line.contains("request_id") && request_line.contains("200"),
        "{request_line}"
    );
    served.terminate();
    assert!(served.ended_well());
    let log = served.whole_log();
    assert_eq!(
        log.matches("NO LANGUAGE MODEL IS CONFIGURED").count(),
        1,
        "{log}"
    );
    assert!(!log.contains(SECRET), "{log}");
}

#[tokio::test]
async fn requests_in_flight_are_finished_before_the_service_stops() {
    install_tls();
    let provider = MockServer::start().await;
    let slow = ResponseTemplate::new(500).set_delay(Duration::from_millis(1500));
    Mock::given(method("POST"))
        .respond_with(slow)
        .mount(&provider)
        .await;
    let url = format!("{}/v1", provider.uri());
    let mut served = Served::start(&[
        ("OPENAI_BASE_URL", &url),
        ("ANSWER_GRADER__LLM__RETRIES", "0"),
    ]);

    let address = served.address.clone();
    let in_flight =
        tokio::spawn(async move { grade(&address).await.json::<Value>().await.unwrap() });
    while provider.received_requests().await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    served.terminate();
    served.wait_for("stopping");
    let finished = in_flight.await.unwrap();
    assert_eq!(
        (&finished["method"], &finished["degraded"]["reason"]),
        (&json!("keyword"), &json!("server_error"))
    );
    assert!(served.ended_well());
}
