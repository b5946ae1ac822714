//! The map is true: which room may name which, how large a file may be.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every room and the rooms of ours that it may name.
const MAY_NAME: [(&str, &[&str]); 13] = [
    ("text", &[]),
    ("llm", &[]),
    ("grade", &["text"]),
    ("keyword", &["text", "grade"]),
    ("prompt", &["text", "grade"]),
    ("bank", &["text", "grade"]),
    ("grader", &["text", "grade", "keyword", "prompt", "llm"]),
    ("eval", &["text", "grade", "keyword", "grader", "bank"]),
    ("store", &["text", "grade", "grader"]),
    ("jobs", &["grade", "grader", "store"]),
    ("http", &["grade", "grader", "bank", "store", "jobs"]),
    (
        "config",
        &["grade", "grader", "bank", "llm", "prompt", "eval", "store"],
    ),
    (
        "cli",
        &[
            "text", "grade", "grader", "bank", "prompt", "llm", "eval", "config", "http", "store",
            "jobs",
        ],
    ),
];
/// Rooms of the pure core, and what they must not know.
const PURE: [&str; 5] = ["text", "grade", "keyword", "prompt", "bank"];
const IMPURE: [&str; 6] = ["tokio", "axum", "reqwest", "clap", "sqlx", "tracing"];
/// A file above this has two jobs.
const LONGEST_FILE: usize = 400;

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                rust_files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file, without comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// What follows `prefix` in the code: the names of rooms or crates.
fn named_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let places = code
        .match_indices(prefix)
        .filter(|(at, _)| !code[..*at].ends_with(is_name));
    places
        .map(|(at, _)| {
            code[at + prefix.len()..]
                .chars()
                .take_while(|c| is_name(*c))
                .collect()
        })
        .collect()
}

#[test]
fn every_room_names_only_the_rooms_it_may() {
    for (room, may) in MAY_NAME {
        for path in rust_files(&source().join(room)) {
            let code = code(&path);
            assert!(
                !code.contains("crate::{"),
                "{}: name rooms one by one",
                path.display()
            );
            for named in named_after(&code, "crate::") {
                assert!(
                    named == room || may.contains(&named.as_str()) || named.is_empty(),
                    "{} names {named}, which {room} may not",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn every_folder_is_a_room_of_the_table() {
    let folders = fs::read_dir(source())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let folders: BTreeSet<_> = folders
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let rooms: BTreeSet<_> = MAY_NAME
        .iter()
        .map(|(room, _)| (*room).to_owned())
        .collect();
    assert_eq!(folders, rooms);
}

#[test]
fn the_pure_core_knows_no_runtime_and_no_network() {
    for room in PURE {
        for path in rust_files(&source().join(room)) {
            let code = code(&path);
            for name in IMPURE {
                assert!(
                    !code.contains(&format!("{name}::")),
                    "{} names {name}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn no_file_has_grown_beyond_its_job() {
    let too_long = rust_files(&source()).into_iter().filter_map(|path| {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        (lines > LONGEST_FILE).then(|| format!("{}: {lines} lines", path.display()))
    });
    assert_eq!(too_long.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn nothing_is_left_unfinished() {
    for path in rust_files(&source()) {
        let text = fs::read_to_string(&path).unwrap();
        for mark in ["TODO", "FIXME", "XXX"] {
            assert!(!text.contains(mark), "{} says {mark}", path.display());
        }
    }
}
