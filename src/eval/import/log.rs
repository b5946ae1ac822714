use std::collections::HashMap;

use super::node::Place;
use crate::bank::Problem;

/// Something that an import could not carry over, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is, and what became of it.
    pub what: String,
    /// How often it was met.
    pub count: usize,
    /// The first place, as `file:line`.
    pub first: String,
}

/// What an import finds: what is wrong, and what is left out.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<Note>,
    /// Where in `notes` each is.
    places: HashMap<String, usize>,
}

impl Log {
    /// Something that has to be put right before anything is written.
    pub(super) fn wrong(&mut self, place: &Place, field: &str, detail: impl Into<String>) {
        self.problems.push(Problem {
            file: place.file.to_string(),
            line: place.line,
            column: None,
            place: (!field.is_empty()).then(|| field.to_owned()),
            pointer: None,
            detail: detail.into(),
        });
    }

    /// Something that is left out; the same is counted.
    pub(super) fn note(&mut self, place: &Place, what: impl Into<String>) {
        let what = what.into();
        if let Some(note) = self
            .places
            .get(&what)
            .and_then(|at| self.notes.get_mut(*at))
        {
            note.count += 1;
            return;
        }
        self.places.insert(what.clone(), self.notes.len());
        self.notes.push(Note {
            what,
            count: 1,
            first: place.to_string(),
        });
    }
}

/// A name from a file, fit to be shown: on one line, and not longer than names are.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 40;
    let plain = name
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut short: String = plain.take(LONGEST).collect();
    if name.chars().count() > LONGEST {
        short.push('…');
    }
    short
}
