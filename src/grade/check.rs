use std::collections::HashSet;

use super::{FieldError, Limits, RequestError, Task};

/// The most a score of 1 may be worth.
pub(super) const MOST_POINTS: f64 = 1_000_000.0;
/// Ten minutes: nobody waits longer for a grade.
pub(super) const LONGEST_DEADLINE_MS: u64 = 600_000;
/// Characters of an id.
pub(super) const LONGEST_ID: usize = 128;
/// Characters of the name by which a caller knows a person.
pub(super) const LONGEST_SUBJECT: usize = 256;
/// Names that are masked in an answer.
pub(super) const MOST_NAMES: usize = 50;
/// The largest weight of a concept.
const LARGEST_WEIGHT: f64 = 1000.0;

/// Collects what is wrong, so that a caller sees all of it at once.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<FieldError>);

impl Errors {
    pub(super) fn push(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        });
    }

    pub(super) fn at_most(
        &mut self,
        pointer: impl Into<String>,
        count: usize,
        most: usize,
        unit: &str,
    ) {
        if count > most {
            self.push(
                pointer,
                format!("has {count} {unit}; at most {most} are allowed"),
            );
        }
    }

    pub(super) fn text(&mut self, pointer: impl Into<String>, text: &str, most: usize) {
        self.at_most(pointer, text.chars().count(), most, "characters");
    }

    pub(super) fn filled(&mut self, pointer: String, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.push(pointer, "must not be empty");
        } else {
            self.text(pointer, text, most);
        }
    }

    pub(super) fn none(&mut self) -> Result<(), RequestError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(RequestError::Invalid(std::mem::take(&mut self.0)))
        }
    }
}

impl Task {
    /// Checks a task's fields: lengths, ids that are used once, weights above 0 and at most 1000,
    /// caps from 0 to 1. `at` is the JSON pointer to the task that the errors' pointers begin with;
    /// empty where the task is the whole.
    ///
    /// ```
    /// use answer_grader::grade::{Limits, RequestError};
    /// use answer_grader::{Misconception, Task};
    ///
    /// let wrong = Misconception { id: "eager".to_owned(), text: "It runs at once".to_owned(), cap: 30.0 };
    /// let task = Task { misconceptions: vec![wrong], ..Task::new("When does it run?", "When it is read.") };
    /// let Err(RequestError::Invalid(errors)) = task.check(&Limits::default(), "/questions/0") else {
    ///     panic!("accepted");
    /// };
    /// assert_eq!(errors[0].pointer, "/questions/0/misconceptions/0/cap");
    /// ```
    ///
    /// # Errors
    /// [`RequestError::Invalid`]: all that is wrong, field by field.
    pub fn check(&self, limits: &Limits, at: &str) -> Result<(), RequestError> {
        let mut errors = Errors::default();
        task(self, limits, at, &mut errors);
        errors.none()
    }
}

pub(super) fn task(task: &Task, limits: &Limits, at: &str, errors: &mut Errors) {
    errors.text(
        format!("{at}/question"),
        &task.question,
        limits.reference_chars,
    );
    errors.text(
        format!("{at}/reference_answer"),
        &task.reference_answer,
        limits.reference_chars,
    );
    let alternatives = format!("{at}/alternative_answers");
    errors.at_most(
        alternatives.clone(),
        task.alternative_answers.len(),
        limits.alternative_answers,
        "entries",
    );
    for (index, text) in task.alternative_answers.iter().enumerate() {
        errors.filled(
            format!("{alternatives}/{index}"),
            text,
            limits.reference_chars,
        );
    }

    let concepts = format!("{at}/concepts");
    errors.at_most(
        concepts.clone(),
        task.concepts.len(),
        limits.concepts,
        "entries",
    );
    ids(
        &concepts,
        task.concepts.iter().map(|concept| concept.id.as_str()),
        errors,
    );
    for (index, concept) in task.concepts.iter().enumerate() {
        errors.filled(
            format!("{concepts}/{index}/text"),
            &concept.text,
            limits.concept_chars,
        );
        if !(concept.weight > 0.0 && concept.weight <= LARGEST_WEIGHT) {
            errors.push(
                format!("{concepts}/{index}/weight"),
                format!("must be above 0 and at most {LARGEST_WEIGHT}"),
            );
        }
        let aliases = format!("{concepts}/{index}/aliases");
        errors.at_most(
            aliases.clone(),
            concept.aliases.len(),
            limits.aliases,
            "entries",
        );
        for (alias, text) in concept.aliases.iter().enumerate() {
            errors.filled(format!("{aliases}/{alias}"), text, limits.concept_chars);
        }
    }

    let misconceptions = format!("{at}/misconceptions");
    errors.at_most(
        misconceptions.clone(),
        task.misconceptions.len(),
        limits.concepts,
        "entries",
    );
    ids(
        &misconceptions,
        task.misconceptions
            .iter()
            .map(|misconception| misconception.id.as_str()),
        errors,
    );
    for (index, misconception) in task.misconceptions.iter().enumerate() {
        errors.filled(
            format!("{misconceptions}/{index}/text"),
            &misconception.text,
            limits.concept_chars,
        );
        if !(0.0..=1.0).contains(&misconception.cap) {
            errors.push(
                format!("{misconceptions}/{index}/cap"),
                "must be from 0 to 1",
            );
        }
    }
}

fn ids<'a>(at: &str, ids: impl Iterator<Item = &'a str>, errors: &mut Errors) {
    let mut seen = HashSet::new();
    for (index, id) in ids.enumerate() {
        errors.filled(format!("{at}/{index}/id"), id, LONGEST_ID);
        if !seen.insert(id) {
            errors.push(format!("{at}/{index}/id"), "is used by an entry before");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Defaults, GradeRequest};
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    const LIMITS: Limits = Limits {
        answer_chars: 10,
        reference_chars: 20,
        alternative_answers: 1,
        concepts: 2,
        concept_chars: 8,
        aliases: 1,
        metadata_bytes: 16,
    };

    fn pointers(request: Value) -> Vec<String> {
        let request: GradeRequest = serde_json::from_value(request).unwrap();
        match request.check(&LIMITS, Defaults::default(), |_| None) {
            Ok(_) => vec![],
            Err(RequestError::UnknownQuestion) => vec!["unknown".to_owned()],
            Err(RequestError::Invalid(errors)) => {
                errors.into_iter().map(|error| error.pointer).collect()
            }
        }
    }

    #[rstest]
    #[case(json!({"question": "", "reference_answer": "yes", "candidate_answer": ""}), &[])]
    #[case(json!({"question": "", "concepts": [{"id": "a", "text": "yes"}], "candidate_answer": ""}), &[])]
    #[case(json!({"reference_answer": "yes", "candidate_answer": ""}), &["/question"])]
    #[case(json!({"question": "q", "reference_answer": " ", "candidate_answer": ""}), &["/reference_answer"])]
    #[case(json!({"question": "q", "reference_answer": "y", "candidate_answer": "12345678901"}), &["/candidate_answer"])]
    #[case(json!({"question": "q", "reference_answer": "y", "candidate_answer": "", "max_points": 0, "deadline_ms": 0}),
        &["/max_points", "/deadline_ms"])]
    #[case(json!({"question": "q", "candidate_answer": "", "concepts":
        [{"id": "a", "text": "", "weight": -1}, {"id": "a", "text": "123456789", "aliases": ["", "b"]}]}),
        &["/concepts/1/id", "/concepts/0/text", "/concepts/0/weight", "/concepts/1/text", "/concepts/1/aliases",
          "/concepts/1/aliases/0"])]
    #[case(json!({"question": "q", "reference_answer": "y", "candidate_answer": "",
        "misconceptions": [{"id": "m", "text": "t", "cap": 1.5}]}), &["/misconceptions/0/cap"])]
    #[case(json!({"question_id": "x", "question": "q", "candidate_answer": ""}), &["/question"])]
    #[case(json!({"question_id": "x", "candidate_answer": ""}), &["unknown"])]
    #[case(json!({"question": "", "reference_answer": "y", "candidate_answer": "", "metadata": {"long": "0123456789"}}),
        &["/metadata"])]
    fn every_refusal_names_the_field(#[case] request: Value, #[case] expected: &[&str]) {
        assert_eq!(pointers(request), expected);
    }
}
