use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Where something stands: a file and a line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    pub(super) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A value of YAML or JSON that knows where it stands, so that everything that is said of it later
/// can name its line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file, since the order of variables is that of their combinations.
    Map(Vec<(String, Node)>),
}

/// What is equal but for where it stands has one hash.
impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Number(number) => number.to_bits().hash(state),
            Self::Text(text) => text.hash(state),
            Self::List(entries) => entries.iter().for_each(|entry| entry.value.hash(state)),
            Self::Map(entries) => entries.iter().for_each(|(name, entry)| {
                name.hash(state);
                entry.value.hash(state);
            }),
        }
    }
}

impl Node {
    pub(super) fn new(file: &Arc<str>, line: usize, value: Value) -> Self {
        let file = Arc::clone(file);
        Self {
            place: Place { file, line },
            value,
        }
    }

    /// The entry of a map; null counts as left out.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let (_, found) = self.map()?.iter().find(|(name, _)| name == key)?;
        (found.value != Value::Null).then_some(found)
    }

    pub(super) fn map(&self) -> Option<&[(String, Self)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn string(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text, or a number or truth value as it is written.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match &self.value {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            Value::Bool(value) => Some(Cow::Owned(value.to_string())),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// A number, also where it is written as a text, as every cell of a table is.
    pub(super) fn number(&self) -> Option<f64> {
        let number = match &self.value {
            Value::Number(number) => *number,
            Value::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        number.is_finite().then_some(number)
    }
}
