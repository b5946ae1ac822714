//! Who may do what: the key of a request, and the scope that its route needs.
//!
//! As long as nobody has made a key, the service answers only on this machine, and everything is allowed.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Method, header};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::Service;
use super::error::Problem;
use super::keyring::Keyring;
use super::pages::is_page;
use super::session;
use crate::store::{ApiKey, Embed, Scope};

/// Wrong keys that one address may send in a minute; a key has 256 random bits.
const WRONG_KEYS: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);

/// Requests that a page may send in a minute with one token: a person who answers needs few, and what pages send
/// counts as the key's, which others need, too.
const OF_A_PAGE: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// So many addresses, and tokens, are remembered before those that have been quiet are forgotten.
const MOST_REMEMBERED: usize = 10_000;

/// Keeps out who has no key.
pub struct Access {
    keyring: Option<Keyring>,
    guesses: DefaultKeyedRateLimiter<IpAddr>,
    pages: DefaultKeyedRateLimiter<String>,
}

/// Who asks.
#[derive(Debug, Clone)]
pub(super) enum Caller {
    /// Somebody on this machine; nobody has a key.
    Local,
    /// Who has this key.
    Holder(Arc<ApiKey>),
}

impl Caller {
    pub(super) fn may(&self, scope: Scope) -> bool {
        match self {
            Self::Local => true,
            Self::Holder(key) => key.may(scope),
        }
    }

    pub(super) fn key(&self) -> Option<&Arc<ApiKey>> {
        match self {
            Self::Local => None,
            Self::Holder(key) => Some(key),
        }
    }
}

/// What a route is for.
enum Needs {
    Nothing,
    /// Any key: whose job it is decides.
    Key,
    Scope(Scope),
}

/// The scope that a request needs. A route that is not named is for administrators.
fn needs(method: &Method, route: Option<&str>) -> Needs {
    let method = match *method {
        // It is answered as GET is.
        Method::HEAD => "GET",
        _ => method.as_str(),
    };
    Needs::Scope(match (method, route) {
        // Nothing is there, and that may be known.
        (
            _,
            None
            | Some(
                "/evaluate/health" | "/chat" | "/chat/health" | "/embed.js" | "/livez" | "/readyz"
                | "/openapi.json" | "/docs" | "/docs/" | "/docs/{*name}" | "/v1/session",
            ),
        ) => return Needs::Nothing,
        // Their token decides, and what a browser asks before has none.
        (_, Some("/v1/embed/grade" | "/v1/embed/questions/{bank}/{question}")) => {
            return Needs::Nothing;
        }
        ("GET", Some(route)) if is_page(route) => return Needs::Nothing,
        (
            "GET",
            Some("/v1/jobs" | "/v1/jobs/{id}" | "/v1/jobs/{id}/results" | "/v1/jobs/{id}/events"),
        )
        | ("POST", Some("/v1/jobs/{id}/cancel" | "/v1/jobs/{id}/retry")) => return Needs::Key,
        (
            "POST",
            Some(
                "/v1/jobs" | "/v1/grade" | "/v1/grade/batch" | "/v1/concepts" | "/evaluate"
                | "/v1/embed-tokens",
            ),
        )
        | (_, Some("/v1/banks" | "/v1/banks/{id}")) => Scope::Grade,
        (
            "GET",
            Some(
                "/metrics"
                | "/v1/grades"
                | "/v1/grades/{id}"
                | "/v1/grades/{id}/explanation"
                | "/v1/evaluations"
                | "/v1/evaluations/{name}",
            ),
        ) => Scope::Read,
        ("GET", Some("/v1/banks/{id}/source")) => Scope::References,
        ("POST", Some("/v1/grades/{id}/review")) | ("GET", Some("/v1/reviews/queue")) => {
            Scope::Review
        }
        _ => Scope::Admin,
    })
}

impl Access {
    /// Asks a database for keys; without one nobody has any.
    pub fn new(keyring: Option<Keyring>) -> Self {
        Self {
            keyring,
            guesses: DefaultKeyedRateLimiter::keyed(Quota::per_minute(WRONG_KEYS)),
            pages: DefaultKeyedRateLimiter::keyed(Quota::per_minute(OF_A_PAGE)),
        }
    }

    /// Refuses who has spent the money of today.
    pub(super) async fn check_money(&self, caller: &Caller) -> Result<(), Problem> {
        match (caller, &self.keyring) {
            (Caller::Holder(key), Some(keyring)) => keyring.check_money(key).await,
            _ => Ok(()),
        }
    }

    /// Adds what a request has cost, where that is known.
    pub(super) async fn pay(&self, caller: &Caller, cost: Option<f64>) -> Result<(), Problem> {
        if let (Caller::Holder(key), Some(keyring), Some(cost)) = (caller, &self.keyring, cost) {
            keyring.pay(key, cost).await?;
        }
        Ok(())
    }

    /// Finds out who asks: by an API key, or by the session of a browser.
    pub(super) async fn find(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Result<Caller, Problem> {
        let keyring = match &self.keyring {
            Some(keyring) if keyring.has_keys().await? => keyring,
            _ => return local(headers, address),
        };
        if let Some(given) = bearer(headers) {
            return Ok(Caller::Holder(self.holder(given, address).await?));
        }
        let token = session::token(headers).ok_or_else(Problem::key_required)?;
        let key = keyring.signed_in(token).await?;
        Ok(Caller::Holder(key.ok_or_else(Problem::key_required)?))
    }

    /// Who a token was made for: the holder of a key, which may have ended since, or whoever is on this
    /// machine as long as nobody has a key.
    pub(super) async fn of_key(&self, id: Option<&str>) -> Result<Caller, Problem> {
        match (&self.keyring, id) {
            (Some(keyring), Some(id)) => {
                let key = keyring.of_id(id).await?;
                Ok(Caller::Holder(key.ok_or_else(Problem::embed_token_needed)?))
            }
            (Some(keyring), None) if keyring.has_keys().await? => {
                Err(Problem::embed_token_needed())
            }
            _ => Ok(Caller::Local),
        }
    }

    /// Tells whether whoever asks needs a key.
    pub(super) async fn wants_keys(&self) -> Result<bool, Problem> {
        match &self.keyring {
            Some(keyring) => Ok(keyring.has_keys().await?),
            None => Ok(false),
        }
    }

    /// Counts a request for a key.
    pub(super) async fn count(&self, key: &ApiKey) -> Result<(), Problem> {
        match &self.keyring {
            Some(keyring) => keyring.count(key).await,
            None => Ok(()),
        }
    }

    /// Counts a request with a page's token.
    pub(super) fn count_page(&self, token: &Embed) -> Result<(), Problem> {
        if self.pages.len() > MOST_REMEMBERED {
            self.pages.retain_recent();
        }
        let counted = self.pages.check_key(&token.id().to_owned());
        counted.map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            Problem::too_many_of_a_page(wait)
        })
    }

    /// Finds the key that somebody gives; guesses are few.
    pub(super) async fn holder(
        &self,
        given: &str,
        address: Option<IpAddr>,
    ) -> Result<Arc<ApiKey>, Problem> {
        let keyring = self.keyring.as_ref().ok_or_else(Problem::wrong_key)?;
        if let Some(key) = keyring.find(given).await? {
            return Ok(key);
        }
        if self.guesses.len() > MOST_REMEMBERED {
            self.guesses.retain_recent();
        }
        match address.map(|address| self.guesses.check_key(&address)) {
            Some(Err(_)) => Err(Problem::too_many_wrong_keys()),
            _ => Err(Problem::wrong_key()),
        }
    }
}

/// The key, or the token, of a request: `Authorization: Bearer …`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// Lets in who is on this machine, and neither comes through a proxy nor from a page whose name was
/// made to lead here.
fn local(headers: &HeaderMap, address: Option<IpAddr>) -> Result<Caller, Problem> {
    let forwarded = [
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
    ];
    let through_proxy = forwarded.iter().any(|name| headers.contains_key(*name));
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let elsewhere = address.is_some_and(|address| !address.to_canonical().is_loopback());
    if through_proxy || elsewhere || !host.is_none_or(is_this_machine) {
        return Err(Problem::no_keys_yet());
    }
    Ok(Caller::Local)
}

fn is_this_machine(host: &str) -> bool {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |address: IpAddr| address.is_loopback();
    bare.parse().is_ok_and(is_loopback) || name.eq_ignore_ascii_case("localhost")
}

/// Finds out who asks, and whether they may; handlers find them in the request.
pub(super) async fn admit(
    service: &Service,
    route: Option<&str>,
    request: &mut Request,
) -> Result<(), Problem> {
    let scope = match needs(request.method(), route) {
        Needs::Nothing => return Ok(()),
        Needs::Key => None,
        Needs::Scope(scope) => Some(scope),
    };
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = address.map(|ConnectInfo(address)| address.ip());
    let headers = request.headers();
    let caller = service.access.find(headers, address).await?;
    match caller {
        Caller::Local => session::refuse_other_pages(request.method(), headers)?,
        Caller::Holder(_) if bearer(headers).is_none() => {
            session::refuse_cross_site(request.method(), headers)?;
        }
        Caller::Holder(_) => {}
    }
    if let Some(scope) = scope.filter(|scope| !caller.may(*scope)) {
        return Err(Problem::lacks_scope(scope));
    }
    if let Caller::Holder(key) = &caller {
        service.access.count(key).await?;
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("localhost:8080", true)]
    #[case("LOCALHOST", true)]
    #[case("127.0.0.1:8080", true)]
    #[case("[::1]:8080", true)]
    #[case("[::1]", true)]
    #[case("grader.example:8080", false)]
    #[case("127.0.0.1.evil.example", false)]
    #[case("192.168.0.7:8080", false)]
    #[case("", false)]
    fn a_page_elsewhere_cannot_name_this_machine(#[case] host: &str, #[case] is_here: bool) {
        assert_eq!(is_this_machine(host), is_here);
    }
}
