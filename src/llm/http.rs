//! Sends requests over HTTP, with the patience that somebody who waits for a grade has.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Url, redirect};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;

use self::attempt::Attempt;
use super::breaker::Breaker;
use super::pace::Pace;
use super::retry::Patience;
use super::written::LastWritten;
use super::{
    BreakerSettings, CallError, Completion, Failure, Host, Model, ModelIdentity, ModelSettings,
    Quirks, Rejection, Reply, Request, RetrySettings, SettingsError, Usage,
};

mod attempt;
mod telemetry;
#[cfg(test)]
mod tests;

const USER_AGENT: &str = concat!("answer-grader/", env!("CARGO_PKG_VERSION"));
/// Requests under way at a provider, where nothing else is said.
const MOST_UNDER_WAY: usize = 64;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Asks a server over HTTP, through the API that its settings name.
///
/// Each attempt has a time limit, failed ones are repeated within bounds, and the request's
/// deadline bounds all of it. What the server refuses is left out of later requests for as long
/// as the object lives, so keep one object per model.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use answer_grader::llm::{HttpModel, ModelSettings, Prices};
/// use answer_grader::{Grader, GraderSettings, Prompt};
///
/// let mut settings = ModelSettings::new("gpt-5-mini", "https://llm.example.com/v1".parse()?);
/// settings.api_key = std::env::var("LLM_API_KEY").ok().map(Into::into);
/// settings.prices =
///     Some(Prices { input: 0.25, cached_input: Some(0.025), cache_write: None, output: 2.0 });
/// let model = Arc::new(HttpModel::new(settings)?);
/// let prices = model.settings().prices;
/// let grader = Grader::new(GraderSettings::default(), model, Arc::new(Prompt::built_in()?), prices);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HttpModel {
    settings: ModelSettings,
    url: Url,
    headers: HeaderMap,
    client: Client,
    retry: RetrySettings,
    breaker: Breaker,
    pace: Pace,
    quirks: Mutex<Quirks>,
    written: LastWritten,
}

/// Nobody is left alone where an embedder does not ask for it: whoever grades a file would rather
/// wait.
const NO_BREAKER: BreakerSettings = BreakerSettings {
    failures: 0,
    rest: Duration::ZERO,
};

impl HttpModel {
    /// Creates a model with an HTTP client of its own.
    ///
    /// The client follows no redirects, which would carry the key and an answer elsewhere. It
    /// needs a rustls provider; where the process has none, `ring` is installed for it.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Invalid`] names the setting that cannot be used, [`SettingsError::Client`] says
    /// that the client cannot be built.
    pub fn new(settings: ModelSettings) -> Result<Self, SettingsError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Fails only where another thread was faster, and then there is one.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(SettingsError::Client)?;
        Self::with_client(settings, client)
    }

    /// Creates a model that sends through an embedder's HTTP client, of reqwest 0.13.
    ///
    /// What the client decides is then its maker's job:
    ///
    /// - Redirects: it must follow none. On the way to another host reqwest takes `Authorization`
    ///   off, but neither `x-api-key`, `x-goog-api-key` nor `api-key`, and after a status 307 or 308 it
    ///   sends the answer there, too. Where none is followed, a redirect is a
    ///   [`Failure::BadRequest`].
    /// - TLS: this crate builds reqwest without a rustls provider. Install one before the client is
    ///   built, or have reqwest bring one by a feature; where there is none, building panics.
    /// - Proxies, DNS, root certificates, the user agent and other default headers. Headers of the
    ///   API, the key among them, are set on each request and win.
    /// - A limit to connecting. The time limit of an attempt and the deadline hold all the same, but
    ///   a client's own shorter one counts as a failure of the network or a time-out.
    ///
    /// ```no_run
    /// use answer_grader::llm::{HttpModel, ModelSettings};
    ///
    /// let client = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .connect_timeout(std::time::Duration::from_secs(5))
    ///     .build()?;
    /// let settings = ModelSettings::new("gpt-5-mini", "https://llm.example.com/v1".parse()?);
    /// let model = HttpModel::with_client(settings, client)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SettingsError::Invalid`] names the setting that cannot be used.
    pub fn with_client(settings: ModelSettings, client: Client) -> Result<Self, SettingsError> {
        settings.check()?;
        let mut headers = settings.wire.headers(&settings)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Self {
            url: settings.wire.endpoint(&settings),
            headers,
            quirks: Mutex::new(Quirks::of(settings.wire, Host::of(&settings.base_url))),
            retry: RetrySettings::default(),
            breaker: Breaker::new(NO_BREAKER),
            pace: Pace::new(MOST_UNDER_WAY),
            written: LastWritten::default(),
            client,
            settings,
        })
    }

    /// Returns the model with other waits between attempts; see [`Self::with_breaker`].
    #[must_use]
    pub fn with_retry(mut self, retry: RetrySettings) -> Self {
        self.retry = retry;
        self
    }

    /// Returns the model with a limit to how often a provider that is down is asked; where nothing is
    /// said there is none.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use answer_grader::llm::{BreakerSettings, HttpModel, ModelSettings, RetrySettings};
    ///
    /// let settings = ModelSettings::new("llama3.2", "http://localhost:8080/v1".parse()?);
    /// let model = HttpModel::new(settings)?
    ///     .with_breaker(BreakerSettings { failures: 5, rest: Duration::from_secs(30) })
    ///     .with_retry(RetrySettings { base_delay: Duration::from_secs(1), ..RetrySettings::default() })
    ///     .with_concurrency(4);
    /// # Ok::<(), answer_grader::llm::SettingsError>(())
    /// ```
    #[must_use]
    pub fn with_breaker(mut self, settings: BreakerSettings) -> Self {
        self.breaker = Breaker::new(settings);
        self
    }

    /// Returns the model with another bound on the requests under way at the same time; at least 1,
    /// and 64 where nothing is said. Others wait for their turn, until their deadline.
    #[must_use]
    pub fn with_concurrency(mut self, most: usize) -> Self {
        self.pace = Pace::new(most);
        self
    }

    /// Returns the settings, among them the prices.
    pub fn settings(&self) -> &ModelSettings {
        &self.settings
    }

    async fn call(&self, request: &Request) -> Result<Reply, CallError> {
        let permit = self.breaker.admit().map_err(|failure| CallError {
            failure,
            attempts: 0,
            usage: Usage::default(),
        })?;
        let outcome = self.try_call(request).await;
        // A deadline that was too short says nothing about the provider.
        let late = request.deadline.is_some_and(|end| end <= Instant::now());
        match &outcome {
            Err(error) if late && error.failure == Failure::Timeout => drop(permit),
            outcome => permit.ended(outcome.as_ref().err().map(|error| &error.failure)),
        }
        outcome
    }

    async fn try_call(&self, request: &Request) -> Result<Reply, CallError> {
        let started = Instant::now();
        let mut patience = Patience::new(&self.retry, self.settings.retries, request.deadline);
        let mut quirks = self.known_quirks();
        let mut attempts = 0;
        let mut usage = Usage::default();
        let failure = loop {
            if request.deadline.is_some_and(|end| end <= Instant::now()) {
                break Failure::Timeout;
            }
            let wire = self.settings.wire;
            let written = self.written.of(request, quirks.schema_bounds);
            let body = wire.encode_with(&self.settings, request, quirks, written.as_deref());
            let Ok(body) = body else {
                break Failure::Malformed;
            };
            attempts += 1;
            let attempt = self.attempt(request, body, attempts).await;
            usage += attempt.usage();
            if attempt.was_accepted() {
                self.remember(quirks);
            }
            let Rejection {
                failure, refuses, ..
            } = match attempt.outcome {
                Ok(decoded) => {
                    return Ok(Reply {
                        content: decoded.content,
                        model: decoded.model.unwrap_or_else(|| self.settings.name.clone()),
                        request_id: attempt.request_id.or(decoded.id),
                        usage,
                        attempts,
                        elapsed: started.elapsed(),
                        cached: false,
                    });
                }
                Err(rejection) => rejection,
            };
            // A refused parameter is no failure of the server's, so it uses up no retry.
            let without = |parameter| {
                let sent = wire.encode(&self.settings, request, quirks).ok()?;
                let sent: Value = serde_json::from_slice(&sent).ok()?;
                quirks.without(wire, parameter, &sent)
            };
            if let Some(next) = refuses.and_then(without) {
                quirks = next;
                continue;
            }
            let Some(wait) = patience.wait_after(&failure, attempt.hints) else {
                break failure;
            };
            sleep(wait).await;
        };
        Err(CallError {
            failure,
            attempts,
            usage,
        })
    }

    /// Asks once, within the time limit and the deadline.
    async fn attempt(&self, asked: &Request, body: Vec<u8>, number: u32) -> Attempt {
        // Waiting for one's turn is not the provider's time.
        let turn = async {
            match asked.deadline {
                Some(deadline) => timeout_at(deadline, self.pace.enter()).await.ok(),
                None => Some(self.pace.enter().await),
            }
        };
        let Some(_slot) = turn.await else {
            return Attempt::failed(Failure::Timeout);
        };
        let started = Instant::now();
        let identity = self.identity();
        let span = telemetry::span(&self.settings, &identity, asked, number);
        let own_limit = started + self.settings.timeout;
        let limit = asked
            .deadline
            .map_or(own_limit, |deadline| deadline.min(own_limit));
        let request = self.client.post(self.url.clone());
        let request = request.headers(self.headers.clone()).body(body);
        let attempt = timeout_at(
            limit,
            Attempt::send(request, self.settings.wire, &self.pace),
        )
        .instrument(span.clone())
        .await
        .unwrap_or_else(|_| Attempt::failed(Failure::Timeout));
        let took = started.elapsed();
        telemetry::ended(&span, &self.settings, &identity, &attempt, took);
        if let Err(rejection) = &attempt.outcome {
            tracing::debug!(
                code = rejection.failure.code(),
                status = attempt.status,
                attempt = number,
                elapsed_ms = took.as_millis(),
                "an attempt at the model failed"
            );
        }
        attempt
    }

    fn known_quirks(&self) -> Quirks {
        // A panic elsewhere cannot leave a `Copy` value half written.
        *self.quirks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was learnt, once the server has accepted a request without it.
    ///
    /// Before that it is a guess from a message, and a wrong one must not last.
    fn remember(&self, learnt: Quirks) {
        let mut known = self.quirks.lock().unwrap_or_else(PoisonError::into_inner);
        *known = known.merged(learnt);
    }
}

impl Model for HttpModel {
    fn identity(&self) -> ModelIdentity {
        ModelIdentity {
            provider: self
                .settings
                .wire
                .provider(&self.settings.base_url)
                .to_owned(),
            model: self.settings.name.clone(),
        }
    }

    fn complete<'a>(&'a self, request: &'a Request) -> Completion<'a> {
        Box::pin(self.call(request))
    }
}

impl fmt::Debug for HttpModel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpModel")
            .field("settings", &self.settings)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
