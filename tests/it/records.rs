//! Grades that are kept: found again, erased, held; on SQLite and on PostgreSQL.

use std::sync::Arc;

use answer_grader::http::{Service, router};
use answer_grader::store::{Privacy, Store};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::{apply, template};
use serde_json::{Value, json};

use crate::support::databases::{Database, PRIVACY, Place};
use crate::support::program::Served;
use crate::support::service::{Response, get, post, send, service};

#[template]
#[rstest]
#[case::sqlite(Database::Sqlite)]
#[ignore = "needs PostgreSQL, which tests/setup installs"]
#[case::postgres(Database::Postgres)]
#[tokio::test]
async fn both(#[case] database: Database) {}

const SECRET: &str =
    "A signal lets a sender notify receivers that something happened, says Zaphod.";

pub(crate) fn with(store: Store) -> Router {
    router(Arc::new(Service {
        store: Some(store),
        ..service()
    }))
}

/// A grade of `subject`'s; gives its id.
pub(crate) async fn graded(router: &Router, subject: &str, more: Value) -> String {
    let mut body = json!({
        "question_id": "django/signals",
        "candidate_answer": SECRET,
        "subject": subject,
        "metadata": {"interview": "42", "note": "NUL \0 and 🐍"},
    });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let response = post(router, "/v1/grade", body).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    response.json()["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn show(router: &Router, id: &str) -> Value {
    get(router, &format!("/v1/grades/{id}")).await.json()
}

pub(crate) async fn request(router: &Router, method: &str, path: &str, body: Value) -> Response {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

pub(crate) async fn delete(router: &Router, path: &str) -> Response {
    request(router, "DELETE", path, json!(null)).await
}

#[apply(both)]
async fn a_grade_is_found_again_as_it_was_given(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let body = json!({
        "question_id": "django/signals", "candidate_answer": SECRET, "max_points": 5, "feedback": "hint",
    });
    let given = post(&router, "/v1/grade", body).await.json();
    let id = given["id"].as_str().unwrap();
    let kept = show(&router, id).await;
    assert_eq!(kept["grade"], given);
    assert_eq!(kept["request"]["candidate_answer"], SECRET);
    assert_eq!(kept["request"]["question_id"], "django/signals");
    assert_eq!(kept["request"]["max_points"], 5.0);
    assert_eq!(kept["erased_at"], json!(null));
    let made_at = kept["made_at"].as_str().unwrap();
    humantime::parse_rfc3339(made_at).unwrap();
    // The key only where it is asked for.
    assert_eq!(kept.get("reference_answer"), None);
    let with_key = get(
        &router,
        &format!("/v1/grades/{id}?include=reference_answers"),
    )
    .await;
    assert!(with_key.json()["reference_answer"].is_string());
    // Another process finds it, too.
    assert_eq!(show(&with(place.open().await), id).await, kept);
}

#[apply(both)]
async fn a_hundred_at_the_same_time_are_all_kept_and_listed_page_by_page(
    #[case] database: Database,
) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let answers = (0..100).map(|at| {
        let answer = if at % 4 == 0 { "" } else { SECRET };
        graded(&router, "s", json!({ "candidate_answer": answer }))
    });
    let mut ids = futures_util::future::join_all(answers).await;
    ids.sort();
    ids.reverse();
    let mut listed = Vec::new();
    let mut path = "/v1/grades?limit=30".to_owned();
    loop {
        let page = get(&router, &path).await.json();
        for grade in page["grades"].as_array().unwrap() {
            listed.push(grade["id"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/grades?limit=30&cursor={cursor}");
    }
    assert_eq!(listed, ids);

    let count = async |query: &str| {
        let page = get(&router, &format!("/v1/grades?limit=500&{query}")).await;
        page.json()["grades"].as_array().unwrap().len()
    };
    assert_eq!(count("method=gate").await, 25);
    assert_eq!(count("method=keyword&needs_review=false").await, 75);
    assert_eq!(count("degraded=true").await, 100);
    assert_eq!(count("degraded=false").await, 0);
    assert_eq!(count("question_id=django/signals&subject=s").await, 100);
    assert_eq!(count("subject=t").await, 0);
    assert_eq!(count("until=2020-01-01T00:00:00Z").await, 0);
    assert_eq!(count("from=2020-01-01T00:00:00Z").await, 100);
}

#[apply(both)]
async fn a_person_is_erased_and_what_was_decided_stays(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let ids = [
        graded(&router, "ana", json!({})).await,
        graded(&router, "ana", json!({"legal_hold": true})).await,
        graded(&router, "ben", json!({})).await,
    ];
    let before = show(&router, &ids[0]).await;
    let evidence = |record: &Value| {
        let concepts = record["grade"]["concepts"].as_array().unwrap().clone();
        let found = concepts.into_iter().find(|one| one["evidence"].is_object());
        found.unwrap()["evidence"].clone()
    };
    assert_ne!(evidence(&before)["quote"], "");

    let erased = delete(&router, "/v1/grades?subject=ana").await.json();
    assert_eq!(erased, json!({"erased": 1, "held": 1}));
    let after = show(&router, &ids[0]).await;
    assert!(!after.to_string().contains("Zaphod"), "{after}");
    assert!(!after.to_string().contains("interview"), "{after}");
    assert!(after["erased_at"].is_string());
    for field in ["score", "missing_concepts", "provenance", "confidence"] {
        assert_eq!(after["grade"][field], before["grade"][field]);
    }
    let place_of = |record: &Value| {
        (
            evidence(record)["start"].clone(),
            evidence(record)["end"].clone(),
        )
    };
    assert_eq!(place_of(&after), place_of(&before));
    // The other person's, and what is held, is as it was; still found by the person.
    for id in &ids[1..] {
        assert_eq!(
            show(&router, id).await["request"]["candidate_answer"],
            SECRET
        );
    }
    let listed = get(&router, "/v1/grades?subject=ana").await.json();
    let flags: Vec<_> = listed["grades"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["erased"], &one["legal_hold"]))
        .collect();
    assert_eq!(
        flags,
        [(&json!(false), &json!(true)), (&json!(true), &json!(false))]
    );

    let path = format!("/v1/grades/{}", ids[1]);
    let refused = delete(&router, &path).await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (StatusCode::CONFLICT, &json!("legal_hold"))
    );
    let lifted = request(
        &router,
        "PUT",
        &format!("{path}/legal-hold"),
        json!({"legal_hold": false}),
    )
    .await;
    assert_eq!(lifted.status, StatusCode::OK, "{}", lifted.text);
    assert_eq!(
        delete(&router, &path).await.json(),
        json!({"erased": 1, "held": 0})
    );
    assert_eq!(
        delete(&router, &path).await.json(),
        json!({"erased": 0, "held": 0})
    );
}

#[tokio::test]
async fn what_is_erased_is_in_no_file_any_more() {
    let place = Place::new(Database::Sqlite).await;
    let router = with(place.open().await);
    let id = graded(&router, "ana", json!({})).await;
    let answer_grader::store::Location::File(file) = &place.location else {
        panic!("a file")
    };
    let holds = || {
        let folder = std::fs::read_dir(file.parent().unwrap()).unwrap();
        let mut files = folder.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.any(|bytes| bytes.windows(6).any(|part| part == b"Zaphod"))
    };
    assert!(holds());
    assert_eq!(
        delete(&router, &format!("/v1/grades/{id}")).await.status,
        StatusCode::OK
    );
    assert!(!holds());
}

#[apply(both)]
async fn texts_go_after_their_time_or_are_never_kept(#[case] database: Database) {
    let place = Place::new(database).await;
    let for_days = |keep_texts_days| Privacy {
        keep_texts_days,
        ..PRIVACY
    };
    let never = place.open_with(for_days(0)).await;
    let router = with(never.clone());
    let id = graded(&router, "ana", json!({})).await;
    let held = graded(&router, "ana", json!({"legal_hold": true})).await;
    let kept = show(&router, &id).await;
    assert_eq!(kept["request"], json!(null));
    assert!(kept["grade"]["score"].is_number() && !kept.to_string().contains("Zaphod"));

    let for_long = place.open_with(for_days(30)).await;
    let young = graded(&with(for_long.clone()), "ana", json!({})).await;
    assert_eq!(for_long.erase_old().await.unwrap(), 0);
    assert_eq!(never.erase_old().await.unwrap(), 2);
    assert_eq!(show(&router, &young).await["request"], json!(null));
    assert_eq!(
        show(&router, &held).await["request"]["candidate_answer"],
        SECRET
    );
}

#[tokio::test]
async fn what_cannot_be_found_says_so() {
    let place = Place::new(Database::Sqlite).await;
    let router = with(place.open().await);
    let codes = [
        ("/v1/grades/nope", "unknown_grade"),
        ("/v1/grades?limit=0", "invalid_request"),
        ("/v1/grades?limit=many", "invalid_query"),
        ("/v1/grades?from=yesterday", "invalid_query"),
        ("/v1/grades?colour=red", "invalid_query"),
        ("/v1/grades/nope?include=all", "unknown_option"),
    ];
    for (path, code) in codes {
        assert_eq!(get(&router, path).await.json()["code"], code, "{path}");
    }
    assert_eq!(
        delete(&router, "/v1/grades/nope").await.json()["code"],
        "unknown_grade"
    );
    // Nobody is erased by mistake.
    assert_eq!(
        delete(&router, "/v1/grades").await.json()["code"],
        "invalid_query"
    );
    let without = crate::support::service::offline();
    assert_eq!(
        get(&without, "/v1/grades").await.json()["code"],
        "no_records"
    );
    let long = json!({"question_id": "django/signals", "candidate_answer": "x", "subject": "s".repeat(300)});
    assert_eq!(
        post(&router, "/v1/grade", long).await.json()["errors"][0]["pointer"],
        "/subject"
    );
}

#[apply(both)]
async fn the_key_of_the_hashes_is_the_same_for_all_and_can_be_given(#[case] database: Database) {
    let place = Place::new(database).await;
    let (one, other) = tokio::join!(place.open(), place.open());
    graded(&with(one), "ana", json!({})).await;
    let found = async |store: Store| {
        let page = get(&with(store), "/v1/grades?subject=ana").await.json();
        page["grades"].as_array().unwrap().len()
    };
    assert_eq!(found(other).await, 1);
    // With another key nobody would be found, and so not be erased: it is refused.
    let given = Privacy {
        hash_key: Some("another".to_owned().into()),
        ..PRIVACY
    };
    let refused = Store::open(place.location.clone(), given.clone()).await;
    assert!(refused.unwrap_err().to_string().contains("another key"));
    let fresh = Place::new(database).await;
    fresh.open_with(given.clone()).await;
    fresh.open_with(given).await;
}

/// `kill -9` loses no grade that a caller has got.
#[apply(both)]
async fn a_killed_service_has_kept_every_grade_it_gave(#[case] database: Database) {
    let place = Place::new(database).await;
    let environment: Vec<_> = place
        .environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let served = Served::start(&environment);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let ask = async |address: &str, number: usize| {
        let body = json!({"question_id": "django/signals", "candidate_answer": format!("A signal, number {number}.")});
        let response = client
            .post(format!("{address}/v1/grade"))
            .json(&body)
            .send()
            .await
            .ok()?;
        let grade: Value = response.json().await.ok()?;
        Some(grade["id"].as_str()?.to_owned())
    };
    let address = served.address.clone();
    let many = futures_util::future::join_all((0..40).map(|number| ask(&address, number)));
    let given: Vec<_> = many.await.into_iter().flatten().collect();
    assert_eq!(given.len(), 40);
    let last = futures_util::future::join_all((0..40).map(|number| ask(&address, number)));
    let (last, ()) = tokio::join!(last, async {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        // Dropping it kills it.
        drop(served);
    });
    let router = with(place.open().await);
    for id in given.iter().chain(last.iter().flatten()) {
        assert_eq!(
            get(&router, &format!("/v1/grades/{id}")).await.status,
            StatusCode::OK
        );
    }
}
