use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::node::{Node, Value};

/// Deeper than any test file, and far from what a stack holds.
const DEEPEST: usize = 64;

/// Reads JSON whose first line is `first` of the file; what is wrong with it, by line.
///
/// A raw value is a part of the text, so that where it begins tells its line.
pub(super) fn parse(text: &str, file: &Arc<str>, first: usize) -> Result<Node, (usize, String)> {
    let lines = Lines::of(text, first);
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        let detail = format!("is not valid JSON (column {})", error.column());
        (first + error.line().saturating_sub(1), detail)
    })?;
    node(raw, file, &lines, 0)
}

fn node(
    raw: &RawValue,
    file: &Arc<str>,
    lines: &Lines,
    depth: usize,
) -> Result<Node, (usize, String)> {
    let text = raw.get();
    let line = lines.at(text);
    let wrong = |error: &serde_json::Error| {
        let detail = match error.classify() {
            serde_json::error::Category::Data => "names a field twice",
            _ => "is not valid JSON",
        };
        (line, detail.to_owned())
    };
    if depth > DEEPEST {
        return Err((line, format!("is nested more than {DEEPEST} deep")));
    }
    let value = match text.as_bytes().first() {
        Some(b'{') => {
            let fields: Fields = serde_json::from_str(text).map_err(|error| wrong(&error))?;
            let fields = fields.0.into_iter();
            let fields = fields.map(|(name, raw)| Ok((name, node(raw, file, lines, depth + 1)?)));
            Value::Map(fields.collect::<Result<_, _>>()?)
        }
        Some(b'[') => {
            let entries: Vec<&RawValue> =
                serde_json::from_str(text).map_err(|error| wrong(&error))?;
            let entries = entries.into_iter();
            let entries = entries.map(|raw| node(raw, file, lines, depth + 1));
            Value::List(entries.collect::<Result<_, _>>()?)
        }
        _ => match serde_json::from_str(text).map_err(|error| wrong(&error))? {
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
            serde_json::Value::String(text) => Value::Text(text),
            _ => Value::Null,
        },
    };
    Ok(Node::new(file, line, value))
}

/// The fields of an object in their order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields: Vec<(String, &RawValue)> = Vec::new();
                let mut names = std::collections::HashSet::new();
                while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom("twice"));
                    }
                    fields.push((name, raw));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Where the lines of a text begin.
struct Lines {
    text: usize,
    starts: Vec<usize>,
    first: usize,
}

impl Lines {
    fn of(text: &str, first: usize) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            text: text.as_ptr().addr(),
            starts: ends.map(|(at, _)| at + 1).collect(),
            first,
        }
    }

    /// The line that a part of the text begins on.
    fn at(&self, part: &str) -> usize {
        let offset = part.as_ptr().addr().saturating_sub(self.text);
        self.first + self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, (usize, String)> {
        parse(text, &"a.json".into(), 1)
    }

    #[test]
    fn every_value_knows_its_line() {
        let node = read("{\n \"a\": [1,\n  \"x\\ud83d\\ude00\"],\n \"b\": true\n}").unwrap();
        let list = node.get("a").unwrap().list().unwrap();
        assert_eq!((list[0].place.line, list[1].place.line), (2, 3));
        assert_eq!(list[1].string(), Some("x\u{1f600}"));
        assert_eq!(node.get("b").unwrap().place.line, 4);
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        assert_eq!(read("{\n\"a\": }").unwrap_err().0, 2);
        assert_eq!(read("").unwrap_err().0, 1);
        let twice = read("{\n\"a\": {\"b\": 1, \"b\": 2}}").unwrap_err();
        assert_eq!(twice, (2, "names a field twice".to_owned()));
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert!(read(&deep).unwrap_err().1.contains("64 deep"));
    }
}
