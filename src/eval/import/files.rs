use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::log::Log;
use super::node::{Node, Place};
use super::{json, yaml};
use crate::eval::CaseError;

/// The most bytes of a file: a hundred thousand answers of a page each are less.
const LARGEST: u64 = 256 << 20;

/// A file that was read: what it holds, by its format.
pub(super) enum Content {
    /// YAML or JSON.
    One(Node),
    /// JSON Lines.
    Lines(Vec<Node>),
    /// A table, still as its text.
    Table(String),
}

/// Reads a file by its extension. What is wrong inside is told to `log`, and then nothing is given.
pub(super) fn read(path: &Path, log: &mut Log) -> Result<Option<Content>, CaseError> {
    let name: Arc<str> = path.display().to_string().into();
    let extension = path.extension().and_then(|extension| extension.to_str());
    let extension = extension.map(str::to_ascii_lowercase).unwrap_or_default();
    let start = Place {
        file: Arc::clone(&name),
        line: 1,
    };
    if !["yaml", "yml", "json", "jsonl", "ndjson", "csv"].contains(&extension.as_str()) {
        log.wrong(&start, "", other_kind(&extension));
        return Ok(None);
    }
    let Some(text) = text(path, &start, log)? else {
        return Ok(None);
    };
    let content = match extension.as_str() {
        "csv" => Ok(Content::Table(text)),
        "jsonl" | "ndjson" => {
            let mut entries = Vec::new();
            for (index, line) in text.lines().enumerate() {
                if line.trim().is_empty() {
                    continue;
                }
                match json::parse(line, &name, index + 1) {
                    Ok(node) => entries.push(node),
                    Err((line, detail)) => log.wrong(&at(&name, line), "", detail),
                }
            }
            Ok(Content::Lines(entries))
        }
        "json" => json::parse(&text, &name, 1).map(Content::One),
        _ => yaml::parse(&text, &name).map(Content::One),
    };
    Ok(content
        .map_err(|(line, detail)| log.wrong(&at(&name, line), "", detail))
        .ok())
}

fn at(file: &Arc<str>, line: usize) -> Place {
    Place {
        file: Arc::clone(file),
        line,
    }
}

/// What is said of a file that another names, and that cannot be read.
pub(super) fn told(error: &CaseError) -> String {
    match std::error::Error::source(error) {
        Some(why) => format!("{error}: {why}"),
        None => error.to_string(),
    }
}

/// Reads a file as text, without its byte order mark.
pub(super) fn text(path: &Path, start: &Place, log: &mut Log) -> Result<Option<String>, CaseError> {
    let unreadable = |source| CaseError::Unreadable {
        path: path.display().to_string(),
        source,
    };
    // A pipe would be waited for without end.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        log.wrong(start, "", "is no regular file");
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let fault = |bytes: &[u8]| {
        if bytes.len() as u64 > LARGEST {
            return Some("is larger than 256 MB; divide it".to_owned());
        }
        match std::str::from_utf8(bytes) {
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = String::from_utf8_lossy(before).matches('\n').count() + 1;
                Some(format!("is not UTF-8 text (line {line})"))
            }
            Ok(text) if text.contains('\0') => {
                Some("holds a NUL character, so it is no text".to_owned())
            }
            Ok(text) if text.trim().trim_start_matches('\u{feff}').is_empty() => {
                Some("is empty".to_owned())
            }
            Ok(_) => None,
        }
    };
    if let Some(detail) = fault(&bytes) {
        log.wrong(start, "", detail);
        return Ok(None);
    }
    let text = String::from_utf8(bytes).unwrap_or_default();
    Ok(Some(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }))
}

fn other_kind(extension: &str) -> String {
    let why = match extension {
        "xlsx" | "xls" => "is a spreadsheet; save it as .csv",
        "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "py" | "rb" => {
            "is a program, which is not run; save the tests that it makes as .json"
        }
        _ => "is of no kind that is imported",
    };
    format!("{why} (known are .yaml, .yml, .json, .jsonl, .csv)")
}

/// What is said of a name that leads elsewhere: files may be others', and what they name would end up in
/// keys that are sent to a model.
pub(super) const LEADS_OUT: &str =
    "leads out of the folder of the file that names it, where nothing is read; copy it there";

/// Whether a name leads out of the folder that it is seen from.
pub(super) fn leads_out(reference: &str) -> bool {
    let path = Path::new(reference.strip_prefix("file://").unwrap_or(reference));
    path.components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Whether a file that is there stands elsewhere than in a folder, as links may lead out of it.
pub(super) fn stands_outside(file: &Path, folder: &Path) -> bool {
    let folder = if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    };
    match (file.canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) => !file.starts_with(folder),
        // What is not there is told by whoever opens it.
        _ => false,
    }
}

/// The files that a path names, seen from `folder`; `*` in the last part stands for any characters.
pub(super) fn named(reference: &str, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let path = folder.join(reference.strip_prefix("file://").unwrap_or(reference));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !name.contains('*') {
        return Ok(vec![path]);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?.file_name();
        if fits(&name, &entry.to_string_lossy()) {
            found.push(folder.join(entry));
        }
    }
    found.sort();
    Ok(found)
}

fn fits(pattern: &str, name: &str) -> bool {
    let parts: Vec<_> = pattern.split('*').collect();
    let [first, middle @ .., last] = &parts[..] else {
        return pattern == name;
    };
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("file://tests/a.yaml", false)]
    #[case("file://./a.yaml", false)]
    #[case("file://../a.yaml", true)]
    #[case("file://tests/../../a.yaml", true)]
    #[case("file:///etc/passwd", true)]
    fn only_the_folder_of_a_file_is_read(#[case] name: &str, #[case] expected: bool) {
        assert_eq!(leads_out(name), expected);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_leads_out_of_a_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("inside");
        std::fs::create_dir(&folder).unwrap();
        for (file, text) in [
            (root.path().join("out.txt"), "o"),
            (folder.join("in.txt"), "i"),
        ] {
            std::fs::write(file, text).unwrap();
        }
        std::os::unix::fs::symlink("../out.txt", folder.join("link.txt")).unwrap();
        std::os::unix::fs::symlink("in.txt", folder.join("near.txt")).unwrap();
        let outside = |name| stands_outside(&folder.join(name), &folder);
        assert!(outside("link.txt"));
        assert!(!outside("near.txt") && !outside("in.txt") && !outside("none.txt"));
    }

    #[rstest]
    #[case("*.yaml", "a.yaml", true)]
    #[case("t*_*.csv", "tests_1.csv", true)]
    #[case("*.yaml", "a.yml", false)]
    #[case("a*a", "a", false)]
    #[case("a*b*c", "a-b-b-c", true)]
    #[case("a.yaml", "a.yaml", true)]
    fn a_star_stands_for_any_characters(
        #[case] pattern: &str,
        #[case] name: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(fits(pattern, name), expected);
    }
}
