use serde::de::DeserializeOwned;

use super::FieldError;

/// Says why a text is not the JSON that was wanted; never what stands in it.
///
/// See [`parse_json`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is no JSON.
    #[error("{} (line {line}, column {column})", if *.cut { "ends too soon" } else { "is not valid JSON" })]
    Malformed {
        /// Whether it might go on.
        cut: bool,
        /// Where, from 1.
        line: usize,
        /// Where in the line, from 1.
        column: usize,
    },
    /// A field is unknown, missing, given twice or of the wrong type.
    #[error("{}: {}", .0.pointer, .0.detail)]
    Field(FieldError),
}

/// Reads JSON text into a type. What is no JSON at all is told by line and column, what is not as
/// it should be by a JSON pointer.
///
/// ```
/// use answer_grader::GradeRequest;
/// use answer_grader::grade::{JsonError, parse_json};
///
/// let typed = br#"{"candidate_answer": "It joins.", "max_points": "ten"}"#;
/// match parse_json::<GradeRequest>(typed) {
///     Err(JsonError::Field(error)) => {
///         assert_eq!(error.pointer, "/max_points");
///         assert_eq!(error.detail, "must be a number");
///     }
///     other => panic!("{other:?}"),
/// }
/// let cut = parse_json::<GradeRequest>(b"{").unwrap_err();
/// assert_eq!(cut.to_string(), "ends too soon (line 1, column 1)");
/// ```
///
/// # Errors
/// The first thing that is wrong, without any value of the text.
pub fn parse_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    // Keeping track of places takes time, and nothing is wrong with most texts.
    if let Ok(value) = serde_json::from_slice(text) {
        return Ok(value);
    }
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
        Err(JsonError::Field(field_error(pointer, &error.to_string())))
    } else {
        Err(malformed(&error))
    }
}

fn malformed(error: &serde_json::Error) -> JsonError {
    JsonError::Malformed {
        cut: error.is_eof(),
        line: error.line(),
        column: error.column(),
    }
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
    use super::super::GradeRequest;
    use super::*;
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
        match parse_json::<GradeRequest>(body.as_bytes()) {
            Err(JsonError::Field(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}
