//! The function words of all languages that have a stop list.

use std::sync::OnceLock;

use compact_str::CompactString;
use foldhash::{HashMap, HashMapExt as _};

use super::language::{KNOWN, Language};

/// The function words of one language, each with its stem.
pub(super) type FunctionWords = HashMap<&'static str, CompactString>;

static BY_LANGUAGE: [OnceLock<FunctionWords>; KNOWN.len()] =
    [const { OnceLock::new() }; KNOWN.len()];
static IN_ALL: OnceLock<HashMap<&'static str, Languages>> = OnceLock::new();

/// A set of languages: one bit for each row of the table of known ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Languages(u16);

impl Languages {
    /// The rows of the languages in the set, in order.
    pub(super) fn rows(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let row = (left != 0).then(|| left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            row
        })
    }
}

/// The list of the language in this row: NLTK's, through the crate `stop-words`.
fn list(row: usize) -> &'static [&'static str] {
    stop_words::lookup(KNOWN[row].1).unwrap_or_default()
}

/// The function words of a language, stemmed once; `None` where it has no list.
pub(super) fn of(language: Language) -> Option<&'static FunctionWords> {
    let row = language.row()?;
    Some(BY_LANGUAGE[row].get_or_init(|| {
        let stemmer = language.stemmer();
        let stem = |word: &'static str| {
            let stem = stemmer.as_ref().map(|stemmer| stemmer.stem(word));
            (
                word,
                stem.map_or_else(|| word.into(), |stem| CompactString::from(&*stem)),
            )
        };
        list(row).iter().copied().map(stem).collect()
    }))
}

/// The languages in which `word`, in lower case, is a function word.
pub(super) fn languages_of(word: &str) -> Languages {
    let table = IN_ALL.get_or_init(|| {
        let mut table = HashMap::new();
        for row in 0..KNOWN.len() {
            for word in list(row) {
                let languages: &mut Languages = table.entry(*word).or_default();
                languages.0 |= 1 << row;
            }
        }
        table
    });
    table.get(word).copied().unwrap_or_default()
}
