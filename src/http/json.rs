use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;

use super::error::Problem;
use crate::grade::FieldError;

/// A JSON body; what is wrong with it is a problem with a pointer.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(is_json) {
            return Err(Problem::not_json());
        }
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| Problem::unreadable_body(rejection.status()))?;
        Ok(Self(parse(&body)?))
    }
}

/// Reads JSON text. What is no JSON at all is told by line and column, what is not as it should be
/// by a pointer.
pub(super) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let error = match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => {
            return reader
                .end()
                .map(|()| value)
                .map_err(|error| malformed(&error));
        }
        Err(error) => error,
    };
    let pointer = pointer(error.path());
    let error = error.into_inner();
    // serde_json calls a number in the place of a word a syntax error.
    let is_json = || {
        let text = std::str::from_utf8(text);
        text.is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
    };
    if error.is_data() || is_json() {
        Err(Problem::fields(vec![field_error(
            pointer,
            &error.to_string(),
        )]))
    } else {
        Err(malformed(&error))
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn malformed(error: &serde_json::Error) -> Problem {
    let what = if error.is_eof() {
        "ends too soon"
    } else {
        "is not valid JSON"
    };
    let (line, column) = (error.line(), error.column());
    Problem::malformed(format!("the body {what} (line {line}, column {column})"))
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => escaped(key),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Turns serde's message into a detail. Serde quotes the value it did not like, which may be the
/// candidate's answer, so quoted values go; names of fields stay.
fn field_error(pointer: String, message: &str) -> FieldError {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message);
    let named = |prefix: &str| Some(message.strip_prefix(prefix)?.split('`').nth(1)?.to_owned());
    if let Some(field) = named("missing field ") {
        return FieldError {
            pointer: format!("{pointer}/{field}"),
            detail: "is required".to_owned(),
        };
    }
    if let Some(field) = named("duplicate field ") {
        return FieldError {
            pointer: format!("{pointer}/{field}"),
            detail: "is given twice".to_owned(),
        };
    }
    if let Some(field) = named("unknown field ") {
        let ends = format!("/{}", escaped(&field));
        let pointer = if pointer.ends_with(&ends) {
            pointer
        } else {
            pointer + &ends
        };
        let known = message
            .rsplit_once(", expected ")
            .map_or("", |(_, known)| known);
        return FieldError {
            pointer,
            detail: format!("is not a field here; known are {known}"),
        };
    }
    // The value comes first and may hold anything; what was expected is ours.
    let detail = match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("must be {}", in_words(expected)),
        None => message.to_owned(),
    };
    FieldError { pointer, detail }
}

/// Rust's names of types, for people who write JSON.
fn in_words(expected: &str) -> &str {
    match expected {
        "f64" => "a number",
        "u64" | "usize" | "u32" => "a whole number, 0 or more",
        "a map" => "an object",
        "a sequence" => "an array",
        "a boolean" => "true or false",
        "unit" | "unit variant" => "a word",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::GradeRequest;
    use rstest::rstest;

    #[rstest]
    #[case(r#"{"candidate_answer": 3}"#, "/candidate_answer", "must be a string")]
    #[case(
        r#"{"candidate_answer": "x", "method": "secret words"}"#,
        "/method",
        "must be one of `auto`, `llm`, `keyword`"
    )]
    #[case(
        r#"{"candidate_answer": "x", "max_points": "secret, expected words"}"#,
        "/max_points",
        "must be a number"
    )]
    #[case(r#"{"question": "x"}"#, "/candidate_answer", "is required")]
    #[case(
        r#"{"candidate_answer": "x", "candidate_answer": "y"}"#,
        "/candidate_answer",
        "is given twice"
    )]
    #[case(
        r#"{"candidate_answer": "x", "concepts": [{"id": "a"}]}"#,
        "/concepts/0/text",
        "is required"
    )]
    #[case(
        r#"{"candidate_answer": "x", "language": "english"}"#,
        "/language",
        "must be a two- or three-letter code"
    )]
    #[case(r#"{"candidate_answer": "x", "method": 5}"#, "/method", "")]
    #[case(
        r#"{"candidate_answer": "x", "method": {"llm": "x"}}"#,
        "/method/llm",
        "must be a word"
    )]
    fn a_wrong_field_is_named_without_its_value(
        #[case] body: &str,
        #[case] pointer: &str,
        #[case] detail: &str,
    ) {
        let error = from_value_error(body);
        assert_eq!(error.pointer, pointer);
        assert!(
            error.detail.starts_with(detail) && !error.detail.contains("secret"),
            "{}",
            error.detail
        );
    }

    #[test]
    fn an_odd_name_of_a_field_is_pointed_to_as_json_pointers_want_it() {
        let error = from_value_error(r#"{"candidate_answer": "x", "a/b~c": 1}"#);
        assert_eq!(error.pointer, "/a~1b~0c");
    }

    #[test]
    fn an_unknown_field_is_named_with_those_that_are_known() {
        let error = from_value_error(
            r#"{"candidate_answer": "x", "concepts": [{"id": "a", "text": "t", "wieght": 2}]}"#,
        );
        assert_eq!(error.pointer, "/concepts/0/wieght");
        assert!(error.detail.contains("`weight`"), "{}", error.detail);
    }

    fn from_value_error(body: &str) -> FieldError {
        let read: Result<GradeRequest, Problem> = parse(body.as_bytes());
        serde_json::from_value(
            serde_json::to_value(read.err().unwrap()).unwrap()["errors"][0].clone(),
        )
        .unwrap()
    }
}
