//! API keys: who may do what, how often, and for how much.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use answer_grader::http::{Access, Keyring, Service, router};
use answer_grader::store::{ApiKey, NewKey, Scope, Store};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::language_model::completion;
use crate::records::both;
use crate::support::databases::{Database, Place};
use crate::support::program::{Served, program, run};
use crate::support::service::{Response, get, offline, send, service, service_with_models};

pub(crate) fn with_keys(store: Store) -> Router {
    router(Arc::new(Service {
        access: Access::new(Some(Keyring::new(store.clone()))),
        store: Some(store),
        ..service()
    }))
}

pub(crate) fn new(scopes: &[Scope]) -> NewKey {
    NewKey {
        name: "somebody".to_owned(),
        scopes: scopes.to_vec(),
        valid_for: None,
        requests_per_minute: None,
        usd_per_day: None,
        feedback: None,
        fallback: None,
    }
}

pub(crate) async fn asked(
    router: &Router,
    key: &str,
    method: &str,
    path: &str,
    body: Value,
) -> Response {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = Body::from(body.to_string());
    send(router, request.body(body).unwrap()).await
}

async fn grade(router: &Router, key: &str) -> Response {
    let body = json!({"question_id": "django/signals", "candidate_answer": "A signal lets a sender notify receivers."});
    asked(router, key, "POST", "/v1/grade", body).await
}

fn code(response: &Response) -> (u16, String) {
    let code = response.json()["code"]
        .as_str()
        .unwrap_or("none")
        .to_owned();
    (response.status.as_u16(), code)
}

#[apply(both)]
async fn each_route_is_for_keys_of_its_scope(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let router = with_keys(store.clone());
    let mut keys = Vec::new();
    for scope in Scope::ALL {
        keys.push((scope, store.create_key(&new(&[scope])).await.unwrap()));
    }
    let routes = [
        ("POST", "/v1/grade", Scope::Grade),
        ("POST", "/v1/grade/batch", Scope::Grade),
        ("POST", "/v1/concepts", Scope::Grade),
        ("GET", "/v1/banks", Scope::Grade),
        ("GET", "/v1/banks/django", Scope::Grade),
        ("POST", "/v1/bank-check", Scope::Admin),
        ("POST", "/v1/bank-import", Scope::Admin),
        ("PUT", "/v1/banks/django/source", Scope::Admin),
        ("DELETE", "/v1/banks/nope/source", Scope::Admin),
        ("GET", "/v1/evaluations", Scope::Read),
        ("GET", "/metrics", Scope::Read),
        ("GET", "/v1/grades", Scope::Read),
        ("GET", "/v1/grades/nope", Scope::Read),
        ("DELETE", "/v1/grades/nope", Scope::Admin),
        ("DELETE", "/v1/grades?subject=x", Scope::Admin),
        ("PUT", "/v1/grades/nope/legal-hold", Scope::Admin),
    ];
    for (method, path, needed) in routes {
        for (scope, key) in &keys {
            let response = asked(&router, key, method, path, json!({})).await;
            let allowed = *scope == needed || *scope == Scope::Admin;
            assert_eq!(
                response.status != StatusCode::FORBIDDEN,
                allowed,
                "{method} {path} with {scope:?}: {}",
                response.text
            );
        }
        let request = Request::builder().method(method).uri(path);
        let without = send(&router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(code(&without), (401, "key_required".into()), "{path}");
    }
    // Another model may cost more, so that naming one is for administrators.
    let body =
        json!({"question_id": "django/signals", "candidate_answer": "Receivers are notified."});
    let named = asked(&router, &keys[0].1, "POST", "/v1/grade?model=dear", body).await;
    assert_eq!(code(&named), (403, "not_allowed".into()));
    for open in ["/livez", "/readyz"] {
        assert_eq!(get(&router, open).await.status, StatusCode::OK);
    }
    assert_eq!(get(&router, "/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[apply(both)]
async fn reference_answers_are_for_keys_that_may_see_them(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let router = with_keys(store.clone());
    let path = "/v1/banks/django?include=reference_answers";
    let admin = store.create_key(&new(&[Scope::Admin])).await.unwrap();
    let refused = asked(&router, &admin, "GET", path, json!({})).await;
    assert_eq!(code(&refused), (403, "not_allowed".into()));
    // The reports of evaluations may quote references.
    let reader = store.create_key(&new(&[Scope::Read])).await.unwrap();
    for key in [&admin, &reader] {
        let refused = asked(&router, key, "GET", "/v1/evaluations/x.json", json!({})).await;
        assert_eq!(code(&refused), (403, "not_allowed".into()));
    }
    let both = new(&[Scope::Grade, Scope::References]);
    let both = store.create_key(&both).await.unwrap();
    let shown = asked(&router, &both, "GET", path, json!({})).await;
    assert!(shown.text.contains("select_related"));
}

#[apply(both)]
async fn a_key_ends_and_is_taken_back_and_what_is_no_key_opens_nothing(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let key = store.create_key(&new(&[Scope::Grade])).await.unwrap();
    let (id, secret) = ApiKey::parts(&key).unwrap();
    let ended = NewKey {
        valid_for: Some(Duration::from_millis(1)),
        ..new(&[Scope::Grade])
    };
    let ended = store.create_key(&ended).await.unwrap();
    let router = with_keys(store.clone());
    assert_eq!(grade(&router, &key).await.status, StatusCode::OK);
    let another = secret.replace(['0', '1', '2', '3'], "f");
    let wrong = [
        ended.clone(),
        format!("agk_{id}_{another}"),
        format!("agk_000000000000_{secret}"),
        format!("{key}0"),
        "x' OR 1=1 --".to_owned(),
        String::new(),
    ];
    for wrong in &wrong {
        let refused = grade(&router, wrong).await;
        assert_eq!(code(&refused), (401, "wrong_key".into()), "{wrong}");
        assert!(!refused.text.contains(secret), "{}", refused.text);
    }
    assert!(store.revoke_key(id).await.unwrap());
    assert!(!store.revoke_key(id).await.unwrap());
    // A service that has not heard of it for five seconds asks again.
    assert_eq!(code(&grade(&with_keys(store.clone()), &key).await).0, 401);
    // Nothing of the secret is kept.
    let kept = format!("{:?}", store.keys().await.unwrap());
    assert!(kept.contains(id) && !kept.contains(secret));
}

#[apply(both)]
async fn requests_of_a_minute_are_counted_for_all_replicas(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let limited = NewKey {
        requests_per_minute: Some(40),
        ..new(&[Scope::Grade])
    };
    let key = store.create_key(&limited).await.unwrap();
    let free = store.create_key(&new(&[Scope::Grade])).await.unwrap();
    // A minute may end meanwhile, and then twice as many are allowed.
    let replicas = [with_keys(store.clone()), with_keys(place.open().await)];
    let mut allowed = 0;
    let mut refused = None;
    for at in 0..90 {
        let response = grade(&replicas[at % 2], &key).await;
        if response.status == StatusCode::OK {
            allowed += 1;
        } else {
            refused = Some(response);
        }
    }
    assert!(matches!(allowed, 40 | 80), "{allowed}");
    let refused = refused.unwrap();
    assert_eq!(code(&refused), (429, "too_many_requests".into()));
    let wait: u64 = refused.headers[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(grade(&replicas[0], &free).await.status, StatusCode::OK);
}

#[apply(both)]
async fn a_key_says_what_holds_where_a_request_is_silent(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let hint = NewKey {
        feedback: Some(answer_grader::grade::FeedbackLevel::Hint),
        ..new(&[Scope::Grade])
    };
    let key = store.create_key(&hint).await.unwrap();
    let router = with_keys(store.clone());
    let silent = grade(&router, &key).await.json();
    assert_eq!(silent["concepts"][0].get("text"), None);
    // What a key is held to, a request cannot lift.
    let asking = json!({"question_id": "django/signals", "candidate_answer": "A signal.", "feedback": "full"});
    let asking = asked(&router, &key, "POST", "/v1/grade", asking)
        .await
        .json();
    assert_eq!(asking["concepts"][0].get("text"), None);
    let holding = json!({"question_id": "django/signals", "candidate_answer": "A signal.", "legal_hold": true});
    let holding = asked(&router, &key, "POST", "/v1/grade", holding).await;
    assert_eq!(code(&holding), (403, "not_allowed".into()));
    // The key's holder cannot be told apart from others by what others see.
    let other = store.create_key(&new(&[Scope::Grade])).await.unwrap();
    assert!(grade(&router, &other).await.json()["concepts"][0]["text"].is_string());
}

/// One reply costs more than that.
#[apply(both)]
async fn a_key_spends_its_money_of_the_day_on_whichever_replica(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let limited = NewKey {
        usd_per_day: Some(0.0001),
        ..new(&[Scope::Grade])
    };
    let key = store.create_key(&limited).await.unwrap();
    let free = store.create_key(&new(&[Scope::Grade])).await.unwrap();
    let provider = MockServer::start().await;
    let reply = completion(r#"{"concepts": {}, "overall": 50, "feedback": ""}"#, "stop");
    Mock::given(wiremock::matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_json(reply))
        .mount(&provider)
        .await;
    let replica = |store: Store| {
        let base_url = format!("{}/v1", provider.uri());
        router(Arc::new(Service {
            access: Access::new(Some(Keyring::new(store.clone()))),
            store: Some(store),
            ..service_with_models(&[&base_url], Duration::from_secs(5))
        }))
    };
    let one = replica(store.clone());
    let first = grade(&one, &key).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert!(first.json()["usage"]["cost_usd"].as_f64().unwrap() > 0.0001);
    assert_eq!(
        code(&grade(&one, &key).await),
        (429, "budget_exhausted".into())
    );
    let other = replica(place.open().await);
    assert_eq!(
        code(&grade(&other, &key).await),
        (429, "budget_exhausted".into())
    );
    assert_eq!(grade(&other, &free).await.status, StatusCode::OK);
}

#[tokio::test]
async fn guessing_keys_is_slowed_down_and_keeps_nobody_else_out() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let key = store.create_key(&new(&[Scope::Grade])).await.unwrap();
    let router = with_keys(store);
    let guess = async |address: &str, key: &str| {
        let address: SocketAddr = address.parse().unwrap();
        let request = Request::get("/v1/banks")
            .extension(ConnectInfo(address))
            .header(header::AUTHORIZATION, format!("Bearer {key}"));
        send(&router, request.body(Body::empty()).unwrap())
            .await
            .status
            .as_u16()
    };
    let mut statuses = Vec::new();
    for _ in 0..70 {
        statuses.push(guess("192.0.2.1:5", "agk_guess").await);
    }
    assert_eq!(statuses[..60], [401; 60]);
    assert_eq!(statuses[67..], [429; 3]);
    assert_eq!(guess("192.0.2.2:5", "agk_guess").await, 401);
    // Whoever has a key at that address is let in.
    assert_eq!(guess("192.0.2.1:6", &key).await, 200);
}

#[rstest]
#[case::a_proxy("x-forwarded-for", "203.0.113.9")]
#[case::one_that_names_itself("via", "1.1 proxy")]
#[case::another_proxy("forwarded", "for=203.0.113.9")]
#[case::a_name_that_leads_here("host", "evil.example")]
#[tokio::test]
async fn without_keys_nobody_from_elsewhere_is_let_in(#[case] name: &str, #[case] value: &str) {
    let request = Request::get("/v1/banks").header(name, value);
    let response = send(&offline(), request.body(Body::empty()).unwrap()).await;
    assert_eq!(code(&response), (403, "no_keys_yet".into()));
}

#[tokio::test]
async fn an_address_elsewhere_is_let_in_with_a_key_only() {
    let address: SocketAddr = "192.0.2.1:5".parse().unwrap();
    let request = Request::get("/v1/banks").extension(ConnectInfo(address));
    let response = send(&offline(), request.body(Body::empty()).unwrap()).await;
    assert_eq!(code(&response), (403, "no_keys_yet".into()));
}

/// The way of somebody who puts the service on a network.
#[apply(both)]
async fn the_program_makes_keys_and_serves_other_machines_only_with_one(
    #[case] database: Database,
) {
    let place = Place::new(database).await;
    let with_place = |arguments: &[&str]| {
        let mut command = program();
        command.args(arguments);
        for (name, value) in &place.environment {
            command.env(name, value);
        }
        run(&mut command, "")
    };
    let listen = ["serve", "--listen", "0.0.0.0:0"];
    let (code, _, stderr) = with_place(&listen);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("answer-grader key create"), "{stderr}");

    let (code, none, _) = with_place(&["key", "list"]);
    assert!(code == 0 && none.contains("no keys"), "{none}");
    let (code, key, stderr) = with_place(&[
        "key",
        "create",
        "tool",
        "--scope",
        "grade,read",
        "--expires",
        "90d",
        "--requests-per-minute",
        "600",
    ]);
    assert_eq!(code, 0, "{stderr}");
    let key = key.trim();
    assert!(ApiKey::parts(key).is_some(), "{key}");
    let (_, list, _) = with_place(&["key", "list"]);
    assert!(
        list.contains("tool") && list.contains("grade,read") && list.contains("valid until"),
        "{list}"
    );
    for wrong in [
        &["key", "create", "x", "--scope", "root"][..],
        &["key", "create", "x", "--expires", "soon"],
        &["key", "create", "x", "--usd-per-day", "-1"],
        &["key", "revoke", "000000000000"],
    ] {
        assert_eq!(with_place(wrong).0, 2, "{wrong:?}");
    }

    let environment: Vec<_> = place
        .environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let served = Served::start_with(&["--listen", "0.0.0.0:0"], &environment);
    let port = served.address.rsplit(':').next().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let banks = client.get(format!("http://127.0.0.1:{port}/v1/banks"));
    assert_eq!(
        banks.try_clone().unwrap().send().await.unwrap().status(),
        401
    );
    assert_eq!(banks.bearer_auth(key).send().await.unwrap().status(), 200);
}
