//! What a page of another site may ask, and what it is told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use answer_grader::grade::FeedbackLevel;
use answer_grader::http::{Service, router as routes};
use answer_grader::store::{Filter, NewEmbed};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{GRADING, Page, SITE, answer, embed, token_of};
use crate::records::{both, with};
use crate::support::databases::{Database, Place};
use crate::support::service::{get, offline, send, service};

#[tokio::test]
async fn a_browser_may_ask_first_and_load_the_script_from_anywhere() {
    let preflight = async |path: &str| {
        let ask = Request::options(path).header(header::ORIGIN, SITE);
        send(&offline(), ask.body(Body::empty()).unwrap()).await
    };
    let told = preflight(GRADING).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    assert_eq!(told.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
    let allowed = told.headers[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str();
    assert!(allowed.unwrap().contains("authorization"));
    let with_cookies = told.headers.get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
    assert_eq!(with_cookies, None);
    let script = get(&offline(), "/embed.js").await;
    assert_eq!(script.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert!(script.text.contains("customElements.define"));
    // Everything else stays closed to other origins.
    let told = preflight("/v1/grade").await;
    let allowed = told.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(allowed, None);
}

fn never_ending(token: Option<&str>) -> Request<Body> {
    let body = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let mut request = Request::post(GRADING)
        .header(header::ORIGIN, SITE)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(Body::from_stream(body)).unwrap()
}

#[tokio::test]
async fn who_has_no_token_is_not_waited_for() {
    let place = Place::new(Database::Sqlite).await;
    let router = with(place.open().await);
    for token in [None, Some("age_0")] {
        let refused = send(&router, never_ending(token));
        let refused = tokio::time::timeout(Duration::from_secs(5), refused).await;
        let refused = refused.expect("the body was waited for");
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn who_has_a_token_sends_an_answer_and_not_as_much_as_a_bank_may_have() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let token = token_of(&store, &embed(1)).await;
    let roomy = routes(Arc::new(Service {
        store: Some(store),
        max_body_bytes: 10_000_000,
        ..service()
    }));
    let page = Page::of(&roomy, &token);
    let long = |text: String| json!({"question_id": "django/signals", "candidate_answer": text});
    let refused = page.grade(long("x".repeat(400_000))).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("304096"), "{}", refused.text);
    // The longest answer that is allowed comes through, however a browser writes it.
    let graded = page.grade(long("\u{b}🐍".repeat(25_000))).await;
    assert_eq!(graded.status, StatusCode::OK, "{}", graded.text);
}

#[tokio::test]
async fn a_page_is_told_what_it_needs_and_nothing_of_the_key() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let router = with(store.clone());
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let set = |names: &str| -> BTreeSet<String> { names.split(' ').map(str::to_owned).collect() };
    for feedback in [
        FeedbackLevel::Full,
        FeedbackLevel::Hint,
        FeedbackLevel::None,
    ] {
        let new = NewEmbed {
            feedback,
            ..embed(5)
        };
        let token = token_of(&store, &new).await;
        let response = Page::of(&router, &token).grade(answer()).await;
        let grade = response.json();
        let told = set(
            "id score points max_points method degraded feedback concepts missing_concepts flags needs_review",
        );
        assert_eq!(names(&grade), told);
        let kept = store.grade(grade["id"].as_str().unwrap()).await.unwrap();
        let kept = kept.unwrap().grade;
        let concepts = grade["concepts"].as_array().unwrap();
        assert_eq!(concepts.len(), kept.concepts.len());
        for (at, (concept, kept)) in concepts.iter().zip(&kept.concepts).enumerate() {
            let (fields, id) = match feedback {
                FeedbackLevel::Full => ("id text verdict evidence", kept.id.clone()),
                _ => ("id verdict evidence", (at + 1).to_string()),
            };
            assert_eq!(names(concept), set(fields));
            assert_eq!(concept["id"], id);
            assert_eq!(concept["verdict"], kept.verdict.name());
        }
        let missing = grade["missing_concepts"].as_array().unwrap();
        assert_eq!(missing.len(), kept.missing_concepts.len());
        assert!(!missing.is_empty());
        for (told, kept) in missing.iter().zip(&kept.missing_concepts) {
            let place = concepts.iter().position(|one| one["id"] == told["id"]);
            assert_eq!(concepts[place.unwrap()]["verdict"], "missing");
            if feedback != FeedbackLevel::Full {
                assert!(!response.text.contains(&kept.id), "{}", response.text);
            }
        }
    }
    // What was compared with the key is not said; that there is no answer is.
    let token = token_of(&store, &embed(5)).await;
    let empty = json!({"question_id": "django/signals", "candidate_answer": " "});
    let empty = Page::of(&router, &token).grade(empty).await;
    assert_eq!(empty.json()["flags"], json!(["empty_answer"]));
}

#[apply(both)]
async fn only_what_is_graded_uses_a_token_up(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let router = with(store.clone());
    let token = token_of(&store, &embed(10)).await;
    let page = Page::of(&router, &token);
    for wrong in [
        json!({"question_id": "django/signals", "candidate_answer": "x".repeat(60_000)}),
        json!({"question_id": "django/signals", "candidate_answer": 1}),
        json!({"question_id": "django/nope", "candidate_answer": "A signal."}),
        json!({"question_id": "django/signals", "candidate_answer": "A signal.", "subject": "other"}),
    ] {
        let response = page.grade(wrong).await;
        assert!(response.status.is_client_error(), "{}", response.text);
    }
    let all = (0..25).map(|_| page.grade(answer()));
    let all = futures_util::future::join_all(all).await;
    let graded = all.iter().filter(|one| one.status == StatusCode::OK);
    assert_eq!(graded.count(), 10);
    let used_up = all.iter().filter(|one| one.text.contains("embed_used_up"));
    assert_eq!(used_up.count(), 15);
    let kept = store.grades(&Filter::default(), 100).await.unwrap();
    assert_eq!(kept.grades.len(), 10);
}

#[tokio::test]
async fn a_page_can_read_problems_that_no_handler_has_made() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let token = token_of(&store, &embed(1)).await;
    let busy = routes(Arc::new(Service {
        store: Some(store.clone()),
        in_flight: Arc::new(Semaphore::new(0)),
        ..service()
    }));
    let slow = routes(Arc::new(Service {
        store: Some(store.clone()),
        request_timeout: Duration::from_millis(50),
        ..service()
    }));
    let well = with(store);
    let on = |router| Page::of(router, &token);
    for (response, status) in [
        (on(&busy).grade(answer()).await, 503),
        (send(&slow, never_ending(Some(&token))).await, 504),
        (on(&well).ask("PUT", GRADING, json!(null)).await, 405),
    ] {
        assert_eq!(response.status.as_u16(), status, "{}", response.text);
        assert_eq!(response.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
    }
}
