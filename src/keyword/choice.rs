//! The choice an answer begins with: yes or no, a label, a quantity.

use crate::grade::FlagCode;
use crate::text::Term;

use super::guards::Fired;

/// A text that begins with a choice and goes on to explain it: "No, string is an insulator",
/// "B. It gets hot faster", "40 meters, since …".
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Choice {
    Yes,
    No,
    Label(char),
    /// A number, and the stem of the word after it.
    Quantity(f64, Option<String>),
}

/// The most that a right choice adds to what is missing from a score, and how many words of the
/// reference it weighs as much as.
const MOST: f64 = 0.2;
const WORDS: f64 = 4.0;
/// A choice without so many words after it explains nothing.
const EXPLAINED: usize = 3;
/// What people give for an explanation of the wrong choice: 0 to all of the 89 such answers in
/// SciEntsBank, Beetle and SAF English. Somewhat more is left to an answer that was misread.
const WRONG_CHOICE: f64 = 0.1;

impl Choice {
    /// Reads the choice that a text begins with. English.
    pub(super) fn of(text: &str, terms: &[Term]) -> Option<Self> {
        let first = terms.first()?;
        let next = terms.get(1);
        let mut before = text.chars().take(first.span.start);
        if before.any(|c| !c.is_whitespace() && !matches!(c, '"' | '(' | '“')) {
            return None;
        }
        let written = text.chars().nth(first.span.start)?;
        let after = text.chars().nth(first.span.end);
        match first.word.as_str() {
            // "No longer", "yes and no".
            "no" if next.is_some_and(|next| NO_ANSWER.contains(&next.word.as_str())) => None,
            "yes" | "no" if goes_both_ways(terms) => None,
            "yes" | "yeah" | "yep" | "true" => Some(Self::Yes),
            "no" | "nope" | "false" => Some(Self::No),
            word => {
                let is_letter = first.span.end - first.span.start == 1;
                if is_letter && written.is_ascii_uppercase() {
                    return is_label(after, next).then_some(Self::Label(written));
                }
                let number: f64 = word.parse().ok().filter(|_| written.is_ascii_digit())?;
                // "1." and "1)" begin a list.
                let is_list = matches!(after, Some('.' | ')' | ':'));
                let unit = next
                    .filter(|next| next.content)
                    .map(|next| next.stem.to_string());
                (!is_list).then_some(Self::Quantity(number, unit))
            }
        }
    }

    /// Tells whether another text makes the same choice; `None` where the two do not compare.
    fn agrees(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Yes | Self::No, Self::Yes | Self::No) => Some(self == other),
            (Self::Label(one), Self::Label(other)) => Some(one == other),
            (Self::Quantity(one, unit), Self::Quantity(other, other_unit)) => {
                let comparable = other_unit.is_none() || unit == other_unit;
                comparable.then_some((one - other).abs() <= f64::EPSILON * one.abs())
            }
            _ => None,
        }
    }
}

/// What a choice does to a score: what it adds to it, or the ceiling it sets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Chosen {
    /// 0..1: the share of what is missing from a score that the right choice makes up for.
    pub(super) bonus: f64,
    /// Set by a wrong choice.
    pub(super) fired: Option<Fired>,
}

impl Chosen {
    /// Compares the choices of a reference of so many words and of an answer.
    pub(super) fn between(
        (reference, length): (Option<&Choice>, usize),
        (answer, answer_length): (Option<&Choice>, usize),
    ) -> Self {
        let agrees = reference
            .zip(answer)
            .and_then(|(one, other)| one.agrees(other));
        match agrees {
            Some(true) if answer_length > EXPLAINED => Self {
                bonus: MOST.min(WORDS / (WORDS + length as f64)),
                fired: None,
            },
            Some(false) => Self {
                bonus: 0.0,
                fired: Some((FlagCode::OtherChoice, WRONG_CHOICE)),
            },
            _ => Self::default(),
        }
    }

    /// The score with the bonus.
    pub(super) fn raise(&self, score: f64) -> f64 {
        score + self.bonus * (1.0 - score)
    }
}

/// After one of these "no" is no answer to a question.
const NO_ANSWER: [&str; 8] = [
    "longer", "matter", "more", "one", "other", "need", "doubt", "idea",
];
/// A label without punctuation is one before these.
const AFTER_LABEL: [&str; 5] = ["because", "is", "since", "as", "cause"];

/// "A." and "B because" are labels, "A switch" is not.
fn is_label(after: Option<char>, next: Option<&Term>) -> bool {
    match after {
        None | Some('.' | ',' | ':' | ';' | ')') => true,
        Some(' ') => next.is_none_or(|next| AFTER_LABEL.contains(&next.word.as_str())),
        _ => false,
    }
}

/// "Yes and no" chooses nothing.
fn goes_both_ways(terms: &[Term]) -> bool {
    let words = terms.iter().take(3).map(|term| term.word.as_str());
    let words: Vec<_> = words.collect();
    matches!(
        words.as_slice(),
        ["yes", "and" | "or", "no"] | ["no", "and" | "or", "yes"]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, terms};
    use rstest::rstest;

    fn choice(text: &str) -> Option<Choice> {
        Choice::of(text, &terms(text, Language::English))
    }

    #[rstest]
    #[case("Yes, it is a metal.", "yes because metal conducts", Some(true))]
    #[case("Yes, it is a metal.", "No, it is a metal.", Some(false))]
    #[case("No. String insulates.", "False: string insulates", Some(true))]
    #[case("A. It gets hot.", "B because it gets hot", Some(false))]
    #[case("A. It gets hot.", "A switch gets hot", None)]
    #[case("40 meters, by the lines.", "60 meters, by the lines.", Some(false))]
    #[case("40 meters, by the lines.", "0.04 km", None)]
    #[case("1. Boil it. 2. Wait.", "2. Wait.", None)]
    #[case("No, never.", "No longer is it so", None)]
    #[case("Yes, both.", "Yes and no, it depends", None)]
    #[case("It is a metal.", "Yes, it is a metal.", None)]
    fn choices_are_compared_where_both_make_one(
        #[case] reference: &str,
        #[case] answer: &str,
        #[case] agree: Option<bool>,
    ) {
        let (one, other) = (choice(reference), choice(answer));
        let agrees = one
            .as_ref()
            .zip(other.as_ref())
            .and_then(|(one, other)| one.agrees(other));
        assert_eq!(agrees, agree, "{one:?} {other:?}");
    }
}
