//! What tests and results of promptfoo become.

use rstest::rstest;
use serde_json::{Value, json};

use crate::eval::import::tests::{cases, import_as, imported, lines, notes};
use crate::eval::import::{Naming, import};
use crate::grade::Limits;

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
#[case("[{type: contains-any, value: 'a, b'}, {type: contains, value: c}, {type: icontains-any, value: 'a, b', weight: 2}, {type: contains, value: a}]", json!([{"id": "a", "text": "a", "weight": 3.0, "aliases": ["b"]}, {"id": "c", "text": "c", "weight": 1.0}, {"id": "a-2", "text": "a", "weight": 1.0}]))]
#[case(
    "[{type: contains-all, value: [a, 'file:///etc/passwd']}, {type: python, value: 'file://../check.py'}]",
    Value::Null
)]
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
#[case("[{type: equals, value: One., weight: 0}]", Value::Null)]
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

#[rstest]
#[case("['{{ answer | trim }}']", true)]
#[case("['{{answer}}', '{{ answer }}']", true)]
#[case("['{{answer}}', 'Grade {{answer}}']", false)]
#[case("['{{answer}}', 'file://prompt.txt']", false)]
fn assertions_are_of_the_answer_where_no_prompt_shows_more(
    #[case] prompts: &str,
    #[case] expected: bool,
) {
    let tests = asserting("[{type: contains, value: lookups}]").replace("- vars", "  - vars");
    let tests = tests.replace("\n  assert", "\n    assert");
    let case = &cases(&format!("prompts: {prompts}\ntests:\n{tests}"))[0];
    assert_eq!(case.get("concepts").is_some(), expected, "{case}");
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

/// What an evaluation keeps of a test with a score of its own: outputs, and what people gave each.
fn results(outputs: &[(&str, Option<f64>)]) -> String {
    let result = |(output, rating): &(&str, Option<f64>)| {
        let rated = rating.map(|score| json!({"score": score, "assertion": {"type": "human"}}));
        json!({
            "vars": {"question": "Why?", "expected": "Because.", "score": 0.25, "label": "hard"},
            "response": {"output": output},
            "testCase": {},
            "gradingResult": {"componentResults": rated.as_slice()},
        })
    };
    let results: Vec<_> = outputs.iter().map(result).collect();
    json!({"results": {"prompts": [{"raw": "Say {{question}}"}], "results": results}}).to_string()
}

#[rstest]
#[case::of_the_only_output(&[("So.", None)], &[json!(0.25)])]
#[case::of_none_of_several(&[("So.", None), ("No.", None)], &[Value::Null, Value::Null])]
#[case::of_the_viewer_first(&[("So.", Some(1.0)), ("No.", None)], &[json!(1.0), Value::Null])]
fn a_score_of_a_test_is_that_of_its_only_output(
    #[case] outputs: &[(&str, Option<f64>)],
    #[case] expected: &[Value],
) {
    let imported = import_as("r.json", &results(outputs), &Naming::default()).unwrap();
    let mut all = lines(&imported, "cases.jsonl");
    all.extend(lines(&imported, "unlabelled.jsonl"));
    let scores: Vec<_> = all.iter().map(|case| case["score"].clone()).collect();
    assert_eq!(scores, expected, "{:?}", imported.notes);
}

#[test]
fn a_result_is_seen_with_the_prompt_that_it_is_of() {
    let result = |prompt: usize, output: &str| {
        json!({
            "promptIdx": prompt,
            "vars": {"question": "Why?", "reference": "So.", "answer": "Because."},
            "response": {"output": output},
            "testCase": {"assert": [{"type": "contains", "value": "so"}]},
            "gradingResult": {"componentResults": [{"score": 1, "assertion": {"type": "human"}}]},
        })
    };
    let prompts = [
        json!({"raw": "{{answer}}"}),
        json!({"raw": "Grade {{answer}}"}),
    ];
    let text = json!({"results": {"prompts": prompts, "results": [result(0, "Because."), result(1, "Pass")]}});
    let imported = import_as("r.json", &text.to_string(), &Naming::default()).unwrap();
    let shown = &lines(&imported, "cases.jsonl")[0];
    assert_eq!(
        (&shown["score"], &shown["concepts"][0]["text"]),
        (&json!(1.0), &json!("so"))
    );
    // What was rated here is the grade, not the answer.
    let graded = &lines(&imported, "unlabelled.jsonl")[0];
    assert_eq!(
        (&graded["candidate_answer"], &graded["concepts"]),
        (&json!("Because."), &Value::Null)
    );
}

#[test]
fn a_result_of_a_test_that_stands_in_another_file_counts_too() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["gpt.json", "claude.json"].map(|name| {
        let path = folder.path().join(name);
        std::fs::write(&path, results(&[(name, None)])).unwrap();
        path
    });
    let imported = import(&paths, None, &Naming::default(), &Limits::default()).unwrap();
    assert_eq!(
        lines(&imported, "unlabelled.jsonl").len(),
        2,
        "{:?}",
        imported.notes
    );
}

#[test]
fn results_as_lines_are_results() {
    let line = |output: &str| {
        json!({"testIdx": 3, "vars": {"question": "Why?", "expected": "So.", "score": 1, "session": output}, "response": {"output": output},
               "testCase": {"assert": [{"type": "contains", "value": "so"}]}, "gradingResult": null})
    };
    let text = format!("{}\n{}\n", line("a"), line("b"));
    let imported = import_as("r.jsonl", &text, &Naming::default()).unwrap();
    let open = lines(&imported, "unlabelled.jsonl");
    assert_eq!(open[0]["candidate_answer"], "a");
    assert_eq!(open[1]["concepts"][0]["text"], "so");
    // One test, whatever was made anew for each of its outputs.
    assert_eq!(open[1]["score"], Value::Null);
}

#[rstest]
#[case(
    "prompts: [prompts/grade.txt]\ntests:\n- vars: {question: q, reference: r, answer: a, score: 1}\n",
    "a",
    "r"
)]
#[case(
    "prompts: ['{{answer|trim}}!']\ntests:\n- vars: {question: q, reference: r, answer: a, score: 1}\n",
    "a",
    "r"
)]
#[case(
    "- vars: {question: q, answer: gold}\n  providerOutput: said\n",
    "said",
    "gold"
)]
fn the_answer_is_what_a_candidate_said(
    #[case] text: &str,
    #[case] answer: &str,
    #[case] reference: &str,
) {
    let imported = imported(text);
    let mut all = lines(&imported, "cases.jsonl");
    all.extend(lines(&imported, "unlabelled.jsonl"));
    assert_eq!(all[0]["candidate_answer"], answer);
    assert_eq!(all[0]["reference_answer"], reference);
}

#[test]
fn one_answer_of_which_there_are_two_results_is_one_case() {
    let result = json!({"vars": {"question": "q", "reference": "r", "answer": "a", "score": 1}, "response": {"output": "Pass"}, "testCase": {}});
    let text =
        json!({"results": {"prompts": [{"raw": "Grade {{answer}}"}], "results": [result, result]}});
    let imported = import_as("r.json", &text.to_string(), &Naming::default()).unwrap();
    assert_eq!(lines(&imported, "cases.jsonl").len(), 1);
    assert!(
        notes(&imported)[0].contains("kept once"),
        "{:?}",
        imported.notes
    );
}

#[rstest]
#[case(
    "assertionTemplates: {a: {type: assert-set, assert: [{$ref: '#/assertionTemplates/a'}]}}\n\
     tests: [{vars: {question: q, reference: r, answer: a, score: 1}, assert: [{$ref: '#/assertionTemplates/a'}]}]",
    "more than 1000 assertions, or sets that refer to each other more than 8 times"
)]
#[case(
    "- vars: {a: [x, x, x, x, x, x, x, x, x, x], b: [x, x, x, x, x, x, x, x, x, x], c: [x, x, x, x, x, x, x, x, x, x],\n    \
     d: [x, x, x, x, x, x, x, x, x, x], e: [x, x, x, x, x, x, x, x, x, x], f: [x, x, x, x, x, x, x, x, x, x]}\n",
    "lists of variables make more than 100000 tests"
)]
fn what_would_grow_without_end_is_refused(#[case] text: &str, #[case] told: &str) {
    let error = import_as("t.yaml", text, &Naming::default()).unwrap_err();
    assert!(error.contains(told), "{error}");
}

#[test]
fn what_changes_an_output_or_a_judge_is_named() {
    let text = "- vars: {question: q, reference: r, answer: a, score: 0}\n  options: {transform: output.trim(), rubricPrompt: x}\n  \
                metadata: {topic: {a: 1}}\n  assert: [{type: contains, value: x, transform: y}]\n";
    let imported = imported(text);
    let told = notes(&imported).join("\n");
    for expected in [
        "`transform` of options",
        "`rubricPrompt` of options",
        "`transform` of assertions",
        "metadata that is neither",
    ] {
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn only_what_all_tests_have_is_the_pass_mark() {
    let vars = "vars: {question: q, reference: r, answer: a, score: 0}";
    let imported = imported(&format!("- {{{vars}, threshold: 0.2}}\n- {{{vars}}}\n"));
    assert!(!imported.files[0].1.contains("pass_mark = "));
    assert!(notes(&imported)[0].contains("only some have a threshold"));
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

#[test]
fn an_answer_stays_as_it_is() {
    let case = &cases(&asserting("[]"))[0];
    assert_eq!(case["candidate_answer"], "It is fast {{reference}}");
}
