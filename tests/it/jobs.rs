//! Large batches: accepted whole or not at all, graded in order, followed, cancelled, taken up again.

use std::time::Duration;

use reqwest::StatusCode;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::records::both;
use crate::support::databases::{Database, Place};
use crate::support::platform::{Platform, answered, environment};
use crate::support::program::Served;
use crate::support::scripted::ScriptedModel;

/// So many answers, each another one, as lines.
pub(crate) fn lines(count: usize) -> String {
    let line = |number: usize| {
        let request = json!({
            "question_id": "django/signals",
            "candidate_answer": format!("A signal lets a sender notify receivers of event {number}."),
            "metadata": {"number": number},
            "subject": format!("candidate {}", number % 10),
        });
        format!("{request}\n")
    };
    (0..count).map(line).collect()
}

#[apply(both)]
async fn a_job_is_graded_in_order_like_single_requests(#[case] database: Database) {
    let platform = Platform::start(database, &[]).await;
    let (status, job) = platform
        .upload("/v1/jobs", lines(250).trim_end(), None)
        .await;
    assert_eq!(
        (status, &job["total"]),
        (StatusCode::ACCEPTED, &json!(250)),
        "{job}"
    );
    let id = job["id"].as_str().unwrap();
    let events = platform.text(&format!("/v1/jobs/{id}/events")).await;
    assert!(events.contains("event: ended"), "{events}");
    let job = platform.done(id).await;
    assert_eq!(
        (
            &job["graded"],
            &job["failed"],
            &job["waiting"],
            &job["degraded"]
        ),
        (&json!(250), &json!(0), &json!(0), &json!(250)),
        "{job}"
    );
    let results = platform.results(id).await;
    assert_eq!(results.len(), 250);
    for (number, result) in results.iter().enumerate() {
        assert_eq!(result["index"], number);
        let (_, kept) = platform
            .get(&format!(
                "/v1/grades/{}",
                result["grade"]["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(kept["request"]["metadata"]["number"], number);
        assert_eq!(kept["grade"], result["grade"]);
    }
    let first: Value = serde_json::from_str(lines(1).trim()).unwrap();
    let (_, single) = platform.post("/v1/grade", first).await;
    assert_eq!(single["score"], results[0]["grade"]["score"]);
    let (_, page) = platform.get("/v1/jobs").await;
    assert_eq!(page["jobs"][0]["id"], id);
    let metrics = platform.text("/metrics").await;
    assert!(
        metrics.contains("answer_grader_job_answers_waiting 0"),
        "{metrics}"
    );
}

#[apply(both)]
async fn an_upload_is_accepted_whole_or_not_at_all(#[case] database: Database) {
    let platform = Platform::start(database, &[("ANSWER_GRADER__JOBS__MAX_ANSWERS", "600")]).await;
    let good = lines(270);
    let wrong = [
        (format!("{good}not JSON\n"), "/270", "(line 271)"),
        (format!("{good}\n{good}"), "/270", "is empty"),
        (
            format!("{good}{{\"candidate_answer\": 1}}"),
            "/270/candidate_answer",
            "(line 271)",
        ),
        (
            format!("{{\"question_id\": \"django/none\", \"candidate_answer\": \"x\"}}\n{good}"),
            "/0/question_id",
            "no loaded bank",
        ),
        (
            good.replacen('{', "{\"deadline_ms\": 5, ", 1),
            "/0/deadline_ms",
            "no meaning",
        ),
    ];
    for (upload, pointer, detail) in wrong {
        let (status, problem) = platform.upload("/v1/jobs", &upload, None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert!(
            problem["errors"][0]["detail"]
                .as_str()
                .unwrap()
                .contains(detail),
            "{problem}"
        );
    }
    // Each wrong line is told, by its own number.
    let several = format!("x\n{}y\n", lines(2));
    let (_, problem) = platform.upload("/v1/jobs", &several, None).await;
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["pointer"])
        .collect();
    assert_eq!(pointers, ["/0", "/3"], "{problem}");
    let limits = [
        ("", StatusCode::UNPROCESSABLE_ENTITY, "invalid_request"),
        (
            &lines(601),
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_many_answers",
        ),
    ];
    for (upload, expected, code) in limits {
        let (status, problem) = platform.upload("/v1/jobs", upload, None).await;
        assert_eq!((status, &problem["code"]), (expected, &json!(code)));
    }
    let (status, problem) = platform
        .upload("/v1/jobs?fallback=never", &good, None)
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_query"))
    );
    let (_, page) = platform.get("/v1/jobs").await;
    assert_eq!(page["jobs"], json!([]));
    let (_, page) = platform.get("/v1/grades").await;
    assert_eq!(page["grades"], json!([]));
}

#[apply(both)]
async fn a_job_that_is_sent_twice_is_begun_once(#[case] database: Database) {
    let platform = Platform::start(database, &[]).await;
    let (_, first) = platform
        .upload("/v1/jobs", &lines(3), Some("tonight"))
        .await;
    let (status, again) = platform
        .upload("/v1/jobs", &lines(3), Some("tonight"))
        .await;
    assert_eq!((status, &again["id"]), (StatusCode::ACCEPTED, &first["id"]));
    let (status, other) = platform
        .upload("/v1/jobs", &lines(4), Some("tonight"))
        .await;
    assert_eq!(
        (status, &other["code"]),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            &json!("idempotency_key_reused")
        )
    );
    let (_, next) = platform
        .upload("/v1/jobs", &lines(3), Some("tomorrow"))
        .await;
    assert_ne!(next["id"], first["id"]);
}

#[apply(both)]
async fn a_job_is_cancelled_and_taken_up_again(#[case] database: Database) {
    let platform = Platform::start(database, &[("ANSWER_GRADER__JOBS__WORKERS", "0")]).await;
    let id = platform.job("/v1/jobs", &lines(20)).await;
    let at = |end: &str| format!("/v1/jobs/{id}/{end}");
    let (status, problem) = platform.get(&at("results")).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("job_unfinished"))
    );
    assert_eq!(platform.text(&at("results?partial=true")).await, "");
    let (_, problem) = platform.post(&at("retry"), json!({})).await;
    assert_eq!(problem["code"], "job_unfinished");
    let (_, job) = platform.post(&at("cancel"), json!({})).await;
    assert_eq!(
        (&job["state"], &job["waiting"]),
        (&json!("cancelled"), &json!(20))
    );
    let (_, problem) = platform.post(&at("cancel"), json!({})).await;
    assert_eq!(problem["code"], "job_ended");
    assert_eq!(platform.results(&id).await, Vec::<Value>::new());

    // What a person wrote goes, though it was not graded.
    let erased = platform.delete("/v1/grades?subject=candidate%207").await;
    assert_eq!(erased["erased"], 2);

    let (status, _) = platform.post(&at("retry"), json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let worker = Served::worker(&environment(&platform.place, &[]));
    let job = platform.done(&id).await;
    assert_eq!((&job["graded"], &job["failed"]), (&json!(18), &json!(2)));
    let results = platform.results(&id).await;
    assert_eq!(results[7]["problem"]["code"], "erased");
    let (_, problem) = platform.post(&at("retry"), json!({})).await;
    assert_eq!(problem["code"], "nothing_to_retry");
    drop(worker);
}

#[apply(both)]
async fn an_outage_pauses_a_job_and_fails_nothing(#[case] database: Database) {
    let model = ScriptedModel::start();
    let base_url = model.stop();
    let settings = [
        ("OPENAI_BASE_URL", base_url.as_str()),
        ("ANSWER_GRADER__LLM__RETRIES", "0"),
        ("ANSWER_GRADER__LLM__BREAKER_REST_MS", "100"),
    ];
    let platform = Platform::start(database, &settings).await;
    let id = platform.job("/v1/jobs", &lines(5)).await;
    let paused = platform.wait(&id, |job| job["state"] == "paused").await;
    assert_eq!(
        (&paused["pause"]["reason"], &paused["waiting"]),
        (&json!("network"), &json!(5))
    );
    // A job that allows it is graded by keywords meanwhile.
    let hasty = platform.job("/v1/jobs?fallback=keyword", &lines(3)).await;
    assert_eq!(platform.done(&hasty).await["degraded"], 3);

    let model = ScriptedModel::again_at(&base_url);
    let job = platform.done(&id).await;
    assert_eq!(
        (&job["graded"], &job["degraded"]),
        (&json!(5), &json!(0)),
        "{job}"
    );
    for result in platform.results(&id).await {
        assert_eq!(result["grade"]["method"], "llm", "{result}");
    }
    assert!(model.asked() >= 5);
}

#[apply(both)]
async fn a_job_is_its_keys_and_its_money_is_the_keys(#[case] database: Database) {
    let platform = Platform::start(database, &[]).await;
    let [own, other, reader] = [
        platform.key(&["own"]),
        platform.key(&["other"]),
        platform.key(&["reader", "--scope", "read"]),
    ];
    // That there are keys is known after a moment.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let (status, job) = platform.ask(&own, "POST", "/v1/jobs", &lines(3)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    let at = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    let cancel = format!("{at}/cancel");
    let expected = [
        (&own, "GET", at.as_str(), StatusCode::OK),
        (&reader, "GET", &at, StatusCode::OK),
        (&other, "GET", &at, StatusCode::NOT_FOUND),
        (&other, "POST", &cancel, StatusCode::NOT_FOUND),
        (&reader, "POST", &cancel, StatusCode::FORBIDDEN),
        (&reader, "POST", "/v1/jobs", StatusCode::FORBIDDEN),
    ];
    for (key, method, path, expected) in expected {
        let (status, body) = platform.ask(key, method, path, "").await;
        assert_eq!(status, expected, "{method} {path}: {body}");
    }
    let (_, page) = platform.ask(&other, "GET", "/v1/jobs", "").await;
    assert_eq!(page["jobs"], json!([]));
    let (status, problem) = platform.ask(&own, "POST", &format!("{at}/apply"), "").await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::FORBIDDEN, &json!("not_allowed"))
    );
}

#[apply(both)]
async fn a_budget_holds_for_all_who_share_the_database(#[case] database: Database) {
    let model = ScriptedModel::start();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let text = format!(
        "[llm]\nmodel = \"scripted\"\ncache_replies = 0\n[budget]\nusd_per_hour = 5.0\n[[llm.models]]\nname = \"scripted\"\n\
         provider = \"openai\"\nbase_url = \"{}\"\nprices = {{ input = 1000.0, output = 1000.0 }}\n",
        model.base_url
    );
    std::fs::write(&config, text).unwrap();
    let place = Place::new(database).await;
    let replica = || {
        Served::start_with(
            &["--config", config.to_str().unwrap()],
            &environment(&place, &[]),
        )
    };
    let (first, second) = (replica(), replica());
    let first = Platform::of(place, first);
    let demand = json!({"question_id": "django/signals", "candidate_answer": "A sender notifies receivers.", "method": "llm"});
    let mut graded = 0;
    let refused = loop {
        let (status, body) = first.post("/v1/grade", demand.clone()).await;
        match status {
            StatusCode::OK => graded += 1,
            _ => break body,
        }
    };
    assert_eq!(refused["code"], "budget_exhausted", "{refused}");
    assert!((1..20).contains(&graded), "{graded}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let asked = model.asked();
    let url = format!("{}/v1/grade", second.address);
    let (status, body) = answered(first.client.post(url).json(&demand)).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::TOO_MANY_REQUESTS, &json!("budget_exhausted")),
        "{body}"
    );
    let id = first.job("/v1/jobs", &lines(2)).await;
    let job = first.wait(&id, |job| job["state"] == "paused").await;
    assert_eq!(
        (&job["pause"]["reason"], &job["graded"]),
        (&json!("budget_exhausted"), &json!(0))
    );
    assert_eq!(model.asked(), asked);
}

#[tokio::test]
async fn the_job_that_the_readme_shows_is_done() {
    let readme = include_str!("../../README.md");
    let (_, shown) = readme.split_once("<<'NDJSON'\n").unwrap();
    let (shown, _) = shown.split_once("NDJSON\n").unwrap();
    let platform = Platform::start(Database::Sqlite, &[]).await;
    let id = platform.job("/v1/jobs", shown).await;
    let job = platform.done(&id).await;
    assert_eq!(
        (&job["total"], &job["graded"]),
        (&json!(2), &json!(2)),
        "{job}"
    );
}
