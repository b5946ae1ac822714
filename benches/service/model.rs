use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};

/// What the mock model was sent last, for the pass-through to send again.
pub(crate) const LAST_BODY: &str = "answer-grader-bench-body.json";

struct Model {
    asked: AtomicUsize,
    faults: bool,
}

/// Serves a model that gives every answer as many hundredths as the number in it, and prints its
/// address. With faults, each fifth reply is one.
pub(crate) fn run(faults: bool) {
    let model = Arc::new(Model {
        asked: AtomicUsize::new(0),
        faults,
    });
    let router = axum::Router::new()
        .route("/v1/chat/completions", post(complete))
        .with_state(model);
    super::process::serve(router);
}

async fn complete(State(model): State<Arc<Model>>, body: Bytes) -> Response {
    let number = model.asked.fetch_add(1, Ordering::Relaxed);
    if number == 0 {
        std::fs::write(std::env::temp_dir().join(LAST_BODY), &body).unwrap();
    }
    let reply = reply(&body);
    if !model.faults || number % 5 != 0 {
        return axum::Json(reply).into_response();
    }
    match number / 5 % 4 {
        0 => (StatusCode::TOO_MANY_REQUESTS, "slow down").into_response(),
        1 => (StatusCode::INTERNAL_SERVER_ERROR, "broken").into_response(),
        2 => {
            let text = reply.to_string();
            let part = Ok(Bytes::from(text[..text.len() / 2].to_owned()));
            let cut = Err(std::io::Error::other("cut"));
            Body::from_stream(stream::iter([part, cut])).into_response()
        }
        _ => {
            tokio::time::sleep(Duration::from_secs(20)).await;
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

fn reply(body: &[u8]) -> Value {
    // The number is found in the text as it is, so that the model costs little beside the service.
    let text = std::str::from_utf8(body).unwrap();
    let after = text.rsplit("of number ").next().unwrap();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let number: u64 = digits.parse().unwrap_or_default();
    let content = json!({
        "concepts": {
            "c1": {"quote": "an index keeps a column sorted", "verdict": "covered"},
            "c2": {"quote": "", "verdict": "missing"},
        },
        "overall": 25 + number % 51,
        "feedback": "Say what an index costs when rows are written.",
    });
    json!({
        "id": "bench", "model": "bench-2026",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content.to_string()}}],
        "usage": {"prompt_tokens": 1800, "completion_tokens": 90, "total_tokens": 1890},
    })
}
