//! Tokens for pages of other sites, and what such a page may ask.

mod models;
mod pages;
mod tokens;

use std::time::Duration;

use answer_grader::grade::FeedbackLevel;
use answer_grader::store::{NewEmbed, Store};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::support::service::{Response, send};

const SITE: &str = "https://school.example";
const TOKENS: &str = "/v1/embed-tokens";
const QUESTION: &str = "/v1/embed/questions/django/signals";
const GRADING: &str = "/v1/embed/grade";

/// A page of an origin, which asks with a token.
#[derive(Clone, Copy)]
struct Page<'a> {
    router: &'a Router,
    origin: &'a str,
    token: &'a str,
}

impl<'a> Page<'a> {
    fn of(router: &'a Router, token: &'a str) -> Self {
        Self {
            router,
            origin: SITE,
            token,
        }
    }

    async fn ask(self, method: &str, path: &str, body: Value) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ORIGIN, self.origin)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "cross-site");
        let request = request.body(Body::from(body.to_string())).unwrap();
        send(self.router, request).await
    }

    async fn question(self) -> Response {
        self.ask("GET", QUESTION, json!(null)).await
    }

    async fn grade(self, request: Value) -> Response {
        self.ask("POST", GRADING, request).await
    }

    /// Why an answer is refused, which the page can read.
    async fn refusal(self, request: Value) -> String {
        refusal(&self.grade(request).await, self.origin)
    }
}

fn refusal(response: &Response, origin: &str) -> String {
    let readable_by = &response.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN];
    assert_eq!(readable_by, origin, "{}", response.text);
    response.json()["code"].as_str().unwrap().to_owned()
}

fn answer() -> Value {
    answer_to("django/signals")
}

fn answer_to(question: &str) -> Value {
    json!({"question_id": question, "candidate_answer": "A signal lets a sender notify receivers."})
}

/// The token of a response that made one.
fn made(response: &Response) -> String {
    assert_eq!(response.status, StatusCode::CREATED, "{}", response.text);
    response.json()["token"].as_str().unwrap().to_owned()
}

/// A token that is good for so many answers on pages of `SITE`, of nobody's key.
fn embed(grades: u32) -> NewEmbed {
    NewEmbed {
        api_key: None,
        bank: "django".to_owned(),
        origins: vec![SITE.to_owned()],
        feedback: FeedbackLevel::Hint,
        grades,
        valid_for: Duration::from_mins(5),
        subject: None,
        metadata: None,
    }
}

async fn token_of(store: &Store, new: &NewEmbed) -> String {
    store.create_embed(new).await.unwrap().0
}
