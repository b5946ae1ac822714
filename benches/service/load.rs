use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A caller with many answers to one question.
pub(crate) struct Load {
    url: String,
    runtime: tokio::runtime::Runtime,
}

/// What became of the requests.
#[derive(Default)]
pub(crate) struct Outcomes {
    /// Grades by the model, each as the model gave it.
    pub(crate) by_model: usize,
    /// Grades by keywords, by the reason they give.
    pub(crate) degraded: BTreeMap<String, usize>,
    /// Replies that are no grade.
    pub(crate) other: usize,
    /// Grades that say they are the model's and are not what it gave.
    pub(crate) wrong: usize,
    pub(crate) latencies: Vec<Duration>,
}

impl std::fmt::Display for Outcomes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} by the model, by keywords {:?}, no grade {}, wrong {}",
            self.by_model, self.degraded, self.other, self.wrong
        )
    }
}

impl Outcomes {
    pub(crate) fn answered(&self) -> usize {
        self.by_model + self.degraded.values().sum::<usize>() + self.other
    }
}

impl Load {
    pub(crate) fn new(address: &str, path: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            url: format!("{address}{path}"),
            runtime: tokio::runtime::Runtime::new().unwrap(),
        }
    }

    /// Sends so many requests on so many connections; their answers are numbered from `from`.
    pub(crate) fn run(&self, requests: usize, connections: usize, from: usize) -> Outcomes {
        let next = Arc::new(AtomicUsize::new(0));
        let work = |_| {
            let (next, url) = (next.clone(), self.url.clone());
            self.runtime.spawn(async move {
                let client = reqwest::Client::new();
                let mut outcomes = Outcomes::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= requests {
                        return outcomes;
                    }
                    one(&client, &url, from + number, &mut outcomes).await;
                }
            })
        };
        let workers: Vec<_> = (0..connections).map(work).collect();
        let mut all = Outcomes::default();
        for worker in workers {
            let outcomes = self.runtime.block_on(worker).unwrap();
            all.by_model += outcomes.by_model;
            all.other += outcomes.other;
            all.wrong += outcomes.wrong;
            all.latencies.extend(outcomes.latencies);
            for (reason, count) in outcomes.degraded {
                *all.degraded.entry(reason).or_default() += count;
            }
        }
        all
    }
}

/// So many requests, one a line.
pub(crate) fn lines(from: usize, count: usize) -> String {
    let lines: Vec<_> = (from..from + count)
        .map(|number| request(number).to_string())
        .collect();
    lines.join("\n")
}

/// A request, with the answer of this number.
pub(crate) fn request(number: usize) -> Value {
    json!({
        "question": "What does an index do, and what does it cost?",
        "reference_answer": "An index keeps a sorted copy of a column, so that the database finds rows without reading \
             the whole table. It takes space, and every write has to keep it up to date.",
        "concepts": [
            {"id": "lookup", "text": "an index finds rows without reading the whole table"},
            {"id": "writes", "text": "writes become slower"},
        ],
        "candidate_answer": format!(
            "In my view an index keeps a column sorted, so the database jumps to the rows it wants in place of \
             reading them all, much like the one at the end of a book does; this is answer of number {number}, and \
             the candidate has nothing more to say about what it costs."
        ),
    })
}

async fn one(client: &reqwest::Client, url: &str, number: usize, outcomes: &mut Outcomes) {
    let body = request(number);
    let started = Instant::now();
    let response = client.post(url).json(&body).send().await.unwrap();
    let grade: Value = response.json().await.unwrap();
    outcomes.latencies.push(started.elapsed());
    match (grade["method"].as_str(), grade["score"].as_f64()) {
        (Some("llm"), Some(score)) => {
            outcomes.by_model += 1;
            let given = (25 + number % 51) as f64 / 100.0;
            outcomes.wrong += usize::from((score - given).abs() > 1e-9);
        }
        (Some("keyword"), Some(_)) => {
            let reason = grade["degraded"]["reason"].as_str().unwrap_or("none");
            *outcomes.degraded.entry(reason.to_owned()).or_default() += 1;
            outcomes.wrong +=
                usize::from(grade["needs_review"] != true && reason != "not_configured");
        }
        _ => outcomes.other += 1,
    }
}
