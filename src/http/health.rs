use axum::extract::State;
use serde::Serialize;

use super::Shared;
use super::error::{Problem, Problems};
use crate::grader::ModelIdentity;

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Live {
    status: &'static str,
}

/// `GET /livez`: the process answers.
#[utoipa::path(
    get,
    path = "/livez",
    tag = "operation",
    security(()),
    responses((status = 200, description = "The process answers", body = Live)),
)]
pub(super) async fn live() -> axum::Json<Live> {
    axum::Json(Live { status: "live" })
}

#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Ready {
    status: &'static str,
    /// `llm` where a language model is configured, else `offline`: answers are graded by keywords.
    mode: &'static str,
    llm: Option<ModelIdentity>,
    banks: Vec<String>,
    software: &'static str,
}

/// `GET /readyz`: the service grades, and how. A language model that is down does not make it
/// unready, since keywords stand in; a database that does not answer does.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    security(()),
    responses((status = 200, description = "The service grades, and how", body = Ready), Problems),
)]
pub(super) async fn ready(State(service): Shared) -> Result<axum::Json<Ready>, Problem> {
    if let Some(store) = &service.store {
        store.check().await?;
    }
    let banks = service.banks().await?;
    let llm = service.matter.now().grader.model();
    Ok(axum::Json(Ready {
        status: "ready",
        mode: if llm.is_some() { "llm" } else { "offline" },
        llm,
        banks: banks.iter().map(|bank| bank.id.clone()).collect(),
        software: env!("CARGO_PKG_VERSION"),
    }))
}
