use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A stretch of a text: Unicode scalar offsets, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first character.
    pub start: usize,
    /// Offset after the last character.
    pub end: usize,
}

impl Span {
    /// Cuts the span out of `text`.
    pub fn of(self, text: &str) -> String {
        text.chars()
            .skip(self.start)
            .take(self.end.saturating_sub(self.start))
            .collect()
    }

    /// Tells whether the two spans share a character.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A text that was cleaned for judging, with the place each character came from.
///
/// Judging works on [`text`](Self::text); whatever it finds there is reported on the original by
/// [`original`](Self::original), so that a reader sees the evidence in the answer as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    text: String,
    origin: Vec<Span>,
}

impl Mapped {
    /// Maps a text to itself.
    pub fn new(text: &str) -> Self {
        let origin = (0..text.chars().count())
            .map(|start| Span {
                start,
                end: start + 1,
            })
            .collect();
        Self {
            text: text.to_owned(),
            origin,
        }
    }

    /// The cleaned text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Maps a span of the cleaned text to the original; an empty span has no place there.
    pub fn original(&self, span: Span) -> Option<Span> {
        let covered = self
            .origin
            .get(span.start..span.end.min(self.origin.len()))?;
        let start = covered.iter().map(|place| place.start).min()?;
        let end = covered.iter().map(|place| place.end).max()?;
        Some(Span { start, end })
    }

    /// Keeps the characters that `keep` wants.
    #[must_use]
    pub fn retain(&self, keep: impl Fn(char) -> bool) -> Self {
        let kept = self
            .text
            .chars()
            .zip(&self.origin)
            .filter(|(c, _)| keep(*c));
        let (text, origin) = kept.map(|(c, place)| (c, *place)).unzip();
        Self { text, origin }
    }

    /// Replaces stretches of the cleaned text, given in ascending order without overlap; an empty
    /// replacement removes. Each new character comes from the whole stretch it stands for.
    #[must_use]
    pub fn replace(&self, edits: &[(Range<usize>, &str)]) -> Self {
        let chars: Vec<char> = self.text.chars().collect();
        let mut result = Self {
            text: String::with_capacity(self.text.len()),
            origin: Vec::new(),
        };
        let mut next = 0;
        for (range, replacement) in edits {
            result.copy(&chars, &self.origin, next..range.start);
            if let Some(place) = self.original(Span {
                start: range.start,
                end: range.end,
            }) {
                result.text.push_str(replacement);
                result.origin.extend(replacement.chars().map(|_| place));
            }
            next = next.max(range.end);
        }
        result.copy(&chars, &self.origin, next..chars.len());
        result
    }

    fn copy(&mut self, chars: &[char], origin: &[Span], range: Range<usize>) {
        self.text
            .extend(chars.get(range.clone()).unwrap_or_default());
        self.origin.extend(origin.get(range).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_in_the_cleaned_text_is_shown_in_the_original() {
        let original = "äh, pre fetch related, ja";
        let cleaned = Mapped::new(original).replace(&[(0..4, ""), (4..21, "prefetch_related")]);
        assert_eq!(cleaned.text(), "prefetch_related, ja");
        let place = cleaned.original(Span { start: 0, end: 16 }).unwrap();
        assert_eq!(place.of(original), "pre fetch related");
        let last = cleaned.original(Span { start: 18, end: 20 }).unwrap();
        assert_eq!(last.of(original), "ja");
    }

    #[test]
    fn removed_characters_leave_the_offsets_right() {
        let original = "a\u{200b}b\u{200b}c";
        let cleaned = Mapped::new(original).retain(|c| c != '\u{200b}');
        assert_eq!(cleaned.text(), "abc");
        assert_eq!(
            cleaned.original(Span { start: 1, end: 3 }),
            Some(Span { start: 2, end: 5 })
        );
        assert_eq!(cleaned.original(Span { start: 3, end: 3 }), None);
    }
}
