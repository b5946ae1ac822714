//! What is known about single words, kept for those that come again and again.

use std::cell::RefCell;

use compact_str::CompactString;
use foldhash::HashMap;
use rust_stemmers::Stemmer;
use unicode_normalization::{UnicodeNormalization as _, is_nfkc};

use super::Language;
use super::function_words::{self, FunctionWords, Languages};

/// So many words are kept; most texts of one subject have fewer.
const MOST: usize = 8_192;
/// Longer words are rare, and would fill the memory.
const LONGEST: usize = 24;

/// What a text's language makes of a word.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The word in lower case, compatibility characters folded; empty where nothing is left of it.
    pub(super) word: CompactString,
    /// The word's stem; the word itself where the language has no stemmer.
    pub(super) stem: CompactString,
    /// Whether it is a function word of the language.
    pub(super) function: bool,
    /// The languages that it is a function word of.
    pub(super) languages: Languages,
}

/// The words of one language. Looking a word up takes a fraction of the time of stemming it.
pub(super) struct Vocabulary {
    language: Language,
    reader: Reader,
    /// By the words as they are written.
    kept: HashMap<CompactString, Entry>,
}

struct Reader {
    stemmer: Option<Stemmer>,
    function_words: Option<&'static FunctionWords>,
}

/// So many languages are kept: that of the task, and the one in which words stand as they are.
const LANGUAGES: usize = 3;

thread_local! {
    /// Per thread, so that nobody waits; the one used last comes first.
    static VOCABULARIES: RefCell<Vec<Vocabulary>> = RefCell::default();
}

/// Does something with the vocabulary of a language.
pub(super) fn with<T>(language: Language, work: impl FnOnce(&mut Vocabulary) -> T) -> T {
    VOCABULARIES.with_borrow_mut(|kept| {
        if let Some(at) = kept.iter().position(|one| one.language == language) {
            kept[..=at].rotate_right(1);
        } else {
            kept.truncate(LANGUAGES - 1);
            kept.insert(0, Vocabulary::new(language));
        }
        work(&mut kept[0])
    })
}

impl Vocabulary {
    fn new(language: Language) -> Self {
        Self {
            language,
            reader: Reader {
                stemmer: language.stemmer(),
                function_words: function_words::of(language),
            },
            kept: HashMap::default(),
        }
    }

    /// Does something with what is known of a word.
    pub(super) fn with<T>(&mut self, written: &str, work: impl FnOnce(&Entry) -> T) -> T {
        if let Some(entry) = self.kept.get(written) {
            return work(entry);
        }
        let entry = self.reader.read(normalise(written));
        let done = work(&entry);
        if written.len() <= LONGEST {
            if self.kept.len() >= MOST {
                self.kept.clear();
            }
            self.kept.insert(written.into(), entry);
        }
        done
    }
}

impl Reader {
    fn read(&self, word: CompactString) -> Entry {
        let function = self.function_words.and_then(|words| words.get(&*word));
        let stem = match (function, &self.stemmer) {
            (Some(stem), _) => stem.clone(),
            (None, Some(stemmer)) => CompactString::from(stemmer.stem(&word)),
            (None, None) => word.clone(),
        };
        Entry {
            stem,
            function: function.is_some(),
            languages: function_words::languages_of(&word),
            word,
        }
    }
}

/// A word in lower case, compatibility characters folded (NFKC).
fn normalise(word: &str) -> CompactString {
    if word.is_ascii() {
        let mut word = CompactString::from(word);
        word.make_ascii_lowercase();
        return word;
    }
    let straight = |c: char| if c == '’' { '\'' } else { c };
    // Lower case as a whole: a final sigma is written otherwise than one within a word.
    let lower = if is_nfkc(word) {
        word.to_lowercase()
    } else {
        word.nfkc().collect::<String>().to_lowercase()
    };
    lower.chars().map(straight).collect()
}
