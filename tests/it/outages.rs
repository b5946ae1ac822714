//! A disk that is full, a database that goes and comes back, a clock that jumps: an error or a wait, and every
//! grade that was given is on record.
#![cfg(unix)]

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::jobs::lines;
use crate::support::databases::{Cluster, Database, Place};
use crate::support::platform::{Platform, environment};
use crate::support::program::Served;

fn answer(number: usize) -> Value {
    json!({"question_id": "django/signals", "candidate_answer": format!("A sender notifies receivers, {number}.")})
}

async fn on_record(platform: &Platform, id: &str) -> bool {
    platform.get(&format!("/v1/grades/{id}")).await.1["grade"]["id"] == id
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_loses_no_grade_that_was_given() {
    let place = Place::new(Database::Sqlite).await;
    // No file may grow beyond two megabytes, which is an error like that of a full disk.
    let served = Served::under("trap '' XFSZ; ulimit -f 2048", &environment(&place, &[]));
    let platform = Platform::of(place, served);
    let mut given = Vec::new();
    let mut refused = 0;
    for number in 0..2_000 {
        let (status, body) = platform.post("/v1/grade", answer(number)).await;
        if status == StatusCode::OK {
            given.push(body["id"].as_str().unwrap().to_owned());
        } else {
            assert_eq!(
                (status, &body["code"]),
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    &json!("storage_unavailable")
                )
            );
            refused += 1;
        }
        if refused == 3 {
            break;
        }
    }
    assert!(
        refused == 3 && given.len() > 10,
        "{refused} refused, {} given",
        given.len()
    );
    let (status, problem) = platform.upload("/v1/jobs", &lines(3_000), None).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert_eq!(platform.get("/livez").await.0, StatusCode::OK);
    for id in &given {
        assert!(on_record(&platform, id).await, "{id} was given and is gone");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL, which tests/setup installs"]
async fn a_database_that_goes_and_comes_back_is_waited_for() {
    let (cluster, url) = Cluster::start();
    let platform = Platform::at(Place::of_postgres(&url), &[]);
    let (status, _) = platform.post("/v1/grade", answer(0)).await;
    assert_eq!(status, StatusCode::OK);
    cluster.is_to("halt");
    assert_eq!(
        platform.get("/readyz").await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(platform.get("/livez").await.0, StatusCode::OK);
    let under_way = (1..50).map(|number| platform.post("/v1/grade", answer(number)));
    let under_way = futures_util::future::join_all(under_way);
    let back = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(|| cluster.is_to("resume"));
    };
    let (outcomes, ()) = tokio::join!(under_way, back);
    let mut given = 0;
    for (status, body) in outcomes {
        if status == StatusCode::OK {
            assert!(on_record(&platform, body["id"].as_str().unwrap()).await);
            given += 1;
        } else {
            assert_eq!(
                (status, &body["code"]),
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    &json!("storage_unavailable")
                )
            );
        }
    }
    assert!(given > 0, "nobody was waited for");
    assert_eq!(platform.get("/readyz").await.0, StatusCode::OK);
    assert_eq!(
        platform.post("/v1/grade", answer(99)).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
#[ignore = "needs libfaketime, which tests/setup installs"]
async fn a_clock_that_jumps_stops_nothing() {
    let library = ["x86_64", "aarch64"]
        .map(|machine| format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1"))
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
        .unwrap();
    let place = Place::new(Database::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let set = |offset: &str| std::fs::write(&clock, format!("{offset}\n")).unwrap();
    set("+0");
    let settings = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        // The clock that only ever goes on is another one.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let served = Served::start(&environment(&place, &settings));
    let platform = Platform::of(place, served);
    let mut given = Vec::new();
    for (number, offset) in ["+0", "-3d", "+400d", "-1h", "+0"].into_iter().enumerate() {
        set(offset);
        let (status, grade) = platform.post("/v1/grade", answer(number)).await;
        assert_eq!(status, StatusCode::OK, "{offset}: {grade}");
        given.push(grade["id"].as_str().unwrap().to_owned());
        let id = platform.job("/v1/jobs", &lines(5)).await;
        let job = platform.done(&id).await;
        assert_eq!(job["graded"], 5, "{offset}: {job}");
    }
    for id in &given {
        assert!(on_record(&platform, id).await);
    }
    let (_, page) = platform.get("/v1/grades?limit=500").await;
    assert_eq!(page["grades"].as_array().unwrap().len(), 5 + 5 * 5);
    let made = |page: &Value, at: usize| page["grades"][at]["made_at"].as_str().unwrap().to_owned();
    assert!(made(&page, 0) > made(&page, 29), "the clock did not jump");
}
