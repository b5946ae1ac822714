//! Answers that come as lines, as many as a job may have: each is checked as it comes and put aside in the
//! database, so that no upload is in memory as a whole; and the job is accepted when all of them are in
//! order, or not at all.

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use super::access::Caller;
use super::error::Problem;
use super::grading::aside;
use super::jobs::{Desk, UploadOptions};
use super::{Service, idempotency, json};
use crate::bank::Banks;
use crate::grade::{Defaults, Fallback, FieldError, GradeRequest, RequestError};
use crate::jobs::Queue;
use crate::store::{Begun, JobKind, NewItem, NewJob, Scope, Store, Terms};

/// Lines that are put aside together.
const BATCH: usize = 256;
/// Things that are told of an upload that is wrong.
const MOST_ERRORS: usize = 20;

/// Whether a job is new.
pub(super) enum Begin {
    /// It is this request's to fill.
    New(Draft),
    /// There is one of this name, of which this was sent.
    Before { id: String, body: String },
}

/// A job that is not accepted yet, and forgotten where it never is.
pub(super) struct Draft {
    store: Store,
    id: Option<String>,
}

impl Draft {
    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Accepts the job, and has workers told.
    pub(super) async fn accept(
        mut self,
        queue: &Queue,
        count: u64,
        body: &str,
    ) -> Result<String, Problem> {
        self.store.accept_job(self.id(), count, body).await?;
        let id = self.id.take().unwrap_or_default();
        queue.announce(&self.store, &id).await;
        Ok(id)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else {
            return;
        };
        let store = self.store.clone();
        tokio::spawn(async move {
            // Where it fails it is forgotten a day later.
            if let Err(error) = store.drop_job(&id).await {
                tracing::warn!(%error, "could not forget a job that was not accepted");
            }
        });
    }
}

/// Begins a job, unless there is one of its name.
pub(super) async fn begin(store: &Store, new: NewJob<'_>) -> Result<Begin, Problem> {
    match store.begin_job(new).await? {
        Begun::New(id) => Ok(Begin::New(Draft {
            store: store.clone(),
            id: Some(id),
        })),
        Begun::Before {
            id,
            body: Some(body),
        } => Ok(Begin::Before { id, body }),
        Begun::Before { body: None, .. } => Err(Problem::conflict(
            "request_under_way",
            "a job with this Idempotency-Key is being sent; ask again when that is done",
        )),
    }
}

/// Takes the lines of an upload, and says under which id the job is to be found.
pub(super) async fn upload(
    service: &Service,
    caller: &Caller,
    options: UploadOptions,
    headers: &HeaderMap,
    body: Body,
) -> Result<String, Problem> {
    let (desk, store) = (service.desk()?, service.records()?);
    let new = NewJob {
        kind: JobKind::Grade,
        api_key: caller.key().map(|key| key.id.as_str()),
        name: idempotency::name(headers)?,
        terms: Terms {
            by_model: service.matter.now().grader.model().is_some(),
            ..Terms::default()
        },
    };
    service.access.check_money(caller).await?;
    let mut lines = Lines::new(service, desk, body);
    let mut defaults = service.defaults_for(caller);
    defaults.policy.method = options.method.unwrap_or(defaults.policy.method);
    // A night's work is not to end as keyword grades because a model was gone for a minute.
    defaults.policy.fallback = options.fallback.unwrap_or(Fallback::Error);
    let asked = format!("{:?}\n", defaults.policy);
    let draft = match begin(store, new).await? {
        Begin::New(draft) => draft,
        Begin::Before { id, body } => {
            while lines.next().await?.is_some() {}
            return if body == store.job_body(&(asked + &lines.digest())) {
                Ok(id)
            } else {
                Err(Problem::idempotency_reused())
            };
        }
    };
    let banks = service.banks().await?;
    let mut checked = Checked {
        service,
        banks: &banks,
        caller,
        defaults,
        errors: Vec::new(),
    };
    let (mut lines_read, mut count) = (0, 0);
    let mut items = Vec::with_capacity(BATCH);
    while let Some(line) = lines.next().await? {
        if lines_read >= desk.max_answers {
            return Err(Problem::too_many_answers(desk.max_answers));
        }
        if let Some(item) = checked.line(store, lines_read, &line)? {
            items.push(item);
        }
        lines_read += 1;
        if items.len() == BATCH {
            store.add_items(draft.id(), count, &items).await?;
            count += items.len() as u64;
            items.clear();
        }
    }
    store.add_items(draft.id(), count, &items).await?;
    count += items.len() as u64;
    if !checked.errors.is_empty() {
        return Err(Problem::lines(checked.errors));
    }
    if count == 0 {
        return Err(Problem::empty_job());
    }
    draft
        .accept(&desk.queue, count, &(asked + &lines.digest()))
        .await
}

/// Checks lines, and keeps what is wrong with them.
struct Checked<'a> {
    service: &'a Service,
    banks: &'a Banks,
    caller: &'a Caller,
    defaults: Defaults,
    errors: Vec<FieldError>,
}

impl Checked<'_> {
    /// What is to be graded of a line; `None` where anything is wrong, here or before.
    fn line(&mut self, store: &Store, at: u64, line: &[u8]) -> Result<Option<NewItem>, Problem> {
        match self.item(store, line) {
            Ok(item) if self.errors.is_empty() => return Ok(Some(item)),
            Ok(_) => {}
            Err(wrong) => {
                let place = |error: FieldError| FieldError {
                    pointer: format!("/{at}{}", error.pointer),
                    detail: format!("(line {}) {}", at + 1, error.detail),
                };
                self.errors.extend(wrong.into_iter().map(place));
            }
        }
        if self.errors.len() >= MOST_ERRORS {
            return Err(Problem::lines(std::mem::take(&mut self.errors)));
        }
        Ok(None)
    }

    fn item(&self, store: &Store, line: &[u8]) -> Result<NewItem, Vec<FieldError>> {
        let whole = |detail: &str| {
            vec![FieldError {
                pointer: String::new(),
                detail: detail.to_owned(),
            }]
        };
        if line.trim_ascii().is_empty() {
            return Err(whole("is empty; each line is one request"));
        }
        let request: GradeRequest = json::parse(line).map_err(Problem::into_fields)?;
        if request.deadline_ms.is_some() {
            return Err(vec![FieldError {
                pointer: "/deadline_ms".to_owned(),
                detail: "has no meaning in a job, for which nobody waits; leave it out".to_owned(),
            }]);
        }
        let aside = aside(&request);
        if aside.legal_hold && !self.caller.may(Scope::Admin) {
            return Err(vec![FieldError {
                pointer: "/legal_hold".to_owned(),
                detail: "is for API keys of the scope admin".to_owned(),
            }]);
        }
        let find = |id: &str| self.banks.task(id);
        let checked = request.check(&self.service.limits, self.defaults, find);
        let (mut submission, policy) = checked.map_err(|wrong| match wrong {
            RequestError::Invalid(errors) => errors,
            RequestError::UnknownQuestion => vec![FieldError {
                pointer: "/question_id".to_owned(),
                detail: wrong.to_string(),
            }],
        })?;
        if let Some(most) = self.caller.key().and_then(|key| key.feedback) {
            submission.feedback = submission.feedback.at_most(most);
        }
        let aside = crate::store::Aside {
            method: policy.method,
            fallback: policy.fallback,
            ..aside
        };
        NewItem::new(store, &submission, &aside).map_err(|_| whole("cannot be kept"))
    }
}

/// The lines of a body as it comes.
struct Lines {
    body: axum::body::BodyDataStream,
    /// What has come of the next line.
    rest: Vec<u8>,
    /// What has come after it.
    chunk: Bytes,
    digest: Sha256,
    bytes: u64,
    most_bytes: u64,
    longest_line: usize,
    patience: std::time::Duration,
}

impl Lines {
    fn new(service: &Service, desk: &Desk, body: Body) -> Self {
        Self {
            body: body.into_data_stream(),
            rest: Vec::new(),
            chunk: Bytes::new(),
            digest: Sha256::new(),
            bytes: 0,
            most_bytes: desk.max_upload_bytes,
            longest_line: service.max_body_bytes,
            patience: service.receive_timeout,
        }
    }

    /// The next line without its end; `None` after the last.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        loop {
            if let Some(end) = self.chunk.iter().position(|byte| *byte == b'\n') {
                let mut line = std::mem::take(&mut self.rest);
                line.extend_from_slice(&self.chunk.split_to(end + 1)[..end]);
                self.check_length(&line)?;
                return Ok(Some(line));
            }
            self.rest
                .extend_from_slice(&std::mem::take(&mut self.chunk));
            self.check_length(&self.rest)?;
            // A long upload may take its time, but not stand still.
            let next = tokio::time::timeout(self.patience, self.body.next()).await;
            let next = next.map_err(|_| Problem::slow_body(self.patience))?;
            let Some(chunk) = next else {
                // What ends the last line may be left out.
                let last = std::mem::take(&mut self.rest);
                return Ok((!last.is_empty()).then_some(last));
            };
            self.chunk = chunk.map_err(|_| Problem::broken_off())?;
            self.bytes += self.chunk.len() as u64;
            if self.bytes > self.most_bytes {
                return Err(Problem::upload_too_large(self.most_bytes));
            }
            self.digest.update(&self.chunk);
        }
    }

    fn check_length(&self, line: &[u8]) -> Result<(), Problem> {
        if line.len() > self.longest_line {
            return Err(Problem::line_too_long(self.longest_line));
        }
        Ok(())
    }

    /// Tells what came from anything else.
    fn digest(&self) -> String {
        STANDARD.encode(self.digest.clone().finalize())
    }
}
