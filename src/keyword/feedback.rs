//! Feedback made of the verdicts.

use std::fmt::Write as _;

use crate::grade::{ConceptGrade, Evidence, Verdict};

/// More ideas than this make no sentence.
const MOST: usize = 5;

/// A longer quote is left out: it would say no more than the answer itself.
const LONGEST_QUOTE: usize = 20;

/// Bytes that most feedback has room in.
const ROOM: usize = 1024;

/// Says what was found, with the passage that shows it, and what was not; it claims no more than
/// that words were looked for.
pub(super) fn sentences(concepts: &[ConceptGrade]) -> String {
    let parts = [
        ("Found in the answer", Verdict::Covered),
        ("Found in part", Verdict::Partial),
        ("Denied by the answer", Verdict::Contradicted),
        ("Not found", Verdict::Missing),
    ];
    let mut feedback = String::with_capacity(ROOM);
    for (title, verdict) in parts {
        let such = concepts.iter().filter(|concept| concept.verdict == verdict);
        let texts = such.filter_map(|concept| Some((concept.text.as_deref()?, &concept.evidence)));
        list(&mut feedback, title, texts);
    }
    feedback
}

/// Adds a sentence that lists ideas, each with the passage that shows it.
fn list<'a>(
    feedback: &mut String,
    title: &str,
    ideas: impl Iterator<Item = (&'a str, &'a Option<Evidence>)>,
) {
    let mut count = 0;
    for (text, evidence) in ideas {
        count += 1;
        if count > MOST {
            continue;
        }
        if count > 1 {
            feedback.push_str("; ");
        } else {
            let space = if feedback.is_empty() { "" } else { " " };
            feedback.extend([space, title, ": "]);
        }
        feedback.push_str(text.trim_end_matches('.'));
        if let Some(evidence) = evidence {
            quote(feedback, &evidence.quote);
        }
    }
    if count > MOST {
        let _ = write!(feedback, "; and {} more", count - MOST);
    }
    if count > 0 {
        feedback.push('.');
    }
}

/// Adds a quote in one line, if it is short and says something.
fn quote(feedback: &mut String, quote: &str) {
    let before = feedback.len();
    let mut count = 0;
    for word in quote.split_whitespace() {
        feedback.push_str(if count == 0 { " (“" } else { " " });
        feedback.push_str(word);
        count += 1;
        if count > LONGEST_QUOTE {
            feedback.truncate(before);
            return;
        }
    }
    if count > 0 {
        feedback.push_str("”)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_quoted_and_what_was_not_is_named() {
        let concept = |text: &str, verdict, quote: Option<&str>| ConceptGrade {
            id: String::new(),
            text: Some(text.to_owned()),
            weight: 1.0,
            verdict,
            evidence: quote.map(|quote| Evidence {
                quote: quote.to_owned(),
                start: 0,
                end: quote.chars().count(),
            }),
        };
        let concepts = [
            concept(
                "Lookups are fast.",
                Verdict::Covered,
                Some("finds\nrows  fast"),
            ),
            concept("Writes slow down", Verdict::Missing, None),
        ];
        assert_eq!(
            sentences(&concepts),
            "Found in the answer: Lookups are fast (“finds rows fast”). Not found: Writes slow down."
        );
    }
}
