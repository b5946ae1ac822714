use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::entry::Entry;

/// Says why a recording cannot be used.
///
/// ```
/// use answer_grader::llm::{Recording, RecordingError};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sql.jsonl");
/// assert!(Recording::create(&path)?.is_empty());
/// assert!(matches!(Recording::create(&path), Err(RecordingError::Exists { .. })));
/// std::fs::write(&path, "It joins.")?;
/// assert!(matches!(Recording::read(&path, false), Err(RecordingError::Line { line: 1, .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be read, made or added to.
    #[error("the recording {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The file is there already, and would be mixed with new exchanges.
    #[error("the recording {path} exists; replay it, adding what is missing, or remove it")]
    Exists {
        /// The file.
        path: String,
    },
    /// A line is no exchange.
    #[error("{path}:{line}: {detail}")]
    Line {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it; never its text, which may quote an answer.
        detail: String,
    },
}

/// Exchanges with models, by request and occurrence, and the file that they are kept in: JSON Lines,
/// with replies word for word, which may quote answers.
///
/// See [`RecordedModel`](super::RecordedModel), which plays it back.
pub struct Recording {
    path: PathBuf,
    kept: Mutex<Kept>,
}

struct Kept {
    entries: HashMap<(String, u32), Entry>,
    /// Where new exchanges go; none where only what is there is played back.
    file: Option<File>,
}

impl Recording {
    /// Reads a recording. With `adding`, new exchanges are appended to the file, which is made if
    /// it is not there.
    ///
    /// # Errors
    /// [`RecordingError::File`]: the file cannot be used. [`RecordingError::Line`]: the first line
    /// that is no exchange.
    pub fn read(path: &Path, adding: bool) -> Result<Self, RecordingError> {
        let failed = |source| RecordingError::File {
            path: path.display().to_string(),
            source,
        };
        let file = if adding {
            let mut options = OpenOptions::new();
            Some(
                options
                    .append(true)
                    .create(true)
                    .open(path)
                    .map_err(failed)?,
            )
        } else {
            None
        };
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let mut entries = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let entry = read_line(line).map_err(|detail| RecordingError::Line {
                path: path.display().to_string(),
                line: index + 1,
                detail,
            })?;
            // A second line for the same exchange is one that was recorded again.
            entries.insert((entry.request.clone(), entry.occurrence), entry);
        }
        Ok(Self::of(path, entries, file))
    }

    /// Makes a new recording.
    ///
    /// # Errors
    /// [`RecordingError::Exists`]: the file is there already. [`RecordingError::File`]: it cannot be
    /// made.
    pub fn create(path: &Path) -> Result<Self, RecordingError> {
        let shown = path.display().to_string();
        match OpenOptions::new().append(true).create_new(true).open(path) {
            Ok(file) => Ok(Self::of(path, HashMap::new(), Some(file))),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(RecordingError::Exists { path: shown })
            }
            Err(source) => Err(RecordingError::File {
                path: shown,
                source,
            }),
        }
    }

    fn of(path: &Path, entries: HashMap<(String, u32), Entry>, file: Option<File>) -> Self {
        Self {
            path: path.to_owned(),
            kept: Mutex::new(Kept { entries, file }),
        }
    }

    /// How many exchanges there are.
    pub fn len(&self) -> usize {
        self.kept().entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the exchange is there.
    pub(super) fn holds(&self, request: &str, occurrence: u32) -> bool {
        let wanted = (request.to_owned(), occurrence);
        self.kept().entries.contains_key(&wanted)
    }

    pub(super) fn find(&self, request: &str, occurrence: u32) -> Option<Entry> {
        let wanted = (request.to_owned(), occurrence);
        self.kept().entries.get(&wanted).cloned()
    }

    /// Keeps an exchange and writes it down at once: it may have been paid for.
    pub(super) fn keep(&self, entry: Entry) -> Result<(), RecordingError> {
        let mut kept = self.kept();
        let at = (entry.request.clone(), entry.occurrence);
        // Two cases may ask the same at the same time; the first reply stands for both.
        if kept.entries.contains_key(&at) {
            return Ok(());
        }
        if let Some(file) = &mut kept.file {
            let written = serde_json::to_string(&entry)
                .map_err(io::Error::from)
                .and_then(|line| file.write_all(format!("{line}\n").as_bytes()));
            written.map_err(|source| RecordingError::File {
                path: self.path.display().to_string(),
                source,
            })?;
        }
        kept.entries.insert(at, entry);
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Entries are inserted whole, so a panic elsewhere leaves none half written.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_line(line: &str) -> Result<Entry, String> {
    let entry: Entry = serde_json::from_str(line).map_err(|error| {
        // What follows the place may quote the line.
        let column = error.column();
        match error.classify() {
            serde_json::error::Category::Eof => {
                format!("is cut off at column {column}; remove the line")
            }
            _ => format!("is no recorded exchange (column {column})"),
        }
    })?;
    entry
        .problem()
        .map_or(Ok(entry), |problem| Err(problem.to_owned()))
}
