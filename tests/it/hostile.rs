//! What nobody sends by accident: an error, and never a crash, a hanging connection or a lost service.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use answer_grader::http::{Service, router};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use serde_json::json;
use tokio::sync::Semaphore;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::program::Served;
use crate::support::service::{get, offline, post, send, service_with_models};

/// Sends bytes as they are and gives what comes back until the connection ends.
fn raw(address: &str, bytes: &[u8]) -> String {
    let address = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // The service may have hung up already.
    let _ = stream.write_all(bytes);
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    String::from_utf8_lossy(&response).into_owned()
}

#[test]
fn who_is_slow_on_purpose_or_sends_too_much_is_hung_up_on() {
    let served = Served::start(&[("ANSWER_GRADER__SERVER__RECEIVE_TIMEOUT_MS", "300")]);
    let head = "POST /v1/grade HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    // Half a head, and then nothing.
    let silent = raw(&served.address, head.as_bytes());
    assert!(
        silent.is_empty() || silent.starts_with("HTTP/1.1 408"),
        "{silent}"
    );
    // Half a body.
    let half = format!("{head}connection: close\r\ncontent-length: 100\r\n\r\n{{\"question");
    let half = raw(&served.address, half.as_bytes());
    assert!(
        half.starts_with("HTTP/1.1 408") && half.contains("slow_body"),
        "{half}"
    );
    let long = format!("{head}x: {}\r\n\r\n", "y".repeat(200_000));
    let long = raw(&served.address, long.as_bytes());
    assert!(
        long.is_empty() || long.starts_with("HTTP/1.1 431"),
        "{long}"
    );
    let many = "x: y\r\n".repeat(500);
    let many = raw(&served.address, format!("{head}{many}\r\n").as_bytes());
    assert!(many.starts_with("HTTP/1.1 431"), "{many}");
    let no_http = raw(
        &served.address,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    );
    assert!(
        no_http.is_empty() || no_http.starts_with("HTTP/1.1 400"),
        "{no_http}"
    );
    let live = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(raw(&served.address, live.as_bytes()).contains("\"live\""));
}

#[rstest]
#[case::deep(format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)).into_bytes(), "invalid_request")]
#[case::deep_metadata(format!(r#"{{"question_id": "django/orm", "candidate_answer": "x", "metadata": {}1{}}}"#, r#"{"a":"#.repeat(5_000), "}".repeat(5_000)).into_bytes(), "invalid_request")]
#[case::no_utf8(b"{\"question\": \"\xff\xfe\"}".to_vec(), "malformed_json")]
#[case::twice(br#"{"question_id": "django/orm", "candidate_answer": "x", "candidate_answer": "y"}"#.to_vec(), "invalid_request")]
#[case::lone_surrogate(br#"{"question_id": "django/orm", "candidate_answer": "\ud800"}"#.to_vec(), "invalid_request")]
#[case::huge_number(br#"{"question_id": "django/orm", "candidate_answer": "x", "max_points": 1e999}"#.to_vec(), "invalid_request")]
#[tokio::test]
async fn odd_json_is_refused(#[case] body: Vec<u8>, #[case] code: &str) {
    let request = Request::post("/v1/grade").header(header::CONTENT_TYPE, "application/json");
    let response = send(&offline(), request.body(Body::from(body)).unwrap()).await;
    assert!(response.status.is_client_error());
    assert_eq!(response.json()["code"], code, "{}", response.text);
}

#[rstest]
#[case("/v1/banks/..%2f..%2fetc%2fpasswd", "unknown_bank")]
#[case("/v1/banks/django%00", "unknown_bank")]
#[case("/v1/grades/%0d%0aset-cookie:x", "no_records")]
#[case("//v1/grade", "no_such_path")]
#[tokio::test]
async fn a_path_leads_nowhere_else(#[case] path: &str, #[case] code: &str) {
    let response = get(&offline(), path).await;
    assert_eq!(response.json()["code"], code, "{}", response.text);
    assert_eq!(response.headers.get("set-cookie"), None);
}

#[tokio::test]
async fn a_request_id_cannot_smuggle_anything_into_log_or_response() {
    for id in ["two words", "a\tb", "é", &"x".repeat(200)] {
        let value = axum::http::HeaderValue::from_bytes(id.as_bytes()).unwrap();
        let request = Request::get("/livez").header("x-request-id", value);
        let response = send(&offline(), request.body(Body::empty()).unwrap()).await;
        let given = response.headers["x-request-id"].to_str().unwrap();
        assert_eq!(given.len(), 36, "{given}");
    }
}

#[tokio::test]
async fn every_response_forbids_what_no_caller_needs() {
    for path in ["/livez", "/v1/banks", "/nowhere"] {
        let headers = get(&offline(), path).await.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("default-src 'none'")
        );
        assert_eq!(headers.get("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn a_service_that_is_full_turns_away_and_still_lives() {
    let provider = MockServer::start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(ResponseTemplate::new(500).set_delay(Duration::from_secs(2)))
        .mount(&provider)
        .await;
    let base_url = format!("{}/v1", provider.uri());
    let full = router(Arc::new(Service {
        in_flight: Arc::new(Semaphore::new(1)),
        ..service_with_models(&[&base_url], Duration::from_secs(1))
    }));
    let body =
        json!({"question_id": "django/orm", "candidate_answer": "It maps classes to tables."});
    let turned_away = async {
        while provider.received_requests().await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let busy = post(&full, "/v1/grade", &body).await;
        assert_eq!(
            (busy.status, &busy.json()["code"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("saturated"))
        );
        assert_eq!(busy.headers[header::RETRY_AFTER], "1");
        assert_eq!(get(&full, "/livez").await.status, StatusCode::OK);
    };
    let (first, ()) = tokio::join!(post(&full, "/v1/grade", &body), turned_away);
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    // What is over takes no room.
    assert_eq!(
        post(&full, "/v1/concepts", json!({})).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
