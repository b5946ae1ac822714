//! The offline grader on the labelled Django answers. The labels are a model's: these tests hold
//! what was reached, and say nothing about agreement with people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use answer_grader::bank::Banks;
use answer_grader::grade::{AnswerSource, Method, Task};
use answer_grader::{Grade, Submission, grade_offline};
use rstest::rstest;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    question_id: String,
    candidate_answer: String,
    #[serde(default)]
    answer_source: AnswerSource,
    score: f64,
    scores: Vec<f64>,
    label_source: String,
    missing_concepts: Vec<String>,
    tags: Vec<String>,
}

impl Case {
    fn kind(&self) -> &str {
        &self.tags[0]
    }

    fn grade(&self, task: Arc<Task>) -> Grade {
        let submission = Submission::new(task, self.candidate_answer.clone());
        grade_offline(&Submission {
            answer_source: self.answer_source,
            ..submission
        })
    }
}

fn cases() -> Vec<Case> {
    let lines = include_str!("../../fixtures/cases/django.jsonl").lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Every case with its grade; graded once for all tests.
fn graded() -> &'static BTreeMap<String, (Case, Grade)> {
    static GRADED: OnceLock<BTreeMap<String, (Case, Grade)>> = OnceLock::new();
    GRADED.get_or_init(|| {
        let banks = Banks::built_in().unwrap();
        let grade = |case: Case| {
            let grade = case.grade(banks.task(&case.question_id).unwrap());
            (case.id.clone(), (case, grade))
        };
        cases().into_iter().map(grade).collect()
    })
}

#[test]
fn the_labels_are_complete_and_say_that_they_are_a_models() {
    let banks = Banks::built_in().unwrap();
    let cases = cases();
    assert!(
        cases
            .iter()
            .filter(|case| case.answer_source == AnswerSource::Text)
            .count()
            >= 80
    );
    assert_eq!(
        cases
            .iter()
            .filter(|case| case.answer_source == AnswerSource::Speech)
            .count(),
        24
    );
    let ids: BTreeSet<_> = cases.iter().map(|case| &case.id).collect();
    assert_eq!(ids.len(), cases.len());
    for case in &cases {
        let task = banks.task(&case.question_id).unwrap();
        let known: BTreeSet<_> = task
            .concepts
            .iter()
            .map(|concept| concept.id.clone())
            .collect();
        assert!(
            case.missing_concepts.iter().all(|id| known.contains(id)),
            "{}",
            case.id
        );
        let mean = case.scores.iter().sum::<f64>() / case.scores.len() as f64;
        assert!(
            case.scores.len() == 2 && (case.score - mean).abs() < 1e-9,
            "{}",
            case.id
        );
        assert_eq!(case.label_source, "model", "{}", case.id);
    }
}

#[test]
fn full_partial_and_off_topic_answers_score_in_that_order_for_every_question() {
    let graded = graded();
    let mut scores: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for (case, grade) in graded
        .values()
        .filter(|(case, _)| case.answer_source == AnswerSource::Text)
    {
        if let Some(score) = grade.score {
            scores
                .entry(&case.question_id)
                .or_default()
                .insert(case.kind(), score);
        }
    }
    assert_eq!(scores.len(), 8);
    for (question, by_kind) in scores {
        let order = [
            by_kind["full"],
            by_kind["half"],
            by_kind["weak"].max(by_kind["off-topic"]),
        ];
        assert!(
            order[0] > order[1] + 0.1 && order[1] > order[2] + 0.05,
            "{question}: {order:?}"
        );
    }
}

#[test]
fn a_transcript_scores_within_a_tenth_of_its_clean_text() {
    let graded = graded();
    let mut furthest: f64 = 0.0;
    let mut compared = 0;
    for (case, grade) in graded.values() {
        let clean = case.tags.iter().find_map(|tag| tag.strip_prefix("clean:"));
        if let Some(clean) = clean {
            let difference = grade.score.unwrap() - graded[clean].1.score.unwrap();
            assert!(difference.abs() <= 0.1, "{}: {difference}", case.id);
            furthest = furthest.max(difference.abs());
            compared += 1;
        }
    }
    assert_eq!(compared, 24);
    println!("transcripts: at most {furthest:.3} from their clean texts");
}

#[test]
fn missing_concepts_are_found_with_an_f1_of_at_least_seven_tenths() {
    let (mut right, mut wrong, mut overlooked) = (0, 0, 0);
    for (case, grade) in graded()
        .values()
        .filter(|(_, grade)| grade.method == Method::Keyword && grade.score.is_some())
    {
        let labelled: BTreeSet<_> = case.missing_concepts.iter().map(String::as_str).collect();
        let reported: BTreeSet<_> = grade
            .missing_concepts
            .iter()
            .map(|concept| concept.id.as_str())
            .collect();
        right += reported.intersection(&labelled).count();
        wrong += reported.difference(&labelled).count();
        overlooked += labelled.difference(&reported).count();
    }
    let share = |of: usize| right as f64 / (right + of) as f64;
    let f1 = 2.0 * right as f64 / (2 * right + wrong + overlooked) as f64;
    let figures = format!(
        "F1 {f1:.3}, precision {:.3}, recall {:.3}",
        share(wrong),
        share(overlooked)
    );
    println!("missing concepts: {figures}");
    assert!(f1 >= 0.7, "{figures}");
}

#[rstest]
#[case("injection", 0.25)]
#[case("keywords", 0.3)]
#[case("off-topic", 0.3)]
#[case("echo", 0.15)]
#[case("no-answer", 0.1)]
fn answers_without_substance_stay_low(#[case] kind: &str, #[case] ceiling: f64) {
    for (case, grade) in graded().values().filter(|(case, _)| case.kind() == kind) {
        assert!(
            grade.score.unwrap() <= ceiling,
            "{}: {:?}",
            case.id,
            grade.score
        );
    }
}

/// What talks to the grader earns nothing: the rest of the answer alone scores as much. Without any
/// evidence a score of up to .1 is possible, and an empty rest has 0.
#[test]
fn instructions_to_the_grader_earn_nothing() {
    let banks = Banks::built_in().unwrap();
    let injections = graded()
        .values()
        .filter(|(case, _)| case.kind() == "injection");
    for (case, grade) in injections {
        let suspicious: Vec<_> = grade
            .flags
            .iter()
            .filter(|flag| flag.code.is_suspicious())
            .collect();
        let passages = suspicious.iter().filter_map(|flag| flag.span);
        let passages: Vec<_> = passages.collect();
        let rest: String = case
            .candidate_answer
            .chars()
            .enumerate()
            .filter(|(at, _)| {
                !passages
                    .iter()
                    .any(|span| (span.start..span.end).contains(at))
            })
            .map(|(_, character)| character)
            .collect();
        let task = banks.task(&case.question_id).unwrap();
        let alone = grade_offline(&Submission::new(task, rest)).score.unwrap();
        let score = grade.score.unwrap();
        assert!(
            score <= alone.max(0.1) + 0.02,
            "{}: {score} with the instructions, {alone} without",
            case.id
        );
    }
}

#[test]
fn instructions_to_the_grader_lead_to_review() {
    for (case, grade) in graded()
        .values()
        .filter(|(case, _)| case.kind() == "injection")
    {
        assert!(grade.needs_review, "{}: {:?}", case.id, grade.flags);
    }
}

#[test]
fn an_answer_that_says_nothing_lacks_every_concept() {
    let settled = graded()
        .values()
        .filter(|(_, grade)| grade.method == Method::Gate && grade.score.is_some());
    for (case, grade) in settled {
        let missing = grade.missing_concepts.iter().map(|concept| &concept.id);
        assert_eq!(missing.count(), 8, "{}", case.id);
        assert_eq!(grade.concepts.len(), 8, "{}", case.id);
    }
}

#[test]
fn nobody_else_is_suspected() {
    for (case, grade) in graded()
        .values()
        .filter(|(case, _)| case.kind() != "injection")
    {
        assert!(
            !grade.flags.iter().any(|flag| flag.code.is_suspicious()),
            "{}: {:?}",
            case.id,
            grade.flags
        );
    }
}

#[test]
fn german_answers_to_english_questions_have_no_score_offline() {
    for (case, grade) in graded()
        .values()
        .filter(|(case, _)| case.kind() == "german")
    {
        assert_eq!(grade.score, None, "{}", case.id);
        assert_eq!(grade.review_reasons, ["different_language"], "{}", case.id);
    }
}

#[test]
fn without_declared_concepts_what_is_missing_reads_as_the_reference_does() {
    let banks = Banks::built_in().unwrap();
    for bank in &banks {
        for question in &bank.questions {
            let task = Task::new(
                question.task().question.clone(),
                question.task().reference_answer.clone(),
            );
            let reference = task
                .reference_answer
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let missing = grade_offline(&Submission::new(
                task,
                "I would look into the manual first.",
            ))
            .missing_concepts;
            assert!(
                (4..=12).contains(&missing.len()),
                "{}: {}",
                question.id,
                missing.len()
            );
            for text in missing.iter().filter_map(|concept| concept.text.as_deref()) {
                assert!(
                    reference.contains(text),
                    "{text:?} is not how the reference of {} reads",
                    question.id
                );
            }
        }
    }
}
