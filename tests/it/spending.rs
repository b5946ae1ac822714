//! What may be spent on a language model, and what happens when it is.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::language_model::{body, completion, honest, provider};
use crate::support::service::{post, with_budget};

#[tokio::test]
async fn a_spent_budget_is_said_and_never_exceeded_by_another_call() {
    let reply = completion(&honest().to_string(), "stop");
    let (server, _) = provider(ResponseTemplate::new(200).set_body_json(reply)).await;
    // A call costs 900 input tokens, 400 of them cached, and 100 output tokens: .0009 US dollars.
    let url = format!("{}/v1", server.uri());
    let router = with_budget(&url, &url, 0.001);
    for _ in 0..2 {
        let grade = post(&router, "/v1/grade", body(json!({}))).await.json();
        assert_eq!(grade["method"], "llm", "{grade}");
        assert!((grade["usage"]["cost_usd"].as_f64().unwrap() - 0.0009).abs() < 1e-9);
    }
    let grade = post(&router, "/v1/grade", body(json!({}))).await.json();
    assert_eq!(
        (
            &grade["method"],
            &grade["degraded"]["reason"],
            &grade["usage"]["cost_usd"]
        ),
        (&json!("keyword"), &json!("budget_exhausted"), &json!(0.0)),
        "{grade}"
    );
    let refused = post(&router, "/v1/grade", body(json!({"method": "llm"}))).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].clone()),
        (429, json!("budget_exhausted"))
    );
    let wait: u64 = refused.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_call_at_an_unknown_price_takes_nothing_off_what_was_spent() {
    let sound = completion(&honest().to_string(), "stop");
    // It is cut, and billed all the same.
    let (cut, _) =
        provider(ResponseTemplate::new(200).set_body_json(completion("{", "length"))).await;
    let (next, _) = provider(ResponseTemplate::new(200).set_body_json(sound)).await;
    let urls = [&cut, &next].map(|server| format!("{}/v1", server.uri()));
    let router = with_budget(&urls[0], &urls[1], 0.001);
    let mut methods = Vec::new();
    for _ in 0..3 {
        let grade = post(&router, "/v1/grade", body(json!({}))).await.json();
        methods.push(grade["method"].as_str().unwrap().to_owned());
    }
    // .0009 are spent, then .0018: the second reply that is cut leaves nothing for the next model.
    assert_eq!(methods, ["llm", "keyword", "keyword"]);
    assert_eq!(cut.received_requests().await.unwrap().len(), 2);
    assert_eq!(next.received_requests().await.unwrap().len(), 1);
}
