//! Who is signed in with a browser: an API key is exchanged for a cookie that scripts cannot read.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::header::{COOKIE, HOST, HeaderName, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::access::Caller;
use super::error::{Problem, Problems};
use super::json::Json;
use super::{Service, Shared};
use crate::store::{SESSION, Scope};

const COOKIE_NAME: &str = "answer_grader_session";
const HOST_PREFIX: &str = "__Host-";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who is there, and what they may do.
#[derive(utoipa::ToSchema, Serialize)]
pub(super) struct Session {
    /// Whether anybody has an API key; without any, whoever is on the machine may do everything.
    keys: bool,
    /// Whether the caller may do anything.
    signed_in: bool,
    /// The API key's name.
    name: Option<String>,
    /// What the caller may do.
    scopes: Vec<&'static str>,
    /// The language model that grades; `null` where answers are graded offline.
    model: Option<String>,
    /// What may be named instead of it, and of the prompt, in `POST /v1/grade?model=…&prompt=…`; empty for who
    /// may not.
    models: Vec<String>,
    prompts: Vec<String>,
    /// Whether grades are kept.
    records: bool,
}

/// What `POST /v1/session` takes.
#[derive(utoipa::ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// An API key.
    key: String,
}

/// Where a request comes from.
pub(super) struct Sender {
    headers: HeaderMap,
    address: Option<IpAddr>,
}

impl<S: Sync> FromRequestParts<S> for Sender {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            headers: parts.headers.clone(),
            address: address.map(|ConnectInfo(address)| address.ip()),
        })
    }
}

/// `GET /v1/session`
#[utoipa::path(
    get,
    path = "/v1/session",
    tag = "pages",
    security(()),
    responses((status = 200, description = "Who is there", body = Session), Problems),
)]
pub(super) async fn show(
    State(service): Shared,
    sender: Sender,
) -> Result<axum::Json<Session>, Problem> {
    let found = service.access.find(&sender.headers, sender.address).await;
    let caller = match found {
        Ok(caller) => Some(caller),
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED.as_u16() => None,
        Err(problem) => return Err(problem),
    };
    Ok(axum::Json(service.session(caller.as_ref())))
}

/// `POST /v1/session`: an API key for a cookie, which is good for twelve hours. Like `DELETE`, it is for the
/// service's own pages: a request has to say that it comes from one (`Sec-Fetch-Site` or `Origin`, as browsers do).
#[utoipa::path(
    post,
    path = "/v1/session",
    tag = "pages",
    security(()),
    request_body(content = SignIn, example = json!({"key": "agk_000000000000_0000000000000000000000000000000000000000000000000000000000000000"})),
    responses((status = 200, description = "Signed in", body = Session), Problems),
)]
pub(super) async fn begin(
    State(service): Shared,
    sender: Sender,
    Json(given): Json<SignIn>,
) -> Result<([(HeaderName, String); 1], axum::Json<Session>), Problem> {
    refuse_cross_site(&Method::POST, &sender.headers)?;
    let store = service.records()?;
    let key = service.access.holder(&given.key, sender.address).await?;
    service.access.count(&key).await?;
    if let Some(before) = token(&sender.headers) {
        store.end_session(before).await?;
    }
    let token = store.begin_session(&key.id).await?;
    let session = service.session(Some(&Caller::Holder(key)));
    let cookie = cookie(&token, SESSION.as_secs(), &sender.headers);
    Ok(([(SET_COOKIE, cookie)], axum::Json(session)))
}

/// `DELETE /v1/session`: signs out.
#[utoipa::path(
    delete,
    path = "/v1/session",
    tag = "pages",
    security(()),
    responses((status = 204, description = "Signed out"), Problems),
)]
pub(super) async fn end(
    State(service): Shared,
    sender: Sender,
) -> Result<(StatusCode, [(HeaderName, String); 1]), Problem> {
    refuse_cross_site(&Method::DELETE, &sender.headers)?;
    if let (Some(token), Some(store)) = (token(&sender.headers), &service.store) {
        store.end_session(token).await?;
    }
    let cookie = cookie("", 0, &sender.headers);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]))
}

impl Service {
    fn session(&self, caller: Option<&Caller>) -> Session {
        let scopes = Scope::ALL
            .into_iter()
            .filter(|scope| caller.is_some_and(|caller| caller.may(*scope)));
        let key = caller.and_then(Caller::key);
        let may_choose = caller.is_some_and(|caller| caller.may(Scope::Admin));
        let desk = self.desk.as_ref().filter(|_| may_choose);
        let choices = desk.map(|desk| desk.graders.choices()).unwrap_or_default();
        Session {
            keys: caller.is_none() || key.is_some(),
            signed_in: caller.is_some(),
            name: key.map(|key| key.name.clone()),
            scopes: scopes.map(Scope::name).collect(),
            model: caller.and_then(|_| self.matter.now().grader.model().map(|model| model.model)),
            models: choices.models,
            prompts: choices.prompts,
            records: caller.is_some() && self.store.is_some(),
        }
    }
}

/// What a browser holds of whoever is signed in. Nobody but this very host can set the cookie with the
/// prefix, and a neighbour may set the other one, which therefore comes second.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    held(headers, HOST_PREFIX).or_else(|| held(headers, ""))
}

fn held<'a>(headers: &'a HeaderMap, prefix: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).into_iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let name = pair.trim().strip_prefix(prefix)?;
        name.strip_prefix(COOKIE_NAME)?.strip_prefix('=')
    })
}

/// Tells whether a browser sees this service by HTTPS. TLS is the proxy's, which says so.
fn is_https(headers: &HeaderMap) -> bool {
    let scheme = headers
        .get(FORWARDED_PROTO)
        .and_then(|value| value.to_str().ok());
    let first = scheme.and_then(|schemes| schemes.split(',').next());
    first.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

fn cookie(token: &str, seconds: u64, headers: &HeaderMap) -> String {
    let (prefix, secure) = if is_https(headers) {
        (HOST_PREFIX, "; Secure")
    } else {
        ("", "")
    };
    format!(
        "{prefix}{COOKIE_NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    )
}

/// Refuses a request that changes something and comes from another site's page. Browsers say where a
/// request comes from by `Sec-Fetch-Site`, older ones by `Origin`; one of the two has to be there.
pub(super) fn refuse_cross_site(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    match comes_from_here(headers) {
        Some(true) => Ok(()),
        _ => Err(Problem::cross_site()),
    }
}

/// Refuses what another site's page asks for where nobody needs a key; what is no browser says nothing.
pub(super) fn refuse_other_pages(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    match comes_from_here(headers) {
        Some(false) if !method.is_safe() => Err(Problem::cross_site()),
        _ => Ok(()),
    }
}

/// The origin that a browser has the service's own pages under, where a request says that it comes from one.
pub(super) fn own_origin(headers: &HeaderMap) -> Option<String> {
    let header = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if header(&FETCH_SITE) != Some("same-origin") {
        return None;
    }
    let scheme = if is_https(headers) { "https" } else { "http" };
    let url = reqwest::Url::parse(&format!("{scheme}://{}", header(&HOST)?)).ok()?;
    Some(url.origin().ascii_serialization())
}

/// Tells whether a request comes from one of the service's own pages; `None` where it does not say.
fn comes_from_here(headers: &HeaderMap) -> Option<bool> {
    let header = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header(&FETCH_SITE) {
        // `none` is a person who typed the address.
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = header(&ORIGIN)?;
    let from = origin.split_once("://").map(|(_, from)| from);
    let host = header(&HOST);
    Some(
        from.zip(host)
            .is_some_and(|(from, host)| from.eq_ignore_ascii_case(host)),
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("GET", &[], true)]
    #[case("POST", &[], false)]
    #[case("POST", &[("sec-fetch-site", "same-origin")], true)]
    #[case("POST", &[("sec-fetch-site", "same-site"), ("origin", "http://here"), ("host", "here")], false)]
    #[case("PUT", &[("sec-fetch-site", "cross-site")], false)]
    #[case("DELETE", &[("origin", "http://here:8080"), ("host", "here:8080")], true)]
    #[case("DELETE", &[("origin", "http://elsewhere"), ("host", "here")], false)]
    #[case("DELETE", &[("origin", "null"), ("host", "here")], false)]
    fn only_the_services_own_pages_change_anything(
        #[case] method: &str,
        #[case] given: &[(&'static str, &'static str)],
        #[case] fine: bool,
    ) {
        let headers = given
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let method = method.parse().unwrap();
        assert_eq!(refuse_cross_site(&method, &headers).is_ok(), fine);
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; answer_grader_session_x=2".parse().unwrap());
        assert_eq!(token(&headers), None);
        headers.append(COOKIE, "b=1; answer_grader_session=3; c=4".parse().unwrap());
        assert_eq!(token(&headers), Some("3"));
        headers.append(COOKIE, "__Host-answer_grader_session=5".parse().unwrap());
        assert_eq!(token(&headers), Some("5"));
    }
}
