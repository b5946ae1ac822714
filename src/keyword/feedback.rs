//! Feedback made of the verdicts.

use crate::grade::{ConceptGrade, Verdict};

/// More ideas than this make no sentence.
const MOST: usize = 5;

/// Says what was found and what was not; it claims no more than that words were looked for.
pub(super) fn sentences(concepts: &[ConceptGrade]) -> String {
    let parts = [
        ("Found in the answer", Verdict::Covered),
        ("Found in part", Verdict::Partial),
        ("Denied by the answer", Verdict::Contradicted),
        ("Not found", Verdict::Missing),
    ];
    let sentences = parts.into_iter().filter_map(|(title, verdict)| {
        let such = concepts.iter().filter(|concept| concept.verdict == verdict);
        let texts: Vec<_> = such.filter_map(|concept| concept.text.as_deref()).collect();
        (!texts.is_empty()).then(|| format!("{title}: {}.", list(&texts)))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

fn list(texts: &[&str]) -> String {
    let shown: Vec<_> = texts
        .iter()
        .take(MOST)
        .map(|text| text.trim_end_matches('.'))
        .collect();
    let more = texts.len().saturating_sub(MOST);
    let joined = shown.join("; ");
    if more > 0 {
        format!("{joined}; and {more} more")
    } else {
        joined
    }
}
