//! Answers written for a word counter stay under the ceilings that the offline grader promises,
//! here on the references of the Django bank. Not under it yet: another question's reference, since
//! all eight share the words of one subject, and a wrong statement in the right words.

use answer_grader::bank::{Banks, Question};
use answer_grader::text::Language;
use answer_grader::{Submission, Task, grade_offline};

/// A shuffle that is the same on every run (linear congruential numbers, Fisher and Yates).
fn shuffled(words: &[&str]) -> String {
    let mut words = words.to_vec();
    let mut state: usize = 7;
    for at in (1..words.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        words.swap(at, (state >> 33) % (at + 1));
    }
    words.join(" ")
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect()
}

/// The mean score over the bank of what `forge` makes of question and reference.
fn mean_score(forge: impl Fn(&Task) -> String) -> f64 {
    let banks = Banks::built_in().unwrap();
    let tasks = banks
        .iter()
        .flat_map(|bank| &bank.questions)
        .map(Question::task);
    let plain = tasks.map(|task| Task::new(task.question.clone(), task.reference_answer.clone()));
    let scores: Vec<f64> = plain
        .map(|task| {
            let forged = forge(&task);
            grade_offline(&Submission::new(task, forged)).score.unwrap()
        })
        .collect();
    scores.iter().sum::<f64>() / scores.len() as f64
}

#[test]
fn the_reference_itself_has_full_marks_and_nothing_has_none() {
    assert!((mean_score(|task| task.reference_answer.clone()) - 1.0).abs() < 1e-9);
    assert!(mean_score(|_| String::new()) < 1e-9);
}

#[test]
fn the_references_keywords_shuffled_stay_under_a_half() {
    let forge = |task: &Task| {
        let all = words(&task.reference_answer);
        let content = |word: &&str| !Language::English.is_stop_word(&word.to_lowercase());
        let kept: Vec<_> = all.into_iter().filter(content).collect();
        shuffled(&kept)
    };
    let mean = mean_score(forge);
    assert!(mean <= 0.5, "{mean}");
}

#[test]
fn the_references_words_shuffled_stay_under_their_ceiling() {
    let mean = mean_score(|task| shuffled(&words(&task.reference_answer)));
    assert!(mean <= 0.65, "{mean}");
}

#[test]
fn the_question_again_earns_next_to_nothing() {
    let mean = mean_score(|task| format!("{} That is what I would say.", task.question));
    assert!(mean <= 0.15, "{mean}");
}

#[test]
fn a_licence_text_is_no_answer() {
    let licence = include_str!("../../LICENSE-APACHE")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let mean = mean_score(|_| licence.clone());
    assert!(mean <= 0.45, "{mean}");
}

#[test]
fn a_right_answer_in_a_long_text_keeps_its_score() {
    let licence = include_str!("../../LICENSE-MIT")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let mean = mean_score(|task| format!("{licence} {} {licence}", task.reference_answer));
    assert!(mean >= 0.9, "{mean}");
}
