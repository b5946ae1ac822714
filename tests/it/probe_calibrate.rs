//! `probe` and `calibrate`, from the command line to what they change about a grade.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::program::{program, run};
use crate::support::scripted::ScriptedModel;

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/suites/django.toml");

#[test]
fn a_probe_says_which_changes_move_the_keyword_grader() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.current_dir(folder.path());
    command.args(["probe", SUITE, "--method", "keyword", "--limit", "40"]);
    command.args([
        "--only",
        "upper_case",
        "--only",
        "other_reference",
        "--only",
        "fake_verdict",
    ]);
    command.args(["-o", "p.json", "-o", "p.md"]);
    let (code, stdout, stderr) = run(&mut command, "");
    assert_eq!(code, 1, "{stdout}{stderr}");
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("p.json")).unwrap())
            .unwrap();
    assert_eq!(report["schema"], "answer-grader/probe-report/1");
    let rows = report["rows"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["perturbation"] == name).unwrap();
    // Case is nothing to the keyword grader, but one answer of the eight is near enough to another.
    assert!(
        row("upper_case")["absolute_shift"]["value"]
            .as_f64()
            .unwrap()
            < 0.01
    );
    assert!(
        row("other_reference")["attack"]["success"]["value"]
            .as_f64()
            .unwrap()
            > 0.1
    );
    assert!(row("fake_verdict")["n"].as_u64().unwrap() > 5);
    assert!(stdout.contains("other_reference makes"), "{stdout}");
    let markdown = std::fs::read_to_string(folder.path().join("p.md")).unwrap();
    assert!(
        markdown.contains("The reference of another question is the answer"),
        "{markdown}"
    );
}

#[test]
fn a_provider_that_fails_makes_a_probe_inconclusive() {
    let base_url = ScriptedModel::start().stop();
    let mut command = program();
    command
        .env("OPENAI_BASE_URL", base_url)
        .env("ANSWER_GRADER__LLM__RETRIES", "0");
    command.args([
        "probe", SUITE, "--method", "llm", "--limit", "5", "--only", "typos",
    ]);
    let (code, stdout, stderr) = run(&mut command, "");
    assert_eq!(code, 3, "{stdout}{stderr}");
}

#[test]
fn a_calibration_changes_scores_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.current_dir(folder.path());
    command.args([
        "calibrate",
        SUITE,
        "--method",
        "keyword",
        "--target-qwk",
        "0.7",
        "-o",
        "people.toml",
    ]);
    let (code, stdout, stderr) = run(&mut command, "");
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("RMSE") && stdout.contains("labels are a model's"),
        "{stdout}"
    );
    std::fs::write(
        folder.path().join("c.toml"),
        "[grading]\ncalibration = \"people.toml\"\n",
    )
    .unwrap();

    let grade = |more: &[&str]| {
        let mut command = program();
        command.current_dir(folder.path());
        command
            .args([
                "grade",
                "--question-id",
                "django/signals",
                "--format",
                "json",
            ])
            .args(more);
        command.args([
            "--answer-text",
            "A sender sends a signal and connected receivers run synchronously.",
        ]);
        let (code, stdout, stderr) = run(&mut command, "");
        assert_eq!(code, 0, "{stderr}");
        serde_json::from_str::<Value>(&stdout).unwrap()
    };
    let (raw, calibrated) = (grade(&[]), grade(&["--config", "c.toml"]));
    assert_eq!(calibrated["score_parts"]["calibrated_from"], raw["score"]);
    assert_ne!(calibrated["score"], raw["score"]);
    let identity = calibrated["provenance"]["calibration"].as_str().unwrap();
    assert!(identity.starts_with("people@"), "{identity}");

    let mut command = program();
    command.current_dir(folder.path());
    command.args([
        "eval", SUITE, "--method", "keyword", "--config", "c.toml", "-o", "r.json",
    ]);
    let (code, stdout, stderr) = run(&mut command, "");
    assert_eq!(code, 0, "{stdout}{stderr}");
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("r.json")).unwrap())
            .unwrap();
    assert_eq!(report["runs"][0]["calibration"], json!(identity));
}

#[test]
fn a_model_is_calibrated_together_with_the_grader_that_stands_in_for_it() {
    let model = ScriptedModel::start();
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command
        .current_dir(folder.path())
        .env("OPENAI_BASE_URL", &model.base_url);
    command.args(["calibrate", SUITE, "--method", "llm", "-o", "both.toml"]);
    let (code, stdout, stderr) = run(&mut command, "");
    assert_eq!(code, 0, "{stdout}{stderr}");
    let text = std::fs::read_to_string(folder.path().join("both.toml")).unwrap();
    assert!(
        text.contains("[llm]") && text.contains("[keyword]"),
        "{text}"
    );
}

#[rstest]
#[case("schema = \"answer-grader/calibration/9\"", "c.toml:1:")]
#[case("nonsense", "c.toml:1:")]
fn a_broken_calibration_is_refused_with_its_place(#[case] text: &str, #[case] place: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.toml"), text).unwrap();
    std::fs::write(
        folder.path().join("s.toml"),
        "[grading]\ncalibration = \"c.toml\"\n",
    )
    .unwrap();
    let mut command = program();
    command.current_dir(folder.path());
    command.args(["config", "check", "--config", "s.toml"]);
    let (code, _, stderr) = run(&mut command, "");
    assert_eq!(code, 2);
    assert!(stderr.contains(place), "{stderr}");
}
