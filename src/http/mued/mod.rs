//! The µEd API 0.1.0 ("microservices for education"), which learning platforms speak: a submission in, a list of
//! feedback out.
//!
//! | file | job |
//! |---|---|
//! | `request` | a submission to a request of ours |
//! | `feedback` | a grade to feedback |
//! | `error` | a problem in µEd's own shape |

mod error;
mod feedback;
mod request;

use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderName;
use axum::http::request::Parts;
use serde::Serialize;

use self::feedback::Feedback;
use self::request::EvaluateRequest;
use super::Shared;
use super::access::Caller;
use super::error::Problem;
use super::grading::Choice;
use super::json::Json;

pub(super) use error::render;

/// The one version that is spoken.
pub(super) const VERSION: &str = "0.1.0";
pub(super) const VERSION_HEADER: HeaderName = HeaderName::from_static("x-api-version");

/// Tells whether a route answers, and errs, as µEd does.
pub(super) fn speaks(route: &str) -> bool {
    matches!(
        route,
        "/evaluate" | "/evaluate/health" | "/chat" | "/chat/health"
    )
}

/// That the version of a request is spoken: looked at before its body is.
pub(super) struct Spoken;

impl<S: Sync> FromRequestParts<S> for Spoken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.headers.get(&VERSION_HEADER) {
            Some(version) if version != VERSION => Err(Problem::other_mued_version()),
            _ => Ok(Self),
        }
    }
}

/// `/chat`, the other half of µEd.
pub(super) async fn no_chat() -> Problem {
    Problem::mued_unsupported("this service does not chat; it evaluates: POST /evaluate")
}

/// `POST /evaluate`: one feedback for the whole, then one for each concept, with its evidence as the target.
#[utoipa::path(
    post,
    path = "/evaluate",
    tag = "mued",
    params(("X-Api-Version" = Option<String>, Header, description = "`0.1.0`, the one version that is spoken")),
    request_body(
        content = serde_json::Value,
        description = "An EvaluateRequest of µEd 0.1.0",
        example = json!({
            "task": {"content": {"text": "What does an index do?"}, "referenceSolution": {"text": "It speeds up lookups. Writes become slower."}},
            "submission": {"type": "TEXT", "format": "plain", "content": {"text": "It makes lookups faster."}},
        }),
    ),
    responses(
        (status = 200, description = "Feedback of µEd 0.1.0: the whole first, then each concept", body = Vec<Feedback>),
        (status = "4XX", description = "An ErrorResponse of µEd", body = error::ErrorResponse),
        (status = "5XX", description = "An ErrorResponse of µEd", body = error::ErrorResponse),
    ),
)]
pub(super) async fn evaluate(
    State(service): Shared,
    Extension(caller): Extension<Caller>,
    _: Spoken,
    Json(asked): Json<EvaluateRequest>,
) -> Result<axum::Json<Vec<Feedback>>, Problem> {
    let asked = asked.check()?;
    let banks = service.banks().await?;
    let request = asked.request(|id| banks.task(id).is_some())?;
    let graded = if asked.is_draft {
        // Nothing is final, and nobody is to review it.
        service.try_out(request, &caller).await
    } else {
        service
            .grade(request, &caller, Choice::default(), None)
            .await
    };
    let grade = graded.map_err(|problem| asked.explain(problem))?;
    Ok(axum::Json(feedback::of(&grade, &asked)))
}

/// What the service can do, as µEd asks for it.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    status: &'static str,
    message: String,
    version: &'static str,
    requirements: Requirements,
    capabilities: Capabilities,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Requirements {
    requires_authorization_header: bool,
    requires_llm_configuration: bool,
    requires_llm_credential_proxy: bool,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "µEd says so much by yes and no"
)]
struct Capabilities {
    supports_evaluate: bool,
    supports_pre_submission_feedback: bool,
    supports_formative_feedback: bool,
    supports_summative_feedback: bool,
    supports_data_policy: &'static str,
    supported_artefact_profiles: Vec<Profile>,
    #[serde(rename = "supportedAPIVersions")]
    supported_api_versions: [&'static str; 1],
    /// The same by the name that version 0.1.0 first had.
    supported_versions: [&'static str; 1],
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Profile {
    #[serde(rename = "type")]
    kind: &'static str,
    supported_formats: [&'static str; 3],
}

/// `GET /evaluate/health`
#[utoipa::path(
    get,
    path = "/evaluate/health",
    tag = "mued",
    security(()),
    responses(
        (status = 200, description = "An EvaluateHealthResponse of µEd 0.1.0", body = Health),
        (status = "4XX", description = "An ErrorResponse of µEd", body = error::ErrorResponse),
        (status = "5XX", description = "An ErrorResponse of µEd", body = error::ErrorResponse),
    ),
)]
pub(super) async fn health(
    State(service): Shared,
    _: Spoken,
) -> Result<axum::Json<Health>, Problem> {
    if let Some(store) = &service.store {
        store.check().await?;
    }
    let message = match service.matter.now().grader.model() {
        Some(model) => format!("answers are graded by {}", model.model),
        None => "answers are graded offline, by keywords".to_owned(),
    };
    Ok(axum::Json(Health {
        status: "OK",
        message,
        version: env!("CARGO_PKG_VERSION"),
        requirements: Requirements {
            requires_authorization_header: service.access.wants_keys().await?,
            requires_llm_configuration: false,
            requires_llm_credential_proxy: false,
        },
        capabilities: Capabilities {
            supports_evaluate: true,
            supports_pre_submission_feedback: true,
            supports_formative_feedback: true,
            supports_summative_feedback: true,
            supports_data_policy: "NOT_SUPPORTED",
            supported_artefact_profiles: vec![Profile {
                kind: "TEXT",
                supported_formats: request::FORMATS,
            }],
            supported_api_versions: [VERSION],
            supported_versions: [VERSION],
        },
    }))
}
