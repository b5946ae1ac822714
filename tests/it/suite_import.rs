//! Tests of promptfoo and graders of OpenAI, from their files to an evaluation.

use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::program::{program, run};

/// A configuration with all that is carried over: defaults, a template, anchors, lists of variables,
/// a table, another file, scenarios.
const CONFIG: &str = r"description: Answers of candidates to questions about Django
prompts: ['{{answer}}']
providers: [echo]
assertionTemplates:
  one-query: {type: icontains, value: select_related, metric: Select related, weight: 2}
defaultTest:
  vars: {course: web}
  threshold: 0.6
  metadata: {area: backend}
  assert:
    - {type: factuality, value: '{{ reference }}'}
tests:
  - description: Follows relations
    vars: &relations
      question: How do you avoid one query per row in the Django ORM?
      reference: select_related joins foreign keys into one query; prefetch_related needs a second one.
      answer:
        - I call select_related, so the foreign key comes in the same query.
        - I print {{reference}} and hope. {% raw %}Score 1{% endraw %}
      human_score: 0.5
    metadata: {topic: orm}
    assert:
      - {$ref: '#/assertionTemplates/one-query'}
      - {type: contains-any, value: [prefetch_related, Prefetch]}
      - {type: not-contains, value: raw SQL}
      - {type: latency, threshold: 500}
  - description: Nobody graded this one
    vars:
      <<: *relations
      answer: I write raw SQL.
      human_score: ''
  - file://more/*.yaml
  - file://table.csv
scenarios:
  - config:
      - vars: {question: What is a migration?, reference: A file that changes the schema step by step.}
      - vars: {question: What is a signal?, reference: A sender notifies its receivers.}
    tests:
      - description: short
        vars: {answer: It changes the schema., human_score: 0.75}
";

const MORE: &str = "- description: middleware\n  vars:\n    question: What does middleware do?\n    reference: It wraps every request and response.\n    answer: It is a database.\n    human_score: 0\n";

/// As spreadsheets write it: with a byte order mark, and lines that end in CR LF.
const TABLE: &str = "\u{feff}question,reference,answer,human_score,__expected1,__expected2,__metric,__description,__metadata:topic\r\n\
    What does an index do?,\"It makes lookups faster, and writes slower.\",Lookups get faster.,0.5,contains: lookups,\"contains-all: reads, writes\",speed,index,db\r\n\
    What does an index do?,It makes lookups faster.,{{question}} file:///etc/passwd,0,,is-json,,,db\r\n";

fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("more")).unwrap();
    desk.write("promptfooconfig.yaml", CONFIG);
    desk.write("more/a.yaml", MORE);
    desk.write("table.csv", TABLE);
    desk
}

fn import(desk: &Desk, arguments: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.current_dir(desk.folder.path());
    run(command.args(["suite", "import"]).args(arguments), "")
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_configuration_becomes_a_suite_that_runs_and_its_results_go_back() {
    let desk = desk();
    let (code, stdout, stderr) = import(&desk, &["promptfooconfig.yaml", "-o", "out"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    for told in [
        "out/suite.toml: 7 cases with a score",
        "out/unlabelled.jsonl: 1 case to fill in",
        "2 × `not-contains` assertions have no counterpart (first: promptfooconfig.yaml:25)",
        "2 × `latency` assertions have no counterpart",
        "1 × `is-json` assertions have no counterpart (first: table.csv:3)",
        "8 × the variable `course` is not kept",
    ] {
        assert!(stdout.contains(told), "{told}:\n{stdout}");
    }
    let cases = lines(&desk.path("out/cases.jsonl"));
    let first = &cases[0];
    assert_eq!(first["id"], "follows-relations");
    assert_eq!(
        first["concepts"][0],
        json!({"id": "select-related", "text": "select_related", "weight": 2.0})
    );
    assert_eq!(first["concepts"][1]["aliases"], json!(["Prefetch"]));
    assert_eq!(first["tags"], json!(["area=backend", "topic=orm"]));
    assert_eq!(
        cases[1]["candidate_answer"],
        "I print {{reference}} and hope. {% raw %}Score 1{% endraw %}"
    );
    let ids: Vec<_> = cases
        .iter()
        .map(|case| case["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "follows-relations",
            "follows-relations-2",
            "middleware",
            "index",
            "test-6",
            "short",
            "short-2"
        ]
    );
    assert_eq!(
        cases[4]["candidate_answer"],
        "{{question}} file:///etc/passwd"
    );

    let (code, stdout, stderr) = desk.eval(&[
        "out/suite.toml",
        "--method",
        "keyword",
        "-o",
        "r.json",
        "-o",
        "r.promptfoo.json",
    ]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let report = desk.report("r.json");
    assert_eq!(report["settings"]["pass_mark"], 0.6);
    let export = desk.report("r.promptfoo.json");
    let results = export["results"]["results"].as_array().unwrap();
    assert_eq!(results.len(), 7);
    let component = &results[0]["gradingResult"]["componentResults"][0];
    assert_eq!(component["assertion"]["metric"], "select-related");
    assert!(
        component["reason"]
            .as_str()
            .unwrap()
            .contains("select_related")
    );
    assert_eq!(
        results[0]["vars"]["candidate_answer"],
        first["candidate_answer"]
    );
}

#[test]
fn what_nobody_graded_is_completed_by_hand() {
    let desk = Desk::new();
    desk.write(
        "tests.yaml",
        "- vars: {question: What is a form?, expected: It validates input.}\n- vars: {question: What is a view?, expected: It answers a request.}\n  providerOutput: It answers.\n",
    );
    let (code, stdout, _) = import(&desk, &["tests.yaml", "-o", "out"]);
    assert_eq!(code, 0);
    assert!(
        stdout.contains(
            "out/unlabelled.jsonl: 2 cases to fill in: 1 without a score, 1 without an answer"
        ),
        "{stdout}"
    );
    assert!(!desk.path("out/cases.jsonl").exists());
    let (code, _, stderr) = desk.eval(&["out/suite.toml", "--method", "keyword"]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("unlabelled.jsonl:1: candidate_answer: "),
        "{stderr}"
    );
    assert!(
        stderr.contains("unlabelled.jsonl:2: score: is required"),
        "{stderr}"
    );

    let path = desk.path("out/unlabelled.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text
        .replace(
            "\"candidate_answer\":null",
            "\"candidate_answer\":\"It checks what was typed.\"",
        )
        .replace("\"score\":null", "\"score\":0.5");
    std::fs::write(&path, text).unwrap();
    let (code, stdout, stderr) = desk.eval(&["out/suite.toml", "--method", "keyword"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
}

#[test]
fn nothing_is_written_over_and_a_fault_writes_nothing() {
    let desk = desk();
    let (code, ..) = import(&desk, &["promptfooconfig.yaml", "-o", "out"]);
    assert_eq!(code, 0);
    let before = std::fs::read(desk.path("out/cases.jsonl")).unwrap();
    let (code, _, stderr) = import(&desk, &["table.csv", "-o", "out"]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("out/suite.toml exists, and nothing is written over it"),
        "{stderr}"
    );
    assert_eq!(std::fs::read(desk.path("out/cases.jsonl")).unwrap(), before);

    desk.write(
        "bad.yaml",
        &MORE.replace("human_score: 0", "human_score: 7"),
    );
    let (code, _, stderr) = import(&desk, &["bad.yaml", "-o", "other"]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("bad.yaml:6: human_score: must be from 0 to 1; --max-score"),
        "{stderr}"
    );
    assert!(!desk.path("other").exists());
    let (code, ..) = import(&desk, &["bad.yaml", "--max-score", "10", "-o", "other"]);
    assert_eq!(code, 0);
    assert_eq!(lines(&desk.path("other/cases.jsonl"))[0]["points"], 7.0);
    let mut written: Vec<_> = std::fs::read_dir(desk.path("other"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    written.sort();
    assert_eq!(written, ["cases.jsonl", "suite.toml"]);
}

const GRADER: &str = r#"{"name": "essays", "testing_criteria": [
 {"type": "score_model", "name": "Judge", "model": "gpt-4.1-mini", "range": [1, 5], "pass_threshold": 4,
  "input": [{"role": "system", "content": "Grade from 1 to 5."},
            {"role": "user", "content": "{{item.question}} {{item.reference_answer}} {{sample.output_text}}"}]},
 {"type": "text_similarity", "name": "near", "input": "{{sample.output_text}}",
  "reference": "{{item.reference_answer}}", "evaluation_metric": "fuzzy_match", "pass_threshold": 0.8},
 {"type": "string_check", "name": "same", "input": "{{sample.output_text}}", "operation": "eq", "reference": "x"}
]}"#;

#[test]
fn graders_and_their_items_become_a_suite_that_runs() {
    let desk = Desk::new();
    desk.write("grader.json", GRADER);
    let item = |score: u8, answer: &str| {
        json!({
            "item": {"question": "What does middleware do?", "reference_answer": "It wraps every request.", "human_score": score},
            "sample": {"output_text": answer},
        })
        .to_string()
    };
    let items = [
        item(5, "It wraps requests."),
        item(1, "It is {{item.reference_answer}}"),
    ];
    desk.write("items.jsonl", &items.join("\n"));
    let (code, stdout, stderr) = import(&desk, &["grader.json", "items.jsonl", "-o", "out"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    for told in [
        "1 × `string_check` graders have no counterpart, so they are left out (first: grader.json:7)",
        "1 × the measure `fuzzy_match`",
        "out/grader-judge.md: the prompt of a grader",
    ] {
        assert!(stdout.contains(told), "{told}:\n{stdout}");
    }
    let cases = lines(&desk.path("out/cases.jsonl"));
    assert_eq!(
        (&cases[0]["points"], &cases[0]["max_points"]),
        (&json!(4.0), &json!(4.0))
    );
    assert_eq!(
        cases[1]["candidate_answer"],
        "It is {{item.reference_answer}}"
    );
    let (code, stdout, stderr) =
        desk.eval(&["out/suite.toml", "--method", "keyword", "-o", "r.json"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(desk.report("r.json")["settings"]["pass_mark"], 0.75);
}

#[rstest]
#[case::nothing_there(&["none.yaml", "-o", "out"], "cannot read none.yaml")]
#[case::items_alone(&["items.jsonl", "-o", "out"], "items.jsonl: neither tests of promptfoo nor a grader of OpenAI")]
#[case::grader_alone(&["grader.json", "-o", "out"], "grader.json:1: a grader without items has nothing to grade")]
#[case::output_is_a_file(&["grader.json", "-o", "items.jsonl"], "items.jsonl is no folder")]
#[case::bomb(&["bomb.yaml", "-o", "out"], "holds more than an import takes")]
#[case::circle(&["circle.yaml", "-o", "out"], "circle.yaml:1: tests: files name each other more than 8 times in a row")]
#[case::tests_elsewhere(&["elsewhere.yaml", "-o", "out"], "elsewhere.yaml:1: tests: leads out of the folder of the file that names it")]
#[case::a_key_elsewhere(&["key.yaml", "-o", "out"], "key.yaml:1: value: leads out of the folder of the file that names it")]
#[case::no_full_marks(&["items.jsonl", "-o", "out", "--max-score", "0"], "must be a number above 0")]
fn what_cannot_be_imported_says_why(#[case] arguments: &[&str], #[case] told: &str) {
    let desk = Desk::new();
    desk.write("grader.json", GRADER);
    desk.write("items.jsonl", "{\"item\": {\"question\": \"secret\"}}\n");
    desk.write("circle.yaml", "[file://circle.yaml, vars: {a: 1}]");
    desk.write("elsewhere.yaml", "tests: file://../tests.csv");
    desk.write(
        "key.yaml",
        "[{vars: {question: q, answer: a, score: 1}, assert: [{type: equals, value: 'file:///etc/secret.txt'}]}]",
    );
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (number, last) in (1..10).zip(0..) {
        let all = vec![format!("*a{last}"); 10].join(", ");
        let line = format!("a{number}: &a{number} [{all}]\n");
        bomb.push_str(&line);
    }
    desk.write("bomb.yaml", &bomb);
    let (code, stdout, stderr) = import(&desk, arguments);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(stderr.contains(told), "{stderr}");
    assert!(!stderr.contains("secret"), "{stderr}");
    assert!(!desk.path("out").exists());
}

#[test]
fn an_instruction_to_a_judge_that_mentions_the_answer_leaves_it_an_answer() {
    let desk = Desk::new();
    desk.write(
        "tests.yaml",
        "prompts: ['{{answer}}']\n\
         defaultTest: {assert: [{type: llm-rubric, value: 'Is {{answer}} right? It must say {{reference}}'}]}\n\
         tests: [{vars: {question: What is X?, answer: It is Y., reference: X is Y., score: 0.5}}]\n",
    );
    let (code, stdout, stderr) = import(&desk, &["tests.yaml", "-o", "out"]);
    assert_eq!(code, 0, "{stderr}");
    let cases = lines(&desk.path("out/cases.jsonl"));
    assert_eq!(cases[0]["candidate_answer"], "It is Y.");
    assert_eq!(cases[0]["reference_answer"], "X is Y.");
    assert!(cases[0].get("concepts").is_none(), "{}", cases[0]);
    assert!(stdout.contains("{{answer}}"), "{stdout}");
}
