//! Answers written for a word counter stay under the ceilings that the offline grader promises,
//! here on the references of the Django bank. Not under it yet: another question's reference, since
//! all eight share the words of one subject, and a wrong statement in the right words (a list of keywords
//! behind a wrong statement is).

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

/// The content words of a task's reference, in order.
fn keywords(task: &Task) -> Vec<&str> {
    let content = |word: &&str| !Language::English.is_stop_word(&word.to_lowercase());
    let all = words(&task.reference_answer).into_iter();
    all.filter(content).collect()
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
            let grade = grade_offline(&Submission::new(task, forged));
            // Words without the small ones between them may pass for another language; that earns nothing.
            grade.score.unwrap_or(0.0)
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
    let mean = mean_score(|task| shuffled(&keywords(task)));
    assert!(mean <= 0.5, "{mean}");
}

/// Keywords behind a statement add less than the pass mark, and cost a right answer next to nothing.
#[test]
fn a_list_of_keywords_says_nothing_whatever_stands_before_it() {
    let keywords = |task: &Task| keywords(task).join(", ");
    let off_topic = "Last summer we went to the sea with our neighbours, and it rained every day.";
    let wrong = mean_score(|task| format!("{off_topic} Keywords: {}.", keywords(task)));
    assert!(wrong <= 0.5, "{wrong}");
    let right = |task: &Task| first_half(&task.reference_answer);
    let plain = mean_score(right);
    let with_list = mean_score(|task| format!("{} Keywords: {}.", right(task), keywords(task)));
    assert!(with_list >= plain - 0.1, "{plain} {with_list}");
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

/// A right answer among unrelated text: a person still gives the marks.
#[test]
fn a_right_answer_padded_with_unrelated_text_keeps_its_score() {
    let padding = "Last summer we went to the sea with our neighbours, and it rained nearly every day. \
        My sister learnt to swim there. Afterwards we had soup in a small restaurant.";
    let plain = mean_score(|task| first_half(&task.reference_answer));
    let padded =
        mean_score(|task| format!("{padding} {} {padding}", first_half(&task.reference_answer)));
    assert!(plain - padded <= 0.1, "{plain} {padded}");
}

/// What a good answer is like: the first half of what was to be said.
fn first_half(reference: &str) -> String {
    let words: Vec<_> = reference.split_whitespace().collect();
    words[..words.len() / 2].join(" ")
}

#[test]
fn another_choice_than_the_references_has_next_to_nothing() {
    let task = || {
        Task::new(
            "Can string close the gap?",
            "No, string is an insulator, so the path stays open.",
        )
    };
    let grade = |answer: &str| {
        grade_offline(&Submission::new(task(), answer))
            .score
            .unwrap()
    };
    assert!(grade("Yes, string is an insulator, so the path stays open.") <= 0.1);
    assert!(grade("No, string is an insulator, so the path stays open.") > 0.99);
    assert!(grade("No, since string does not conduct.") > grade("Since string does not conduct."));
}

#[test]
fn what_is_added_of_the_key_never_costs_anything() {
    let banks = Banks::built_in().unwrap();
    for question in banks.iter().flat_map(|bank| &bank.questions) {
        let task = question.task();
        let grade = |answer: &str| {
            let submission = Submission::new(task.clone(), answer);
            grade_offline(&submission).score.unwrap()
        };
        let mut answer = String::new();
        let mut before = 0.0;
        for concept in &task.concepts {
            answer = format!("{answer} {}.", concept.text);
            let now = grade(&answer);
            assert!(
                now >= before - 0.02,
                "{}: {before} to {now} by {}",
                question.id,
                concept.id
            );
            before = now;
        }
        assert!(before > 0.8, "{}: {before}", question.id);
    }
}
