use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Self { text, starts }
    }

    /// The line, counted from 1, of a byte offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The column in characters, counted from 1, of a byte offset.
    fn column(&self, offset: usize) -> usize {
        let before = self.text.get(self.starts[self.line(offset) - 1]..offset);
        before.map_or(1, |before| before.chars().count() + 1)
    }
}

/// A bank's TOML, in which every value knows its place.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) root: Spanned<DeTable<'a>>,
    lines: Lines<'a>,
}

impl<'a> Source<'a> {
    /// Parses TOML; the error is the first mistake, since those after it are mostly its echoes.
    pub(super) fn parse(text: &'a str, file: &'a str) -> Result<Self, Problem> {
        let lines = Lines::new(text);
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { file, root, lines }),
            Err(error) => Err(explain(&error, file, &lines)),
        }
    }

    /// The questions as values.
    pub(super) fn questions(&self) -> &[Spanned<DeValue<'a>>] {
        let questions = self.root.get_ref().get("questions");
        questions
            .and_then(|value| value.get_ref().as_array())
            .map_or(&[], |array| array)
    }

    /// Says what TOML found wrong with a value.
    pub(super) fn explain(&self, error: &toml::de::Error) -> Problem {
        explain(error, self.file, &self.lines)
    }

    /// Says what is wrong with the field at a JSON pointer.
    pub(super) fn problem(&self, pointer: &str, detail: impl Into<String>) -> Problem {
        let (line, place) = self.place(pointer);
        Problem {
            file: self.file.to_owned(),
            line,
            column: None,
            place: Some(place),
            pointer: Some(pointer.to_owned()),
            detail: detail.into(),
        }
    }

    /// The line of the field at a JSON pointer, or of the innermost entry around it that is
    /// written down, and the field's name with the ids of the entries on the way.
    pub(super) fn place(&self, pointer: &str) -> (usize, String) {
        let mut line = 1;
        let mut place = String::new();
        let mut found = None::<&Spanned<DeValue>>;
        let mut lost = false;
        for step in pointer.split('/').skip(1) {
            let next = match found {
                _ if lost => None,
                None => self.root.get_ref().get(step),
                Some(value) => inner(value.get_ref(), step),
            };
            if step.bytes().all(|byte| byte.is_ascii_digit()) {
                let id = next.and_then(|value| clean_id(value.get_ref()));
                place.extend(["[", id.unwrap_or(step), "]"]);
            } else {
                place.push_str(if place.is_empty() { "" } else { "." });
                place.push_str(step);
            }
            match next {
                Some(value) => {
                    line = self.lines.line(start(value));
                    found = next;
                }
                None => lost = true,
            }
        }
        (line, place)
    }
}

fn inner<'a, 'i>(value: &'a DeValue<'i>, step: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    match value {
        DeValue::Table(table) => table.get(step),
        DeValue::Array(array) => array.get(step.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Where a value begins; for an entry, its id, since the span of a table is that of its header.
fn start(value: &Spanned<DeValue>) -> usize {
    let id = value.get_ref().as_table().and_then(|table| table.get("id"));
    id.unwrap_or(value).span().start
}

fn clean_id<'a>(value: &'a DeValue) -> Option<&'a str> {
    let id = value.as_table()?.get("id")?.get_ref().as_str()?;
    super::check::id_fault(id).is_none().then_some(id)
}

fn explain(error: &toml::de::Error, file: &str, lines: &Lines) -> Problem {
    let offset = error.span().map_or(0, |span| span.start);
    Problem {
        file: file.to_owned(),
        line: lines.line(offset),
        column: Some(lines.column(offset)),
        place: None,
        pointer: None,
        detail: without_text(error.message()),
    }
}

/// Serde quotes a string that stands where none may; it may be an answer.
fn without_text(message: &str) -> String {
    let quoted = message.split_once(" string \"");
    match quoted.and_then(|(kind, rest)| Some((kind, rest.rsplit_once("\", expected ")?.1))) {
        Some((kind, expected)) => format!("{kind} a string, expected {expected}"),
        None => message.to_owned(),
    }
}
