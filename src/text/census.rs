use super::Term;
use super::language::{KNOWN, Language};

/// How the words of a text share out over the languages' function words.
pub(super) struct Census<'a> {
    /// The number of words.
    pub(super) words: usize,
    rows: [Row<'a>; KNOWN.len()],
}

/// What the words say for one language.
#[derive(Clone, Copy, Default)]
struct Row<'a> {
    /// The words that are function words there.
    hits: usize,
    /// The first of those, and whether there is another one.
    first: Option<&'a str>,
    several: bool,
}

impl<'a> Census<'a> {
    /// Counts the words of a text.
    pub(super) fn of(terms: &'a [Term]) -> Self {
        let mut rows = [Row::default(); KNOWN.len()];
        // A lone letter proves nothing.
        for term in terms.iter().filter(|term| term.word.len() > 1) {
            for row in term.languages.rows() {
                let row: &mut Row<'_> = &mut rows[row];
                row.hits += 1;
                let first = *row.first.get_or_insert(&term.word);
                row.several |= first != term.word;
            }
        }
        Self {
            words: terms.len(),
            rows,
        }
    }

    /// Share of function words; a single one ("un" in brackets) proves nothing.
    pub(super) fn share(&self, row: usize) -> f64 {
        let row = &self.rows[row];
        if row.several {
            row.hits as f64 / self.words as f64
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
