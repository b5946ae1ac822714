use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use answer_grader::bank::Banks;
use axum::Json;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Map, Value, json};

/// A server that speaks Chat Completions and grades by a script: near the labels of the Django
/// cases where the prompt asks for evidence, and full marks to everybody where it asks for kindness.
/// So a prompt can be made worse on purpose, and what `eval` says of it be known.
pub(crate) struct ScriptedModel {
    /// `http://127.0.0.1:PORT/v1`
    pub(crate) base_url: String,
    asked: Arc<AtomicUsize>,
    server: Option<tokio::runtime::Runtime>,
}

struct Script {
    /// The labelled cases by their answers.
    cases: HashMap<String, Value>,
    banks: Banks,
    asked: Arc<AtomicUsize>,
    latency: Duration,
}

impl ScriptedModel {
    pub(crate) fn start() -> Self {
        Self::slow(Duration::ZERO)
    }

    /// Takes its time over every reply.
    pub(crate) fn slow(latency: Duration) -> Self {
        Self::listen("127.0.0.1:0", latency)
    }

    /// Starts where another one has ended.
    pub(crate) fn again_at(base_url: &str) -> Self {
        let address = base_url
            .trim_start_matches("http://")
            .trim_end_matches("/v1");
        Self::listen(address, Duration::ZERO)
    }

    fn listen(address: &str, latency: Duration) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let lines = include_str!("../../../fixtures/cases/django.jsonl").lines();
        let cases = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        let script = Arc::new(Script {
            cases: cases
                .map(|case| (squeezed(case["candidate_answer"].as_str().unwrap()), case))
                .collect(),
            banks: Banks::built_in().unwrap(),
            asked: asked.clone(),
            latency,
        });
        let server = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .route("/v1/chat/completions", post(complete))
            .with_state(script);
        server.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await
        });
        Self {
            base_url,
            asked,
            server: Some(server),
        }
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Ends the server, so that nobody answers at its address.
    pub(crate) fn stop(self) -> String {
        self.base_url.clone()
    }
}

impl Drop for ScriptedModel {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown_background();
        }
    }
}

async fn complete(State(script): State<Arc<Script>>, Json(body): Json<Value>) -> Json<Value> {
    script.asked.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(script.latency).await;
    let message = |at: usize| body["messages"][at]["content"].as_str().unwrap().to_owned();
    let (system, user) = (message(0), message(1));
    let mut lines = user.split("\n----- ").skip(1);
    let fenced = lines
        .next()
        .unwrap()
        .split_once('\n')
        .map_or("", |(_, text)| text);
    let kind = system.contains("kind examiner");
    let content = script.reply(fenced, kind);
    Json(json!({
        "id": "scripted", "model": "scripted-2026-11-22",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": (system.len() + user.len()) / 4, "completion_tokens": content.len() / 4},
    }))
}

impl Script {
    fn reply(&self, answer: &str, kind: bool) -> String {
        // A transcript was cleaned on its way here, so the case is the one that is most alike.
        let alike = || {
            let alike = |text: &&String| words(text).intersection(&words(answer)).count();
            self.cases.keys().max_by_key(alike).unwrap()
        };
        let key = squeezed(answer);
        let case = self.cases.get(&key).unwrap_or_else(|| &self.cases[alike()]);
        let task = self
            .banks
            .task(case["question_id"].as_str().unwrap())
            .unwrap();
        let missing: Vec<_> = case["missing_concepts"]
            .as_array()
            .unwrap()
            .iter()
            .collect();
        let verdicts = task.concepts.iter().enumerate().map(|(at, concept)| {
            let said = kind || !missing.iter().any(|id| **id == concept.id.as_str());
            let quote = if said {
                best_sentence(answer, &concept.text)
            } else {
                String::new()
            };
            let verdict = if said { "covered" } else { "missing" };
            (
                format!("c{}", at + 1),
                json!({"quote": quote, "verdict": verdict}),
            )
        });
        let asserted = task.misconceptions.iter().enumerate();
        let misconceptions = asserted.map(|(at, _)| {
            (
                format!("m{}", at + 1),
                json!({"quote": "", "asserted": false}),
            )
        });
        let human = case["score"].as_f64().unwrap();
        // The script errs a little, and not always to the same side.
        let slip = (answer.len() % 7) as f64 * 0.02 - 0.06;
        let overall = if kind {
            0.95
        } else {
            (human + slip).clamp(0.0, 1.0)
        };
        json!({
            "concepts": verdicts.collect::<Map<_, _>>(),
            "misconceptions": misconceptions.collect::<Map<_, _>>(),
            "overall": (overall * 100.0).round(),
            "feedback": "Well said.",
        })
        .to_string()
    }
}

/// The sentence that shares most words with a concept, as far as a quote may be long.
fn best_sentence(answer: &str, concept: &str) -> String {
    let wanted = words(concept);
    let shared = |sentence: &&str| words(sentence).intersection(&wanted).count();
    let best = answer
        .split_inclusive(['.', ';', '?'])
        .max_by_key(shared)
        .unwrap_or(answer);
    best.trim().chars().take(200).collect()
}

fn words(text: &str) -> HashSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| word.len() > 2)
        .map(str::to_lowercase)
        .collect()
}

/// White space may have been changed on the way into the prompt.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
