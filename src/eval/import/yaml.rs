use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::node::{Node, Value};

/// What a text of YAML may grow to. Aliases let a few lines stand for billions of values; a
/// hundred thousand tests stay far below this.
const MOST_EVENTS: usize = 4_000_000;
const MOST_REPLAYED: usize = 300_000;

/// Reads the one document of a YAML file; what is wrong with it, by line.
pub(super) fn parse(text: &str, file: &Arc<str>) -> Result<Node, (usize, String)> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: MOST_EVENTS,
            max_nodes: MOST_EVENTS,
            max_documents: 1,
        },
        // As in YAML 1.2, which promptfoo reads: `yes` is a text.
        strict_booleans: true,
        // It would show what stands around a fault, and that may be an answer.
        with_snippet: false,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MOST_REPLAYED,
        },
    };
    let raw: Spanned<Raw> =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| fault(&error))?;
    Ok(node(raw, file))
}

fn fault(error: &serde_saphyr::Error) -> (usize, String) {
    let line = error.location().map_or(1, |at| at.line());
    // The library's own words may quote the text, and a text may be a candidate's.
    let detail = match error {
        serde_saphyr::Error::AliasError { .. }
        | serde_saphyr::Error::Budget { .. }
        | serde_saphyr::Error::AliasReplayLimitExceeded { .. } => {
            "holds more than an import takes: too many values, aliases or documents"
        }
        serde_saphyr::Error::DuplicateMappingKey { .. } => "names a field twice",
        _ => "is not valid YAML from here on",
    };
    (
        usize::try_from(line).unwrap_or(usize::MAX),
        detail.to_owned(),
    )
}

fn node(raw: Spanned<Raw>, file: &Arc<str>) -> Node {
    let line = usize::try_from(raw.referenced.line()).unwrap_or(usize::MAX);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Number(number) => Value::Number(number),
        Raw::Text(text) => Value::Text(text),
        Raw::List(entries) => {
            Value::List(entries.into_iter().map(|entry| node(entry, file)).collect())
        }
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(name, entry)| (name, node(entry, file)))
                .collect(),
        ),
    };
    Node::new(file, line, value)
}

/// A value before it knows its file.
enum Raw {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(String, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Raw;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }

            fn visit_none<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
                Ok(Raw::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
                Ok(Raw::Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
                Ok(Raw::Number(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
                Ok(Raw::Number(value))
            }

            fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
                Ok(Raw::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Raw, E> {
                Ok(Raw::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
                let mut list = Vec::new();
                while let Some(entry) = entries.next_element()? {
                    list.push(entry);
                }
                Ok(Raw::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
                let mut map = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    map.push(entry);
                }
                Ok(Raw::Map(map))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, (usize, String)> {
        parse(text, &"a.yaml".into())
    }

    #[test]
    fn every_value_knows_its_line_and_its_type() {
        let node = read("a: &one\n  - 1\n  - .5\nb: *one\nc: {d: yes, e: true, 7: ~}\n").unwrap();
        let list = node.get("a").unwrap().list().unwrap();
        assert_eq!((list[0].place.line, list[1].place.line), (2, 3));
        assert_eq!(list[1].value, Value::Number(0.5));
        assert_eq!(node.get("b").unwrap().list().unwrap().len(), 2);
        let c = node.get("c").unwrap();
        assert_eq!(c.get("d").unwrap().string(), Some("yes"));
        assert_eq!(c.get("e").unwrap().value, Value::Bool(true));
        assert_eq!(c.map().unwrap()[2].0, "7");
    }

    #[test]
    fn merge_keys_are_merged() {
        let node = read("base: &b {x: 1, y: 2}\nnext:\n  <<: *b\n  y: 3\n").unwrap();
        let next = node.get("next").unwrap();
        assert_eq!(next.get("x").unwrap().number(), Some(1.0));
        assert_eq!(next.get("y").unwrap().number(), Some(3.0));
    }

    #[test]
    fn what_is_wrong_has_its_line_and_not_its_text() {
        let (line, detail) = read("a: 1\nb: [secret\n").unwrap_err();
        assert!(line >= 2, "{line}");
        assert_eq!(detail, "is not valid YAML from here on");
        assert_eq!(
            read("a: 1\na: 2").unwrap_err(),
            (2, "names a field twice".to_owned())
        );
        let (_, detail) = read("a: 1\n---\nb: 2\n").unwrap_err();
        assert!(!detail.is_empty());
    }

    #[test]
    fn aliases_cannot_grow_without_end() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let last = format!("*a{}", n - 1);
            let all = vec![last; 10].join(", ");
            bomb.push_str(
                &[
                    "a",
                    &n.to_string(),
                    ": &a",
                    &n.to_string(),
                    " [",
                    &all,
                    "]\n",
                ]
                .concat(),
            );
        }
        let started = std::time::Instant::now();
        let (_, detail) = read(&bomb).unwrap_err();
        assert!(
            detail.starts_with("holds more than an import takes"),
            "{detail}"
        );
        assert!(started.elapsed().as_secs() < 20);
    }
}
