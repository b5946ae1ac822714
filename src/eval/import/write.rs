use std::fmt::Write as _;

use super::draft::{Draft, ids};
use super::{Import, ImportError, Log};
use crate::bank::Banks;
use crate::eval::{CaseError, Reader};
use crate::grade::Limits;

/// What an import makes: the texts of its files, and what is to be said of them.
#[derive(Debug)]
pub struct Imported {
    /// Names and texts of the files, the suite first.
    pub files: Vec<(String, String)>,
    /// How many cases have an answer and a score.
    pub labelled: usize,
    /// How many have an answer and no score.
    pub unlabelled: usize,
    /// How many have no answer.
    pub unanswered: usize,
    /// What was left out.
    pub notes: Vec<super::Note>,
}

const CASES: &str = "cases.jsonl";
const UNLABELLED: &str = "unlabelled.jsonl";

/// Writes drafts as a suite and its cases, and has the reader of cases check every line.
pub(super) fn write(import: Import, limits: &Limits) -> Result<Imported, ImportError> {
    let Import {
        drafts,
        pass_mark,
        prompts,
        origin,
        mut log,
    } = import;
    let ids = ids(&drafts, &mut log);
    check(&drafts, &ids, limits, &mut log)?;
    let (mut cases, mut rest) = (String::new(), String::new());
    let (mut labelled, mut unlabelled) = (0, 0);
    for (draft, id) in drafts.iter().zip(&ids) {
        let text = if draft.is_labelled() {
            labelled += 1;
            &mut cases
        } else {
            unlabelled += usize::from(draft.answer.is_some());
            &mut rest
        };
        let line = serde_json::to_string(&draft.line(id)).map_err(std::io::Error::other);
        let line = line.map_err(|source| CaseError::Unreadable {
            path: draft.place.to_string(),
            source,
        })?;
        let _ = writeln!(text, "{line}");
    }
    let mut files = vec![(
        "suite.toml".to_owned(),
        suite(&origin, pass_mark, labelled > 0, !rest.is_empty()),
    )];
    let texts = [(CASES, cases), (UNLABELLED, rest)];
    let filled = texts.into_iter().filter(|(_, text)| !text.is_empty());
    files.extend(filled.map(|(name, text)| (name.to_owned(), text)));
    files.extend(prompts);
    Ok(Imported {
        files,
        labelled,
        unlabelled,
        unanswered: drafts.len() - labelled - unlabelled,
        notes: log.notes,
    })
}

/// Checks every draft as `eval` will; what a person has yet to fill in counts as filled in.
fn check(
    drafts: &[Draft],
    ids: &[String],
    limits: &Limits,
    log: &mut Log,
) -> Result<(), ImportError> {
    let banks = Banks::default();
    let mut reader = Reader::new(&banks, limits, None, false);
    for (draft, id) in drafts.iter().zip(ids) {
        let mut line = draft.line(id);
        line.candidate_answer = line.candidate_answer.or(Some(""));
        line.score = line.score.filled();
        line.points = line.points.filled();
        let json = serde_json::to_string(&line).unwrap_or_default();
        reader.add(json.as_bytes(), &draft.place.file, draft.place.line);
    }
    let found = std::mem::take(&mut log.problems);
    let refused = match reader.finish("the import") {
        Err(CaseError::Invalid(problems)) => problems,
        _ => Vec::new(),
    };
    let problems: Vec<_> = found.into_iter().chain(refused).collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(CaseError::Invalid(problems).into())
    }
}

fn suite(origin: &str, pass_mark: Option<f64>, is_labelled: bool, has_rest: bool) -> String {
    let from: String = origin.chars().filter(|c| !c.is_control()).collect();
    let mut text = format!("# Imported from {from} by `answer-grader suite import`.\n");
    if is_labelled {
        let _ = writeln!(text, "cases = \"{CASES}\"");
        if has_rest {
            let _ = writeln!(
                text,
                "# Once its lines have an answer and a score: cases = [\"{CASES}\", \"{UNLABELLED}\"]"
            );
        }
    } else {
        let _ = writeln!(
            text,
            "# Each line needs a \"score\" (0 to 1), what a person gave, before it can be evaluated.\n\
             cases = \"{UNLABELLED}\""
        );
    }
    if let Some(mark) = pass_mark {
        let _ = writeln!(text, "pass_mark = {mark:?}");
    }
    text.push_str(
        "\n# What must be reached; docs/evaluation.md has the names.\n# [gate]\n# qwk = 0.6\n",
    );
    text
}
