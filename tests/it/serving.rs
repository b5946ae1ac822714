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

/// The way of somebody who corrects a bank while people are being interviewed.
#[cfg(unix)]
#[tokio::test]
async fn a_hangup_reads_prompts_and_banks_again_all_or_nothing() {
    install_tls();
    let folder = tempfile::tempdir().unwrap();
    let bank = folder.path().join("bank.toml");
    let write = |reference: &str| {
        let text = format!(
            "id = 'mine'\ntitle = 'Mine'\n[[questions]]\nid = 'q'\nquestion = 'Q?'\n\
             reference_answer = '{reference}'\n"
        );
        std::fs::write(&bank, text).unwrap();
    };
    write("A lazy list of rows.");
    let settings = folder.path().join("settings.toml");
    std::fs::write(
        &settings,
        format!("[banks]\nfiles = ['{}']\n", bank.display()),
    )
    .unwrap();
    let served = Served::start_with(&["--config", settings.to_str().unwrap()], &[]);
    let reference = async || {
        let path = "/v1/banks/mine?include=reference_answers";
        let response = reqwest::get(format!("{}{path}", served.address))
            .await
            .unwrap();
        let bank: Value = response.json().await.unwrap();
        bank["questions"][0]["reference_answer"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(reference().await, "A lazy list of rows.");
    write("A collection of rows that is loaded when it is needed.");
    served.signal("HUP");
    served.wait_for("read again");
    assert!(reference().await.starts_with("A collection"));
    std::fs::write(&bank, "id = 'mine'\n").unwrap();
    served.signal("HUP");
    let line = served.wait_for("stay as they were");
    assert!(line.contains("bank.toml"), "{line}");
    assert!(reference().await.starts_with("A collection"));
}
