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
        // Each question is to reach the server.
        ("ANSWER_GRADER__LLM__CACHE_REPLIES", "0"),
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

/// A settings file for the tiny model, asked through one of the APIs.
fn settings(llama: &LlamaServer, provider: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    let text = format!(
        "[llm]\nmodel = \"tiny\"\ntimeout_ms = 120000\nretries = 0\n\n[[llm.models]]\nname = \"tiny\"\n\
         provider = \"{provider}\"\nbase_url = \"{}\"\napi_key_env = \"LLAMA_KEY\"\n",
        llama.base_url()
    );
    std::fs::write(file.path(), text).unwrap();
    file
}

fn serve(llama: &LlamaServer, provider: &str) -> Served {
    let settings = settings(llama, provider);
    let path = settings.path().to_str().unwrap();
    Served::start_with(&["--config", path], &[("LLAMA_KEY", llama.api_key())])
}

fn answer(number: usize) -> Value {
    json!({"candidate_answer": format!("The ORM maps class {number} to a table, so I write no SQL.")})
}

/// Fifty grades by each of OpenAI's two APIs.
#[tokio::test]
#[ignore = "needs llama.cpp's server, which tests/setup installs"]
async fn a_hundred_replies_of_both_openai_apis_are_valid() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let llama = LlamaServer::start();
    for provider in ["openai", "openai_responses"] {
        let served = serve(&llama, provider);
        for number in 0..50 {
            let (status, graded) = grade(&served.address, answer(number)).await;
            assert_eq!(
                (status, &graded["method"]),
                (200, &json!("llm")),
                "{graded}"
            );
            assert_eq!(
                graded["provenance"]["provider"], "openai_compatible",
                "{graded}"
            );
            assert!(graded["score"].as_f64().is_some(), "{graded}");
        }
    }
}

/// llama.cpp takes Anthropic's requests and ignores their schema: its random words are no reply, and
/// the grade says so.
#[tokio::test]
#[ignore = "needs llama.cpp's server, which tests/setup installs"]
async fn a_server_that_ignores_the_schema_is_never_a_zero() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let llama = LlamaServer::start();
    let served = serve(&llama, "anthropic");
    let (status, graded) = grade(&served.address, answer(1)).await;
    assert_eq!(
        (status, &graded["method"]),
        (200, &json!("keyword")),
        "{graded}"
    );
    let reason = graded["degraded"]["reason"].as_str().unwrap();
    assert!(
        ["truncated", "schema_violation"].contains(&reason),
        "{graded}"
    );
}

/// What is asked while the server is away is graded by words and says so; when it is back, so is the
/// model, without a restart.
#[tokio::test]
#[ignore = "needs llama.cpp's server, which tests/setup installs"]
async fn a_model_that_comes_back_is_asked_again() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut llama = LlamaServer::start();
    let served = serve(&llama, "openai");
    let mut methods = Vec::new();
    for number in 0..9 {
        if number == 3 {
            llama.stop();
        }
        if number == 6 {
            llama = llama.start_again();
        }
        let (status, graded) = grade(&served.address, answer(number)).await;
        assert_eq!(status, 200, "{graded}");
        methods.push(graded["method"].as_str().unwrap().to_owned());
        assert_eq!(
            graded["degraded"].is_null(),
            graded["method"] == "llm",
            "{graded}"
        );
    }
    let expected = [["llm"; 3], ["keyword"; 3], ["llm"; 3]].concat();
    assert_eq!(methods, expected);
}
