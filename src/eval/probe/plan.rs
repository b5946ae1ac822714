use std::collections::HashSet;

use super::{Perturbation, Subject, Target};

/// A text to be graded, and what it was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant<'a> {
    /// The change.
    pub perturbation: Perturbation,
    /// The case's id; the question's where the text replaces any answer.
    pub id: &'a str,
    /// The question it belongs to.
    pub question_id: &'a str,
    /// What people gave the answer, 0..1; 0 where the text replaces any answer.
    pub human_score: f64,
    /// The text.
    pub text: String,
    /// Whether it is to be sent as a transcript.
    pub speech: bool,
}

/// Makes every text of a probe: the perturbations in the given order, for each of them the cases
/// in theirs. A case is a subject and its human score, 0..1.
///
/// A replacement is made from the first case of each question; additions go to answers whose human
/// score is below `human_pass_mark`.
pub fn variants<'a>(
    perturbations: &[Perturbation],
    cases: &[(Subject<'a>, f64)],
    human_pass_mark: f64,
    seed: u64,
) -> Vec<Variant<'a>> {
    let mut variants = Vec::new();
    for perturbation in perturbations {
        let mut questions = HashSet::new();
        for (subject, human_score) in cases {
            let replaces = perturbation.target() == Target::EachQuestion;
            let wanted = match perturbation.target() {
                Target::EveryAnswer => true,
                Target::EachQuestion => questions.insert(subject.question_id),
                Target::FailedAnswers => *human_score < human_pass_mark,
            };
            if !wanted {
                continue;
            }
            let Some(text) = perturbation.apply(subject, seed) else {
                continue;
            };
            variants.push(Variant {
                perturbation: *perturbation,
                id: perturbation.seed_id(subject),
                question_id: subject.question_id,
                human_score: if replaces { 0.0 } else { *human_score },
                text,
                speech: perturbation.is_transcript(subject),
            });
        }
    }
    variants
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::samples;

    use super::*;

    fn cases() -> Vec<(Subject<'static>, f64)> {
        let long = samples::long();
        let right = Subject {
            id: "right",
            ..long
        };
        let wrong = Subject {
            id: "wrong",
            ..long
        };
        let other = Subject {
            id: "other",
            question_id: "other question",
            ..long
        };
        vec![(right, 1.0), (wrong, 0.2), (other, 0.5)]
    }

    fn ids(target: Target) -> Vec<(&'static str, f64)> {
        let made = variants(&Perturbation::ALL, &cases(), 0.5, 7);
        let first = made
            .iter()
            .find(|made| made.perturbation.target() == target);
        let perturbation = first.unwrap().perturbation;
        let same = made.iter().filter(|made| made.perturbation == perturbation);
        same.map(|made| (made.id, made.human_score)).collect()
    }

    #[test]
    fn each_target_gets_its_answers() {
        assert_eq!(
            ids(Target::EveryAnswer),
            [("right", 1.0), ("wrong", 0.2), ("other", 0.5)]
        );
        assert_eq!(
            ids(Target::EachQuestion),
            [("orm", 0.0), ("other question", 0.0)]
        );
        // A human score at the mark passes.
        assert_eq!(ids(Target::FailedAnswers), [("wrong", 0.2)]);
    }

    #[test]
    fn a_further_case_changes_no_other() {
        let fewer = variants(&Perturbation::ALL, &cases()[..2], 0.5, 7);
        let more = variants(&Perturbation::ALL, &cases(), 0.5, 7);
        assert!(fewer.iter().all(|variant| more.contains(variant)));
        assert!(fewer.len() < more.len());
    }

    #[test]
    fn only_what_is_asked_for_is_made() {
        let made = variants(&[Perturbation::Typos], &cases(), 0.5, 7);
        assert_eq!(made.len(), 3);
        assert!(
            made.iter()
                .all(|made| made.perturbation == Perturbation::Typos)
        );
    }
}
