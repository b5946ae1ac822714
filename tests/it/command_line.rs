//! The program as a user calls it.

use rstest::rstest;
use serde_json::Value;

use crate::support::program::{program, run};

const NOTES: &str = "# SQL notes\n\n## 1. What does an index do?\n- It speeds up lookups.\n\n```sql\nCREATE INDEX i ON t (a);\n```\n\n\
    ## 2. What is a join?\nIt combines rows of two tables.\n";

#[test]
fn an_answer_from_standard_input_is_graded_as_json() {
    let mut command = program();
    command.args([
        "grade",
        "--question-id",
        "django/orm-performance",
        "--answer",
        "-",
    ]);
    let (code, stdout, _) = run(
        &mut command,
        "I use select_related() so that the foreign key comes in the same query by a JOIN.",
    );
    assert_eq!(code, 0);
    let grade: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (&grade["method"], &grade["degraded"]["reason"]),
        (&"keyword".into(), &"not_configured".into())
    );
    assert_eq!(grade["concepts"][0]["verdict"], "covered");
}

#[test]
fn a_person_reads_the_score_the_evidence_and_what_is_missing() {
    let mut command = program();
    command.args([
        "grade",
        "--question",
        "What does an index do?",
        "--format",
        "text",
        "--max-points",
        "10",
    ]);
    command.args(["--reference", "It speeds up lookups. Writes become slower."]);
    command.args(["--answer-text", "An index speeds up lookups."]);
    let (code, stdout, _) = run(&mut command, "");
    assert_eq!(code, 0);
    for expected in [
        "Score 0.",
        "of 10 points",
        "no language model is configured",
        "Covered\n",
        "\"speeds up lookups\"",
        "Missing\n",
        "Writes become slower",
    ] {
        assert!(stdout.contains(expected), "{expected} is not in:\n{stdout}");
    }
}

#[rstest]
#[case::no_answer_file(&["grade", "--question-id", "django/orm", "--answer", "nowhere.txt"], 2, "nowhere.txt")]
#[case::unknown_question(&["grade", "--question-id", "django/none", "--answer-text", "x"], 2, "no loaded bank")]
#[case::nothing_to_grade(&["grade"], 2, "--answer")]
#[case::both_questions(&["grade", "--question-id", "django/orm", "--question", "x", "--answer-text", "x"], 2, "cannot be used with")]
#[case::bad_points(&["grade", "--question-id", "django/orm", "--answer-text", "x", "--max-points", "0"], 2, "/max_points")]
#[case::no_model(&["grade", "--question-id", "django/orm", "--answer-text", "x", "--method", "llm"], 2, "OPENAI_API_KEY")]
#[case::bad_config(&["config", "check", "--config", "nowhere.toml"], 2, "nowhere.toml")]
#[case::bad_bank(&["bank", "check", "nowhere.toml"], 2, "nowhere.toml")]
fn a_mistake_is_named_and_ends_with_its_exit_code(
    #[case] arguments: &[&str],
    #[case] expected: i32,
    #[case] named: &str,
) {
    let (code, stdout, stderr) = run(program().args(arguments), "");
    assert_eq!((code, stdout.as_str()), (expected, ""), "{stderr}");
    assert!(stderr.contains(named), "{stderr}");
}

#[test]
fn a_model_that_was_demanded_and_failed_is_exit_code_three() {
    let mut command = program();
    command
        .env("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        .env("ANSWER_GRADER__LLM__RETRIES", "0");
    command.args([
        "grade",
        "--question-id",
        "django/orm",
        "--answer-text",
        "It maps classes.",
        "--method",
        "llm",
    ]);
    let (code, stdout, stderr) = run(&mut command, "");
    assert_eq!((code, stdout.as_str()), (3, ""), "{stderr}");
}

#[test]
fn the_settings_are_checked_and_printed() {
    let (code, stdout, _) = run(program().args(["config", "check"]), "");
    assert!(
        code == 0 && stdout.contains("graded offline") && stdout.contains("django: 32 questions"),
        "{stdout}"
    );
    let (_, printed, _) = run(program().args(["config", "check", "--print"]), "");
    assert_eq!(
        printed.trim_end(),
        include_str!("../../config.toml").trim_end()
    );
    let mut typo = program();
    let (code, _, stderr) = run(
        typo.args(["config", "check"])
            .env("ANSWER_GRADER__SERVER__LISTN", "x"),
        "",
    );
    assert!(code == 2 && stderr.contains("listn"), "{stderr}");
}

#[test]
fn notes_become_a_bank_that_passes_its_check() {
    let folder = tempfile::tempdir().unwrap();
    let (notes, bank) = (
        folder.path().join("notes.md"),
        folder.path().join("sql.toml"),
    );
    std::fs::write(&notes, NOTES).unwrap();
    let import = |more: &[&str]| {
        let mut command = program();
        command
            .args(["bank", "import"])
            .arg(&notes)
            .arg("-o")
            .arg(&bank)
            .args(more);
        run(&mut command, "")
    };
    let (code, stdout, stderr) = import(&[]);
    assert!(
        code == 0 && stdout.contains("2 questions"),
        "{stdout}{stderr}"
    );
    let text = std::fs::read_to_string(&bank).unwrap();
    assert!(
        text.contains("id = \"sql\"") && text.contains("CREATE INDEX i ON t (a);"),
        "{text}"
    );
    assert_eq!(import(&[]).0, 2, "an existing file is not written over");
    assert_eq!(import(&["--force"]).0, 0);

    let (code, stdout, stderr) = run(program().args(["bank", "check"]).arg(&bank), "");
    assert!(
        code == 0 && stdout.contains("in order, 2 questions"),
        "{stdout}{stderr}"
    );
    std::fs::write(&bank, text.replacen("reference_answer", "reference", 1)).unwrap();
    let (code, _, stderr) = run(program().args(["bank", "check"]).arg(&bank), "");
    assert!(code == 2 && stderr.contains("sql.toml:"), "{stderr}");
}

#[test]
fn help_names_what_the_program_can_do() {
    let (_, stdout, _) = run(program().arg("--help"), "");
    for expected in [
        "serve",
        "grade",
        "bank",
        "config",
        "OPENAI_API_KEY",
        "Exit codes",
    ] {
        assert!(stdout.contains(expected), "{expected}");
    }
}

#[test]
fn a_person_reads_how_the_score_came_about() {
    let mut command = program();
    command.args(["grade", "--question", "Does string conduct?"]);
    command.args(["--reference", "No, string is an insulator."]);
    command.args(["--answer-text", "Yes, string is an insulator."]);
    command.args(["--format", "text", "--explain"]);
    let (code, stdout, stderr) = run(&mut command, "");
    assert_eq!(code, 0, "{stderr}");
    for line in [
        "How the score came about",
        "held by other_choice",
        "insulator",
    ] {
        assert!(stdout.contains(line), "{line} is not in {stdout}");
    }
}
