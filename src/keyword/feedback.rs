//! Feedback made of the verdicts.

use crate::grade::{ConceptGrade, Verdict};

/// More ideas than this make no sentence.
const MOST: usize = 5;

/// A longer quote is left out: it would say no more than the answer itself.
const LONGEST_QUOTE: usize = 20;

/// Says what was found, with the passage that shows it, and what was not; it claims no more than
/// that words were looked for.
pub(super) fn sentences(concepts: &[ConceptGrade]) -> String {
    let parts = [
        ("Found in the answer", Verdict::Covered),
        ("Found in part", Verdict::Partial),
        ("Denied by the answer", Verdict::Contradicted),
        ("Not found", Verdict::Missing),
    ];
    let sentences = parts.into_iter().filter_map(|(title, verdict)| {
        let such = concepts.iter().filter(|concept| concept.verdict == verdict);
        let texts: Vec<_> = such.filter_map(item).collect();
        (!texts.is_empty()).then(|| format!("{title}: {}.", list(&texts)))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// A concept with the passage that shows it.
fn item(concept: &ConceptGrade) -> Option<String> {
    let text = concept.text.as_deref()?.trim_end_matches('.');
    let quote = concept.evidence.as_ref();
    let quote = quote.map(|evidence| evidence.quote.split_whitespace().collect::<Vec<_>>());
    Some(match quote {
        Some(quote) if quote.len() <= LONGEST_QUOTE => format!("{text} (“{}”)", quote.join(" ")),
        _ => text.to_owned(),
    })
}

fn list(texts: &[String]) -> String {
    let shown = texts[..texts.len().min(MOST)].join("; ");
    match texts.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::Evidence;

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
