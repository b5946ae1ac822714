//! The whole way against a real LLM server: llama.cpp's, with a tiny model whose words mean
//! nothing, so that only the way is tested and not the judgement.

use serde_json::{Value, json};

use crate::support::llama::LlamaServer;
use crate::support::program::Served;

async fn grade(address: &str, more: Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut body = json!({
        "question_id": "django/orm",
        "candidate_answer": "The ORM maps each class to a table, so I write Python instead of SQL.",
    });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let response = client
        .post(format!("{address}/v1/grade"))
        .json(&body)
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
#[ignore = "needs llama.cpp's server, which tests/setup installs"]
async fn the_llm_grades_until_it_is_stopped_and_then_keywords_do() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut llama = LlamaServer::start();
    let served = Served::start(&[
        ("OPENAI_BASE_URL", llama.base_url()),
        ("OPENAI_API_KEY", llama.api_key()),
        ("ANSWER_GRADER__LLM__TIMEOUT_MS", "120000"),
    ]);

    let (status, grade_by_llm) = grade(&served.address, json!({})).await;
    assert_eq!(status, 200, "{grade_by_llm}");
    assert_eq!(
        (&grade_by_llm["method"], &grade_by_llm["degraded"]),
        (&json!("llm"), &json!(null)),
        "{grade_by_llm}"
    );
    // Random words quote nothing, so the evidence check leaves no more than .1.
    assert!(
        grade_by_llm["score"].as_f64().unwrap() <= 0.1,
        "{grade_by_llm}"
    );
    assert_eq!(grade_by_llm["concepts"].as_array().unwrap().len(), 8);
    assert!(grade_by_llm["usage"]["input_tokens"].as_u64().unwrap() > 1000);
    assert_eq!(
        grade_by_llm["usage"]["cost_usd"],
        json!(null),
        "a local server has no known price"
    );
    let (_, again) = grade(&served.address, json!({})).await;
    assert_eq!(
        again["score_parts"], grade_by_llm["score_parts"],
        "at temperature 0 one answer has one grade"
    );

    llama.stop();
    let (status, fallen_back) = grade(&served.address, json!({})).await;
    assert_eq!((status, &fallen_back["method"]), (200, &json!("keyword")));
    assert_eq!(fallen_back["degraded"]["reason"], "network");
    let (status, problem) = grade(&served.address, json!({"method": "llm"})).await;
    assert_eq!(
        (status, &problem["code"]),
        (503, &json!("network")),
        "{problem}"
    );
}
