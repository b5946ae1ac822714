//! Finds out which part of a request an error names.

use super::error_body::ErrorBody;
use crate::llm::Parameter;
use crate::llm::schema::is_bound;

/// Returns the part of the request that the server refuses, where it names one we know.
///
/// A wrong guess is cheap: it costs one attempt and is forgotten unless that attempt succeeds.
pub(super) fn refused_parameter(error: &ErrorBody) -> Option<Parameter> {
    let named = match error.param.as_deref().filter(|param| !param.is_empty()) {
        // The message is left alone where there is a name, since it may quote an answer.
        // Responses has the format at `text.format`.
        Some(param) if param.starts_with("text.") => Some(Parameter::ResponseFormat),
        Some(param) => Some(words(param).find_map(by_word)?),
        None => words(&error.message).find_map(by_word),
    };
    let about_schema = matches!(named, None | Some(Parameter::ResponseFormat));
    if about_schema && names_bounds(error) {
        return Some(Parameter::SchemaBounds);
    }
    named
}

fn by_word(word: &str) -> Option<Parameter> {
    match word {
        "temperature" => Some(Parameter::Temperature),
        "seed" => Some(Parameter::Seed),
        "store" => Some(Parameter::Store),
        "max_tokens" | "max_completion_tokens" => Some(Parameter::TokenLimit),
        "response_format"
        | "json_schema"
        | "json_object"
        | "output_config"
        | "output_format"
        | "tools"
        | "tool_choice"
        | "responseJsonSchema"
        | "response_json_schema"
        | "responseMimeType"
        | "response_mime_type" => Some(Parameter::ResponseFormat),
        _ => None,
    }
}

/// Tells whether the message is about what the schema says rather than about having one.
fn names_bounds(error: &ErrorBody) -> bool {
    // `minimum`, `format` and `pattern` are also plain words, so those count in quotes only.
    let spelt = |word: &str| {
        word.contains(|c: char| c.is_ascii_uppercase())
            || ['\'', '"', '`']
                .iter()
                .any(|quote| error.message.contains(&format!("{quote}{word}{quote}")))
    };
    words(&error.message).any(|word| is_bound(word) && spelt(word))
        || error.says_any(&["grammar", "json schema"])
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}
