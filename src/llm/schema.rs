//! A JSON Schema as a server takes it: with its bounds or without, in order or not.

use std::fmt;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

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

/// A schema, written into a request as its server takes it and copied nowhere.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    value: &'a Value,
    /// The whole of it, where it was written before.
    written: Option<&'a RawValue>,
    bounds: bool,
    ordered: bool,
    /// Whether these are names with a schema each, and no schema themselves: a concept may well be
    /// called `format`.
    named: bool,
}

impl<'a> Schema<'a> {
    /// A schema with its bounds, such as `maxLength`, or without them at any depth.
    pub(super) fn new(value: &'a Value, bounds: bool) -> Self {
        Self {
            value,
            written: None,
            bounds,
            ordered: false,
            named: false,
        }
    }

    /// The same, which was written before.
    pub(super) fn written(self, written: Option<&'a RawValue>) -> Self {
        Self { written, ..self }
    }

    /// The same, which says of every object in which order its properties are written.
    pub(super) fn in_order(self) -> Self {
        Self {
            ordered: true,
            written: None,
            ..self
        }
    }

    fn inside(self, value: &'a Value, keyword: Option<&str>) -> Self {
        let named = keyword.is_some_and(|keyword| NAMED.contains(&keyword) && value.is_object());
        Self {
            value,
            named,
            written: None,
            ..self
        }
    }
}

impl Serialize for Schema<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(written) = self.written {
            return written.serialize(serializer);
        }
        let keywords = match self.value {
            Value::Object(keywords) => keywords,
            Value::Array(schemas) => {
                return serializer.collect_seq(schemas.iter().map(|one| self.inside(one, None)));
            }
            other => return other.serialize(serializer),
        };
        let mut map = serializer.serialize_map(None)?;
        for (keyword, value) in keywords {
            if self.named {
                map.serialize_entry(keyword, &self.inside(value, None))?;
                continue;
            }
            if !self.bounds && is_bound(keyword) {
                continue;
            }
            if DATA.contains(&keyword.as_str()) {
                map.serialize_entry(keyword, value)?;
                continue;
            }
            if let Some(properties) = value
                .as_object()
                .filter(|_| self.ordered && keyword == "properties")
            {
                let names: Vec<_> = properties.keys().collect();
                map.serialize_entry("propertyOrdering", &names)?;
            }
            map.serialize_entry(keyword, &self.inside(value, Some(keyword)))?;
        }
        map.end()
    }
}

impl fmt::Display for Schema<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// Tells whether the word is a keyword that bounds a value.
pub(super) fn is_bound(word: &str) -> bool {
    BOUNDS.contains(&word)
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
                "format": {"type": "string", "maxLength": 9, "enum": ["pattern"], "default": {"maxItems": 1}},
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
                "format": {"type": "string", "enum": ["pattern"], "default": {"maxItems": 1}},
                "list": {"type": "array", "items": {
                    "anyOf": [{"type": "integer"}, {"type": "null"}]
                }}
            },
            "required": ["format", "list"],
            "additionalProperties": false
        });
        let written = |schema: Schema<'_>| serde_json::to_value(schema).unwrap();
        assert_eq!(written(Schema::new(&schema, false)), expected);
        assert_eq!(written(Schema::new(&schema, true)), schema);
    }
}
