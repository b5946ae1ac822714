//! What `eval` reads, and what it refuses before anything is asked.

use rstest::rstest;
use serde_json::json;

use crate::support::desk::Desk;

const GOOD: &str = r#"{"id": "a", "question": "q", "reference_answer": "An index speeds up lookups.", "candidate_answer": "lookups", "score": 1}"#;

#[rstest]
#[case("{\"id\": \"a\"", "c.jsonl:2: the line ends too soon for JSON")]
#[case(GOOD, "c.jsonl:2: id: is the id of c.jsonl:1, too")]
#[case(r#"{"id": "b", "question": "q", "reference_answer": "secret", "candidate_answer": "secret", "score": 2}"#, "c.jsonl:2: score: must be from 0 to 1")]
#[case(r#"{"id": "b", "question": "q", "reference_answer": "secret", "candidate_answer": "secret", "score": "secret"}"#, "c.jsonl:2: score: must be a number")]
#[case(
    r#"{"id": "b", "question": "q", "reference_answer": "secret", "candidate_answer": "secret"}"#,
    "c.jsonl:2: score: is required"
)]
#[case(
    r#"{"id": "b", "question": "q", "candidate_answer": "secret", "score": 1}"#,
    "c.jsonl:2: reference_answer: is required"
)]
#[case(
    r#"{"id": "b", "question_id": "django/none", "candidate_answer": "secret", "score": 1}"#,
    "c.jsonl:2: question_id: no loaded bank has this question"
)]
#[case(r#"{"id": "b", "question_id": "django/orm", "candidate_answer": "secret", "score": 1, "missing_concepts": ["nothing"]}"#, "c.jsonl:2: missing_concepts.0: is no concept of the question; known are ")]
#[case(r#"{"id": "b", "question": "q", "reference_answer": "secret", "candidate_answer": "secret", "score": 1, "scroe": 1}"#, "c.jsonl:2: scroe: is not a field here")]
fn a_wrong_case_stops_the_run_with_file_line_and_field(#[case] line: &str, #[case] message: &str) {
    let desk = Desk::new();
    desk.write("c.jsonl", &format!("{GOOD}\n{line}\n"));
    let (code, stdout, stderr) = desk.eval(&["c.jsonl"]);
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
    assert!(!stderr.contains("secret"), "{stderr}");
}

/// A model would be measured by what its prompt tells it.
#[test]
fn a_case_that_is_an_example_of_its_bank_is_refused() {
    let desk = Desk::new();
    let bank = "id = 'mine'\ntitle = 'Mine'\n[[questions]]\nid = 'index'\nquestion = 'Why?'\n\
                reference_answer = 'It speeds up lookups.'\n[[questions.examples]]\n\
                candidate_answer = 'It is  fast.'\nscore = 0.5\n";
    desk.write("mine.toml", bank);
    desk.write("settings.toml", "[banks]\nfiles = ['mine.toml']\n");
    desk.write(
        "c.jsonl",
        r#"{"id": "b", "question_id": "mine/index", "candidate_answer": "It is fast. ", "score": 1}"#,
    );
    let (code, _, stderr) = desk.eval(&["c.jsonl", "--config", "settings.toml"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("c.jsonl:1: candidate_answer: is a graded example"),
        "{stderr}"
    );
}

#[rstest]
#[case(&["nothing.jsonl"], "cannot read nothing.jsonl")]
#[case(&["empty.jsonl"], "there are no cases")]
#[case(&["good.txt"], "cases end in .jsonl or .csv")]
#[case(&["good.jsonl", "-o", "report.pdf"], ".html")]
#[case(&["good.jsonl", "-o", "nowhere/report.md"], "there is no such folder")]
#[case(&["good.jsonl", "--baseline", "b.json"], "--write-baseline makes it")]
#[case(&["good.jsonl", "--method", "llm"], "no language model is configured")]
#[case(&["good.jsonl", "--method", "keyword", "--prompt", "p"], "asks no model")]
#[case(&["good.jsonl", "--filter-tag", "none"], "there are no cases")]
#[case(&["good.jsonl", "--replay", "empty.jsonl", "--prompt", "broken"], "broken")]
#[case(&["good.jsonl", "--resume", "good.jsonl"], "good.jsonl")]
#[case(&["good.jsonl", "-j", "0"], "1..=1024")]
fn wrong_usage_is_exit_code_two_before_anything_is_asked(
    #[case] arguments: &[&str],
    #[case] message: &str,
) {
    let desk = Desk::new();
    desk.write("good.jsonl", GOOD);
    desk.write("good.txt", GOOD);
    desk.write("empty.jsonl", "\n");
    std::fs::create_dir(desk.path("broken")).unwrap();
    desk.write(
        "broken/prompt.toml",
        "id = \"broken\"\npurpose = \"none\"\n",
    );
    desk.write("broken/system.md", "{{ nobody.knows }}");
    desk.write("broken/user.md", "{{ answer }}");
    let (code, _, stderr) = desk.eval(arguments);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn a_table_is_read_as_lines_of_json_are() {
    let desk = Desk::new();
    desk.write("c.csv", "id,question,reference_answer,candidate_answer,points,max_points,tags\n\
        a,q,\"An index speeds up lookups, and slows writes.\",It speeds up lookups,5,10,half;short\n\
        b,q,\"An index speeds up lookups, and slows writes.\",,0,10,empty\n");
    let (code, stdout, stderr) = desk.eval(&["c.csv", "-o", "r.json"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let report = desk.report("r.json");
    let case = &report["runs"][0]["cases"][0];
    assert_eq!(
        (&case["human_score"], &case["tags"]),
        (&json!(0.5), &json!(["half", "short"]))
    );
    assert_eq!(report["settings"]["questions"], 1);
}
