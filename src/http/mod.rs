//! The service: grades answers, keeps the grades, shows banks.
//!
//! | file | job |
//! |---|---|
//! | `error` | problems: the only place with status codes of errors |
//! | `json` | request bodies, with a pointer to what is wrong |
//! | `trace` | the span of a request |
//! | `access`, `keyring` | who may do what |
//! | `around` | around every request: its id, the access log, problems rendered |
//! | `grading`, `grades`, `reviews`, `banks`, `health` | thin handlers |
//! | `jobs`, `uploads`, `regrades`, `outcomes` | large batches: where they stand, the answers as they come, kept ones, what becomes of them |
//! | `idempotency` | a request that is sent twice is graded once |
//! | `sources`, `shelf` | banks as they are written and saved; those that hold now |
//! | `evaluations` | reports of `eval` |
//! | `session` | who is signed in with a browser |
//! | `embeds` | the web component on pages of other sites |
//! | `mued` | the µEd API, which learning platforms speak |
//! | `pages` | the pages for people (`web/`) |
//! | `openapi`, `docs` | the API described, from the code; a page about it |
//! | `matter` | what it grades with, which may be exchanged while it runs |
//! | `metrics` | what it does, in figures |
//! | `moment` | moments in requests and responses |
//! | `server`, `connections` | bind, accept, stop |

mod access;
mod around;
mod banks;
mod connections;
mod docs;
mod embeds;
mod error;
mod evaluations;
mod grades;
mod grading;
mod health;
mod idempotency;
mod jobs;
mod json;
mod keyring;
mod matter;
mod metrics;
mod moment;
mod mued;
mod openapi;
mod outcomes;
mod pages;
mod regrades;
mod reviews;
mod server;
mod session;
mod shelf;
mod sources;
mod trace;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get, post, put};

use tokio::sync::Semaphore;

use crate::grade::{Defaults, Limits};
use crate::store::Store;

pub use access::Access;
pub use evaluations::Reports;
pub use jobs::Desk;
pub use keyring::Keyring;
pub use matter::{Current, Matter};
pub use metrics::Metrics;
pub use openapi::openapi;
pub use server::{ServeError, Signals, serve};
pub use shelf::Shelf;

/// What the handlers share.
pub struct Service {
    /// What it grades with.
    pub matter: Arc<Matter>,
    /// The banks, with what people saved.
    pub shelf: Shelf,
    /// What outlives the process, where anything does.
    pub store: Option<Store>,
    /// Takes large batches, where there is a store.
    pub desk: Option<Desk>,
    /// How large a request may be.
    pub limits: Limits,
    /// What holds where a request is silent.
    pub defaults: Defaults,
    /// Who may do what.
    pub access: Access,
    /// Counts what it does.
    pub metrics: Arc<Metrics>,
    /// Whether there are pages for people beside the API.
    pub pages: bool,
    /// The reports that a page shows.
    pub evaluations: Arc<Reports>,
    /// Bytes of a request's body.
    pub max_body_bytes: usize,
    /// Requests in a batch.
    pub max_batch: usize,
    /// Requests of a batch that are graded at the same time.
    pub batch_concurrency: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long a request's head, and then its body, may take to come.
    pub receive_timeout: Duration,
    /// Connections at the same time; more wait.
    pub max_connections: usize,
    /// Requests under way at the same time; more are turned away with 503.
    pub in_flight: Arc<Semaphore>,
}

type Shared = axum::extract::State<Arc<Service>>;

/// Builds the service's routes.
pub fn router(service: Arc<Service>) -> Router {
    let pages = if service.pages {
        pages::routes()
    } else {
        Router::new()
    };
    pages
        .route("/v1/grade", post(grading::grade))
        .route(grading::BATCH, post(grading::batch))
        .route("/v1/concepts", post(grading::concepts))
        .route(
            "/v1/grades",
            get(grades::list).delete(grades::erase_subject),
        )
        .route("/v1/grades/{id}", get(grades::show).delete(grades::erase))
        .route("/v1/grades/{id}/legal-hold", put(grades::hold))
        .route("/v1/grades/{id}/review", post(reviews::review))
        .route("/v1/grades/{id}/explanation", get(reviews::explanation))
        .route("/v1/reviews/queue", get(reviews::queue))
        .route("/v1/jobs", get(jobs::list).post(jobs::create))
        .route("/v1/jobs/{id}", get(jobs::show))
        .route("/v1/jobs/{id}/results", get(outcomes::results))
        .route("/v1/jobs/{id}/events", get(outcomes::events))
        .route("/v1/jobs/{id}/cancel", post(jobs::cancel))
        .route("/v1/jobs/{id}/retry", post(jobs::retry))
        .route("/v1/jobs/{id}/apply", post(jobs::apply))
        .route("/v1/banks", get(banks::list))
        .route("/v1/bank-check", post(sources::check))
        .route("/v1/bank-import", post(sources::import_notes))
        .route("/v1/banks/{id}", get(banks::show))
        .route(
            "/v1/banks/{id}/source",
            get(sources::show)
                .put(sources::save)
                .delete(sources::forget),
        )
        .route("/v1/embed-tokens", post(embeds::create))
        .route(
            "/v1/embed/questions/{bank}/{question}",
            get(embeds::question).options(embeds::preflight),
        )
        .route(
            "/v1/embed/grade",
            post(embeds::grade).options(embeds::preflight),
        )
        .route("/embed.js", get(embeds::script))
        .route("/evaluate", post(mued::evaluate))
        .route("/evaluate/health", get(mued::health))
        .route("/chat", any(mued::no_chat))
        .route("/chat/health", any(mued::no_chat))
        .route("/v1/evaluations", get(evaluations::list))
        .route("/v1/evaluations/{name}", get(evaluations::show))
        .route(
            "/v1/session",
            get(session::show).post(session::begin).delete(session::end),
        )
        .route("/openapi.json", get(openapi::show))
        .route("/docs", get(docs::to_page))
        .route("/docs/", get(docs::page))
        .route("/docs/{*name}", get(docs::beside))
        .route("/metrics", get(metrics::show))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .fallback(error::no_such_path)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(axum::middleware::from_fn_with_state(
            service.clone(),
            around::around,
        ))
        .with_state(service)
}
