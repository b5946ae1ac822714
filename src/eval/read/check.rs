use std::collections::HashSet;
use std::sync::Arc;

use super::raw::RawCase;
use crate::bank::Banks;
use crate::eval::{Case, LabelledConcept};
use crate::grade::{Defaults, FieldError, Limits, RequestError, Submission, Task};
use crate::text::Language;

/// What cases are checked against.
pub(super) struct Rules<'a> {
    pub(super) banks: &'a Banks,
    pub(super) limits: &'a Limits,
    /// The language of cases that name none.
    pub(super) language: Option<Language>,
    /// Whether declared concepts are left out, so that the reference's key phrases stand in.
    pub(super) ignore_concepts: bool,
}

/// Checks a case; all that is wrong with it, field by field.
pub(super) fn check(mut raw: RawCase, rules: &Rules) -> Result<Case, Vec<FieldError>> {
    let mut errors = Vec::new();
    if raw.id.trim().is_empty() {
        errors.push(wrong("/id", "must not be empty"));
    }
    let human_score = human_score(&raw, &mut errors);
    let human_scores = raw.scores.take().unwrap_or_default();
    let grouping = raw.question_id.clone();
    let request = raw.request();
    let checked = request.check(rules.limits, Defaults::default(), |id| rules.banks.task(id));
    let submission = match checked {
        Ok((submission, _)) => Some(submission),
        Err(RequestError::Invalid(fields)) => {
            errors.extend(fields);
            None
        }
        Err(RequestError::UnknownQuestion) => {
            let detail = "no loaded bank has this question; name the bank in the suite, or give reference_answer";
            errors.push(wrong("/question_id", detail));
            None
        }
    };
    let missing = match (&submission, raw.missing_concepts.take()) {
        (Some(submission), Some(names)) => Some(labelled(&submission.task, names, &mut errors)),
        _ => None,
    };
    let (Some(mut submission), Some(human_score), true) =
        (submission, human_score, errors.is_empty())
    else {
        return Err(errors);
    };
    if is_example(&submission) {
        let detail = "is a graded example of its question, which the prompt shows; a case must be another answer";
        return Err(vec![wrong("/candidate_answer", detail)]);
    }
    submission.language = submission.language.or(rules.language);
    if rules.ignore_concepts && !submission.task.concepts.is_empty() {
        let task = Task {
            concepts: Vec::new(),
            // Where there is no reference, the concepts' texts stand in for it.
            reference_answer: submission.task.references().swap_remove(0).into_owned(),
            ..Task::clone(&submission.task)
        };
        submission.task = task.into();
    }
    Ok(Case {
        id: raw.id,
        question_id: grouping.unwrap_or_else(|| group(&submission)),
        submission: Arc::new(submission),
        human_score,
        human_scores,
        label_source: raw.label_source.unwrap_or_default(),
        missing_concepts: missing,
        tags: raw.tags,
    })
}

fn wrong(pointer: impl Into<String>, detail: impl Into<String>) -> FieldError {
    FieldError {
        pointer: pointer.into(),
        detail: detail.into(),
    }
}

/// Where no id groups them, answers to one question with one reference belong together.
fn group(submission: &Submission) -> String {
    let task = &submission.task;
    if task.question.trim().is_empty() {
        task.references().swap_remove(0).into_owned()
    } else {
        task.question.clone()
    }
}

/// Tells whether the prompt would show the answer with its score.
fn is_example(submission: &Submission) -> bool {
    let said = |text: &str| {
        text.split_whitespace()
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    };
    let examples = &submission.task.examples;
    !examples.is_empty() && {
        let answer = said(&submission.candidate_answer);
        examples
            .iter()
            .any(|example| said(&example.candidate_answer) == answer)
    }
}

/// What people gave: `score`, or `points` of `max_points`, or the mean of `scores`.
fn human_score(raw: &RawCase, errors: &mut Vec<FieldError>) -> Option<f64> {
    let unit = 0.0..=1.0;
    for (index, score) in raw.scores.iter().flatten().enumerate() {
        if !unit.contains(score) {
            errors.push(wrong(format!("/scores/{index}"), "must be from 0 to 1"));
        }
    }
    let most = raw.max_points.unwrap_or(1.0);
    match (raw.score, raw.points, &raw.scores) {
        (Some(_), Some(_), _) => {
            errors.push(wrong(
                "/points",
                "says the same as score; leave one of the two out",
            ));
            None
        }
        (Some(score), None, _) if unit.contains(&score) => Some(score),
        (Some(_), None, _) => {
            errors.push(wrong(
                "/score",
                "must be from 0 to 1; for points use points and max_points",
            ));
            None
        }
        (None, Some(points), _) if (0.0..=most).contains(&points) => Some(points / most),
        (None, Some(_), _) => {
            errors.push(wrong(
                "/points",
                format!("must be from 0 to max_points, which is {most}"),
            ));
            None
        }
        (None, None, Some(scores)) if !scores.is_empty() => {
            Some(scores.iter().sum::<f64>() / scores.len() as f64)
        }
        (None, None, _) => {
            errors.push(wrong(
                "/score",
                "is required (0 to 1), or give points with max_points",
            ));
            None
        }
    }
}

/// Finds the concepts that are labelled missing: by id, or by text, where concepts are declared.
fn labelled(task: &Task, names: Vec<String>, errors: &mut Vec<FieldError>) -> Vec<LabelledConcept> {
    let mut seen = HashSet::new();
    let mut labelled = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let declared = task.concepts.iter();
        let concept = declared
            .clone()
            .find(|concept| concept.id == name)
            .or_else(|| declared.clone().find(|concept| concept.text == name));
        let concept = match concept {
            Some(concept) => LabelledConcept {
                name: concept.id.clone(),
                texts: std::iter::once(&concept.text)
                    .chain(&concept.aliases)
                    .cloned()
                    .collect(),
            },
            None if task.concepts.is_empty() => LabelledConcept {
                texts: vec![name.clone()],
                name,
            },
            None => {
                let known: Vec<_> = declared.map(|concept| concept.id.as_str()).collect();
                let detail = format!(
                    "is no concept of the question; known are {}",
                    known.join(", ")
                );
                errors.push(wrong(format!("/missing_concepts/{index}"), detail));
                continue;
            }
        };
        if seen.insert(concept.name.clone()) {
            labelled.push(concept);
        } else {
            errors.push(wrong(
                format!("/missing_concepts/{index}"),
                "is named twice",
            ));
        }
    }
    labelled
}
