use unicode_segmentation::UnicodeSegmentation as _;

use super::function_words;
use super::language::{KNOWN, Language};

/// How the words of a text share out over the languages' function words.
pub(super) struct Census {
    /// The number of words.
    pub(super) words: usize,
    /// For each row of the table of languages: the words that are function words there.
    hits: [usize; KNOWN.len()],
    /// The first of those, and whether there is another one.
    first: [Option<String>; KNOWN.len()],
    several: [bool; KNOWN.len()],
}

impl Census {
    /// Counts the words of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut census = Self {
            words: 0,
            hits: [0; KNOWN.len()],
            first: [const { None }; KNOWN.len()],
            several: [false; KNOWN.len()],
        };
        let mut lower = String::new();
        for word in text.unicode_words() {
            census.words += 1;
            // A lone letter proves nothing.
            if word.chars().nth(1).is_none() {
                continue;
            }
            lower.clear();
            lower.extend(word.chars().flat_map(char::to_lowercase).map(straight));
            for row in function_words::languages_of(&lower).rows() {
                census.hits[row] += 1;
                match &census.first[row] {
                    None => census.first[row] = Some(lower.clone()),
                    Some(first) => census.several[row] |= *first != lower,
                }
            }
        }
        census
    }

    /// Share of function words; a single one ("un" in brackets) proves nothing.
    pub(super) fn share(&self, row: usize) -> f64 {
        if self.several[row] {
            self.hits[row] as f64 / self.words as f64
        } else {
            0.0
        }
    }

    /// The language with the most function words; English where several have as many.
    pub(super) fn best(&self) -> (Language, f64) {
        let english = Language::English.row().unwrap_or_default();
        let mut best = (Language::English, self.share(english));
        for (row, (language, ..)) in KNOWN.iter().enumerate() {
            let share = self.share(row);
            if share > best.1 {
                best = (*language, share);
            }
        }
        best
    }
}

fn straight(c: char) -> char {
    if c == '’' { '\'' } else { c }
}
