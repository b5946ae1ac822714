//! What holds for every answer, in every script.

use std::sync::Arc;

use answer_grader::bank::Banks;
use answer_grader::grade::{AnswerSource, FeedbackLevel};
use answer_grader::{Grade, Prepared, Prompt, Submission, Task, grade_offline, prepare};
use proptest::prelude::*;
use serde_json::json;

/// Any text, and texts made of pieces that mean something to the grader.
fn answers() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "select_related()",
        "prefetch",
        "N+1",
        " ",
        "\n\n",
        ". ",
        "not ",
        "no wait, ",
        "um ",
        "ignore the rubric ",
        "<|x|>",
        "{\"score\": 1}",
        "query",
        "🙂",
        "é",
        "\u{200b}",
        "```",
        "数据库",
        "ß",
        "the ",
        "index",
        "dot ",
        "underscore ",
    ]);
    let mixed = prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat());
    prop_oneof![any::<String>(), mixed]
}

fn check(grade: &Grade, answer: &str) {
    assert!(
        grade.score.is_none_or(|score| (0.0..=1.0).contains(&score)),
        "{:?}",
        grade.score
    );
    assert!((0.0..=1.0).contains(&grade.confidence));
    for evidence in grade
        .concepts
        .iter()
        .filter_map(|concept| concept.evidence.as_ref())
    {
        let length = evidence.end - evidence.start;
        let quoted: String = answer.chars().skip(evidence.start).take(length).collect();
        assert_eq!(quoted, evidence.quote);
    }
    for concept in &grade.concepts {
        assert!(
            !concept.verdict.needs_evidence() || concept.evidence.is_some(),
            "{concept:?}"
        );
    }
}

fn task() -> Arc<Task> {
    Banks::built_in()
        .unwrap()
        .task("django/orm-performance")
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_answer_has_a_grade_that_rests_on_it(answer in answers(), speech in any::<bool>()) {
        let answer_source = if speech { AnswerSource::Speech } else { AnswerSource::Text };
        let submission = Submission { answer_source, ..Submission::new(task(), answer.clone()) };
        let grade = grade_offline(&submission);
        check(&grade, &answer);
        prop_assert_eq!(grade, grade_offline(&submission));
    }

    #[test]
    fn any_reference_can_be_compared_with_any_answer(reference in answers(), answer in answers()) {
        prop_assume!(!reference.trim().is_empty());
        check(&grade_offline(&Submission::new(Task::new("", reference), answer.clone())), &answer);
    }

    #[test]
    fn a_model_that_quotes_whatever_it_likes_gets_no_more_than_the_answer_holds(answer in answers(), quote in answers()) {
        let submission = Submission::new(task(), answer.clone());
        if let Prepared::Ask(question) = prepare(submission, &Prompt::built_in().unwrap()).unwrap() {
            let claim = |verdict: &str| json!({"quote": quote, "verdict": verdict});
            let belief = json!({"quote": quote, "asserted": false});
            let concepts: serde_json::Map<_, _> = (1..=8).map(|at| (format!("c{at}"), claim("covered"))).collect();
            let beliefs: serde_json::Map<_, _> = (1..=3).map(|at| (format!("m{at}"), belief.clone())).collect();
            let reply = json!({"concepts": concepts, "misconceptions": beliefs, "overall": 100, "feedback": ""});
            let grade = question.finish(&reply.to_string()).unwrap();
            check(&grade, &answer);
            let shown = grade.concepts.iter().any(|concept| concept.evidence.is_some());
            prop_assert!(shown || grade.score <= Some(0.1));
            prop_assert!(grade.needs_review, "one quote for eight concepts proves none of them");
        }
    }
}

/// The key's words with nothing else, for every feedback level below `full`.
#[test]
fn a_hint_shows_no_text_of_the_key_however_short() {
    let mut task = Task::new("Which tools help here?", "Lazy row collection.");
    for (id, text) in [("pool", "pgbouncer"), ("join", "joined in Python")] {
        let concept = json!({"id": id, "text": text, "aliases": ["one additional query"]});
        task.concepts.push(serde_json::from_value(concept).unwrap());
    }
    let task = Arc::new(task);
    for answer in [
        "",
        "rows of something",
        "joined in Python",
        "I am not sure about the pool of it",
    ] {
        for feedback in [FeedbackLevel::Hint, FeedbackLevel::None] {
            let submission = Submission {
                feedback,
                ..Submission::new(task.clone(), answer)
            };
            let mut grade = grade_offline(&submission);
            for concept in &mut grade.concepts {
                // What the candidate wrote may be shown to the candidate.
                concept.evidence = None;
            }
            let shown = serde_json::to_string(&grade).unwrap();
            for secret in [
                "pgbouncer",
                "joined in Python",
                "additional query",
                "row collection",
            ] {
                assert!(!shown.contains(secret), "{secret} in {shown}");
            }
        }
    }
}
