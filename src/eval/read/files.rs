use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::check::{Rules, check};
use super::csv;
use super::raw::RawCase;
use crate::bank::{Banks, Problem};
use crate::eval::Case;
use crate::grade::{JsonError, Limits, Submission, Task, parse_json};
use crate::text::Language;

/// So many problems are shown; whoever has more has them from one cause.
const SHOWN: usize = 20;

/// Says why cases cannot be evaluated. No message holds the text of an answer.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Lines are wrong: the first of them, by file, line and field, and how many more there are.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
    /// The name does not say what is in the file.
    #[error("{path}: cases end in .jsonl or .csv, suites in .toml")]
    UnknownFormat {
        /// The file.
        path: String,
    },
    /// There is nothing to evaluate.
    #[error("{what}: there are no cases")]
    Empty {
        /// The files, or the options that left nothing.
        what: String,
    },
}

fn list(problems: &[Problem]) -> String {
    let mut lines: Vec<_> = problems
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect();
    if problems.len() > SHOWN {
        lines.push(format!("and {} more", problems.len() - SHOWN));
    }
    lines.join("\n")
}

/// Reads case files into cases; questions that are alike are kept once.
pub struct Reader<'a> {
    rules: Rules<'a>,
    cases: Vec<Case>,
    ids: HashMap<String, String>,
    /// Every question, with the language it is in.
    tasks: HashMap<KnownTask, Language>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Makes a reader that looks questions up in `banks`. `language` holds for cases that name
    /// none; with `ignore_concepts` declared concepts are left out of what is graded.
    pub fn new(
        banks: &'a Banks,
        limits: &'a Limits,
        language: Option<Language>,
        ignore_concepts: bool,
    ) -> Self {
        Self {
            rules: Rules {
                banks,
                limits,
                language,
                ignore_concepts,
            },
            cases: Vec::new(),
            ids: HashMap::new(),
            tasks: HashMap::new(),
            problems: Vec::new(),
        }
    }

    /// Reads a file of JSON Lines or CSV.
    ///
    /// # Errors
    /// The file cannot be read, or its name does not say what it is. What is wrong inside is told
    /// by [`Reader::finish`], for all files together.
    pub fn read(&mut self, path: &Path) -> Result<(), CaseError> {
        let name = path.display().to_string();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let extension = extension.map(str::to_ascii_lowercase);
        let text = match extension.as_deref() {
            Some("jsonl" | "csv") => std::fs::read(path),
            _ => return Err(CaseError::UnknownFormat { path: name }),
        };
        let text = text.map_err(|source| CaseError::Unreadable {
            path: name.clone(),
            source,
        })?;
        if extension.as_deref() == Some("csv") {
            self.csv(&text, &name);
        } else {
            self.jsonl(&text, &name);
        }
        Ok(())
    }

    /// The cases of all files.
    ///
    /// # Errors
    /// All that is wrong with them, by file, line and field, or that there are none.
    pub fn finish(self, what: &str) -> Result<Vec<Case>, CaseError> {
        if !self.problems.is_empty() {
            return Err(CaseError::Invalid(self.problems));
        }
        if self.cases.is_empty() {
            let what = what.to_owned();
            return Err(CaseError::Empty { what });
        }
        Ok(self.cases)
    }

    fn jsonl(&mut self, text: &[u8], file: &str) {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
                self.add(line, file, index + 1);
            }
        }
    }

    fn csv(&mut self, text: &[u8], file: &str) {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut reader = ::csv::ReaderBuilder::new()
            .flexible(false)
            .from_reader(text);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return self.problem(file, 1, None, csv_problem(&error)),
        };
        let mut lines = csv::RowLines::of(text);
        for row in reader.records() {
            match row {
                Ok(row) => {
                    let line = lines.line(row.position());
                    let fields = serde_json::Value::from(csv::fields(&header, &row));
                    self.add(fields.to_string().as_bytes(), file, line);
                }
                Err(error) => {
                    let line = lines.line(error.position());
                    self.problem(file, line, None, csv_problem(&error));
                }
            }
        }
    }

    /// Adds a line of a file; what is wrong with it is told by [`Reader::finish`].
    pub(in crate::eval) fn add(&mut self, json: &[u8], file: &str, line: usize) {
        let raw = match parse_json::<RawCase>(json) {
            Ok(raw) => raw,
            Err(JsonError::Field(error)) => {
                return self.problem(file, line, Some(&error.pointer), error.detail);
            }
            Err(error @ JsonError::Malformed { .. }) => {
                return self.problem(file, line, None, malformed(&error));
            }
        };
        let id = raw.id.clone();
        match check(raw, &self.rules) {
            Ok(mut case) => {
                self.share_task(&mut case);
                self.cases.push(case);
            }
            Err(errors) => {
                for error in errors {
                    self.problem(file, line, Some(&error.pointer), error.detail);
                }
            }
        }
        let place = format!("{file}:{line}");
        if let Some(before) = self.ids.insert(id, place) {
            self.problem(
                file,
                line,
                Some("/id"),
                format!("is the id of {before}, too"),
            );
        }
    }

    /// Cases with equal questions share one, so that what is prepared for it is prepared once.
    fn share_task(&mut self, case: &mut Case) {
        let submission = Arc::make_mut(&mut case.submission);
        let known = KnownTask(Arc::clone(&submission.task));
        if let Some((shared, language)) = self.tasks.get_key_value(&known) {
            submission.task = Arc::clone(&shared.0);
            submission.language = submission.language.or(Some(*language));
        } else {
            let language = submission.task.language();
            submission.language = submission.language.or(Some(language));
            self.tasks.insert(known, language);
        }
    }

    fn problem(
        &mut self,
        file: &str,
        line: usize,
        pointer: Option<&str>,
        detail: impl Into<String>,
    ) {
        let place = pointer.map(|pointer| pointer.trim_start_matches('/').replace('/', "."));
        self.problems.push(Problem {
            file: file.to_owned(),
            line,
            column: None,
            place,
            pointer: None,
            detail: detail.into(),
        });
    }
}

/// A task that is found by its contents.
struct KnownTask(Arc<Task>);

impl PartialEq for KnownTask {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for KnownTask {}

impl std::hash::Hash for KnownTask {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // Tasks that differ elsewhere only meet in one bucket.
        (
            &self.0.question,
            &self.0.reference_answer,
            self.0.concepts.len(),
        )
            .hash(state);
    }
}

fn malformed(error: &JsonError) -> String {
    match error {
        JsonError::Malformed { cut: true, .. } => "the line ends too soon for JSON".to_owned(),
        JsonError::Malformed { column, .. } => format!("is not valid JSON (column {column})"),
        JsonError::Field(field) => field.detail.clone(),
    }
}

/// Says what is wrong with a table, without what stands in it.
fn csv_problem(error: &::csv::Error) -> String {
    match error.kind() {
        ::csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("the row has {len} cells and the header {expected_len}"),
        ::csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text".to_owned(),
        _ => "is no readable CSV".to_owned(),
    }
}

impl Case {
    /// What a grader gets.
    pub fn submission(&self) -> &Submission {
        &self.submission
    }
}
