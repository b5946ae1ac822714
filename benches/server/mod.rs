use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};

/// A server that speaks Chat Completions: every answer has half of the points, after a set time.
pub(crate) struct Server {
    pub(crate) base_url: String,
    state: Arc<Served>,
    runtime: tokio::runtime::Runtime,
}

struct Served {
    latency: Duration,
    /// When the first request came and the last reply went out.
    span: Mutex<Option<(Instant, Instant)>>,
}

impl Server {
    /// Listens on loopback, on a free port if none is given.
    pub(crate) fn start(latency: Duration, port: Option<u16>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let address = ("127.0.0.1", port.unwrap_or(0));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(address))
            .unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let state = Arc::new(Served {
            latency,
            span: Mutex::default(),
        });
        let router = axum::Router::new()
            .route("/v1/chat/completions", post(complete))
            .with_state(state.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            base_url,
            state,
            runtime,
        }
    }

    /// Forgets the program that was measured before.
    pub(crate) fn forget(&self) {
        *self.state.span.lock().unwrap() = None;
    }

    /// From the first request to the last reply since then.
    pub(crate) fn span(&self) -> Duration {
        let span = *self.state.span.lock().unwrap();
        span.map_or(Duration::ZERO, |(first, last)| last - first)
    }

    /// Serves until the process ends.
    pub(crate) fn wait(self) {
        self.runtime.block_on(std::future::pending::<()>());
    }
}

async fn complete(State(state): State<Arc<Served>>, Json(body): Json<Value>) -> Json<Value> {
    let now = Instant::now();
    {
        let mut span = state.span.lock().unwrap();
        span.get_or_insert((now, now));
    }
    tokio::time::sleep(state.latency).await;
    let concepts = &body["response_format"]["json_schema"]["schema"]["properties"]["concepts"];
    let keys = concepts["properties"].as_object();
    let verdicts: serde_json::Map<_, _> = keys
        .into_iter()
        .flat_map(|keys| keys.keys())
        .map(|key| (key.clone(), json!({"quote": "", "verdict": "missing"})))
        .collect();
    let content = json!({"concepts": verdicts, "overall": 50, "feedback": "Half of it is right."});
    let reply = json!({
        "model": "mock", "choices": [{"index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": content.to_string()}}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 100},
    });
    if let Some((_, last)) = &mut *state.span.lock().unwrap() {
        *last = Instant::now();
    }
    Json(reply)
}
