use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::Case;

/// Which half of the questions is evaluated: one to choose constants and prompts on, the other to
/// report what they reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The half for development.
    Dev,
    /// The half that nobody looked at.
    Holdout,
}

/// Chooses among the cases that were read; each choice narrows what the ones before left.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Cases with at least one of these tags; all where there are none.
    pub tags: Vec<String>,
    /// One half of the questions.
    pub split: Option<Split>,
    /// Cases with these ids.
    pub ids: Option<HashSet<String>>,
    /// At most so many, chosen by a hash of their ids, so that they are a fair sample and stay the
    /// same ones.
    pub limit: Option<usize>,
}

impl Split {
    /// The half a question lies in, by a hash of its id: new cases never move it.
    pub fn of(question_id: &str) -> Self {
        if hash(question_id)[0] & 1 == 0 {
            Self::Dev
        } else {
            Self::Holdout
        }
    }
}

impl Selection {
    /// The chosen cases, in their order.
    pub fn choose(&self, mut cases: Vec<Case>) -> Vec<Case> {
        if !self.tags.is_empty() {
            cases.retain(|case| case.tags.iter().any(|tag| self.tags.contains(tag)));
        }
        if let Some(split) = self.split {
            cases.retain(|case| Split::of(&case.question_id) == split);
        }
        if let Some(ids) = &self.ids {
            cases.retain(|case| ids.contains(&case.id));
        }
        if let Some(limit) = self.limit.filter(|limit| *limit < cases.len()) {
            let mut hashes: Vec<_> = cases.iter().map(|case| hash(&case.id)).collect();
            hashes.sort_unstable();
            let first_left_out = hashes.get(limit).copied();
            cases.retain(|case| first_left_out.is_none_or(|left_out| hash(&case.id) < left_out));
        }
        cases
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::eval::LabelSource;
    use crate::grade::{Submission, Task};

    fn cases() -> Vec<Case> {
        let case = |number: usize| Case {
            id: format!("c{number}"),
            question_id: format!("q{}", number / 4),
            submission: Arc::new(Submission::new(Task::new("", "yes"), "yes")),
            human_score: 1.0,
            human_scores: Vec::new(),
            label_source: LabelSource::Human,
            missing_concepts: None,
            tags: vec![
                if number.is_multiple_of(2) {
                    "even"
                } else {
                    "odd"
                }
                .to_owned(),
            ],
        };
        (0..400).map(case).collect()
    }

    fn ids(selection: &Selection) -> HashSet<String> {
        let chosen = selection.choose(cases());
        chosen.into_iter().map(|case| case.id).collect()
    }

    #[test]
    fn the_halves_part_the_questions_and_nothing_else() {
        let half = |split| Selection {
            split: Some(split),
            ..Selection::default()
        };
        let (dev, holdout) = (half(Split::Dev).choose(cases()), ids(&half(Split::Holdout)));
        assert_eq!(dev.len() + holdout.len(), 400);
        assert!((120..280).contains(&dev.len()), "{}", dev.len());
        let questions: HashSet<_> = dev.iter().map(|case| &case.question_id).collect();
        assert_eq!(questions.len() * 4, dev.len());
    }

    #[test]
    fn a_smaller_limit_leaves_a_part_of_a_larger_one() {
        let limit = |limit| {
            ids(&Selection {
                limit: Some(limit),
                ..Selection::default()
            })
        };
        assert_eq!(
            (limit(10).len(), limit(50).len(), limit(1000).len()),
            (10, 50, 400)
        );
        assert!(limit(10).is_subset(&limit(50)));
    }

    #[test]
    fn tags_and_ids_narrow_each_other() {
        let selection = Selection {
            tags: vec!["even".into()],
            ids: Some(["c1", "c2"].map(str::to_owned).into()),
            ..Selection::default()
        };
        assert_eq!(ids(&selection), ["c2".to_owned()].into());
    }
}
