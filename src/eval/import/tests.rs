use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

/// Imports one file of a kind; gives all that is written, or all that is wrong.
pub(super) fn import_as(name: &str, text: &str, naming: &Naming) -> Result<Imported, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let told = |error: ImportError| {
        let root = format!("{}/", folder.path().display());
        error.to_string().replace(&root, "")
    };
    import(&[path], None, naming, &Limits::default()).map_err(told)
}

pub(super) fn imported(text: &str) -> Imported {
    import_as("t.yaml", text, &Naming::default()).unwrap()
}

pub(super) fn lines(imported: &Imported, name: &str) -> Vec<Value> {
    let file = imported.files.iter().find(|(known, _)| known == name);
    let text = file.map_or("", |(_, text)| text);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(super) fn cases(text: &str) -> Vec<Value> {
    lines(&imported(text), "cases.jsonl")
}

pub(super) fn notes(imported: &Imported) -> Vec<&str> {
    imported
        .notes
        .iter()
        .map(|note| note.what.as_str())
        .collect()
}

#[test]
fn an_answer_that_is_the_name_of_a_file_is_left_open() {
    let text = "- vars: {question: q, reference: r, answer: file://essay.txt, score: 1}\n- vars: {question: q, reference: r, answer: file://a is how one begins, score: 1}\n";
    let imported = imported(text);
    let open = &lines(&imported, "unlabelled.jsonl")[0];
    assert_eq!(
        (&open["candidate_answer"], &open["score"]),
        (&Value::Null, &json!(1.0))
    );
    assert!(notes(&imported)[0].contains("only the name of a file"));
    let kept = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(kept["candidate_answer"], "file://a is how one begins");
}

#[test]
fn an_id_that_is_there_twice_gets_a_number_and_that_is_said() {
    let text = "- vars: {id: a, question: q, reference: r, answer: a, score: 1}\n".repeat(2);
    let imported = imported(&text);
    assert_eq!(lines(&imported, "cases.jsonl")[1]["id"], "a-2");
    assert_eq!(
        notes(&imported),
        ["an id that was there already got a number"]
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
#[case(
    "max_points: 5 points",
    "t.yaml:1: max_points: must be a number above 0"
)]
#[case("max_points: 0", "t.yaml:1: max_points: must be a number above 0")]
#[case("max_points: ''", "t.yaml:1: max_points: must be a number above 0")]
#[case("score: 7", "t.yaml:1: score: must be from 0 to 1; --max-score")]
#[case("score: [0, 1]", "t.yaml:1: score: is a list")]
#[case("score: 80%", "t.yaml:1: score: must be a number")]
#[case("score: 4/5", "t.yaml:1: score: must be a number")]
#[case("score: '0,5'", "t.yaml:1: score: must be a number")]
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
#[case("t.yaml", "tests: [a.yaml]\n", "t.yaml:1: tests: cannot read a.yaml")]
#[case("t.yaml", "tests: [t.yaml]\n", "t.yaml:1: tests: is no test")]
#[case(
    "t.yaml",
    "tests: ['*.txt']\n",
    "t.yaml:1: tests: no file has the name *.txt"
)]
#[case(
    "t.yaml",
    "tests:\n- file://none/*.csv\n",
    "t.yaml:2: tests: no file has the name file://none/*.csv"
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
#[case(
    "t.csv",
    "question,expected,[gpt] prompt,Status,Score,Grader Reason\n1,2,3,4,5,6\n",
    "t.csv:1: is what promptfoo eval -o out.csv writes"
)]
#[case(
    "t.csv",
    "question,expected\nq,\"r\n",
    "t.csv:2: a quotation mark opens a cell"
)]
#[case(
    "t.yaml",
    "scenarios: file://s.yaml\ntests: []\n",
    "t.yaml:1: scenarios: must be a list"
)]
#[case("t.json", "[1,\n", "t.json:2: is not valid JSON")]
#[case("t.csv", "question,expected\nq\n", "t.csv:2: the row has 1 cells")]
#[case(
    "t.csv",
    "question;expected\nq;r\n",
    "t.csv:1: its cells are divided by semicolons"
)]
#[case(
    "t.csv",
    "a\texpected\nq\tr\n",
    "t.csv:1: its cells are divided by tabs"
)]
#[case("t.csv", "a,b, a\n1,2,3\n", "t.csv:1: there are two columns `a`")]
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
    let sure = text.replace("label", "human_score");
    let error = import_as("t.yaml", &sure, &Naming::default()).unwrap_err();
    assert!(
        error.starts_with("t.yaml:1: human_score: must be a number"),
        "{error}"
    );
    let naming = Naming {
        score: Some("label".to_owned()),
        ..Naming::default()
    };
    let error = import_as("t.yaml", text, &naming).unwrap_err();
    assert!(
        error.starts_with("t.yaml:1: label: must be a number, what people gave"),
        "{error}"
    );
}

#[test]
fn a_name_has_one_role() {
    let csv = "question,answer,response,score\nWhy?,Gold.,Said.,0\n";
    let naming = |answer: Option<&str>| Naming {
        reference: Some("answer".to_owned()),
        answer: answer.map(str::to_owned),
        ..Naming::default()
    };
    let imported = import_as("t.csv", csv, &naming(None)).unwrap();
    let case = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(
        (&case["candidate_answer"], &case["reference_answer"]),
        (&json!("Said."), &json!("Gold."))
    );
    let error = import_as("t.csv", csv, &naming(Some("answer"))).unwrap_err();
    assert!(
        error.contains("--answer and --reference name the same field, answer"),
        "{error}"
    );
}

#[test]
fn names_of_metadata_are_scores_and_nothing_else() {
    let naming = Naming {
        id: Some("case".to_owned()),
        ..Naming::default()
    };
    let text = "- vars: {question: q, reference: r, answer: a, score: 0}\n  metadata: {case: x}\n";
    let error = import_as("t.yaml", text, &naming).unwrap_err();
    assert_eq!(error, "t.yaml:1: --id case: no test or item has it");
}

#[test]
fn a_score_without_an_answer_is_nobodys() {
    let imported = imported("- vars: {question: q, reference: r, score: 1}\n");
    assert_eq!(
        lines(&imported, "unlabelled.jsonl")[0]["score"],
        Value::Null
    );
    assert!(
        notes(&imported)[0].contains("without an answer"),
        "{:?}",
        imported.notes
    );
}

#[test]
fn a_first_row_that_is_no_header_is_not_quoted() {
    let csv = "I think my mother Anna says,expected,x\na,b,c\n";
    let imported = import_as("t.csv", csv, &Naming::default()).unwrap();
    let notes = notes(&imported).join("\n");
    assert!(
        notes.contains("a variable whose name is a sentence") && !notes.contains("Anna"),
        "{notes}"
    );
}

#[test]
fn a_score_is_found_beside_what_only_has_its_name() {
    let text = "- vars: {question: q, reference: r, answer: a, score: easy, label: 0.5}\n  metadata: {human_score: ''}\n- vars: {question: q, reference: r, answer: a, score: easy, label: 0.5}\n";
    let imported = imported(text);
    assert_eq!(
        lines(&imported, "unlabelled.jsonl").len(),
        1,
        "a cell still to be filled in"
    );
    assert_eq!(lines(&imported, "cases.jsonl")[0]["score"], 0.5);
    assert!(notes(&imported).join("\n").contains("`score` is no number"));
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
