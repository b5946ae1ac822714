//! `Idempotency-Key`: a request that is sent twice is graded once.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::Service;
use super::access::Caller;
use super::error::Problem;
use crate::grade::{FieldError, Grade, GradeRequest};
use crate::store::{Claim, Claimed, Store};

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;

/// What becomes of a request that may name itself.
pub(super) enum Turn {
    /// It is to be graded.
    Grade(Option<Box<Held>>),
    /// It was, and this is its grade.
    Graded(Box<Grade>),
}

/// A claim, which is given back where no grade is written of it.
pub(super) struct Held {
    store: Store,
    claim: Option<Claim>,
}

impl Held {
    /// Hands the claim to whoever writes the grade: from now on it ends with that, though the caller may go
    /// away meanwhile.
    pub(super) fn hand_over(&mut self) -> Option<Claim> {
        self.claim.take()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(claim) = self.claim.take() else {
            return;
        };
        let store = self.store.clone();
        tokio::spawn(async move {
            // Where it fails the claim is free again after a while.
            if let Err(error) = store.release(&claim).await {
                tracing::warn!(%error, "could not give an Idempotency-Key back");
            }
        });
    }
}

/// What a request calls itself, where it does.
pub(super) struct Name(pub(super) Option<String>);

impl FromRequestParts<Arc<Service>> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Service>) -> Result<Self, Problem> {
        Ok(Self(name(&parts.headers)?.map(str::to_owned)))
    }
}

/// Finds out whether a request is to be graded, or was.
pub(super) async fn turn(
    service: &Service,
    caller: &Caller,
    name: Name,
    request: &GradeRequest,
) -> Result<Turn, Problem> {
    let Some(name) = name.0 else {
        return Ok(Turn::Grade(None));
    };
    let store = service.records()?;
    let body = serde_json::to_string(request).unwrap_or_default();
    let api_key = caller.key().map(|key| key.id.as_str());
    let patience = service.request_timeout;
    match store.claim(api_key, &name, &body, patience).await? {
        Claimed::New(claim) => Ok(Turn::Grade(Some(Box::new(Held {
            store: store.clone(),
            claim: Some(claim),
        })))),
        Claimed::Done { grade } => {
            let recorded = store.grade(&grade).await?;
            let recorded = recorded.ok_or_else(Problem::unknown_grade)?;
            if recorded.request.is_none() {
                return Err(Problem::texts_gone());
            }
            Ok(Turn::Graded(Box::new(recorded.grade)))
        }
        Claimed::UnderWay => Err(Problem::conflict(
            "request_under_way",
            "a request with this Idempotency-Key is under way; ask again when it is done",
        )),
        Claimed::AnotherBody => Err(Problem::idempotency_reused()),
    }
}

/// What a request calls itself, where it does.
pub(super) fn name(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(name) = headers.get(HEADER) else {
        return Ok(None);
    };
    let name = name.to_str().unwrap_or_default();
    if name.is_empty() || name.len() > LONGEST {
        return Err(Problem::fields(vec![FieldError {
            pointer: "/Idempotency-Key".to_owned(),
            detail: format!("the header must have 1 to {LONGEST} visible characters"),
        }]));
    }
    Ok(Some(name))
}

/// Refuses a name where it would be ignored.
pub(super) fn refuse(name: &Name) -> Result<(), Problem> {
    match name.0 {
        None => Ok(()),
        Some(_) => Err(Problem::no_idempotency()),
    }
}
