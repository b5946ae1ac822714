//! Markdown notes become the TOML of a new bank: headings are questions, and the text under each
//! is its reference answer.
//!
//! Where notes can be read in two ways, the import says so rather than guesses.

mod markup;
mod outline;
mod sections;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashMap;

use self::outline::Entry;
use super::check::{LIMITS, name_fault};
use super::{BankError, Problem};
use crate::grade::{RequestError, Task};

/// Something wrong with the notes, at a line.
type Fault = (usize, String);

/// Imports Markdown notes: gives the TOML of a bank, without concepts, for a person to complete.
///
/// # Errors
/// The id or the title will not do, or all that is wrong with the notes, by line.
pub fn import(markdown: &str, file_name: &str, id: &str, title: &str) -> Result<String, BankError> {
    let name = |field, detail| Err(BankError::Name { field, detail });
    if let Some(fault) = name_fault(id) {
        return name("id", fault);
    }
    if title.trim().is_empty() {
        return name("title", "must not be empty");
    }
    let markdown = markdown
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let (sections, mut faults) = sections::read(&markdown);
    let entries = outline::entries(&sections, &mut faults);
    check(&entries, &mut faults);
    if entries.is_empty() && faults.is_empty() {
        let detail = "the notes have no questions: a heading is a question, and the text under it its answer";
        faults.push((1, detail.to_owned()));
    }
    if faults.is_empty() {
        return Ok(write::bank(&entries, file_name, id, title.trim()));
    }
    faults.sort_by_key(|fault| fault.0);
    let problem = |(line, detail)| Problem {
        file: file_name.to_owned(),
        line,
        column: None,
        place: None,
        pointer: None,
        detail,
    };
    Err(BankError::Invalid(
        faults.into_iter().map(problem).collect(),
    ))
}

/// Refuses questions that are asked twice, and texts that are longer than a bank may hold.
fn check(entries: &[Entry], faults: &mut Vec<Fault>) {
    let mut asked = HashMap::new();
    for entry in entries {
        let folded = entry.question.to_lowercase();
        let words: Vec<_> = folded.split_whitespace().collect();
        let key = words.join(" ").trim_end_matches(['?', '.']).to_owned();
        let first = *asked.entry(key).or_insert(entry.line);
        if first != entry.line {
            let detail = format!("the question is the same as that of line {first}");
            faults.push((entry.line, detail));
        }
        let task = Task::new(&entry.question, &entry.answer);
        if let Err(RequestError::Invalid(errors)) = task.check(&LIMITS, "") {
            let told = errors.into_iter().map(|error| {
                let field = error.pointer.trim_start_matches('/').to_owned();
                (entry.line, format!("{field}: {}", error.detail))
            });
            faults.extend(told);
        }
    }
}
