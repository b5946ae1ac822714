use std::collections::HashSet;

use super::{Case, ConceptMatch, LabelledConcept};
use crate::text::{Language, distinct_stems, terms};

/// So large a share of a phrase's stems must lie in a labelled concept's text or alias.
const SHARE: f64 = 0.5;

/// Counts how the concepts that a grade reports missing match those that people found missing:
/// ids where concepts are declared, else phrases by their stems, one to one.
pub(super) fn match_missing(case: &Case, reported: &[String]) -> Option<ConceptMatch> {
    let labelled = case.missing_concepts.as_ref()?;
    let task = &case.submission.task;
    let both = if task.concepts.is_empty() {
        let language = case.submission.language;
        let language = language.unwrap_or_else(|| task.language());
        matching(&fits(reported, labelled, language), labelled.len())
    } else {
        let labelled: HashSet<_> = labelled.iter().map(|one| one.name.as_str()).collect();
        reported
            .iter()
            .filter(|name| labelled.contains(name.as_str()))
            .count()
    };
    Some(ConceptMatch {
        both,
        reported_only: reported.len() - both,
        labelled_only: labelled.len() - both,
    })
}

/// For each reported phrase, the labelled concepts that it may stand for.
fn fits(reported: &[String], labelled: &[LabelledConcept], language: Language) -> Vec<Vec<usize>> {
    let stems = |text: &str| -> HashSet<String> {
        let terms = terms(text, language);
        distinct_stems(&terms)
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    let texts: Vec<Vec<_>> = labelled
        .iter()
        .map(|one| one.texts.iter().map(|text| stems(text)).collect())
        .collect();
    let phrases = reported.iter().map(|phrase| stems(phrase));
    phrases
        .map(|phrase| {
            let lies_in = |text: &HashSet<String>| {
                let shared = phrase.intersection(text).count() as f64;
                !phrase.is_empty() && shared >= SHARE * phrase.len() as f64
            };
            let fitting = texts
                .iter()
                .enumerate()
                .filter(|(_, texts)| texts.iter().any(lies_in));
            fitting.map(|(at, _)| at).collect()
        })
        .collect()
}

/// The size of the largest one-to-one matching (augmenting paths: Kuhn 1955).
fn matching(fits: &[Vec<usize>], labelled: usize) -> usize {
    let mut owner = vec![None; labelled];
    (0..fits.len())
        .filter(|phrase| place(*phrase, fits, &mut owner, &mut vec![false; labelled]))
        .count()
}

/// Gives a phrase a concept, moving others where that helps.
fn place(
    phrase: usize,
    fits: &[Vec<usize>],
    owner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &concept in &fits[phrase] {
        if std::mem::replace(&mut tried[concept], true) {
            continue;
        }
        let free = match owner[concept] {
            None => true,
            Some(other) => place(other, fits, owner, tried),
        };
        if free {
            owner[concept] = Some(phrase);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn labelled(texts: &[&str]) -> LabelledConcept {
        LabelledConcept {
            name: texts[0].to_owned(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    #[test]
    fn a_phrase_stands_for_a_concept_that_holds_half_of_its_stems() {
        let concepts = [
            labelled(&["columns that are filtered by get an index"]),
            labelled(&["one query for each row", "N+1"]),
        ];
        let phrases = [
            "indexes on filtered columns".to_owned(),
            "lazy views".to_owned(),
            String::new(),
        ];
        let fits = fits(&phrases, &concepts, Language::English);
        assert_eq!(fits, [vec![0], vec![], vec![]]);
    }

    #[rstest]
    // The first phrase has to give way for the second to find a place.
    #[case(&[vec![0, 1], vec![0]], 2)]
    #[case(&[vec![0], vec![0]], 1)]
    #[case(&[], 0)]
    fn phrases_and_concepts_are_matched_one_to_one(
        #[case] fits: &[Vec<usize>],
        #[case] size: usize,
    ) {
        assert_eq!(matching(fits, 2), size);
    }
}
