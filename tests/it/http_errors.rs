//! Every refusal names what is wrong, and nothing of the answer or the key.

use axum::body::Body;
use axum::http::{Request, header};
use rstest::rstest;
use serde_json::json;

use crate::support::service::{get, offline, post, send};

#[rstest]
#[case::malformed(r#"{"question": "x", "#, 400, "malformed_json", "")]
#[case::trailing(
    r#"{"candidate_answer": "x", "question_id": "django/orm"} x"#,
    400,
    "malformed_json",
    ""
)]
#[case::unknown_field(
    r#"{"candidate_answer": "x", "answer": "secret"}"#,
    422,
    "invalid_request",
    "/answer"
)]
#[case::wrong_type(
    r#"{"candidate_answer": ["secret"]}"#,
    422,
    "invalid_request",
    "/candidate_answer"
)]
#[case::missing(r#"{"question": "x"}"#, 422, "invalid_request", "/candidate_answer")]
#[case::no_reference(
    r#"{"question": "x", "candidate_answer": "secret"}"#,
    422,
    "invalid_request",
    "/reference_answer"
)]
#[case::no_object("[]", 422, "invalid_request", "")]
#[case::nested(
    r#"{"question": "x", "candidate_answer": "secret", "concepts": [{"id": "a", "text": "secret", "weight": "secret"}]}"#,
    422,
    "invalid_request",
    "/concepts/0/weight"
)]
#[case::wrong_word(
    r#"{"candidate_answer": "x", "method": 5}"#,
    422,
    "invalid_request",
    "/method"
)]
#[case::unknown_question(
    r#"{"question_id": "django/none", "candidate_answer": "secret"}"#,
    404,
    "unknown_question",
    "/question_id"
)]
#[case::llm_demanded(
    r#"{"question_id": "django/orm", "candidate_answer": "secret", "method": "llm"}"#,
    503,
    "llm_not_configured",
    ""
)]
#[tokio::test]
async fn a_refusal_names_the_field_and_not_its_contents(
    #[case] body: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] pointer: &str,
) {
    let response = post(&offline(), "/v1/grade", body).await;
    assert_eq!(response.status.as_u16(), status, "{}", response.text);
    assert_eq!(
        response.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let problem = response.json();
    assert_eq!(
        (&problem["code"], &problem["status"]),
        (&json!(code), &json!(status))
    );
    assert_eq!(
        problem["request_id"],
        response.headers["x-request-id"].to_str().unwrap()
    );
    assert_eq!(problem["instance"], "/v1/grade");
    if pointer.is_empty() {
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
    } else {
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    assert!(!response.text.contains("secret"), "{}", response.text);
}

#[tokio::test]
async fn a_limit_is_named_with_what_was_sent() {
    let body = json!({"question_id": "django/orm", "candidate_answer": "x".repeat(50_001)});
    let problem = post(&offline(), "/v1/grade", body).await.json();
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("50001") && detail.contains("50000"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let body = json!({"question_id": "django/orm", "candidate_answer": "x".repeat(100_000)});
    let response = post(&offline(), "/v1/grade", body).await;
    assert_eq!(
        (response.status.as_u16(), response.json()["code"].clone()),
        (413, json!("body_too_large"))
    );
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let request = Request::post("/v1/grade")
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from("{}"))
        .unwrap();
    let response = send(&offline(), request).await;
    assert_eq!(
        (response.status.as_u16(), response.json()["code"].clone()),
        (415, json!("not_json"))
    );
    let invalid_utf8 = Request::post("/v1/grade").header(header::CONTENT_TYPE, "application/json");
    let response = send(
        &offline(),
        invalid_utf8
            .body(Body::from(b"{\"question\": \"\xff\"}".to_vec()))
            .unwrap(),
    )
    .await;
    assert_eq!(response.status, 400);
}

#[rstest]
#[case("/v1/nothing", 404, "no_such_path")]
#[case("/v1/grade", 405, "no_such_method")]
#[case("/v1/banks/none", 404, "unknown_bank")]
#[case("/v1/banks/%FF", 404, "unknown_bank")]
#[case("/v1/banks/django?include=all", 400, "unknown_option")]
#[case("/v1/banks/django?secret=1", 400, "unknown_option")]
#[tokio::test]
async fn a_wrong_address_is_a_problem_too(
    #[case] path: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let response = get(&offline(), path).await;
    assert_eq!(
        (response.status.as_u16(), response.json()["code"].clone()),
        (status, json!(code))
    );
    if status == 405 {
        assert_eq!(response.headers[header::ALLOW], "POST");
    }
}

#[rstest]
#[case(json!({"requests": []}))]
#[case(json!({"requests": [1, 2, 3, 4, 5, 6]}))]
#[tokio::test]
async fn a_batch_has_a_size(#[case] body: serde_json::Value) {
    let problem = post(&offline(), "/v1/grade/batch", body).await.json();
    assert_eq!(problem["errors"][0]["pointer"], "/requests");
    assert!(
        problem["detail"].as_str().unwrap().contains("1 to 5"),
        "{problem}"
    );
}
