use std::path::PathBuf;

use rstest::rstest;
use serde_json::{Value, json};

use crate::eval::import::tests::{lines, notes};
use crate::eval::import::{Imported, Naming, import};
use crate::grade::Limits;

const GRADER: &str = r#"{"type": "score_model", "name": "Judge", "model": "m", "range": [0, 10], "pass_threshold": 7,
 "input": [{"role": "user", "content": "{{item.question}} {{item.ideal}} {{sample.output_text}} {{item.rubric}}"}]}"#;

fn graded(grader: &str, items: &str) -> Result<Imported, String> {
    graded_as(grader, items, &Naming::default())
}

fn graded_as(grader: &str, items: &str, naming: &Naming) -> Result<Imported, String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let paths = [write("g.json", grader), write("i.jsonl", items)];
    let root = format!("{}/", folder.path().display());
    let imported = import(&paths, None, naming, &Limits::default());
    imported.map_err(|error| error.to_string().replace(&root, ""))
}

#[test]
fn a_model_grader_tells_the_fields_the_scale_and_the_pass_mark() {
    let item = r#"{"item": {"question": "Q?", "ideal": "R.", "score": 7, "answer": "no", "rubric": "x"}, "sample": {"output_text": "{{item.ideal}}"}}"#;
    let imported = graded(GRADER, item).unwrap();
    let open = graded(GRADER, &item.replace('7', "null")).unwrap();
    let open = &lines(&open, "unlabelled.jsonl")[0];
    assert_eq!(
        (&open["points"], &open["max_points"], open.get("score")),
        (&Value::Null, &json!(10.0), None)
    );
    let told = notes(&imported).join("\n");
    assert!(told.contains("the field `answer` is not kept"), "{told}");
    assert!(
        !told.contains("`question` is not") && !told.contains("`ideal` is not"),
        "{told}"
    );
    let case = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(
        (&case["question"], &case["reference_answer"]),
        (&json!("Q?"), &json!("R."))
    );
    assert_eq!(case["candidate_answer"], "{{item.ideal}}");
    assert_eq!(
        (&case["points"], &case["max_points"]),
        (&json!(7.0), &json!(10.0))
    );
    assert!(imported.files[0].1.contains("pass_mark = 0.7"));
    let (name, prompt) = &imported.files[2];
    assert_eq!(name, "grader-judge.md");
    assert!(prompt.contains("{{item.rubric}}"));
    assert!(notes(&imported)[0].contains("`{{item.rubric}}`"));
}

#[rstest]
#[case("{{item.answer}} {{sample.output_text}}")]
#[case("{{sample.output_text}} {{item.answer}}")]
fn an_answer_beside_what_was_sampled_is_the_reference(#[case] prompt: &str) {
    let grader =
        json!({"type": "score_model", "name": "j", "input": [{"role": "user", "content": prompt}]});
    let item = json!({"item": {"question": "Q?", "answer": "Gold.", "label": "hard", "points": 1}, "sample": {"output_text": "Said."}});
    let imported = graded(&grader.to_string(), &item.to_string()).unwrap();
    let case = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(
        (&case["candidate_answer"], &case["reference_answer"]),
        (&json!("Said."), &json!("Gold."))
    );
    assert_eq!(case["score"], 1.0);
}

/// Two graders of which one compares the sample and one an item, in either order.
#[rstest]
#[case("{{ sample.output_text | trim }}", "{{item.ideal}}")]
#[case("{{item.ideal}}", "{{sample.output_text}}")]
fn what_was_sampled_is_the_answer_wherever_it_stands(#[case] input: &str, #[case] reference: &str) {
    let grader = json!({"type": "text_similarity", "name": "t", "evaluation_metric": "bleu", "input": input, "reference": reference});
    let item = json!({"item": {"question": "Q?", "ideal": "Gold.", "points": 2, "max_points": 4}, "sample": {"output_text": "Said."}});
    let imported = graded(&grader.to_string(), &item.to_string()).unwrap();
    let case = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(
        (&case["candidate_answer"], &case["reference_answer"]),
        (&json!("Said."), &json!("Gold."))
    );
    assert_eq!(
        (&case["points"], &case["max_points"]),
        (&json!(2.0), &json!(4.0))
    );
}

#[test]
fn two_items_that_may_be_the_answer_have_to_be_told_apart() {
    let grader = json!({"type": "score_model", "name": "j", "input": [{"role": "user", "content": "{{item.question}} Correct: {{item.answer}} Student: {{item.response}}"}]}).to_string();
    let item = r#"{"question": "Q?", "answer": "Gold.", "response": "Said.", "score": 0}"#;
    let error = graded(&grader, item).unwrap_err();
    assert!(
        error.contains("both `item.answer` and `item.response` may be the answer"),
        "{error}"
    );
    let naming = Naming {
        reference: Some("answer".to_owned()),
        ..Naming::default()
    };
    let imported = graded_as(&grader, item, &naming).unwrap();
    let case = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(
        (&case["candidate_answer"], &case["reference_answer"]),
        (&json!("Said."), &json!("Gold."))
    );
}

#[test]
fn a_similarity_grader_tells_answer_and_reference() {
    let grader = r#"{"type": "multi", "calculate_output": "a", "graders": {"a": {"type": "text_similarity", "name": "a",
        "input": "{{item.essay}}", "reference": "The {{item.key.text}}.", "evaluation_metric": "bleu", "pass_threshold": 0.5}}}"#;
    let items = "{\"essay\": \"E\", \"key\": {\"text\": \"key\"}, \"score\": 0.5}\n\n{\"item\": {\"essay\": \"F\", \"key\": {\"text\": \"key\"}}}\n";
    let imported = graded(grader, items).unwrap();
    let case = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(
        (&case["candidate_answer"], &case["reference_answer"]),
        (&json!("E"), &json!("The key."))
    );
    assert_eq!(
        lines(&imported, "unlabelled.jsonl")[0]["score"],
        Value::Null
    );
    let notes = notes(&imported).join("\n");
    for told in [
        "`calculate_output`",
        "the measure `bleu`",
        "`pass_threshold` of `text_similarity`",
    ] {
        assert!(notes.contains(told), "{notes}");
    }
}

#[rstest]
#[case(
    r#"{"type": "python", "source": "x"}"#,
    "{}",
    "g.json:1: no grader that can be kept"
)]
#[case(
    r#"{"type": "score_model"}"#,
    "{}",
    "g.json:1: input: must be a list of messages"
)]
#[case(
    r#"{"type": "score_model", "range": [1, 0], "input": []}"#,
    "{}",
    "g.json:1: range: must be two numbers"
)]
#[case(
    r#"{"testing_criteria": {}}"#,
    "{}",
    "g.json:1: testing_criteria: must be a list"
)]
#[case(GRADER, "", "i.jsonl:1: is empty")]
#[case(
    GRADER,
    "{\"question\": \"q\", \"ideal\": \"r\", \"score\": 11}",
    "i.jsonl:1: score: must be from 0 to 10"
)]
#[case(GRADER, "{\n", "i.jsonl:1: is not valid JSON")]
#[case(GRADER, "3", "i.jsonl:1: item: must be an object")]
#[case(GRADER, "{\"question\": \"q\"}", "g.json: nothing in it can be graded")]
fn a_wrong_grader_or_item_is_named(#[case] grader: &str, #[case] items: &str, #[case] told: &str) {
    let error = graded(grader, items).unwrap_err();
    assert!(error.starts_with(told), "{error}");
}
