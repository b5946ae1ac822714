//! Takes the bounds out of a JSON Schema.

use serde_json::{Map, Value};

/// The keywords that strict modes refuse or ignore. What they say is checked in the reply anyway.
const BOUNDS: [&str; 16] = [
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
];

/// The keywords whose keys are names that the schema's author chose.
const NAMED: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];

/// The keywords whose values are data, not schemas.
const DATA: [&str; 4] = ["enum", "const", "default", "examples"];

/// Returns the schema without its bounds, at any depth.
pub(super) fn without_bounds(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => Value::Object(
            keywords
                .iter()
                .filter(|(keyword, _)| !is_bound(keyword))
                .map(|(keyword, value)| (keyword.clone(), inside(keyword, value)))
                .collect(),
        ),
        Value::Array(schemas) => schemas.iter().map(without_bounds).collect(),
        other => other.clone(),
    }
}

/// Tells whether the word is a keyword that [`without_bounds`] takes out.
pub(super) fn is_bound(word: &str) -> bool {
    BOUNDS.contains(&word)
}

fn inside(keyword: &str, value: &Value) -> Value {
    match value {
        // A concept may well be called `format`: the names stay, their schemas are cleaned.
        Value::Object(named) if NAMED.contains(&keyword) => named
            .iter()
            .map(|(name, schema)| (name.clone(), without_bounds(schema)))
            .collect::<Map<_, _>>()
            .into(),
        data if DATA.contains(&keyword) => data.clone(),
        schema => without_bounds(schema),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bounds_go_at_any_depth_and_names_stay() {
        let schema = json!({
            "type": "object",
            "properties": {
                "format": {"type": "string", "maxLength": 9, "enum": ["pattern"]},
                "list": {"type": "array", "maxItems": 3, "items": {
                    "anyOf": [{"type": "integer", "minimum": 0, "maximum": 4}, {"type": "null"}]
                }}
            },
            "required": ["format", "list"],
            "additionalProperties": false
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "format": {"type": "string", "enum": ["pattern"]},
                "list": {"type": "array", "items": {
                    "anyOf": [{"type": "integer"}, {"type": "null"}]
                }}
            },
            "required": ["format", "list"],
            "additionalProperties": false
        });
        assert_eq!(without_bounds(&schema), expected);
    }
}
