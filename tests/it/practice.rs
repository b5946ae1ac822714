//! `practice`: a mock interview in the terminal.

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::{program, run};

/// The program with a home folder of its own.
fn practice(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = program();
    for name in ["HOME", "XDG_STATE_HOME"] {
        command.env(name, home.path());
    }
    command
        .current_dir(home.path())
        .arg("practice")
        .args(arguments);
    command
}

const ANSWER: &str = "I would use select_related() to join foreign keys in one query.\n\
                      I would add indexes to the filtered columns.\n\n";

#[test]
fn an_interview_is_held_and_what_was_missed_comes_back() {
    let home = TempDir::new().unwrap();
    let chosen = [
        "django",
        "--topic",
        "orm",
        "--level",
        "intermediate",
        "-n",
        "2",
    ];
    let report = ["-o", "report.json", "-o", "report.md"];
    let mut first = practice(&home, &[&chosen[..], &report[..]].concat());
    // An answer, one to the follow-up, and a question that is skipped.
    let typed = format!("{ANSWER}N+1 means one query per row in a loop.\n\n\n");
    let (code, told, stderr) = run(&mut first, &typed);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        told.contains("Mentions ") && told.contains("local model judges better"),
        "{told}"
    );
    assert!(
        !told.contains(" %"),
        "keywords find ideas, and no percentage: {told}"
    );
    assert_eq!(
        told.matches("the question below is about this one").count(),
        1,
        "{told}"
    );
    assert!(told.contains("https://docs.djangoproject.com/") && told.contains("A model answer"));

    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("report.json")).unwrap();
    assert_eq!(
        (&json["summary"]["questions"], &json["summary"]["answered"]),
        (&2.into(), &1.into())
    );
    assert!(
        json["answers"][0]["answer"]
            .as_str()
            .unwrap()
            .contains("select_related")
    );
    assert_eq!(
        json["answers"][0]["follow_up"]["answer"],
        "N+1 means one query per row in a loop."
    );
    assert!(json["answers"][1]["answer"].is_null());
    let markdown = read("report.md");
    assert!(
        markdown.contains("> I would use select_related()") && markdown.contains("## Gaps"),
        "{markdown}"
    );

    // What is remembered are ids alone.
    let kept = read("answer-grader/practice.json");
    let id = json["answers"][0]["question_id"]
        .as_str()
        .unwrap()
        .split('/')
        .nth(1)
        .unwrap();
    assert!(kept.contains(id) && !kept.contains("join"), "{kept}");
    let (_, told, _) = run(&mut practice(&home, &["-n", "1"]), "");
    assert!(
        told.contains(json["answers"][0]["question"].as_str().unwrap()),
        "{told}"
    );
    assert_eq!(run(&mut practice(&home, &["--forget"]), "").0, 0);
    assert!(!home.path().join("answer-grader/practice.json").exists());
}

#[test]
fn what_cannot_be_practised_says_what_can() {
    let home = TempDir::new().unwrap();
    for (arguments, told) in [
        (&["flask"][..], "there is django"),
        (&["--topic", "cooking"][..], "its topics: orm"),
        (&["nothing.toml"][..], "cannot read nothing.toml"),
        (&["-o", "report.pdf"][..], "must be .md or .json"),
        (
            &["-o", "no/such/report.md"][..],
            "cannot write no/such/report.md",
        ),
        (&["-n", "0"][..], "1.."),
    ] {
        let (code, _, stderr) = run(&mut practice(&home, arguments), "");
        assert!(
            code == 2 && stderr.contains(told),
            "{arguments:?}: {code} {stderr}"
        );
    }
}

#[test]
fn an_answer_that_cannot_be_graded_is_kept_in_the_report() {
    let home = TempDir::new().unwrap();
    let mut command = practice(&home, &["-n", "1", "-o", "report.md"]);
    command
        .env("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        .env("ANSWER_GRADER__GRADING__FALLBACK", "error")
        .env("ANSWER_GRADER__LLM__RETRIES", "0");
    let (code, _, stderr) = run(&mut command, "My long answer.\n\n");
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("error:"), "{stderr}");
    let report = std::fs::read_to_string(home.path().join("report.md")).unwrap();
    assert!(
        report.contains("Not graded.\n\n> My long answer."),
        "{report}"
    );
}

#[test]
fn what_is_remembered_survives_what_says_nothing_and_can_always_be_forgotten() {
    let home = TempDir::new().unwrap();
    let kept = home.path().join("answer-grader/practice.json");
    std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
    let before = "{\"banks\":{\"django\":[[\"deployment\",[\"debug-off\"]]]}}";
    std::fs::write(&kept, before).unwrap();
    // It has no score offline, since it is in another language.
    let german = "Man schaltet zuerst den Fehlermodus aus und prüft danach alle Einstellungen des Servers.\n\n";
    let (code, told, stderr) = run(&mut practice(&home, &["-n", "1"]), german);
    assert!(
        code == 0 && told.contains("could not be graded"),
        "{told} {stderr}"
    );
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), before);

    std::fs::write(&kept, "").unwrap();
    let (code, _, stderr) = run(&mut practice(&home, &["-n", "1"]), "");
    assert!(code == 2 && stderr.contains("--forget"), "{stderr}");
    assert_eq!(run(&mut practice(&home, &["--forget"]), "").0, 0);
    assert_eq!(run(&mut practice(&home, &["-n", "1"]), "").0, 0);
}
