//! Tokens for pages of other sites: scoped to a bank, origins, a feedback level and a number of grades.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use answer_grader::grade::FeedbackLevel;
use answer_grader::http::{Service, router as routes};
use answer_grader::store::{Filter, NewEmbed, NewKey, Scope, Store};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::access::{asked, new as new_key, with_keys};
use crate::records::{both, with};
use crate::support::databases::{Database, Place};
use crate::support::service::{Response, get, offline, send, service};

const SITE: &str = "https://school.example";
const QUESTION: &str = "/v1/embed/questions/django/signals";
const GRADING: &str = "/v1/embed/grade";

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
        subject: None,
        metadata: None,
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
        (json!({"bank": "django", "origins": ["*"]}), "/origins/0"),
        (
            json!({"bank": "django", "origins": [SITE, "https://school.example:443"]}),
            "/origins/1",
        ),
        (
            json!({"bank": "django", "origins": [SITE], "subject": " "}),
            "/subject",
        ),
        (
            json!({"bank": "django", "origins": [SITE], "metadata": {"note": "x".repeat(20_000)}}),
            "/metadata",
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

/// A token of nobody's key for `SITE`.
async fn token_for(store: &Store, feedback: FeedbackLevel, grades: u32) -> String {
    let new = NewEmbed {
        api_key: None,
        bank: "django".to_owned(),
        origins: vec![SITE.to_owned()],
        feedback,
        grades,
        valid_for: Duration::from_mins(5),
        subject: None,
        metadata: None,
    };
    store.create_embed(&new).await.unwrap().0
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
    let store = place.open().await;
    let router = with(store.clone());
    for token in [None, Some("age_0")] {
        let refused = send(&router, never_ending(token));
        let refused = tokio::time::timeout(Duration::from_secs(5), refused).await;
        let refused = refused.expect("the body was waited for");
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    // Nor does who has one send as much as a bank may have.
    let roomy = routes(Arc::new(Service {
        store: Some(store.clone()),
        max_body_bytes: 10_000_000,
        ..service()
    }));
    let token = token_for(&store, FeedbackLevel::Hint, 1).await;
    let long = json!({"question_id": "django/signals", "candidate_answer": "x".repeat(400_000)});
    let refused = from(&roomy, SITE, &token, "POST", GRADING, long).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("304096"), "{}", refused.text);
    // The longest answer that is allowed comes through, however a browser writes it.
    let long =
        json!({"question_id": "django/signals", "candidate_answer": "\u{b}🐍".repeat(25_000)});
    let graded = from(&roomy, SITE, &token, "POST", GRADING, long).await;
    assert_eq!(graded.status, StatusCode::OK, "{}", graded.text);
}

#[apply(both)]
async fn what_a_page_asks_for_counts_as_the_keys_and_ends_with_it(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let key = NewKey {
        requests_per_minute: Some(3),
        ..new_key(&[Scope::Grade])
    };
    let key = store.create_key(&key).await.unwrap();
    let new = NewEmbed {
        api_key: Some(key[4..16].to_owned()),
        bank: "django".to_owned(),
        origins: vec![SITE.to_owned()],
        feedback: FeedbackLevel::Hint,
        grades: 20,
        valid_for: Duration::from_mins(5),
        subject: None,
        metadata: None,
    };
    let (token, _) = store.create_embed(&new).await.unwrap();
    let router = with_keys(store.clone());
    let mut refused = 0;
    // Twice as many as a minute allows, and one more: the clock may turn in between.
    for at in 0..7 {
        let response = if at % 2 == 0 {
            from(&router, SITE, &token, "GET", QUESTION, json!(null)).await
        } else {
            let answer = answer("django/signals");
            from(&router, SITE, &token, "POST", GRADING, answer).await
        };
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(response.json()["code"], "too_many_requests");
            assert!(response.headers.contains_key(header::RETRY_AFTER));
            assert_eq!(response.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
            refused += 1;
        } else {
            assert_eq!(response.status, StatusCode::OK, "{}", response.text);
        }
    }
    assert!(refused > 0);
    store.revoke_key(&key[4..16]).await.unwrap();
    let later = with_keys(store);
    let refused = from(&later, SITE, &token, "GET", QUESTION, json!(null)).await;
    assert_eq!(refused.json()["code"], "embed_token_needed");
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
    for level in [
        FeedbackLevel::Full,
        FeedbackLevel::Hint,
        FeedbackLevel::None,
    ] {
        let token = token_for(&store, level, 5).await;
        let answer = answer("django/signals");
        let response = from(&router, SITE, &token, "POST", GRADING, answer).await;
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
            let (fields, id) = match level {
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
            if level != FeedbackLevel::Full {
                assert!(!response.text.contains(&kept.id), "{}", response.text);
            }
        }
    }
    // What was compared with the key is not said; that there is no answer is.
    let token = token_for(&store, FeedbackLevel::Hint, 5).await;
    let empty = json!({"question_id": "django/signals", "candidate_answer": " "});
    let empty = from(&router, SITE, &token, "POST", GRADING, empty).await;
    assert_eq!(empty.json()["flags"], json!(["empty_answer"]));
}

#[rstest]
#[case::of_the_service(SITE, "school.example", Some("https"), "same-origin", 200)]
#[case::by_a_name_with_its_port(
    SITE,
    "school.example:443",
    Some("https, http"),
    "same-origin",
    200
)]
#[case::on_this_machine("http://localhost:8080", "localhost:8080", None, "same-origin", 200)]
#[case::another_scheme(SITE, "school.example", None, "same-origin", 403)]
#[case::another_host(SITE, "evil.example", Some("https"), "same-origin", 403)]
#[case::another_site(SITE, "school.example", Some("https"), "cross-site", 403)]
#[case::a_typed_address(SITE, "school.example", Some("https"), "none", 403)]
#[tokio::test]
async fn a_page_of_the_services_own_origin_sends_none(
    #[case] origin: &str,
    #[case] host: &str,
    #[case] scheme: Option<&str>,
    #[case] site: &str,
    #[case] status: u16,
) {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let router = with(store.clone());
    let wanted = json!({"bank": "django", "origins": [origin]});
    let made = crate::records::request(&router, "POST", "/v1/embed-tokens", wanted).await;
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let mut request = Request::get(QUESTION)
        .header(header::HOST, host)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header("sec-fetch-site", site);
    if let Some(scheme) = scheme {
        request = request.header(HeaderName::from_static("x-forwarded-proto"), scheme);
    }
    let response = send(&router, request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status.as_u16(), status, "{}", response.text);
}

#[apply(both)]
async fn whose_answers_they_are_is_the_tokens_to_say(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let router = with(store.clone());
    let wanted = json!({"bank": "django", "origins": [SITE], "subject": "ana \0 🐍", "metadata": {"interview": "42"}});
    let made = crate::records::request(&router, "POST", "/v1/embed-tokens", wanted).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let answer = || answer("django/signals");
    let graded = from(&router, SITE, &token, "POST", GRADING, answer()).await;
    let id = graded.json()["id"].as_str().unwrap().to_owned();
    let request = crate::records::show(&router, &id).await["request"].clone();
    assert_eq!(request["subject"], "ana \0 🐍");
    assert_eq!(request["metadata"], json!({"interview": "42"}));
    let erased = store.erase_subject("ana \0 🐍").await.unwrap();
    assert_eq!(erased.erased, 1);
    // Nothing more is kept of them.
    let refused = from(&router, SITE, &token, "POST", GRADING, answer()).await;
    assert_eq!(refused.json()["code"], "embed_token_needed");
}

#[apply(both)]
async fn only_what_is_graded_uses_a_token_up(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let router = with(store.clone());
    let token = token_for(&store, FeedbackLevel::Hint, 10).await;
    let refused = [
        json!({"question_id": "django/signals", "candidate_answer": "x".repeat(60_000)}),
        json!({"question_id": "django/signals", "candidate_answer": 1}),
        json!({"question_id": "django/nope", "candidate_answer": "A signal."}),
        json!({"question_id": "django/signals", "candidate_answer": "A signal.", "subject": "other"}),
    ];
    for wrong in refused {
        let response = from(&router, SITE, &token, "POST", GRADING, wrong).await;
        assert!(response.status.is_client_error(), "{}", response.text);
    }
    let all = (0..60).map(|_| {
        let answer = answer("django/signals");
        from(&router, SITE, &token, "POST", GRADING, answer)
    });
    let all = futures_util::future::join_all(all).await;
    let graded = all.iter().filter(|one| one.status == StatusCode::OK);
    assert_eq!(graded.count(), 10);
    let used_up = all.iter().filter(|one| one.text.contains("embed_used_up"));
    assert_eq!(used_up.count(), 50);
    let kept = store.grades(&Filter::default(), 100).await.unwrap();
    assert_eq!(kept.grades.len(), 10);
}

#[tokio::test]
async fn a_page_can_read_problems_that_no_handler_has_made() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let token = token_for(&store, FeedbackLevel::Hint, 1).await;
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
    let answer = answer("django/signals");
    for (response, status) in [
        (
            from(&busy, SITE, &token, "POST", GRADING, answer).await,
            503,
        ),
        (send(&slow, never_ending(Some(&token))).await, 504),
        (
            from(&well, SITE, &token, "PUT", GRADING, json!(null)).await,
            405,
        ),
    ] {
        assert_eq!(response.status.as_u16(), status, "{}", response.text);
        assert_eq!(response.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
    }
}
