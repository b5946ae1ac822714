//! Jobs whose workers are killed and whose database goes: nothing is lost and nothing is doubled.

use std::time::Duration;

use answer_grader::store::Location;
use rstest::rstest;
use rstest_reuse::apply;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::jobs::lines;
use crate::records::both;
use crate::support::databases::{Cluster, Database, Place, execute};
use crate::support::platform::{Platform, environment};
use crate::support::program::Served;

const NO_WORKERS: (&str, &str) = ("ANSWER_GRADER__JOBS__WORKERS", "0");

/// Every answer has one grade, and there are no others.
async fn assert_each_once(platform: &Platform, job: &str, count: usize) {
    let results = platform.results(job).await;
    assert_eq!(results.len(), count);
    let mut ids: Vec<_> = results
        .iter()
        .map(|result| result["grade"]["id"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
    let mut kept = 0;
    let mut cursor = String::new();
    loop {
        let (_, page) = platform.get(&format!("/v1/grades?limit=500{cursor}")).await;
        kept += page["grades"].as_array().unwrap().len();
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    assert_eq!(kept, count);
}

#[apply(both)]
async fn a_killed_worker_loses_nothing_and_doubles_nothing(#[case] database: Database) {
    let platform = Platform::start(database, &[NO_WORKERS]).await;
    let count = 3_000;
    let id = platform.job("/v1/jobs", &lines(count)).await;
    let environment = environment(&platform.place, &[]);
    let worker = Served::worker(&environment);
    let begun = |job: &Value| job["graded"].as_u64().unwrap() > 100;
    let job = platform.wait(&id, begun).await;
    worker.signal("KILL");
    drop(worker);
    assert!(
        job["waiting"].as_u64().unwrap() > 0,
        "it was too fast to be killed: {job}"
    );
    // They share what is left, and take over what the killed one was at.
    let others = [Served::worker(&environment), Served::worker(&environment)];
    let job = platform.done(&id).await;
    assert_eq!(
        (&job["graded"], &job["failed"]),
        (&json!(count), &json!(0)),
        "{job}"
    );
    assert_each_once(&platform, &id, count).await;
    drop(others);
}

#[apply(both)]
async fn a_worker_that_is_told_to_stop_leaves_the_rest_to_others(#[case] database: Database) {
    let platform = Platform::start(database, &[NO_WORKERS]).await;
    let id = platform.job("/v1/jobs", &lines(3_000)).await;
    let mut worker = Served::worker(&environment(&platform.place, &[]));
    platform
        .wait(&id, |job| job["graded"].as_u64().unwrap() > 100)
        .await;
    worker.terminate();
    assert!(worker.ended_well());
    let log = worker.whole_log();
    assert!(!log.contains("ERROR") && log.contains("stopped"), "{log}");
    let other = Served::worker(&environment(&platform.place, &[]));
    platform.done(&id).await;
    assert_each_once(&platform, &id, 3_000).await;
    drop(other);
}

#[apply(both)]
async fn a_job_of_which_the_queue_knows_nothing_is_found(#[case] database: Database) {
    let platform = Platform::start(database, &[NO_WORKERS]).await;
    let id = platform.job("/v1/jobs", &lines(150)).await;
    let (url, parts) = match &platform.place.location {
        Location::File(path) => {
            let queue = path.with_extension("queue.db");
            let url = reqwest::Url::from_file_path(queue).unwrap();
            (format!("sqlite://{}", url.path()), "DELETE FROM Jobs")
        }
        Location::Postgres(url) => (url.expose_secret().to_owned(), "DELETE FROM apalis.jobs"),
    };
    sqlx::any::install_default_drivers();
    let queue = sqlx::AnyPool::connect(&url).await.unwrap();
    let lost = sqlx::raw_sql(parts).execute(&queue).await.unwrap();
    assert_eq!(lost.rows_affected(), 2);
    execute(&platform.place, "UPDATE jobs SET worked_ms = 0").await;
    let worker = Served::worker(&environment(&platform.place, &[]));
    platform.done(&id).await;
    assert_each_once(&platform, &id, 150).await;
    worker.wait_for("a job's parts were lost");
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which tests/setup installs"]
async fn a_database_that_crashes_in_the_middle_loses_nothing_and_doubles_nothing() {
    let (cluster, url) = Cluster::start();
    let place = Place::of_postgres(&url);
    let platform = Platform::at(place, &[NO_WORKERS]);
    let count = 3_000;
    let id = platform.job("/v1/jobs", &lines(count)).await;
    let environment = environment(&platform.place, &[]);
    let workers = [Served::worker(&environment), Served::worker(&environment)];
    let begun = |job: &Value| job["graded"].as_u64().is_some_and(|graded| graded > 100);
    let job = platform.wait(&id, begun).await;
    cluster.is_to("restart");
    assert!(
        job["waiting"].as_u64().unwrap() > 0,
        "it was too fast to be crashed: {job}"
    );
    tokio::time::sleep(Duration::from_millis(500)).await;
    let job = platform.done(&id).await;
    assert_eq!(
        (&job["graded"], &job["failed"]),
        (&json!(count), &json!(0)),
        "{job}"
    );
    assert_each_once(&platform, &id, count).await;
    drop(workers);
}
