//! Stems, kept for the words that come again and again.

use std::cell::RefCell;

use compact_str::CompactString;
use foldhash::HashMap;
use rust_stemmers::Stemmer;

use super::Language;

/// So many words are kept; most texts of one subject have fewer.
const MOST: usize = 8_192;
/// Longer words are rare, and would fill the memory.
const LONGEST: usize = 24;

thread_local! {
    /// Per thread, so that nobody waits: the language, and the stems of its words.
    static KEPT: RefCell<(Option<Language>, HashMap<CompactString, CompactString>)> = RefCell::default();
}

/// The stem of a word in lower case: stemming takes several times as long as looking it up.
pub(super) fn stem(language: Language, stemmer: &Stemmer, word: &CompactString) -> CompactString {
    let fresh = || CompactString::from(stemmer.stem(word));
    if word.len() > LONGEST {
        return fresh();
    }
    KEPT.with_borrow_mut(|(of, stems)| {
        if *of != Some(language) || stems.len() >= MOST {
            *of = Some(language);
            stems.clear();
        }
        let kept = stems.entry(word.clone());
        kept.or_insert_with(fresh).clone()
    })
}
