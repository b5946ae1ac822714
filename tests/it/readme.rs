//! What the README shows is what happens. Its Rust example runs as a documentation test.

use serde_json::Value;

use crate::support::program::{program, run};
use crate::support::service::{offline, post};

const README: &str = include_str!("../../README.md");

/// The first code block after `heading` that opens with `fence`.
fn block_after<'a>(heading: &str, fence: &str) -> &'a str {
    let after = &README[README.find(heading).unwrap()..];
    let start = after.find(fence).unwrap() + fence.len();
    let end = start + after[start..].find("\n```").unwrap();
    &after[start..end]
}

/// Checks that everything `shown` has stands in `actual` too; lists may be shortened.
fn assert_part_of(shown: &Value, actual: &Value, place: &str) {
    match (shown, actual) {
        (Value::Object(shown), Value::Object(actual)) => {
            for (key, value) in shown {
                let found = actual
                    .get(key)
                    .unwrap_or_else(|| panic!("{place} has no {key}"));
                assert_part_of(value, found, &format!("{place}/{key}"));
            }
        }
        (Value::Array(shown), Value::Array(actual)) => {
            for value in shown {
                let same = actual.iter().find(|other| other["id"] == value["id"]);
                assert_part_of(
                    value,
                    same.unwrap_or_else(|| panic!("{place} lacks {}", value["id"])),
                    place,
                );
            }
        }
        (shown, actual) => assert_eq!(shown, actual, "{place}"),
    }
}

#[tokio::test]
async fn the_first_request_has_the_answer_that_is_shown() {
    let command = block_after("**Grade an answer**", "```sh\n");
    let body = command.split_once("-d '").unwrap().1.trim_end_matches('\'');
    let shown: Value = serde_json::from_str(block_after("What comes back", "```json\n")).unwrap();
    let response = post(&offline(), "/v1/grade", body).await;
    assert_eq!(response.status, 200, "{}", response.text);
    assert_part_of(&shown, &response.json(), "");
}

#[test]
fn every_folder_is_in_the_layout() {
    let layout = block_after("## Layout", "```text\n");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let room = format!("src/{}", path.file_name().unwrap().to_string_lossy());
            assert!(
                layout.contains(&room),
                "{room} is not in the README's layout"
            );
        }
    }
}

/// The README's section on evaluating.
fn evaluating() -> &'static str {
    let start = README.find("## Evaluate graders and prompts").unwrap();
    let section = &README[start..];
    &section[..section.find("## Embed it").unwrap()]
}

#[test]
fn every_option_that_is_shown_exists() {
    let help = |command: &str| run(program().args([command, "--help"]), "").1;
    let known = ["eval", "probe", "calibrate"].map(help).join("\n");
    let words = evaluating().split(|c: char| c.is_whitespace() || "`,;:".contains(c));
    let options =
        words.filter(|word| word.starts_with("--") && *word != "--locked" && *word != "--path");
    let mut shown = 0;
    for option in options {
        assert!(known.contains(option), "{option} is in no --help");
        shown += 1;
    }
    assert!(shown > 10, "{shown}");
}

#[test]
fn the_case_that_is_shown_is_one() {
    let case = block_after("Cases are lines of JSON", "```json\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.jsonl");
    std::fs::write(&path, case).unwrap();
    let (code, stdout, stderr) = run(program().arg("eval").arg(&path), "");
    assert_eq!(code, 0, "{stdout}{stderr}");
}

#[test]
fn the_settings_that_are_shown_configure_the_model_that_they_name() {
    let settings = block_after("## With a language model", "```toml\n");
    let file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    std::fs::write(file.path(), settings).unwrap();
    let check = |key: &str| {
        let mut command = program();
        command.env_remove("ANTHROPIC_API_KEY");
        if !key.is_empty() {
            command.env("ANTHROPIC_API_KEY", key);
        }
        command.args(["config", "check", "--config"]);
        let (code, out, err) = run(command.arg(file.path()), "");
        assert_eq!(code, 0, "{err}");
        out
    };
    assert!(check("k").contains("claude-sonnet-4-5 at https://api.anthropic.com/v1, with a key"));
    assert!(check("").contains("Set ANTHROPIC_API_KEY to configure claude-sonnet-4-5."));
}
