//! What outlives the process, on SQLite and on PostgreSQL.

use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;

use crate::concepts::{answer, asked, list, provider, reference};
use crate::support::databases::{Database, Place};
use crate::support::program::Served;
use crate::support::service::{get, post, service, with_extraction};

#[rstest]
#[case::sqlite(Database::Sqlite)]
#[ignore = "needs PostgreSQL, which tests/setup installs"]
#[case::postgres(Database::Postgres)]
#[tokio::test]
async fn candidates_are_judged_on_one_list_after_a_restart_and_on_every_replica(
    #[case] database: Database,
) {
    let place = Place::new(database).await;
    let (server, _) = provider(list()).await;
    let base_url = format!("{}/v1", server.uri());
    let replica = async || with_extraction(&base_url, Some(place.open().await));
    let (one, other) = (replica().await, replica().await);
    let first = post(&one, "/v1/concepts", reference()).await.json();
    let answer = answer("It maps each class to a table.");
    let second = post(&other, "/v1/grade", &answer).await.json();
    let after_a_restart = post(&replica().await, "/v1/grade", &answer).await.json();
    for grade in [&second, &after_a_restart] {
        assert_eq!(grade["method"], "llm", "{grade}");
        assert_eq!(
            grade["provenance"]["concepts"],
            first["provenance"]["concepts"]
        );
    }
    let again = post(&other, "/v1/concepts", reference()).await.json();
    for field in ["concepts", "method"] {
        assert_eq!(again[field], first[field]);
    }
    for field in ["provider", "model", "prompt"] {
        assert_eq!(again["provenance"][field], first["provenance"][field]);
    }
    assert_eq!(asked(&server).await, (1, 2));
}

/// Whoever asks first on either of two replicas at the same time may be asked twice, but only one list
/// is kept.
#[rstest]
#[case::sqlite(Database::Sqlite)]
#[ignore = "needs PostgreSQL, which tests/setup installs"]
#[case::postgres(Database::Postgres)]
#[tokio::test]
async fn a_list_that_is_kept_does_not_change(#[case] database: Database) {
    use answer_grader::Concept;
    use answer_grader::grader::{ConceptStore as _, ExtractedConcepts};

    let place = Place::new(database).await;
    let (one, other) = tokio::join!(place.open(), place.open());
    let made = |text: &str| {
        let concept = json!({"id": "c1", "text": text, "weight": 2.5});
        let concepts = vec![serde_json::from_value::<Concept>(concept).unwrap()];
        let prompt = "concepts@000000000000".to_owned();
        ExtractedConcepts {
            concepts,
            by: None,
            prompt,
        }
    };
    let first = made("it is lazy: NUL \0, quote ' and 🐍");
    assert_eq!(one.find("hash").await.unwrap(), None);
    assert_eq!(one.keep("hash", first.clone()).await.unwrap(), first);
    assert_eq!(
        other.keep("hash", made("it is eager")).await.unwrap(),
        first
    );
    assert_eq!(other.find("hash").await.unwrap(), Some(first));
}

#[rstest]
#[case::sqlite(Database::Sqlite)]
#[ignore = "needs PostgreSQL, which tests/setup installs"]
#[case::postgres(Database::Postgres)]
#[tokio::test]
async fn the_program_says_where_it_keeps_things(#[case] database: Database) {
    let place = Place::new(database).await;
    let environment: Vec<_> = place
        .environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let served = Served::start(&environment);
    let ready = reqwest::get(format!("{}/readyz", served.address)).await;
    assert_eq!(ready.unwrap().status(), 200);
    drop(served);
    // The tables are there already.
    Served::start(&environment);
}

#[tokio::test]
async fn a_service_whose_database_is_gone_is_not_ready() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    store.close().await;
    let router = answer_grader::http::router(std::sync::Arc::new(answer_grader::http::Service {
        store: Some(store),
        ..service()
    }));
    let response = get(&router, "/readyz").await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.json()["code"], "storage_unavailable");
    assert_eq!(get(&router, "/livez").await.status, StatusCode::OK);
}

#[test]
fn what_cannot_be_the_database_is_named_before_anything_is_served() {
    use crate::support::program::{program, run};

    let with = |name: &str, value: &str| {
        let mut command = program();
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("ANSWER_GRADER__STORE__ENABLED", "true")
            .env(name, value);
        let (code, _, stderr) = run(&mut command, "");
        assert_eq!(code, 2, "{stderr}");
        stderr
    };
    let mysql = with("DATABASE_URL", "mysql://root:secret@localhost/x");
    assert!(mysql.contains("store.url_env"), "{mysql}");
    let nowhere = with("ANSWER_GRADER__STORE__PATH", "/no/such/folder/x.db");
    assert!(nowhere.contains("/no/such/folder/x.db"), "{nowhere}");
    let refused = with("DATABASE_URL", "postgres://u:secret@127.0.0.1:1/x");
    let named = refused.contains("postgres://127.0.0.1/x");
    assert!(named && !refused.contains("secret"), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_of_answers_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::new(Database::Sqlite).await;
    let _store = place.open().await;
    let answer_grader::store::Location::File(file) = &place.location else {
        panic!("a file")
    };
    for file in std::fs::read_dir(file.parent().unwrap()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
