use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Mapped;

/// What stands for a passage that nobody else is to see. It is a word that keys do not have.
const PLACEHOLDER: &str = "[redacted]";
/// Digits of a telephone number, without and with the country.
const PHONE_DIGITS: Range<usize> = 7..16;

/// What of a text is masked before anybody else sees it.
///
/// # Examples
///
/// ```
/// use answer_grader::text::{Mapped, Redaction, Span};
///
/// let redaction = Redaction { emails: true, ..Redaction::default() };
/// let sent = "Ask me at me@example.com about joins.";
/// let masked = redaction.mask(&Mapped::new(sent));
/// assert_eq!(masked.text(), "Ask me at [redacted] about joins.");
/// let mask = masked.original(Span { start: 10, end: 20 });
/// assert_eq!(mask.map(|place| place.of(sent)).as_deref(), Some("me@example.com"));
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redaction {
    /// Names, whole words in any case. Each form that occurs has to be given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Whether e-mail addresses are masked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub emails: bool,
    /// Whether telephone numbers are masked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub phones: bool,
}

impl Redaction {
    /// Tells whether nothing is masked.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.emails && !self.phones
    }

    /// Masks a text with `[redacted]`; each mask leads back to the whole passage that it stands for.
    #[must_use]
    pub fn mask(&self, text: &Mapped) -> Mapped {
        let chars: Vec<char> = text.text().chars().collect();
        let mut found = Vec::new();
        for name in &self.names {
            find_name(&chars, name, &mut found);
        }
        if self.emails {
            find_emails(&chars, &mut found);
        }
        if self.phones {
            find_phones(&chars, &mut found);
        }
        found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        found.retain_mut(|range| {
            // What two passages share is masked with the first.
            range.start = range.start.max(end);
            end = end.max(range.end);
            range.start < range.end
        });
        let edits: Vec<_> = found
            .into_iter()
            .map(|range| (range, PLACEHOLDER))
            .collect();
        text.replace(&edits)
    }
}

fn find_name(text: &[char], name: &str, found: &mut Vec<Range<usize>>) {
    let name: Vec<char> = name.trim().chars().map(lower).collect();
    if name.is_empty() {
        return;
    }
    // Scripts that set no spaces have no words to be whole.
    let is_word = |at: Option<&char>| at.is_some_and(|c| c.is_alphanumeric() && *c < '\u{2E80}');
    let mut start = 0;
    while start < text.len() {
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        let end = ends_after(&text[start..], &name).map(|length| start + length);
        match end {
            Some(end) if !is_word(before) && !is_word(text.get(end)) => {
                found.push(start..end);
                start = end;
            }
            _ => start += 1,
        }
    }
}

/// How many characters of a text the name takes that it begins with. Any white space is like any other.
fn ends_after(text: &[char], name: &[char]) -> Option<usize> {
    let mut at = 0;
    let mut name = name.iter().peekable();
    while let Some(c) = name.next() {
        if c.is_whitespace() {
            while name.next_if(|next| next.is_whitespace()).is_some() {}
            let spaces = text[at..].iter().take_while(|c| c.is_whitespace()).count();
            if spaces == 0 {
                return None;
            }
            at += spaces;
        } else if text.get(at).is_some_and(|other| lower(*other) == *c) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

/// Character for character, so that lengths stay.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn find_emails(text: &[char], found: &mut Vec<Range<usize>>) {
    let local = |c: &char| c.is_alphanumeric() || "._%+-'!#$&*/=?^`{|}~".contains(*c);
    let domain = |c: &char| c.is_alphanumeric() || ".-".contains(*c);
    for (at, _) in text.iter().enumerate().filter(|(_, c)| **c == '@') {
        let before = text[..at].iter().rev().take_while(|c| local(c)).count();
        let mut after = text[at + 1..].iter().take_while(|c| domain(c)).count();
        // A sentence may end behind it.
        while after > 0 && !text[at + after].is_alphanumeric() {
            after -= 1;
        }
        let domain = &text[at + 1..=at + after];
        let last_dot = domain.iter().rposition(|c| *c == '.');
        let has_top_level = last_dot.is_some_and(|dot| dot > 0 && domain.len() - dot > 2);
        if before > 0 && has_top_level {
            found.push(at - before..at + 1 + after);
        }
    }
}

fn find_phones(text: &[char], found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while at < text.len() {
        let is_inside = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '.');
        let length = if is_inside { 0 } else { phone(&text[at..]) };
        if length > 0 {
            found.push(at..at + length);
        }
        at += length.max(1);
    }
}

/// Characters of a telephone number as it is written.
const LONGEST_PHONE: usize = 40;

/// How many characters the telephone number takes that a text begins with; 0 where it begins with none.
/// One begins with +, 0 or a bracket, or is written 555-123-4567: years, prices and addresses of machines
/// do not.
fn phone(text: &[char]) -> usize {
    let Some(first) = text
        .first()
        .filter(|c| c.is_ascii_digit() || "+(".contains(**c))
    else {
        return 0;
    };
    let dots =
        *first != '(' && (*first == '+' || text.starts_with(&['0', '0']) || grouped(text, '.'));
    let part = |c: &char| {
        c.is_ascii_digit()
            || c.is_whitespace() && *c != '\n'
            || is_dash(*c)
            || "/()".contains(*c)
            || dots && *c == '.'
    };
    let begins =
        !first.is_ascii_digit() || *first == '0' || grouped(text, '-') || grouped(text, '.');
    let run = 1 + text[1..]
        .iter()
        .take(LONGEST_PHONE)
        .take_while(|c| part(c))
        .count();
    // Another number may stand beside it, so the longest that is one ends at a separator.
    let (mut digits, mut length) = (0, 0);
    for (at, c) in text[..run].iter().enumerate() {
        let rest = &text[at + 1..];
        if length > 0 && begins_another(&text[at..run]) {
            break;
        }
        digits += usize::from(c.is_ascii_digit());
        let ends = rest.first().is_none_or(|next| !next.is_alphanumeric());
        if c.is_ascii_digit() && ends && PHONE_DIGITS.contains(&digits) {
            length = at + 1;
        }
    }
    if begins { length } else { 0 }
}

/// Tells whether a separator is followed by the beginning of another number.
fn begins_another(text: &[char]) -> bool {
    match text {
        [space, '/', ..] if space.is_whitespace() => true,
        [separator, '0', '0' | '1'..='9', ..] if separator.is_whitespace() => true,
        [separator, '+' | '(', ..] => separator.is_whitespace(),
        _ => false,
    }
}

/// Tells numbers written 555-123-4567, or with 1 in front, whatever sets their groups apart.
fn grouped(text: &[char], separator: char) -> bool {
    let same = |c: char| c == separator || separator == '-' && (is_dash(c) || c.is_whitespace());
    let text = match text {
        ['1', c, rest @ ..] if same(*c) => rest,
        text => text,
    };
    let digits = |range: Range<usize>| {
        text.get(range)
            .is_some_and(|part| part.iter().all(char::is_ascii_digit))
    };
    let apart = |at: usize| text.get(at).is_some_and(|c| same(*c));
    digits(0..3) && apart(3) && digits(4..7) && apart(7) && digits(8..12)
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn masked(text: &str) -> Mapped {
        let names = ["Ana López", "Ana", "王小明"].map(str::to_owned);
        let all = Redaction {
            names: names.to_vec(),
            emails: true,
            phones: true,
        };
        all.mask(&Mapped::new(text))
    }

    #[rstest]
    #[case("I, ANA lópez, say so.", "I, [redacted], say so.")]
    #[case(
        "Ana\n  López and Ana's analysis of Anabel",
        "[redacted] and [redacted]'s analysis of Anabel"
    )]
    #[case("我叫王小明。", "我叫[redacted]。")]
    #[case("Write to a.b+c@mail.example.org.", "Write to [redacted].")]
    #[case(
        "user@host and @property, a @ b.com",
        "user@host and @property, a @ b.com"
    )]
    #[case(
        "Call +49 (0)30 123456-78, or 030/1234567.",
        "Call [redacted], or [redacted]."
    )]
    #[case("or 555-123-4567 now", "or [redacted] now")]
    #[case("1-800-555-1234, 555.123.4567", "[redacted], [redacted]")]
    #[case("+49\u{a0}30\u{2011}1234567 0049.30.1234567", "[redacted] [redacted]")]
    #[case("030 1234567 / 0171 7654321", "[redacted] / [redacted]")]
    #[case("o'brien@x.org", "[redacted]")]
    #[case(
        "2024-01-15, 192.168.100.200, 0.12345678, 1000000 rows, 3.14159265, v10.0.19041",
        "2024-01-15, 192.168.100.200, 0.12345678, 1000000 rows, 3.14159265, v10.0.19041"
    )]
    fn what_says_who_it_is_is_masked(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(masked(text).text(), expected);
    }

    #[test]
    fn a_mask_leads_back_to_what_it_stands_for() {
        let text = "Say é: Ana López uses select_related.";
        let masked = masked(text);
        let start = masked.text().find("select").unwrap();
        let start = masked.text()[..start].chars().count();
        let span = |start, end| crate::text::Span { start, end };
        let place = masked.original(span(start, start + 14)).unwrap();
        assert_eq!(place.of(text), "select_related");
        let mask = masked.original(span(7, 17)).unwrap();
        assert_eq!(mask.of(text), "Ana López");
    }

    #[test]
    fn many_beginnings_of_numbers_take_no_longer_than_long_ones() {
        let text = Mapped::new(&"(".repeat(50_000));
        let phones = Redaction {
            phones: true,
            ..Redaction::default()
        };
        assert_eq!(phones.mask(&text).text(), text.text());
    }

    proptest! {
        #[test]
        fn every_name_is_found_in_every_text(text in "[Ana Lópezß+0-9@.()王小明 \u{0301}İ-]{0,60}") {
            let names = ["Ana", "a n", "王小明", "ßİ"].map(str::to_owned).to_vec();
            let names = Redaction { names, ..Redaction::default() };
            let once = names.mask(&Mapped::new(&text));
            let twice = names.mask(&Mapped::new(once.text()));
            prop_assert_eq!(twice.text(), once.text());
            // Nothing else goes: what is left is in the text, in its order.
            masked(&text);
            let mut rest = text.chars();
            let left = once.text().replace(PLACEHOLDER, "");
            prop_assert!(left.chars().all(|c| rest.any(|other| other == c)));
        }
    }
}
