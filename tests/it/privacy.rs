//! What a request names as personal reaches nobody else.

use std::sync::Arc;
use std::time::Duration;

use answer_grader::grade::Defaults;
use answer_grader::http::{Service, router};
use rstest::rstest;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::language_model::completion;
use crate::support::databases::{Database, Place};
use crate::support::service::{get, post, service_with_models};

const ANSWER: &str = "I, Ana López (ana@example.org), say: it speeds up lookups.";

#[tokio::test]
async fn names_and_addresses_are_masked_before_any_call_and_quotes_lead_back() {
    let provider = MockServer::start().await;
    let reply = json!({
        "concepts": {"c1": {"quote": "[redacted] ([redacted]), say: it speeds up lookups", "verdict": "covered"}},
        "overall": 90, "feedback": "Right.",
    });
    Mock::given(wiremock::matchers::any())
        .respond_with(
            ResponseTemplate::new(200).set_body_json(completion(&reply.to_string(), "stop")),
        )
        .mount(&provider)
        .await;
    let place = Place::new(Database::Sqlite).await;
    let base_url = format!("{}/v1", provider.uri());
    let router = router(Arc::new(Service {
        store: Some(place.open().await),
        defaults: Defaults {
            redact_emails: true,
            ..Defaults::default()
        },
        ..service_with_models(&[&base_url], Duration::from_secs(5))
    }));
    let body = json!({
        "question": "What does an index do?", "reference_answer": "",
        "concepts": [{"id": "fast", "text": "it speeds up lookups"}],
        "candidate_answer": ANSWER, "redact": ["Ana López"],
    });
    let grade = post(&router, "/v1/grade", body).await.json();
    assert_eq!(grade["method"], "llm", "{grade}");
    let sent = &provider.received_requests().await.unwrap()[0];
    let sent = String::from_utf8_lossy(&sent.body);
    assert!(sent.contains("I, [redacted] ([redacted]), say"), "{sent}");
    assert!(
        !sent.contains("Ana") && !sent.contains("example.org"),
        "{sent}"
    );
    let evidence = &grade["concepts"][0]["evidence"];
    assert_eq!(
        evidence["quote"],
        "Ana López (ana@example.org), say: it speeds up lookups"
    );
    assert_eq!(evidence["start"], 3);
    // It can be graded again as it was.
    let kept = get(
        &router,
        &format!("/v1/grades/{}", grade["id"].as_str().unwrap()),
    )
    .await
    .json();
    assert_eq!(
        kept["request"]["redaction"],
        json!({"names": ["Ana López"], "emails": true})
    );
    assert_eq!(kept["request"]["candidate_answer"], ANSWER);
}

#[rstest]
#[case(json!([" "]), "/redact/0")]
#[case(json!(vec!["x"; 51]), "/redact")]
#[case(json!("Ana"), "/redact")]
#[tokio::test]
async fn names_that_cannot_be_are_named(#[case] redact: serde_json::Value, #[case] pointer: &str) {
    let body = json!({"question_id": "django/signals", "candidate_answer": "x", "redact": redact});
    let refused = post(&crate::support::service::offline(), "/v1/grade", body).await;
    assert_eq!(
        refused.json()["errors"][0]["pointer"],
        pointer,
        "{}",
        refused.text
    );
}
