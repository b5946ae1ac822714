use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::error::Problem;
use crate::grade::FieldError;

/// A JSON body; what is wrong with it is a problem with a pointer.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(is_json) {
            let detail = "send the body as application/json";
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                detail,
            ));
        }
        let body =
            Bytes::from_request(request, state)
                .await
                .map_err(|rejection| match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => {
                        let detail = "the body is larger than server.max_body_bytes allows";
                        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
                    }
                    _ => Problem::new(
                        StatusCode::BAD_REQUEST,
                        "body_unreadable",
                        "the body could not be read to its end",
                    ),
                })?;
        let mut reader = serde_json::Deserializer::from_slice(&body);
        let value = read(&mut reader)?;
        reader.end().map_err(|error| malformed(&error))?;
        Ok(Self(value))
    }
}

/// Reads a value that is already JSON.
pub(super) fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    read(value)
}

fn read<'de, T: DeserializeOwned>(
    reader: impl serde::Deserializer<'de, Error = serde_json::Error>,
) -> Result<T, Problem> {
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let pointer = pointer(error.path());
        let error = error.into_inner();
        if error.is_data() {
            Problem::fields(vec![field_error(pointer, &error.to_string())])
        } else {
            malformed(&error)
        }
    })
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
    let place = format!("line {}, column {}", error.line(), error.column());
    let what = if error.is_eof() {
        "ends too soon"
    } else {
        "is not valid JSON"
    };
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed_json",
        format!("the body {what} ({place})"),
    )
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
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
        let ends = format!("/{field}");
        let pointer = if pointer.ends_with(&ends) {
            pointer
        } else {
            pointer + &ends
        };
        let known = message
            .split_once(", expected ")
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
        "a language is a two- or three-letter code"
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
    fn an_unknown_field_is_named_with_those_that_are_known() {
        let error = from_value_error(
            r#"{"candidate_answer": "x", "concepts": [{"id": "a", "text": "t", "wieght": 2}]}"#,
        );
        assert_eq!(error.pointer, "/concepts/0/wieght");
        assert!(error.detail.contains("`weight`"), "{}", error.detail);
    }

    fn from_value_error(body: &str) -> FieldError {
        let read: Result<GradeRequest, Problem> =
            read(&mut serde_json::Deserializer::from_str(body));
        serde_json::from_value(
            serde_json::to_value(read.err().unwrap()).unwrap()["errors"][0].clone(),
        )
        .unwrap()
    }
}
