//! What a token is good for, and how long.

use std::time::Duration;

use answer_grader::grade::FeedbackLevel;
use answer_grader::store::{Filter, NewEmbed, NewKey, Scope};
use axum::body::Body;
use axum::http::{HeaderName, Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::json;

use super::{Page, QUESTION, SITE, TOKENS, answer, answer_to, embed, made, refusal, token_of};
use crate::access::{asked, new as new_key, with_keys};
use crate::records::{both, request, show, with};
use crate::support::databases::{Database, Place};
use crate::support::service::send;

#[apply(both)]
async fn a_token_is_good_for_its_bank_its_origin_and_so_many_answers(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let wanted = json!({"bank": "django", "origins": [SITE], "grades": 2, "minutes": 5});
    let token = made(&request(&router, "POST", TOKENS, wanted).await);
    let page = Page::of(&router, &token);

    let question = page.question().await;
    assert_eq!(question.status, StatusCode::OK, "{}", question.text);
    assert_eq!(question.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], SITE);
    let text = question.json()["question"].to_string();
    assert!(text.contains("signals"), "{text}");
    let grade = page.grade(answer()).await;
    assert_eq!(grade.status, StatusCode::OK, "{}", grade.text);

    let elsewhere = Page {
        origin: "https://evil.example",
        ..page
    };
    assert_eq!(elsewhere.refusal(answer()).await, "another_origin");
    let other_bank = answer_to("other/signals");
    assert_eq!(page.refusal(other_bank).await, "unknown_question");
    let path = "/v1/embed/questions/django/nope";
    let unknown = page.ask("GET", path, json!(null)).await;
    assert_eq!(refusal(&unknown, SITE), "unknown_question");
    let wrong = json!({"candidate_answer": 1});
    assert_eq!(page.refusal(wrong).await, "invalid_request");

    let last = page.grade(answer_to("django/orm")).await;
    assert_eq!(last.status, StatusCode::OK);
    assert_eq!(page.refusal(answer()).await, "embed_used_up");
}

#[apply(both)]
async fn a_token_is_no_key_and_ends_with_the_key_that_it_was_made_by(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let key = NewKey {
        feedback: Some(FeedbackLevel::Hint),
        ..new_key(&[Scope::Grade])
    };
    let key = store.create_key(&key).await.unwrap();
    let router = with_keys(store.clone());
    let wanted = json!({"bank": "django", "origins": [SITE], "feedback": "full"});
    let token = made(&asked(&router, &key, "POST", TOKENS, wanted).await);
    let page = Page::of(&router, &token);
    for token in ["age_0", key.as_str()] {
        let refused = Page { token, ..page }.refusal(answer()).await;
        assert_eq!(refused, "embed_token_needed");
    }
    // No more of the key than the one who asked for the token may have shown.
    let grade = page.grade(answer()).await;
    let concept = &grade.json()["concepts"][0];
    assert!(concept.get("text").is_none(), "{}", grade.text);
    // It is on record.
    let kept = store.grades(&Filter::default(), 10).await.unwrap();
    assert_eq!(kept.grades.len(), 1);

    let banks = page.ask("GET", "/v1/banks", json!(null)).await;
    assert_eq!(banks.status, StatusCode::UNAUTHORIZED);
    let allowed = banks.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(allowed, None);
    store.revoke_key(&key[4..16]).await.unwrap();
    let later = with_keys(store);
    let page = Page::of(&later, &token);
    assert_eq!(page.refusal(answer()).await, "embed_token_needed");
    assert_eq!(refusal(&page.question().await, SITE), "embed_token_needed");
}

#[apply(both)]
async fn a_token_ends(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let short = NewEmbed {
        valid_for: Duration::from_millis(1),
        ..embed(5)
    };
    let token = token_of(&store, &short).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let router = with(store.clone());
    let refused = Page::of(&router, &token).refusal(answer()).await;
    assert_eq!(refused, "embed_token_needed");
    // As long as nobody has a key, tokens need none either.
    let token = token_of(&store, &embed(5)).await;
    let graded = Page::of(&router, &token).grade(answer()).await;
    assert_eq!(graded.status, StatusCode::OK, "{}", graded.text);
}

#[apply(both)]
async fn what_a_token_cannot_be_is_told(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    for (wanted, pointer) in [
        (json!({"bank": "nope"}), "/bank"),
        (json!({"origins": []}), "/origins"),
        (json!({"origins": ["*"]}), "/origins/0"),
        (json!({"origins": vec![SITE; 21]}), "/origins"),
        (
            json!({"origins": [SITE, "https://school.example:443"]}),
            "/origins/1",
        ),
        (json!({"subject": " "}), "/subject"),
        (
            json!({"metadata": {"note": "x".repeat(20_000)}}),
            "/metadata",
        ),
        (json!({"grades": 0}), "/grades"),
        (json!({"minutes": 100_000}), "/minutes"),
    ] {
        let mut all = json!({"bank": "django", "origins": [SITE]});
        let fields = wanted.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(fields);
        let refused = request(&router, "POST", TOKENS, all).await;
        let told = &refused.json()["errors"][0]["pointer"];
        assert_eq!(told, pointer, "{}", refused.text);
    }
}

#[tokio::test]
async fn the_request_of_the_documentation_makes_a_token() {
    let place = Place::new(Database::Sqlite).await;
    let router = with(place.open().await);
    let text = include_str!("../../../docs/embedding.md");
    let (_, body) = text.split_once("-d '").unwrap();
    let (body, _) = body.split_once('\'').unwrap();
    let wanted = serde_json::from_str(body).unwrap();
    made(&request(&router, "POST", TOKENS, wanted).await);
}

#[apply(both)]
async fn what_a_page_asks_for_counts_as_the_keys(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let key = NewKey {
        requests_per_minute: Some(3),
        ..new_key(&[Scope::Grade])
    };
    let key = store.create_key(&key).await.unwrap();
    let new = NewEmbed {
        api_key: Some(key[4..16].to_owned()),
        ..embed(20)
    };
    let token = token_of(&store, &new).await;
    let router = with_keys(store.clone());
    let page = Page::of(&router, &token);
    let mut refused = 0;
    // Twice as many as a minute allows, and one more: the clock may turn in between.
    for at in 0..7 {
        let response = match at % 2 {
            0 => page.question().await,
            _ => page.grade(answer()).await,
        };
        if response.status == StatusCode::OK {
            continue;
        }
        assert_eq!(response.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refusal(&response, SITE), "too_many_requests");
        assert!(response.headers.contains_key(header::RETRY_AFTER));
        refused += 1;
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn a_page_takes_no_more_than_its_part_of_the_keys_requests() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let key = NewKey {
        requests_per_minute: Some(200),
        ..new_key(&[Scope::Grade])
    };
    let key = store.create_key(&key).await.unwrap();
    let new = NewEmbed {
        api_key: Some(key[4..16].to_owned()),
        ..embed(1)
    };
    let (one, other) = (token_of(&store, &new).await, token_of(&store, &new).await);
    let router = with_keys(store);
    let page = Page::of(&router, &one);
    let mut refused = Vec::new();
    for _ in 0..40 {
        let response = page.grade(answer()).await;
        if response.status != StatusCode::OK {
            refused.push(refusal(&response, SITE));
        }
    }
    assert_eq!(refused[..20], vec!["embed_used_up"; 20]);
    assert_eq!(refused.last().unwrap(), "too_many_requests");
    let elsewhere = Page::of(&router, &other).question().await;
    assert_eq!(elsewhere.status, StatusCode::OK, "{}", elsewhere.text);
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
    let router = with(place.open().await);
    let wanted = json!({"bank": "django", "origins": [origin]});
    let token = made(&request(&router, "POST", TOKENS, wanted).await);
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
    let token = made(&request(&router, "POST", TOKENS, wanted).await);
    let page = Page::of(&router, &token);
    let graded = page.grade(answer()).await;
    let id = graded.json()["id"].as_str().unwrap().to_owned();
    let kept = show(&router, &id).await["request"].clone();
    assert_eq!(kept["subject"], "ana \0 🐍");
    assert_eq!(kept["metadata"], json!({"interview": "42"}));
    let erased = store.erase_subject("ana \0 🐍").await.unwrap();
    assert_eq!(erased.erased, 1);
    // Nothing more is kept of them.
    assert_eq!(page.refusal(answer()).await, "embed_token_needed");
}
