use std::fmt::Write as _;

use super::outline::Entry;
use crate::bank::slug;

/// Writes a bank in the layout of those that people write.
pub(super) fn bank(entries: &[Entry], file_name: &str, id: &str, title: &str) -> String {
    let from: String = file_name.chars().filter(|c| !c.is_control()).collect();
    let mut text = format!(
        "# Imported from {from} by `answer-grader bank import`.\n\
         # A person should read every answer, say in `as_of` what it was checked against, and add\n\
         # concepts with weights and aliases to every question; `bank check` tells what is missing.\n\n\
         id = {}\ntitle = {}\n",
        line(id),
        line(title)
    );
    let ids = slug::ids(
        entries.iter().map(|entry| entry.question.as_str()),
        "question",
    );
    for (entry, id) in entries.iter().zip(ids) {
        let _ = writeln!(text, "\n[[questions]]\nid = {}", line(&id));
        if let Some(topic) = &entry.topic {
            let _ = writeln!(text, "topic = {}", line(topic));
        }
        let _ = writeln!(text, "question = {}", line(&entry.question));
        let answer = escaped(&entry.answer, false);
        let _ = writeln!(text, "reference_answer = \"\"\"\n{answer}\n\"\"\"");
    }
    text
}

/// A string on one line.
fn line(text: &str) -> String {
    format!("\"{}\"", escaped(text, true))
}

/// Escapes what a basic string cannot hold, and on one line the line ends and every quote.
fn escaped(text: &str, on_one_line: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut quotes = 0;
    for c in text.chars() {
        quotes = if c == '"' { quotes + 1 } else { 0 };
        match c {
            '\\' => escaped.push_str("\\\\"),
            '"' if on_one_line || quotes % 3 == 0 => escaped.push_str("\\\""),
            '\n' if !on_one_line => escaped.push(c),
            '\t' => escaped.push(c),
            _ if c.is_control() => {
                let _ = write!(escaped, "\\u{:04X}", c as u32);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}
