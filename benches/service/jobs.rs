use std::time::{Duration, Instant};

use serde_json::Value;

use super::load::lines;
use super::process::Running;

/// Answers of the job.
const ANSWERS: usize = 100_000;

/// A job of answers that are graded offline, by two workers that share a PostgreSQL database.
pub(crate) fn run() {
    let postgres = std::env::var("ANSWER_GRADER_TEST_POSTGRES");
    let postgres = postgres.unwrap_or_else(|_| {
        println!("start it with: tests/postgres/cluster with cargo bench --bench service -- jobs");
        std::process::exit(2)
    });
    let settings = [
        ("ANSWER_GRADER__STORE__ENABLED", "true"),
        ("DATABASE_URL", postgres.as_str()),
        ("ANSWER_GRADER__JOBS__WORKERS", "0"),
    ];
    let service = Running::service(None, &settings);
    let lines = lines(0, ANSWERS);
    let megabytes = lines.len() as f64 / 1e6;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let ask = |request: reqwest::RequestBuilder| -> Value {
        runtime.block_on(async { request.send().await.unwrap().json().await.unwrap() })
    };
    let began = Instant::now();
    let upload = client.post(format!("{}/v1/jobs", service.address));
    let job = ask(upload
        .header("content-type", "application/x-ndjson")
        .body(lines));
    let id = job["id"].as_str().unwrap();
    println!(
        "{ANSWERS} answers ({megabytes:.0} MB) checked and accepted in {:.1} s: {:.0} us of CPU an answer, peak memory {:.0} MB",
        began.elapsed().as_secs_f64(),
        service.cpu_seconds() / ANSWERS as f64 * 1e6,
        service.peak_memory_mb()
    );
    let began = Instant::now();
    let workers = [Running::worker(&settings), Running::worker(&settings)];
    let at = format!("{}/v1/jobs/{id}", service.address);
    let job = loop {
        let job = ask(client.get(&at));
        if job["state"] == "done" {
            break job;
        }
        std::thread::sleep(Duration::from_millis(500));
    };
    let cpu: f64 = workers.iter().map(Running::cpu_seconds).sum();
    let memory = workers
        .iter()
        .map(Running::peak_memory_mb)
        .fold(0.0, f64::max);
    assert_eq!(job["graded"], ANSWERS, "{job}");
    println!(
        "graded by two workers in {:.1} s: {:.0} us of worker CPU an answer, peak memory of a worker {memory:.0} MB",
        began.elapsed().as_secs_f64(),
        cpu / ANSWERS as f64 * 1e6,
    );
}
