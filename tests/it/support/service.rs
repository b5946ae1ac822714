use std::sync::Arc;
use std::time::Duration;

use answer_grader::bank::Banks;
use answer_grader::grade::{Defaults, Limits};
use answer_grader::http::{Access, Matter, Metrics, Reports, Service, Shelf, router};
use answer_grader::llm::{HttpModel, ModelSettings, Prices, RetrySettings};
use answer_grader::store::Store;
use answer_grader::{BudgetSettings, Grader, GraderSettings, Prompt};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

pub(crate) fn service() -> Service {
    Service {
        matter: matter(Grader::offline(GraderSettings::default())),
        store: None,
        desk: None,
        shelf: Shelf::default(),
        pages: true,
        evaluations: Arc::new(Reports::new("evaluations".into())),
        limits: Limits::default(),
        defaults: Defaults::default(),
        access: Access::new(None),
        metrics: Arc::new(Metrics::default()),
        max_body_bytes: 100_000,
        max_batch: 5,
        batch_concurrency: 2,
        request_timeout: Duration::from_secs(30),
        receive_timeout: Duration::from_secs(30),
        max_connections: 64,
        in_flight: Arc::new(Semaphore::new(1_024)),
    }
}

fn matter(grader: Grader) -> Arc<Matter> {
    Arc::new(Matter::new(grader, Banks::built_in().unwrap()))
}

/// The service without a language model.
pub(crate) fn offline() -> Router {
    router(Arc::new(service()))
}

const PRICES: Prices = Prices {
    input: 1.0,
    cached_input: Some(0.5),
    cache_write: None,
    output: 2.0,
};

/// The service with a language model at `base_url`; it retries once, at once.
pub(crate) fn with_model(base_url: &str, timeout: Duration) -> Router {
    with_models(&[base_url], timeout)
}

/// The service with a language model at `base_url`, and one of unknown price at `next`, on which so
/// much may be spent in an hour.
pub(crate) fn with_budget(base_url: &str, next: &str, usd_per_hour: f64) -> Router {
    let settings = GraderSettings {
        budget: BudgetSettings {
            usd_per_hour: Some(usd_per_hour),
            usd_per_day: None,
        },
        ..GraderSettings::default()
    };
    let [first, next] = [base_url, next].map(|url| model(url, Duration::from_secs(1)));
    let prompt = Arc::new(Prompt::built_in().unwrap());
    let grader = Grader::new(settings, first, prompt, Some(PRICES)).with_next(next, None);
    router(Arc::new(Service {
        matter: matter(grader),
        ..service()
    }))
}

/// The service with language models at these addresses, asked in turn.
pub(crate) fn with_models(base_urls: &[&str], timeout: Duration) -> Router {
    router(Arc::new(service_with_models(base_urls, timeout)))
}

/// The same, not yet with its routes.
pub(crate) fn service_with_models(base_urls: &[&str], timeout: Duration) -> Service {
    let mut models = base_urls.iter().map(|url| model(url, timeout));
    let prompt = Arc::new(Prompt::built_in().unwrap());
    let first = models.next().unwrap();
    let grader = Grader::new(GraderSettings::default(), first, prompt, Some(PRICES));
    let grader = models.fold(grader, |grader, next| grader.with_next(next, Some(PRICES)));
    Service {
        matter: matter(grader),
        ..service()
    }
}

/// The service with a language model at `base_url`, which also takes references apart, and keeps what
/// it made of them where there is a store.
pub(crate) fn with_extraction(base_url: &str, store: Option<Store>) -> Router {
    let prompt = |prompt: Result<Prompt, _>| Arc::new(prompt.unwrap());
    let grader = Grader::new(
        GraderSettings::default(),
        model(base_url, Duration::from_secs(5)),
        prompt(Prompt::built_in()),
        Some(PRICES),
    );
    let mut grader = grader.with_extraction(prompt(Prompt::built_in_concepts()));
    if let Some(store) = &store {
        grader = grader.with_concept_store(Arc::new(store.clone()));
    }
    router(Arc::new(Service {
        matter: matter(grader),
        store,
        ..service()
    }))
}

fn model(base_url: &str, timeout: Duration) -> Arc<HttpModel> {
    let settings = ModelSettings {
        timeout,
        retries: 1,
        max_output_tokens: 4096,
        prices: Some(PRICES),
        ..ModelSettings::new("stub", base_url.parse().unwrap())
    };
    let quick = RetrySettings {
        base_delay: Duration::from_millis(1),
        ..RetrySettings::default()
    };
    Arc::new(HttpModel::new(settings).unwrap().with_retry(quick))
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Response {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Response {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

pub(crate) async fn post(router: &Router, path: &str, body: impl ToString) -> Response {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

pub(crate) async fn get(router: &Router, path: &str) -> Response {
    send(router, Request::get(path).body(Body::empty()).unwrap()).await
}
