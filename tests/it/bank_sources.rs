//! Banks that people save: checked, versioned, used at once, thrown away; and notes made into one.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::records::{both, with};
use crate::support::databases::{Database, Place};
use crate::support::service::{Response, get, offline, post, send};

const TOML: &str = "application/toml";

async fn put(
    router: &Router,
    id: &str,
    kind: &str,
    based_on: Option<&str>,
    body: &str,
) -> Response {
    let mut request =
        Request::put(format!("/v1/banks/{id}/source")).header(header::CONTENT_TYPE, kind);
    if let Some(tag) = based_on {
        request = request.header(header::IF_MATCH, tag);
    }
    send(router, request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn source(router: &Router, id: &str, kind: &str) -> Response {
    let request = Request::get(format!("/v1/banks/{id}/source")).header(header::ACCEPT, kind);
    send(router, request.body(Body::empty()).unwrap()).await
}

fn tag(response: &Response) -> &str {
    response.headers[header::ETAG].to_str().unwrap()
}

async fn origin(router: &Router, id: &str) -> Option<Value> {
    let banks = get(router, "/v1/banks").await.json();
    let banks = banks["banks"].as_array().unwrap().iter();
    banks
        .filter(|bank| bank["id"] == id)
        .map(|bank| bank["source"].clone())
        .next()
}

#[apply(both)]
async fn a_bank_is_changed_graded_with_and_given_back(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    // Another process that looked at the banks a moment ago.
    let replica = with(place.open().await);
    assert_eq!(origin(&replica, "django").await, Some(json!("built_in")));
    let before = source(&router, "django", "application/json").await;
    let mut bank = before.json();
    assert_eq!(origin(&router, "django").await, Some(json!("built_in")));
    bank["questions"] = json!([{
        "id": "zebra", "question": "What is a zebra?", "reference_answer": "A striped animal of Africa.",
        "concepts": [{"id": "stripes", "text": "It has stripes", "weight": 2}],
    }]);
    let saved = put(
        &router,
        "django",
        "application/json",
        Some(tag(&before)),
        &bank.to_string(),
    )
    .await;
    assert_eq!(
        (saved.status, tag(&saved)),
        (StatusCode::OK, "\"1\""),
        "{}",
        saved.text
    );
    assert_eq!(origin(&router, "django").await, Some(json!("edited")));
    let answer = json!({"question_id": "django/zebra", "candidate_answer": "It has stripes."});
    let grade = post(&router, "/v1/grade", &answer).await.json();
    assert_eq!(grade["concepts"][0]["verdict"], "covered");

    // Whoever began with an older version does not overwrite this one.
    let late = put(
        &router,
        "django",
        "application/json",
        Some(tag(&before)),
        &bank.to_string(),
    )
    .await;
    assert_eq!(
        (late.status, &late.json()["code"]),
        (StatusCode::PRECONDITION_FAILED, &json!("changed_meanwhile"))
    );
    let blind = put(
        &router,
        "django",
        "application/json",
        None,
        &bank.to_string(),
    )
    .await;
    assert_eq!(blind.json()["code"], "changed_meanwhile");

    // As TOML it is kept as it was written, and another process does not overwrite what it has not seen.
    let toml = source(&replica, "django", TOML).await;
    assert_eq!((tag(&toml), toml.text.contains("zebra")), ("\"1\"", true));
    let text = format!("# mine\n{}", toml.text);
    let saved = put(&router, "django", TOML, Some("W/\"1\""), &text).await;
    assert_eq!(tag(&saved), "\"2\"", "{}", saved.text);
    assert_eq!(source(&replica, "django", TOML).await.text, text);
    let late = put(&replica, "django", TOML, Some(tag(&toml)), &text).await;
    assert_eq!(late.json()["code"], "changed_meanwhile");
    let seen = Request::delete("/v1/banks/django/source").header(header::IF_MATCH, "\"1\"");
    let late = send(&replica, seen.body(Body::empty()).unwrap()).await;
    assert_eq!(late.json()["code"], "changed_meanwhile");

    let forget = async |router| {
        let request = Request::delete("/v1/banks/django/source");
        send(router, request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(forget(&router).await.status, StatusCode::NO_CONTENT);
    assert_eq!(origin(&router, "django").await, Some(json!("built_in")));
    assert_eq!(forget(&router).await.json()["code"], "nothing_saved");
    assert_eq!(
        post(&router, "/v1/grade", &answer).await.json()["code"],
        "unknown_question"
    );
    // What was thrown away is a version, too.
    assert_eq!(tag(&source(&router, "django", TOML).await), "\"3\"");
}

/// What a later version saved may have fields that this one does not know.
#[apply(both)]
async fn a_bank_that_cannot_be_read_is_said_and_not_overwritten(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    for id in ["django", "later"] {
        let saved = store
            .save_bank(id, Some("id = 'x'\nfield_of_tomorrow = 1"), 0, None)
            .await;
        assert_eq!(saved.unwrap(), Some(1));
    }
    let router = with(store);
    let banks = get(&router, "/v1/banks").await.json();
    assert_eq!(banks["unreadable"], json!(["django", "later"]));
    assert_eq!(origin(&router, "django").await, Some(json!("built_in")));
    let text = "id = \"later\"\ntitle = \"Later\"\n[[questions]]\nid = \"q\"\nquestion = \"?\"\nreference_answer = \"!\"\n";
    for id in ["django", "later"] {
        assert_eq!(
            source(&router, id, TOML).await.json()["code"],
            "unreadable_bank"
        );
        let blind = put(
            &router,
            id,
            TOML,
            None,
            &text.replace("\"later\"", &format!("{id:?}")),
        )
        .await;
        assert_eq!(blind.json()["code"], "changed_meanwhile", "{}", blind.text);
        let request = Request::delete(format!("/v1/banks/{id}/source"));
        let thrown = send(&router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(thrown.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(source(&router, "django", TOML).await.status, StatusCode::OK);
    assert_eq!(
        put(&router, "later", TOML, None, text).await.status,
        StatusCode::OK
    );
}

#[apply(both)]
async fn a_new_bank_is_made_of_notes(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let notes = json!({
        "id": "databases", "title": "Databases",
        "markdown": "# What does an index do?\n\nIt speeds up lookups. Writes become slower.\n",
    });
    let read = post(&router, "/v1/bank-import", &notes).await.json();
    assert_eq!(
        read["bank"]["questions"][0]["question"],
        "What does an index do?"
    );
    assert_eq!(origin(&router, "databases").await, None);
    let toml = read["toml"].as_str().unwrap();
    let saved = put(&router, "databases", TOML, None, toml).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    let id = read["bank"]["questions"][0]["id"].as_str().unwrap();
    let answer = json!({"question_id": format!("databases/{id}"), "candidate_answer": "Lookups become faster."});
    assert_eq!(
        post(&router, "/v1/grade", &answer).await.status,
        StatusCode::OK
    );

    let wrong = json!({"id": "Data Bases", "title": "x", "markdown": "# Q\n\nA\n"});
    let wrong = post(&router, "/v1/bank-import", &wrong).await.json();
    assert_eq!(wrong["errors"][0]["pointer"], "/id");
    let empty = json!({"id": "x", "title": "x", "markdown": "no heading"});
    let empty = post(&router, "/v1/bank-import", &empty).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_wrong_with_a_bank_is_told_by_its_place() {
    let router = offline();
    let bank = json!({"id": "x", "title": "X", "questions": [{
        "id": "q", "question": "Why?", "reference_answer": "So.",
        "concepts": [{"id": "a", "text": "So.", "weight": -1}],
    }]});
    let wrong = post(&router, "/v1/bank-check", &bank).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let pointer = wrong.json()["errors"][0]["pointer"].clone();
    assert_eq!(pointer, "/questions/0/concepts/0/weight");
    let toml = Request::post("/v1/bank-check").header(header::CONTENT_TYPE, TOML);
    let broken = send(
        &router,
        toml.body(Body::from("id = 'x'\ntitle = 5")).unwrap(),
    )
    .await;
    let broken = broken.json();
    let details: Vec<_> = broken["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["detail"].as_str().unwrap())
        .collect();
    assert!(
        details
            .iter()
            .any(|detail| detail.contains("line 2, column 9")),
        "{broken}"
    );
    let plain = Request::post("/v1/bank-check").header(header::CONTENT_TYPE, "text/plain");
    let plain = send(&router, plain.body(Body::from("id")).unwrap()).await;
    assert_eq!(plain.json()["code"], "not_a_bank");
    let other = put(&router, "y", "application/json", None, &json!({"id": "x", "title": "X", "questions": [{"id": "q", "question": "?", "reference_answer": "."}]}).to_string()).await;
    assert_eq!(other.json()["errors"][0]["pointer"], "/id");
    // Without a store nothing can be saved.
    let unkept = json!({"id": "x", "title": "X", "questions": [{"id": "q", "question": "Why?", "reference_answer": "So."}]});
    let unkept = put(&router, "x", "application/json", None, &unkept.to_string()).await;
    assert_eq!(unkept.json()["code"], "no_records");
}

/// Questions whose grades were compared with labels say so, and only these.
#[test]
fn labelled_questions_are_those_of_the_cases() {
    let banks = answer_grader::bank::Banks::built_in().unwrap();
    let cases = include_str!("../../fixtures/cases/django.jsonl");
    for question in &banks.get("django").unwrap().questions {
        let named = format!("\"question_id\": \"django/{}\"", question.id);
        let named = cases.contains(&named) || cases.contains(&named.replace(": ", ":"));
        assert_eq!(question.labelled, named, "{}", question.id);
    }
}
