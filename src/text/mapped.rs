use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A stretch of a text: Unicode scalar offsets, `end` exclusive.
///
/// # Examples
///
/// ```
/// use answer_grader::text::Span;
///
/// let span = Span { start: 9, end: 14 };
/// assert_eq!(span.of("Größere… Joins"), "Joins");
/// assert!(span.overlaps(Span { start: 0, end: 10 }));
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first character.
    pub start: usize,
    /// Offset after the last character.
    pub end: usize,
}

impl Span {
    /// Cuts the span out of `text`; what lies beyond the text's end is not there to be cut.
    pub fn of(self, text: &str) -> String {
        if text.is_ascii() {
            let end = self.end.min(text.len());
            return text.get(self.start..end).unwrap_or_default().to_owned();
        }
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
///
/// ```
/// use answer_grader::text::{Mapped, Span};
///
/// let sent = "It, um, joins.";
/// let cleaned = Mapped::new(sent).replace(&[(2..7, "")]);
/// assert_eq!(cleaned.text(), "It joins.");
/// let place = cleaned.original(Span { start: 3, end: 8 });
/// assert_eq!(place.map(|place| place.of(sent)).as_deref(), Some("joins"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    text: String,
    /// `None` where nothing was cleaned, as in nearly every text.
    origin: Option<Vec<Span>>,
}

impl Mapped {
    /// Maps a text to itself.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            origin: None,
        }
    }

    /// The cleaned text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Maps a span of the cleaned text to the original; an empty span, or one that begins beyond
    /// the text's end, has no place there.
    pub fn original(&self, span: Span) -> Option<Span> {
        let Some(origin) = &self.origin else {
            let end = span.end.min(characters(&self.text));
            return (span.start < end).then_some(Span { end, ..span });
        };
        let covered = origin.get(span.start..span.end.min(origin.len()))?;
        let start = covered.iter().map(|place| place.start).min()?;
        let end = covered.iter().map(|place| place.end).max()?;
        Some(Span { start, end })
    }

    /// Keeps the characters that `keep` wants.
    ///
    /// ```
    /// use answer_grader::text::Mapped;
    ///
    /// let visible = Mapped::new("in\u{200B}dex").retain(|c| c != '\u{200B}');
    /// assert_eq!(visible.text(), "index");
    /// ```
    #[must_use]
    pub fn retain(&self, keep: impl Fn(char) -> bool) -> Self {
        let origin = self.origin();
        let kept = self.text.chars().zip(origin);
        let (text, origin) = kept.filter(|(c, _)| keep(*c)).unzip();
        Self {
            text,
            origin: Some(origin),
        }
    }

    fn origin(&self) -> Vec<Span> {
        self.origin.clone().unwrap_or_else(|| {
            let starts = 0..characters(&self.text);
            let one = |start| Span {
                start,
                end: start + 1,
            };
            starts.map(one).collect()
        })
    }

    /// Replaces stretches of the cleaned text, given in characters, in ascending order without
    /// overlap; an empty replacement removes, an empty stretch stays as it is. Each new character
    /// comes from the whole stretch it stands for.
    #[must_use]
    pub fn replace(&self, edits: &[(Range<usize>, &str)]) -> Self {
        let chars: Vec<char> = self.text.chars().collect();
        let origin = self.origin();
        let mut text = String::with_capacity(self.text.len());
        let mut kept = Vec::with_capacity(origin.len());
        let copy = |text: &mut String, kept: &mut Vec<Span>, range: Range<usize>| {
            text.extend(chars.get(range.clone()).unwrap_or_default());
            kept.extend(origin.get(range).unwrap_or_default());
        };
        let mut next = 0;
        for (range, replacement) in edits {
            copy(&mut text, &mut kept, next..range.start);
            if let Some(place) = self.original(Span {
                start: range.start,
                end: range.end,
            }) {
                text.push_str(replacement);
                kept.extend(replacement.chars().map(|_| place));
            }
            next = next.max(range.end);
        }
        copy(&mut text, &mut kept, next..chars.len());
        Self {
            text,
            origin: Some(kept),
        }
    }
}

/// The number of characters.
fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
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
