use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

pub(super) const LIMITS: Limits = Limits {
    answer_chars: 50_000,
    reference_chars: 50_000,
    alternative_answers: 20,
    concepts: 40,
    concept_chars: 500,
    aliases: 20,
    metadata_bytes: 16_384,
};

/// Imports one file of a kind; gives all that is written, or all that is wrong.
fn import_as(name: &str, text: &str, naming: &Naming) -> Result<Imported, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let told = |error: ImportError| {
        let root = format!("{}/", folder.path().display());
        error.to_string().replace(&root, "")
    };
    import(&[path], None, naming, &LIMITS).map_err(told)
}

fn imported(text: &str) -> Imported {
    import_as("t.yaml", text, &Naming::default()).unwrap()
}

pub(super) fn lines(imported: &Imported, name: &str) -> Vec<Value> {
    let file = imported.files.iter().find(|(known, _)| known == name);
    let text = file.map_or("", |(_, text)| text);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn cases(text: &str) -> Vec<Value> {
    lines(&imported(text), "cases.jsonl")
}

pub(super) fn notes(imported: &Imported) -> Vec<&str> {
    imported
        .notes
        .iter()
        .map(|note| note.what.as_str())
        .collect()
}

/// A test with the usual variables and these assertions.
fn asserting(assertions: &str) -> String {
    format!(
        "- vars: {{question: Why an index?, answer: 'It is fast {{{{reference}}}}', reference: Lookups get faster., human_score: 1}}\n  assert: {assertions}\n"
    )
}

#[rstest]
#[case("[{type: contains, value: lookups, weight: 3, metric: Speed}]", json!([{"id": "speed", "text": "lookups", "weight": 3.0}]))]
#[case("[{type: icontains-all, value: [a b, c]}]", json!([{"id": "a-b", "text": "a b", "weight": 1.0}, {"id": "c", "text": "c", "weight": 1.0}]))]
#[case("[{type: contains-any, value: 'one, two'}]", json!([{"id": "one", "text": "one", "weight": 1.0, "aliases": ["two"]}]))]
#[case("[{type: g-eval, value: [It names a cost, It names a gain]}]", json!([{"id": "it-names-a-cost", "text": "It names a cost", "weight": 1.0}, {"id": "it-names-a-gain", "text": "It names a gain", "weight": 1.0}]))]
#[case("[{type: assert-set, weight: 2, assert: [{type: contains, value: x, weight: 2}]}]", json!([{"id": "x", "text": "x", "weight": 4.0}]))]
#[case("[{type: contains, value: '{{question}}'}]", json!([{"id": "why-an-index", "text": "Why an index?", "weight": 1.0}]))]
#[case("[{type: contains, value: x, weight: 0}]", Value::Null)]
#[case(
    "[{type: not-contains, value: x}, {type: javascript, value: 'true'}]",
    Value::Null
)]
fn assertions_become_concepts(#[case] assertions: &str, #[case] expected: Value) {
    let case = &cases(&asserting(assertions))[0];
    assert_eq!(case.get("concepts").unwrap_or(&Value::Null), &expected);
}

#[rstest]
#[case("[{type: equals, value: One.}]", json!(["One."]))]
#[case("[{type: similar, value: [One., Two.], threshold: 0.9}, {type: rouge-n, value: Two.}]", json!(["One.", "Two."]))]
#[case("[{type: factuality, value: '{{reference}}'}]", Value::Null)]
fn what_an_answer_is_compared_with_becomes_a_reference(
    #[case] assertions: &str,
    #[case] expected: Value,
) {
    let case = &cases(&asserting(assertions))[0];
    assert_eq!(case["reference_answer"], "Lookups get faster.");
    assert_eq!(
        case.get("alternative_answers").unwrap_or(&Value::Null),
        &expected
    );
}

#[test]
fn what_is_left_out_is_counted_and_named() {
    let text = asserting(
        "[{type: is-json}, {type: is-json}, {type: latency, threshold: 3}, {type: contains, value: '{{ reference | upper }}'}, {type: contains, value: '{{none}}'}]",
    );
    let imported = imported(&text);
    assert_eq!(
        imported.notes[0].what,
        "`is-json` assertions have no counterpart"
    );
    assert_eq!(imported.notes[0].count, 2);
    assert!(
        imported.notes[0].first.ends_with("t.yaml:2"),
        "{:?}",
        imported.notes
    );
    let notes = notes(&imported).join("\n");
    for told in [
        "`latency` assertions",
        "more than `{{name}}`",
        "`{{none}}`, which is no other variable",
    ] {
        assert!(notes.contains(told), "{notes}");
    }
}

#[test]
fn an_answer_stays_as_it_is() {
    let case = &cases(&asserting("[]"))[0];
    assert_eq!(case["candidate_answer"], "It is fast {{reference}}");
}

#[test]
fn what_an_assertion_compares_with_is_no_answer() {
    let text = "- vars: {question: Why?, answer: Because.}\n  providerOutput: So.\n  assert: [{type: similar, value: '{{answer}}'}]\n";
    let case = &lines(&imported(text), "unlabelled.jsonl")[0];
    assert_eq!(case["reference_answer"], "Because.");
    assert_eq!(case["candidate_answer"], "So.");
}

#[test]
fn a_key_with_the_answer_in_it_is_left_out() {
    let naming = Naming {
        answer: Some("answer".to_owned()),
        ..Naming::default()
    };
    let text = asserting("[{type: contains, value: '{{answer}}'}]");
    let imported = import_as("t.yaml", &text, &naming).unwrap();
    assert_eq!(lines(&imported, "cases.jsonl")[0].get("concepts"), None);
    assert!(notes(&imported)[0].contains("no other variable of the test"));
}

#[test]
fn what_no_prompt_shows_is_what_the_reply_should_be_like() {
    let text =
        "prompts: ['Answer {{question}}']\ntests:\n- vars: {question: Why?, answer: Because.}\n";
    let case = &lines(&imported(text), "unlabelled.jsonl")[0];
    assert_eq!(case["reference_answer"], "Because.");
    assert_eq!(case["candidate_answer"], Value::Null);
}

#[test]
fn assertions_about_the_reply_to_a_grading_prompt_are_no_key() {
    let text = "prompts: ['Grade {{answer}}']\ntests:\n- vars: {question: Why?, reference: So., answer: x, score: 1}\n  threshold: 0.9\n  assert: [{type: contains, value: pass}]\n";
    let imported = imported(text);
    assert_eq!(lines(&imported, "cases.jsonl")[0].get("concepts"), None);
    assert!(notes(&imported)[0].contains("about the reply to the prompt"));
    assert!(!imported.files[0].1.contains("pass_mark"));
}

#[test]
fn lists_of_variables_multiply_in_the_order_of_promptfoo() {
    let text =
        "- vars: {question: [Q1, Q2], reference: r, answer: [a, b], numbers: [1, 2], score: 0}\n";
    let seen: Vec<_> = cases(text)
        .iter()
        .map(|case| format!("{} {}", case["question"], case["candidate_answer"]))
        .collect();
    assert_eq!(
        seen,
        [r#""Q1" "a""#, r#""Q1" "b""#, r#""Q2" "a""#, r#""Q2" "b""#]
    );
}

#[rstest]
#[case("0.5", "", json!({"score": 0.5}))]
#[case("3", "max_points: 4,", json!({"points": 3.0, "max_points": 4.0}))]
#[case("'0.5'", "", json!({"score": 0.5}))]
fn a_score_is_written_on_its_scale(
    #[case] score: &str,
    #[case] more: &str,
    #[case] expected: Value,
) {
    let text = format!("- vars: {{question: q, reference: r, answer: a, {more} score: {score}}}\n");
    let case = &cases(&text)[0];
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&case[name], value, "{case}");
    }
}

#[rstest]
#[case("score: 7", "t.yaml:1: score: must be from 0 to 1; --max-score")]
#[case("score: [0, 1]", "t.yaml:1: score: is a list")]
#[case("answer: [1]", "t.yaml:1: answer: must be a text")]
#[case("question: {a: 1}", "t.yaml:1: question: must be a text")]
#[case("reference: file://r.txt", "t.yaml:1: reference: names a file")]
fn a_wrong_variable_is_named_by_line(#[case] variable: &str, #[case] told: &str) {
    let name = variable.split(':').next().unwrap();
    let usual = ["question: q", "reference: r", "answer: a", "score: 0"];
    let others: Vec<_> = usual
        .into_iter()
        .filter(|one| !one.starts_with(name))
        .collect();
    let text = format!("- vars: {{{}, {variable}}}\n", others.join(", "));
    let error = import_as("t.yaml", &text, &Naming::default()).unwrap_err();
    assert!(error.starts_with(told), "{error}");
}

#[rstest]
#[case("t.yaml", "tests: 3\n", "t.yaml:1: tests: must be tests")]
#[case(
    "t.yaml",
    "tests:\n - https://docs.google.com/x\n",
    "t.yaml:2: tests: is an address"
)]
#[case(
    "t.yaml",
    "tests:\n - file://make.py\n",
    "make.py:1: is a program, which is not run"
)]
#[case(
    "t.yaml",
    "tests:\n - path: make.js\n",
    "t.yaml:2: tests.path: is a program"
)]
#[case("t.yaml", "tests: [a.yaml]\n", "cannot read a.yaml")]
#[case("t.yaml", "tests: [t.yaml]\n", "t.yaml:1: tests: is no test")]
#[case(
    "t.yaml",
    "tests: ['*.txt']\n",
    "t.yaml:1: tests: no file has such a name"
)]
#[case("t.yaml", "prompts: [x]\n", "t.yaml:1: has no `tests`")]
#[case(
    "t.yaml",
    "- assert: [{value: 1}]\n",
    "t.yaml:1: assert: must have a `type`"
)]
#[case(
    "t.yaml",
    "- assert: [{$ref: '#/a/b'}]\n",
    "t.yaml:1: assert.$ref: refers to nothing"
)]
#[case(
    "t.yaml",
    "- vars: x.yaml\n",
    "t.yaml:1: vars: must be names and values"
)]
#[case(
    "t.yaml",
    "- vars: {a: 1}\n\n  threshold: high\n",
    "t.yaml:3: threshold: must be a number"
)]
#[case("t.yaml", "x: 1\n", "t.yaml: neither tests of promptfoo nor a grader")]
#[case(
    "t.yaml",
    "- vars: {question: q}\n",
    "t.yaml: nothing in it can be graded\n"
)]
#[case("t.json", "[1,\n", "t.json:2: is not valid JSON")]
#[case("t.csv", "question,expected\nq\n", "t.csv:2: the row has 1 cells")]
#[case(
    "t.csv",
    "question,expected,__threshold\nq,r,high\n",
    "t.csv:2: __threshold: must be a number"
)]
#[case("t.xlsx", "x", "t.xlsx:1: is a spreadsheet; save it as .csv")]
#[case("t.yaml", "", "t.yaml:1: is empty")]
#[case("t.yaml", "\u{feff}\n", "t.yaml:1: is empty")]
#[case("t.yaml", "a: \0\n", "t.yaml:1: holds a NUL character")]
fn a_fault_has_its_file_and_line(#[case] name: &str, #[case] text: &str, #[case] told: &str) {
    let error = import_as(name, text, &Naming::default()).unwrap_err();
    assert!(error.starts_with(told), "{error}");
}

#[test]
fn a_given_name_has_to_exist() {
    let naming = Naming {
        answer: Some("essay".to_owned()),
        ..Naming::default()
    };
    let text = "- vars: {question: q, reference: r, answer: a, score: 0}\n";
    let error = import_as("t.yaml", text, &naming).unwrap_err();
    assert_eq!(error, "t.yaml:1: --answer essay: no test or item has it");
}

#[test]
fn a_label_that_is_no_score_is_said_unless_it_was_given() {
    let text = "- vars: {question: q, reference: r, answer: a, label: geography}\n";
    assert!(notes(&imported(text))[0].contains("`label` is no number"));
    let naming = Naming {
        score: Some("label".to_owned()),
        ..Naming::default()
    };
    let error = import_as("t.yaml", text, &naming).unwrap_err();
    assert_eq!(error, "t.yaml:1: label: must be a number, what people gave");
}

#[test]
fn thresholds_that_agree_are_the_pass_mark() {
    let suite = |second: &str| {
        let vars = "vars: {question: q, reference: r, answer: a, score: 0}";
        let text = format!("- {{{vars}, threshold: 0.7}}\n- {{{vars}, threshold: {second}}}\n");
        let imported = imported(&text);
        (
            imported.files[0].1.contains("pass_mark = 0.7"),
            imported.notes.len(),
        )
    };
    assert_eq!(suite("0.7"), (true, 0));
    assert_eq!(suite("0.8"), (false, 1));
}

#[test]
fn results_bring_outputs_and_what_people_gave() {
    let text = json!({"evalId": "e", "results": {"version": 3, "prompts": [{"raw": "Say {{question}}"}], "results": [{
        "vars": {"question": "Why?", "answer": "Because."},
        "response": {"output": "So {{question}}."},
        "testCase": {"description": "Row #1", "assert": [{"type": "icontains", "value": "so"}]},
        "gradingResult": {"componentResults": [
            {"score": 0, "assertion": {"type": "icontains"}},
            {"score": 1, "assertion": {"type": "human"}},
        ]},
    }]}});
    let imported = import_as("r.json", &text.to_string(), &Naming::default()).unwrap();
    let case = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(case["candidate_answer"], "So {{question}}.");
    assert_eq!(case["reference_answer"], "Because.");
    assert_eq!(
        (&case["score"], &case["concepts"][0]["text"]),
        (&json!(1.0), &json!("so"))
    );
}

#[test]
fn more_tests_than_anybody_wrote_are_refused() {
    let list = format!("[{}]", vec!["x"; 60].join(", "));
    let text =
        format!("- vars: {{question: {list}, reference: {list}, answer: {list}, score: 0}}\n");
    let error = import_as("t.yaml", &text, &Naming::default()).unwrap_err();
    assert!(
        error.contains("lists of variables make more than 100000 tests"),
        "{error}"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_answer_comes_through_as_it_is(answer in "[a{}%#'\"\\\\\n\u{e9}:&*!|>@` -]{0,30}", score in 0.0..=1.0_f64) {
        let tests = json!([{
            "vars": {"question": "q", "reference": "r", "answer": answer, "score": score},
            "assert": [{"type": "contains", "value": "{{reference}}"}],
        }]);
        let imported = import_as("t.json", &tests.to_string(), &Naming::default()).unwrap();
        let case = &lines(&imported, "cases.jsonl")[0];
        proptest::prop_assert_eq!(&case["candidate_answer"], &json!(answer));
        proptest::prop_assert_eq!(&case["score"], &json!(score));
    }

    #[test]
    fn any_text_is_imported_or_refused(text in "(- |vars: |\\{|\\}|\\[|question: q|, |answer: |\\*a|&a |<<: |\n|  |assert:|type: contains|'|\\|){0,30}") {
        let _ = import_as("t.yaml", &text, &Naming::default());
        let _ = import_as("t.csv", &text, &Naming::default());
        let _ = import_as("t.json", &text, &Naming::default());
    }
}

#[test]
fn the_folder_of_a_file_is_where_its_names_are_seen_from() {
    assert_eq!(start_of(Path::new("a/b.yaml")).to_string(), "a/b.yaml:1");
}
