//! Feedback made of the verdicts.

use crate::grade::ConceptGrade;

/// More ideas than this make no sentence.
const MOST: usize = 5;

/// Says what was found and what was not; it claims no more than that words were looked for.
pub(super) fn sentences(concepts: &[ConceptGrade]) -> String {
    let texts = |found: bool| -> Vec<&str> {
        let wanted = concepts
            .iter()
            .filter(|concept| concept.verdict.needs_evidence() == found);
        wanted
            .filter_map(|concept| concept.text.as_deref())
            .collect()
    };
    let (found, missing) = (texts(true), texts(false));
    let mut sentences = Vec::new();
    if !found.is_empty() {
        sentences.push(format!("Found in the answer: {}.", list(&found)));
    }
    if !missing.is_empty() {
        sentences.push(format!("Not found: {}.", list(&missing)));
    }
    sentences.join(" ")
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
