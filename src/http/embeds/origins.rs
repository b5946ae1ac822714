use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use reqwest::Url;

use super::super::session;
use crate::grade::FieldError;

/// The origin of a frame that is sandboxed, as browsers send it.
const NAMELESS: &str = "null";

/// Tells whether a request comes from a page of one of these origins.
pub(super) fn comes_from(headers: &HeaderMap, origins: &[String]) -> bool {
    let is_one = |origin: &str| origins.iter().any(|one| one == origin);
    match headers.get(ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(is_one),
        // A browser names no origin where a page reads something of its own.
        None => session::own_origin(headers).is_some_and(|origin| is_one(&origin)),
    }
}

/// The most origins of a token: it is for one site, by the names that it has.
const MOST: usize = 20;

/// Says which of these is no origin as a browser would send it, and so would fit no page.
pub(super) fn wrong(origins: &[String]) -> Vec<FieldError> {
    let error = |pointer: String, detail: String| FieldError { pointer, detail };
    if origins.is_empty() {
        let detail = "must have one at least, such as https://school.example";
        return vec![error("/origins".to_owned(), detail.to_owned())];
    }
    if origins.len() > MOST {
        let detail = format!("has {} entries; at most {MOST} are allowed", origins.len());
        return vec![error("/origins".to_owned(), detail)];
    }
    let numbered = origins.iter().enumerate();
    let told = numbered.filter_map(|(at, origin)| {
        let detail = match right(origin) {
            Some(right) if right == *origin => return None,
            Some(right) => format!("must be written as browsers do: {right}"),
            None => "must be an origin, such as https://school.example".to_owned(),
        };
        Some(error(format!("/origins/{at}"), detail))
    });
    told.collect()
}

/// The origin of an address, as browsers send it; `None` where it has none that pages could have.
fn right(text: &str) -> Option<String> {
    if text == NAMELESS {
        return Some(NAMELESS.to_owned());
    }
    let url = Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("null", Some("null"))]
    #[case("https://school.example", Some("https://school.example"))]
    #[case("http://localhost:8080", Some("http://localhost:8080"))]
    #[case("http://[::1]:8080", Some("http://[::1]:8080"))]
    #[case("https://school.example:443", Some("https://school.example"))]
    #[case("HTTPS://School.Example/page?x#y", Some("https://school.example"))]
    #[case("https://münchen.example", Some("https://xn--mnchen-3ya.example"))]
    #[case("https://somebody@school.example", Some("https://school.example"))]
    #[case("https://:", None)]
    #[case("http://[", None)]
    #[case("https://", None)]
    #[case("file:///page", None)]
    #[case("ftp://school.example", None)]
    #[case("school.example", None)]
    #[case("*", None)]
    #[case("", None)]
    fn an_origin_is_as_browsers_send_it(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(right(text).as_deref(), expected);
    }
}
