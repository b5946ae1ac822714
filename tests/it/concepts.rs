//! The concepts of references that declare none: made once by a model, or the reference's key
//! phrases.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::language_model::completion;
use crate::support::desk::Desk;
use crate::support::program::{program, run as run_program};
use crate::support::service::{offline, post, with_extraction, with_model};

const REFERENCE: &str = "It maps classes to tables, and queries run only when rows are needed.";

/// A server that takes the reference apart with `list`, and grades by two concepts.
pub(crate) async fn provider(list: ResponseTemplate) -> (MockServer, Router) {
    let server = MockServer::start().await;
    let asked_for = |name: &str| {
        let schema = json!({"response_format": {"json_schema": {"name": name}}});
        Mock::given(method("POST")).and(body_partial_json(schema))
    };
    asked_for("concepts")
        .respond_with(list)
        .mount(&server)
        .await;
    let grade = json!({
        "concepts": {
            "c1": {"quote": "maps each class to a table", "verdict": "covered"},
            "c2": {"quote": "", "verdict": "missing"},
        },
        "overall": 55,
        "feedback": "Say when queries run.",
    });
    let grade = ResponseTemplate::new(200).set_body_json(completion(&grade.to_string(), "stop"));
    asked_for("grade").respond_with(grade).mount(&server).await;
    let router = with_extraction(&format!("{}/v1", server.uri()), None);
    (server, router)
}

pub(crate) fn list() -> ResponseTemplate {
    let concept = |quote: &str, text: &str, weight: u8| json!({"quote": quote, "text": text, "aliases": ["class is a table"], "weight": weight});
    let list = json!({"concepts": [
        concept("maps classes to tables", "every class stands for a table", 3),
        concept("queries run only when rows are needed", "queries are lazy", 2),
        concept("models are cached in memory", "nobody said so", 1),
    ]});
    // Slow enough that two who ask at once are seen to be one call.
    ResponseTemplate::new(200)
        .set_body_json(completion(&list.to_string(), "stop"))
        .set_delay(Duration::from_millis(100))
}

pub(crate) fn answer(text: &str) -> Value {
    json!({"question": "What is the ORM for?", "reference_answer": REFERENCE, "candidate_answer": text})
}

pub(crate) fn reference() -> Value {
    json!({"question": "What is the ORM for?", "reference_answer": REFERENCE})
}

/// How often the server was asked for a list, and for a grade.
pub(crate) async fn asked(server: &MockServer) -> (usize, usize) {
    let requests = server.received_requests().await.unwrap();
    let lists = requests.iter().filter(|request| {
        let body: Value = request.body_json().unwrap();
        body["response_format"]["json_schema"]["name"] == "concepts"
    });
    let lists = lists.count();
    (lists, requests.len() - lists)
}

#[tokio::test]
async fn candidates_of_one_question_are_judged_on_one_list_made_once() {
    let (server, router) = provider(list()).await;
    let answers = [
        "It maps each class to a table.",
        "Well, it maps each class to a table!",
    ];
    let [one, other] = answers.map(|text| post(&router, "/v1/grade", answer(text)));
    let (one, other) = tokio::join!(one, other);
    let (one, other) = (one.json(), other.json());
    assert_eq!(asked(&server).await, (1, 2));
    let from = one["provenance"]["concepts"].as_str().unwrap();
    assert!(from.starts_with("extracted@"), "{from}");
    assert_eq!(
        one["provenance"]["concepts"],
        other["provenance"]["concepts"]
    );
    assert_eq!(one["method"], "llm");
    assert_eq!(
        one["missing_concepts"],
        json!([{"id": "c2", "text": "queries are lazy"}])
    );
    // The list is billed once.
    let attempts = [&one, &other].map(|grade| grade["provenance"]["attempts"].as_u64().unwrap());
    assert_eq!(attempts.iter().sum::<u64>(), 3);
}

#[tokio::test]
async fn an_answer_that_needs_no_judging_needs_no_list() {
    let (server, router) = provider(list()).await;
    let grade = post(&router, "/v1/grade", answer(" ")).await.json();
    assert_eq!(grade["method"], "gate");
    assert_eq!(asked(&server).await, (0, 0));
}

#[tokio::test]
async fn where_no_list_can_be_made_the_key_phrases_serve_for_everybody() {
    let nothing = completion("{\"concepts\": []}", "stop");
    let (server, router) = provider(ResponseTemplate::new(200).set_body_json(nothing)).await;
    for _ in 0..2 {
        let grade = post(
            &router,
            "/v1/grade",
            answer("It maps each class to a table."),
        )
        .await;
        let from = grade.json()["provenance"]["concepts"].clone();
        assert!(from.as_str().unwrap().starts_with("reference@"), "{from}");
    }
    // Asked for once more, with what was wrong, and then no more.
    assert_eq!(asked(&server).await.0, 2);
    let demanded = json!({"question": "", "reference_answer": REFERENCE, "method": "llm"});
    let problem = post(&router, "/v1/concepts", demanded).await;
    assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(problem.json()["code"], "schema_violation");
}

#[tokio::test]
async fn without_the_list_of_the_others_nobody_is_judged_by_a_model() {
    let (server, router) = provider(ResponseTemplate::new(500)).await;
    let grade = post(
        &router,
        "/v1/grade",
        answer("It maps each class to a table."),
    )
    .await;
    let grade = grade.json();
    assert_eq!(
        (&grade["method"], &grade["degraded"]["reason"]),
        (&json!("keyword"), &json!("server_error"))
    );
    // It is tried again with the next answer.
    post(&router, "/v1/grade", answer("It maps a class to a table.")).await;
    assert_eq!(asked(&server).await, (4, 0));
}

#[tokio::test]
async fn a_list_can_be_had_before_any_answer() {
    let (server, router) = provider(list()).await;
    let made = post(&router, "/v1/concepts", reference()).await.json();
    assert_eq!(
        (&made["method"], &made["degraded"]),
        (&json!("llm"), &json!(null))
    );
    assert_eq!(
        made["concepts"],
        json!([
            {"id": "c1", "text": "every class stands for a table", "weight": 3.0, "aliases": ["class is a table"]},
            {"id": "c2", "text": "queries are lazy", "weight": 2.0, "aliases": ["class is a table"]},
        ])
    );
    assert_eq!(made["provenance"]["model"], "stub-2026");
    assert!(made["usage"]["cost_usd"].as_f64().unwrap() > 0.0);
    let again = post(&router, "/v1/concepts", reference()).await.json();
    assert_eq!(again["concepts"], made["concepts"]);
    assert_eq!(
        (&again["usage"]["cost_usd"], &again["provenance"]["cached"]),
        (&json!(0.0), &json!(true))
    );
    let grade = post(
        &router,
        "/v1/grade",
        answer("It maps each class to a table."),
    )
    .await;
    assert_eq!(
        grade.json()["provenance"]["concepts"],
        made["provenance"]["concepts"]
    );
    assert_eq!(asked(&server).await, (1, 1));
}

#[tokio::test]
async fn without_a_model_the_list_is_of_key_phrases_and_says_so() {
    let list = post(&offline(), "/v1/concepts", reference()).await.json();
    assert_eq!(list["degraded"]["reason"], "not_configured");
    assert_eq!(
        (&list["method"], &list["concepts"][0]["id"]),
        (&json!("keyword"), &json!("k1"))
    );
    let keyword = json!({"question": "", "reference_answer": REFERENCE, "method": "keyword"});
    assert_eq!(
        post(&offline(), "/v1/concepts", keyword).await.json()["degraded"],
        json!(null)
    );
    let demanded = json!({"question": "", "reference_answer": REFERENCE, "method": "llm"});
    let problem = post(&offline(), "/v1/concepts", demanded).await;
    assert_eq!(problem.json()["code"], "llm_not_configured");
    let empty = json!({"question": "", "reference_answer": " ", "deadline_ms": 0});
    let problem = post(&offline(), "/v1/concepts", empty).await.json();
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["pointer"])
        .collect();
    assert_eq!(pointers, ["/deadline_ms", "/reference_answer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_gets_proposals_for_the_questions_that_have_none() {
    let (server, _) = provider(list()).await;
    let desk = Desk::with_model(&format!("{}/v1", server.uri()));
    let bank = format!(
        "id = 'mine'\ntitle = 'Mine'\n\n[[questions]]\nid = 'orm'\nquestion = 'What is the ORM for?'\n\
         reference_answer = '{REFERENCE}'   # checked\n\n[[questions]]\nid = 'done'\nquestion = 'Q'\n\
         reference_answer = 'R'\nconcepts = [{{ id = 'r', text = 'R' }}]\n"
    );
    desk.write("mine.toml", &bank);
    let run = |arguments: &[&str]| {
        let mut command = program();
        command
            .current_dir(desk.folder.path())
            .arg("bank")
            .args(arguments);
        command.envs(desk.environment.iter().map(|(name, value)| (name, value)));
        run_program(&mut command, "")
    };
    let (code, told, _) = run(&["concepts", "mine.toml", "-o", "proposed.toml"]);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.starts_with("proposed.toml: concepts for 1 of 1 questions"),
        "{told}"
    );
    let written = std::fs::read_to_string(desk.path("proposed.toml")).unwrap();
    assert!(
        written.contains("# Proposed by stub-2026 with concepts@"),
        "{written}"
    );
    assert!(
        written.contains("# checked") && written.contains("id = \"queries-lazy\""),
        "{written}"
    );
    assert_eq!(run(&["check", "proposed.toml"]).0, 0);
    assert_eq!(run(&["concepts", "mine.toml", "-o", "proposed.toml"]).0, 2);
    let (code, _, told) = run(&["concepts", "proposed.toml", "-o", "-"]);
    assert!(
        code == 2 && told.contains("every question has concepts"),
        "{told}"
    );
    let down = ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1");
    let mut command = program();
    command.current_dir(desk.folder.path()).env(down.0, down.1);
    command.env("ANSWER_GRADER__LLM__RETRIES", "0");
    command.args(["bank", "concepts", "mine.toml", "-o", "-"]);
    let (code, _, told) = run_program(&mut command, "");
    assert!(
        code == 3 && told.contains("orm: the language model failed"),
        "{told}"
    );
}

#[tokio::test]
async fn with_extraction_off_the_list_says_so() {
    let (server, _) = provider(list()).await;
    let router = with_model(&format!("{}/v1", server.uri()), Duration::from_secs(5));
    let made = post(&router, "/v1/concepts", reference()).await.json();
    assert_eq!(
        (&made["method"], &made["degraded"]["reason"]),
        (&json!("keyword"), &json!("extraction_off"))
    );
    assert_eq!(asked(&server).await, (0, 0));
}
