//! `Idempotency-Key`: a request that is sent twice is graded, and billed, once.

use std::sync::Arc;
use std::time::Duration;

use answer_grader::http::{Access, Keyring, Service, router};
use answer_grader::store::Claimed;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::language_model::completion;
use crate::records::{both, with};
use crate::support::databases::{Database, Place};
use crate::support::service::{Response, offline, send, service_with_models};

async fn named(router: &Router, path: &str, name: &str, body: &Value) -> Response {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", name);
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

fn answer(text: &str) -> Value {
    json!({"question_id": "django/signals", "candidate_answer": text})
}

#[apply(both)]
async fn the_same_request_is_sent_to_the_model_once(#[case] database: Database) {
    let provider = MockServer::start().await;
    let reply = completion(r#"{"concepts": {}, "overall": 50, "feedback": ""}"#, "stop");
    let reply = ResponseTemplate::new(200)
        .set_body_json(reply)
        .set_delay(Duration::from_millis(300));
    Mock::given(wiremock::matchers::any())
        .respond_with(reply)
        .mount(&provider)
        .await;
    let base_url = format!("{}/v1", provider.uri());
    let place = Place::new(database).await;
    let replica = async || {
        let store = place.open().await;
        router(Arc::new(Service {
            access: Access::new(Some(Keyring::new(store.clone()))),
            store: Some(store),
            ..service_with_models(&[&base_url], Duration::from_secs(5))
        }))
    };
    let (one, other) = (replica().await, replica().await);
    let body = answer("A signal lets a sender notify receivers.");
    let second = async {
        while provider.received_requests().await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        named(&other, "/v1/grade", "a", &body).await
    };
    let (first, second) = tokio::join!(named(&one, "/v1/grade", "a", &body), second);
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(
        (second.status, &second.json()["code"]),
        (StatusCode::CONFLICT, &json!("request_under_way"))
    );
    let sent = provider.received_requests().await.unwrap().len();
    for router in [&one, &other] {
        let again = named(router, "/v1/grade", "a", &body).await;
        assert_eq!(again.json(), first.json());
    }
    assert_eq!(provider.received_requests().await.unwrap().len(), sent);
    let another = named(&one, "/v1/grade", "a", &answer("Something else.")).await;
    assert_eq!(another.json()["code"], "idempotency_key_reused");
    assert_eq!(another.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = named(&one, "/v1/grade", "b", &body).await;
    assert_ne!(new.json()["id"], first.json()["id"]);
}

#[apply(both)]
async fn a_request_that_was_refused_may_be_sent_again_under_its_name(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let demanded =
        json!({"question_id": "django/signals", "candidate_answer": "x", "method": "llm"});
    let refused = named(&router, "/v1/grade", "a", &demanded).await;
    assert_eq!(refused.json()["code"], "llm_not_configured");
    // It is given back in the background.
    let mut tries = 0;
    while named(&router, "/v1/grade", "a", &answer("A signal."))
        .await
        .status
        != StatusCode::OK
    {
        tries += 1;
        assert!(tries < 1_000, "the name is not free");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[apply(both)]
async fn a_claim_whose_process_was_killed_is_free_again(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let claim = async |patience: u64| {
        let claimed = store
            .claim(None, "a", "body", Duration::from_millis(patience))
            .await;
        claimed.unwrap()
    };
    assert!(matches!(claim(60_000).await, Claimed::New(_)));
    assert_eq!(claim(60_000).await, Claimed::UnderWay);
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(matches!(claim(1).await, Claimed::New(_)));
    // Callers with other keys have names of their own.
    let other = store
        .claim(Some("key"), "a", "another", Duration::from_mins(1))
        .await;
    assert!(matches!(other.unwrap(), Claimed::New(_)));
}

#[tokio::test]
async fn where_it_would_be_ignored_it_is_refused() {
    let place = Place::new(Database::Sqlite).await;
    let router = with(place.open().await);
    let batch = json!({"requests": [answer("x")]});
    assert_eq!(
        named(&router, "/v1/grade/batch", "a", &batch).await.json()["code"],
        "no_idempotency"
    );
    let long = named(&router, "/v1/grade", &"x".repeat(300), &answer("x")).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = named(&offline(), "/v1/grade", "a", &answer("x")).await;
    assert_eq!(nowhere.json()["code"], "no_records");
}

#[tokio::test]
async fn a_grade_whose_texts_are_gone_is_not_given_half() {
    let place = Place::new(Database::Sqlite).await;
    let router = with(place.open().await);
    let first = named(&router, "/v1/grade", "a", &answer("A signal."))
        .await
        .json();
    let path = format!("/v1/grades/{}", first["id"].as_str().unwrap());
    crate::records::delete(&router, &path).await;
    let again = named(&router, "/v1/grade", "a", &answer("A signal.")).await;
    assert_eq!(
        (again.status, &again.json()["code"]),
        (StatusCode::GONE, &json!("texts_gone"))
    );
}
