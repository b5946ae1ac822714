use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::load::{lines, request};
use super::process::Running;

/// Callers that work at the same time, each with a pause after a request.
const CALLERS: usize = 16;
const PAUSE: Duration = Duration::from_millis(40);
/// Answers of each job.
const JOB: usize = 500;
/// Memory may grow by so much from the first third to the last: caches fill, and the allocator keeps pages.
const MOST_GROWTH: f64 = 1.15;

#[derive(Default)]
struct Seen {
    accepted: Vec<String>,
    jobs: Vec<String>,
    /// Responses by status.
    statuses: BTreeMap<u16, usize>,
}

/// Mixed load for so many minutes, while a fifth of the model's replies fail: single answers, batches, jobs,
/// reviews, pages and erasures. Nothing may leak, nothing but grades by keywords may come of the faults, and
/// every grade that was given has to be on record.
pub(crate) fn run(minutes: u64) {
    let model = Running::model(true);
    let postgres = std::env::var("ANSWER_GRADER_TEST_POSTGRES").unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grades.db");
    let mut settings = vec![
        ("ANSWER_GRADER__STORE__ENABLED", "true"),
        ("ANSWER_GRADER__STORE__PATH", file.to_str().unwrap()),
        ("ANSWER_GRADER__LLM__TIMEOUT_MS", "400"),
        ("ANSWER_GRADER__LLM__RETRIES", "1"),
    ];
    if !postgres.is_empty() {
        settings.push(("DATABASE_URL", &postgres));
    }
    let service = Running::service(Some(&model.address), &settings);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (stop, next) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let seen = Arc::new(Mutex::new(Seen::default()));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (stop, next, seen) = (stop.clone(), next.clone(), seen.clone());
            let address = service.address.clone();
            runtime.spawn(async move {
                let client = Client::new();
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    one(&client, &address, number, &seen).await;
                    tokio::time::sleep(PAUSE).await;
                }
            })
        })
        .collect();
    let memory = watch(&service, minutes);
    stop.store(true, Ordering::Relaxed);
    runtime.block_on(async {
        for caller in callers {
            caller.await.unwrap();
        }
        let seen = seen.lock().await;
        let missing = settle(&Client::new(), &service.address, &seen).await;
        let third = memory.len() / 3;
        let (first, last) = (highest(&memory[..third]), highest(&memory[memory.len() - third..]));
        println!(
            "{minutes} minutes: {} requests, by status {:?}; {} grades and {} jobs of {JOB} accepted, {missing} not on record; \
             memory {first:.0} MB at most in the first third, {last:.0} MB in the last",
            next.load(Ordering::Relaxed),
            seen.statuses,
            seen.accepted.len(),
            seen.jobs.len(),
        );
        assert_eq!(missing, 0, "an accepted grade is not on record");
        let failed = seen.statuses.range(500..).count();
        assert_eq!(failed, 0, "the service failed");
        assert!(last < first * MOST_GROWTH, "memory grows");
    });
}

/// Memory of the service, every five seconds.
fn watch(service: &Running, minutes: u64) -> Vec<f64> {
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let mut memory = Vec::new();
    while Instant::now() < end {
        std::thread::sleep(Duration::from_secs(5));
        memory.push(service.resident_mb());
    }
    memory
}

fn highest(memory: &[f64]) -> f64 {
    memory.iter().copied().fold(0.0, f64::max)
}

async fn one(client: &Client, address: &str, number: usize, seen: &Mutex<Seen>) {
    let at = |path: &str| format!("{address}{path}");
    let asked = match number % 50 {
        0 if number.is_multiple_of(1_000) => {
            let lines = lines(number * JOB, JOB);
            let upload = client.post(at("/v1/jobs?fallback=keyword"));
            upload
                .header("content-type", "application/x-ndjson")
                .body(lines)
        }
        0..4 => client.get(at("/v1/grades?limit=20")),
        4..6 => client.get(at("/metrics")),
        6 => client.delete(at(&format!("/v1/grades?subject=candidate-{}", number % 97))),
        7..10 => {
            let requests: Vec<_> = (0..5).map(|at| request(number * 5 + at)).collect();
            client
                .post(at("/v1/grade/batch"))
                .json(&json!({"requests": requests}))
        }
        10..12 => client.post(at("/v1/grade")).body("{"),
        12 => {
            let some = seen
                .lock()
                .await
                .accepted
                .last()
                .cloned()
                .unwrap_or_default();
            let review = json!({"reviewer": "kim", "score": 0.5});
            client
                .post(at(&format!("/v1/grades/{some}/review")))
                .json(&review)
        }
        _ => {
            let mut body = request(number);
            body["subject"] = json!(format!("candidate-{}", number % 97));
            client.post(at("/v1/grade")).json(&body)
        }
    };
    let response = asked.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap_or_default();
    let mut seen = seen.lock().await;
    *seen.statuses.entry(status).or_default() += 1;
    match (status, body["id"].as_str()) {
        (200, Some(id)) if body.get("score").is_some() => seen.accepted.push(id.to_owned()),
        (202, Some(id)) => seen.jobs.push(id.to_owned()),
        _ => {}
    }
    let results = body["results"].as_array().into_iter().flatten();
    let ids = results.filter_map(|result| result["grade"]["id"].as_str().map(str::to_owned));
    seen.accepted.extend(ids);
}

/// Waits for the jobs, and counts what was accepted and is not to be found.
async fn settle(client: &Client, address: &str, seen: &Seen) -> usize {
    let get = async |path: String| -> Value {
        let response = client.get(format!("{address}{path}")).send().await.unwrap();
        response.json().await.unwrap_or_default()
    };
    let mut lost = 0;
    for job in &seen.jobs {
        let job = loop {
            let job = get(format!("/v1/jobs/{job}")).await;
            if job["state"] == "done" {
                break job;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        };
        lost += JOB - usize::try_from(job["graded"].as_u64().unwrap()).unwrap();
    }
    for id in &seen.accepted {
        let kept = get(format!("/v1/grades/{id}")).await;
        lost += usize::from(kept["grade"]["id"] != id.as_str());
    }
    lost
}
