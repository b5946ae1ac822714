//! Tokens for pages of other sites: scoped to a bank, origins, a feedback level and a number of grades.

use std::time::Duration;

use answer_grader::grade::FeedbackLevel;
use answer_grader::store::{NewEmbed, NewKey, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::access::{asked, new as new_key, with_keys};
use crate::records::{both, with};
use crate::support::databases::{Database, Place};
use crate::support::service::{Response, get, offline, send};

const SITE: &str = "https://school.example";

async fn from(
    router: &Router,
    origin: &str,
    token: &str,
    method: &str,
    path: &str,
    body: Value,
) -> Response {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::ORIGIN, origin)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("sec-fetch-site", "cross-site");
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

fn answer(question: &str) -> Value {
    json!({"question_id": question, "candidate_answer": "A signal lets a sender notify receivers."})
}

#[apply(both)]
async fn a_token_is_good_for_its_bank_its_origin_and_so_many_answers(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let key = NewKey {
        feedback: Some(FeedbackLevel::Hint),
        ..new_key(&[Scope::Grade])
    };
    let key = store.create_key(&key).await.unwrap();
    let router = with_keys(store.clone());
    let wanted =
        json!({"bank": "django", "origins": [SITE], "feedback": "full", "grades": 2, "minutes": 5});
    let made = asked(&router, &key, "POST", "/v1/embed-tokens", wanted).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let token = made.json()["token"].as_str().unwrap().to_owned();

    let path = "/v1/embed/questions/django/signals";
    let question = from(&router, SITE, &token, "GET", path, json!(null)).await;
    assert_eq!(question.status, StatusCode::OK, "{}", question.text);
    assert_eq!(question.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
    assert!(
        question.json()["question"]
            .as_str()
            .unwrap()
            .contains("signals")
    );
    let grade = from(
        &router,
        SITE,
        &token,
        "POST",
        "/v1/embed/grade",
        answer("django/signals"),
    )
    .await;
    assert_eq!(grade.status, StatusCode::OK, "{}", grade.text);
    // No more of the key than the one who asked for the token may have shown.
    assert!(
        grade.json()["concepts"][0].get("text").is_none(),
        "{}",
        grade.text
    );
    // It is on record as the key's.
    let kept = store
        .grades(&answer_grader::store::Filter::default(), 10)
        .await
        .unwrap();
    assert_eq!(kept.grades.len(), 1);

    let code = async |origin: &str, token: &str, method: &str, path: &str, body: Value| {
        let response = from(&router, origin, token, method, path, body).await;
        // A page can read why it is refused.
        assert_eq!(
            response.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN],
            origin
        );
        response.json()["code"].as_str().unwrap().to_owned()
    };
    let grading = "/v1/embed/grade";
    assert_eq!(
        code(
            "https://evil.example",
            &token,
            "POST",
            grading,
            answer("django/signals")
        )
        .await,
        "another_origin"
    );
    assert_eq!(
        code(SITE, &token, "POST", grading, answer("other/signals")).await,
        "unknown_question"
    );
    assert_eq!(
        code(
            SITE,
            &token,
            "GET",
            "/v1/embed/questions/django/nope",
            json!(null)
        )
        .await,
        "unknown_question"
    );
    assert_eq!(
        code(SITE, "age_0", "POST", grading, answer("django/signals")).await,
        "embed_token_needed"
    );
    assert_eq!(
        code(SITE, &key, "POST", grading, answer("django/signals")).await,
        "embed_token_needed"
    );
    assert_eq!(
        code(
            SITE,
            &token,
            "POST",
            grading,
            json!({"candidate_answer": 1})
        )
        .await,
        "invalid_request"
    );
    let last = from(&router, SITE, &token, "POST", grading, answer("django/orm")).await;
    assert_eq!(last.status, StatusCode::OK);
    assert_eq!(
        code(SITE, &token, "POST", grading, answer("django/orm")).await,
        "embed_used_up"
    );
    // A token opens nothing else.
    let banks = from(&router, SITE, &token, "GET", "/v1/banks", json!(null)).await;
    assert_eq!(banks.status, StatusCode::UNAUTHORIZED);
    assert!(
        !banks
            .headers
            .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
    );
    // It ends with the key that it was made by.
    let wanted = json!({"bank": "django", "origins": [SITE]});
    let made = asked(&router, &key, "POST", "/v1/embed-tokens", wanted).await;
    let token = made.json()["token"].as_str().unwrap().to_owned();
    store.revoke_key(&key[4..16]).await.unwrap();
    let later = with_keys(store);
    let refused = from(
        &later,
        SITE,
        &token,
        "POST",
        grading,
        answer("django/signals"),
    )
    .await;
    assert_eq!(refused.json()["code"], "embed_token_needed");
}

#[apply(both)]
async fn a_token_ends(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let new = NewEmbed {
        api_key: None,
        bank: "django".to_owned(),
        origins: vec![SITE.to_owned()],
        feedback: FeedbackLevel::Hint,
        grades: 5,
        valid_for: Duration::from_millis(1),
    };
    let (token, _) = store.create_embed(&new).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let router = with(store.clone());
    let refused = from(
        &router,
        SITE,
        &token,
        "POST",
        "/v1/embed/grade",
        answer("django/signals"),
    )
    .await;
    assert_eq!(refused.json()["code"], "embed_token_needed");
    // As long as nobody has a key, tokens need none either.
    let new = NewEmbed {
        valid_for: Duration::from_mins(1),
        ..new
    };
    let (token, _) = store.create_embed(&new).await.unwrap();
    let graded = from(
        &router,
        SITE,
        &token,
        "POST",
        "/v1/embed/grade",
        answer("django/signals"),
    )
    .await;
    assert_eq!(graded.status, StatusCode::OK, "{}", graded.text);
}

#[apply(both)]
async fn what_a_token_cannot_be_is_told(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    for (wanted, pointer) in [
        (json!({"bank": "nope", "origins": [SITE]}), "/bank"),
        (json!({"bank": "django", "origins": []}), "/origins"),
        (json!({"bank": "django", "origins": ["*"]}), "/origins"),
        (
            json!({"bank": "django", "origins": ["https://school.example/page"]}),
            "/origins",
        ),
        (
            json!({"bank": "django", "origins": [SITE], "grades": 0}),
            "/grades",
        ),
        (
            json!({"bank": "django", "origins": [SITE], "minutes": 100_000}),
            "/minutes",
        ),
    ] {
        let refused = crate::records::request(&router, "POST", "/v1/embed-tokens", wanted).await;
        assert_eq!(
            refused.json()["errors"][0]["pointer"],
            pointer,
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn a_browser_may_ask_first_and_load_the_script_from_anywhere() {
    let ask = Request::options("/v1/embed/grade").header(header::ORIGIN, SITE);
    let told = send(&offline(), ask.body(Body::empty()).unwrap()).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    assert_eq!(told.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
    assert!(
        told.headers[header::ACCESS_CONTROL_ALLOW_HEADERS]
            .to_str()
            .unwrap()
            .contains("authorization")
    );
    assert!(
        !told
            .headers
            .contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
    );
    let script = get(&offline(), "/embed.js").await;
    assert_eq!(script.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert!(script.text.contains("customElements.define"));
    // Everything else stays closed to other origins.
    let ask = Request::options("/v1/grade").header(header::ORIGIN, SITE);
    let told = send(&offline(), ask.body(Body::empty()).unwrap()).await;
    assert!(
        !told
            .headers
            .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
    );
}

#[tokio::test]
async fn the_request_of_the_documentation_makes_a_token() {
    let place = Place::new(Database::Sqlite).await;
    let router = with(place.open().await);
    let text = include_str!("../../docs/embedding.md");
    let body = text
        .split("-d '")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    let made = crate::records::request(
        &router,
        "POST",
        "/v1/embed-tokens",
        serde_json::from_str(body).unwrap(),
    )
    .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}
