//! Evaluations, from the command line to the exit code and the report.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::program::program;
use crate::support::scripted::ScriptedModel;

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/suites/django.toml");
const PROMPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/grade");
const WORSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/prompts/grade-worse");

fn value(report: &Value, metric: &str) -> f64 {
    report["runs"][0]["metrics"][metric]["value"]
        .as_f64()
        .unwrap()
}

#[test]
fn the_keyword_grader_passes_the_suite_and_every_format_is_written() {
    let desk = Desk::new();
    let (code, stdout, stderr) = desk.eval(&[
        SUITE, "--method", "keyword", "-o", "r.json", "-o", "r.jsonl", "-o", "r.csv", "-o", "r.md",
        "-o", "r.xml", "-o", "r.html",
    ]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let report = desk.report("r.json");
    assert_eq!(report["schema"], "answer-grader/eval-report/1");
    assert_eq!(report["label_sources"], json!({"model": 120}));
    assert_eq!(report["gate"]["conclusion"], "pass");
    let metrics = &report["runs"][0]["metrics"];
    assert_eq!(
        (&metrics["n"], &metrics["graded"]),
        (&json!(120), &json!(118))
    );
    assert_eq!(metrics["ungraded"], json!({"different_language": 2}));
    assert!(value(&report, "concept_f1") > 0.7);
    let low = metrics["pearson_r"]["ci95"][0].as_f64().unwrap();
    assert!(low < value(&report, "pearson_r"));
    for name in ["r.jsonl", "r.csv", "r.md", "r.xml", "r.html"] {
        assert!(
            std::fs::metadata(desk.path(name)).unwrap().len() > 1000,
            "{name}"
        );
    }
    assert!(stdout.contains("no agreement with people"), "{stdout}");
}

#[test]
fn a_worse_prompt_fails_and_the_same_prompt_passes_without_asking_again() {
    let model = ScriptedModel::start();
    let desk = Desk::with_model(&model.base_url);
    let baseline = ["--baseline", "baseline.json"];
    let good = [SUITE, "--prompt", PROMPT];
    let (code, stdout, stderr) = desk.eval(
        &[
            &good[..],
            &["--record", "good.jsonl"],
            &baseline,
            &["--write-baseline"],
        ]
        .concat(),
    );
    assert_eq!(code, 0, "{stdout}{stderr}");
    let (code, ..) = desk.eval(&[SUITE, "--prompt", WORSE, "--record", "worse.jsonl"]);
    assert_eq!(code, 1);
    let asked = model.asked();
    assert!(asked > 200, "{asked}");
    model.stop();

    // From here on there is neither model nor key.
    let desk = Desk {
        environment: Vec::new(),
        ..desk
    };
    let again = [&good[..], &["--replay", "good.jsonl"], &baseline].concat();
    let (code, stdout, stderr) = desk.eval(&again);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("no worse"), "{stdout}");

    let worse = [
        SUITE,
        "--prompt",
        WORSE,
        "--replay",
        "worse.jsonl",
        "-o",
        "r.json",
        "-o",
        "r.md",
    ];
    let (code, stdout, stderr) = desk.eval(&[&worse[..], &baseline].concat());
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(
        stdout.contains("pearson_r") && stdout.contains("worse than the baseline"),
        "{stdout}"
    );
    let report = desk.report("r.json");
    let comparison = &report["runs"][0]["comparison"];
    assert_eq!(
        (&comparison["outcome"], &comparison["primary"]),
        (&json!("worse"), &json!("pearson_r"))
    );
    assert!(!comparison["flips"].as_array().unwrap().is_empty());
    let markdown = std::fs::read_to_string(desk.path("r.md")).unwrap();
    assert!(markdown.contains("worse"), "{markdown}");
    let (code, ..) = desk.eval(&[&worse[..], &baseline, &["--exit-code-on-fail", "100"]].concat());
    assert_eq!(code, 100);
}

#[test]
fn a_dead_provider_is_inconclusive_and_never_a_score() {
    let base_url = ScriptedModel::start().stop();
    let desk = Desk::with_model(&base_url);
    let (code, stdout, _) = desk.eval(&[SUITE, "--method", "llm", "--limit", "20", "-o", "r.json"]);
    assert_eq!(code, 3, "{stdout}");
    let report = desk.report("r.json");
    assert_eq!(report["gate"]["conclusion"], "inconclusive");
    assert_eq!(
        report["runs"][0]["metrics"]["pearson_r"]["value"],
        Value::Null
    );
    let cases = report["runs"][0]["cases"].as_array().unwrap();
    let asked = cases.iter().filter(|case| case["method"] == Value::Null);
    assert!(asked.clone().count() > 10);
    assert!(
        asked
            .clone()
            .all(|case| case["score"] == Value::Null && case["ungraded"] == "network")
    );
}

#[test]
fn what_a_recording_lacks_is_ungraded_and_can_be_added() {
    let model = ScriptedModel::start();
    let desk = Desk::with_model(&model.base_url);
    let few = [SUITE, "--prompt", PROMPT, "--limit", "10"];
    desk.eval(&[&few[..], &["--record", "r.jsonl"]].concat());
    let first = model.asked();
    let more = [
        SUITE, "--prompt", PROMPT, "--limit", "30", "--replay", "r.jsonl",
    ];
    let (code, _, stderr) = desk.eval(&[&more[..], &["-o", "r.json"]].concat());
    assert_eq!(code, 3);
    assert!(stderr.contains("--record-missing"), "{stderr}");
    let lacking = desk.report("r.json")["runs"][0]["metrics"]["ungraded"]["not_recorded"].clone();
    assert_eq!(model.asked(), first);
    let filled = desk.eval(&[&more[..], &["--record-missing"]].concat());
    assert_eq!(
        json!(model.asked() - first),
        lacking,
        "{}{}",
        filled.1,
        filled.2
    );
    let (_, _, stderr) = desk.eval(&more);
    assert!(!stderr.contains("--record-missing"), "{stderr}");
}

#[test]
fn a_dry_run_counts_and_prices_and_sends_nothing() {
    let model = ScriptedModel::start();
    let desk = Desk::with_model(&model.base_url);
    let settings = "[[llm.models]]\nname = \"m\"\nprovider = \"openai\"\nbase_url = \"http://127.0.0.1:1/v1\"\nprices = { input = 1.0, output = 2.0 }\n[llm]\nmodel = \"m\"\n";
    desk.write("config.toml", settings);
    let run = [
        SUITE,
        "--method",
        "llm",
        "--config",
        "config.toml",
        "--record",
        "r.jsonl",
    ];
    let (code, stdout, stderr) = desk.eval(&[&run[..], &["--dry-run"]].concat());
    assert_eq!(code, 0, "{stderr}");
    for expected in ["120 answers", " calls\n", "input tokens", "at most $"] {
        assert!(stdout.contains(expected), "{expected} is not in:\n{stdout}");
    }
    assert!(!desk.path("r.jsonl").exists());
    assert_eq!(model.asked(), 0);
}

#[test]
fn a_run_stops_before_the_budget_is_passed_and_is_resumed() {
    let model = ScriptedModel::start();
    let desk = Desk::new();
    let settings = format!(
        "[[llm.models]]\nname = \"m\"\nprovider = \"openai\"\nbase_url = \"{}\"\nprices = {{ input = 1000.0, output = 1000.0 }}\n[llm]\nmodel = \"m\"\n",
        model.base_url
    );
    desk.write("config.toml", &settings);
    let run = [SUITE, "--method", "llm", "--config", "config.toml"];
    let (code, stdout, stderr) =
        desk.eval(&[&run[..], &["--max-cost", "20", "-o", "part.json"]].concat());
    assert_eq!(code, 4, "{stdout}{stderr}");
    let part = desk.report("part.json");
    assert_eq!(part["stopped"], "budget");
    let cost = part["runs"][0]["metrics"]["usage"]["cost_usd"]
        .as_f64()
        .unwrap();
    assert!(cost > 10.0 && cost <= 20.0, "{cost}");
    let asked = model.asked();
    let (code, stdout, stderr) =
        desk.eval(&[&run[..], &["--resume", "part.json", "-o", "whole.json"]].concat());
    assert!(code < 2, "{stdout}{stderr}");
    let whole = desk.report("whole.json");
    let metrics = &whole["runs"][0]["metrics"];
    assert!(metrics["graded"].as_u64().unwrap() > 110, "{metrics}");
    let by_model = whole["runs"][0]["cases"].as_array().unwrap().iter();
    let by_model = by_model
        .filter(|case| case["snapshot"] != Value::Null)
        .count();
    assert_eq!(model.asked(), by_model, "asked {asked} times before");
}

/// Somebody presses Ctrl-C in the middle of a run: what is done is written, and can be resumed.
#[cfg(unix)]
#[test]
fn an_interrupted_run_writes_what_is_done_and_is_resumed() {
    let model = ScriptedModel::slow(std::time::Duration::from_millis(100));
    let desk = Desk::with_model(&model.base_url);
    let mut command = program();
    command.current_dir(desk.folder.path());
    command.envs(
        desk.environment
            .iter()
            .map(|(name, value)| (name, value.as_str())),
    );
    command.args([
        "eval",
        SUITE,
        "--method",
        "llm",
        "-j",
        "2",
        "-o",
        "part.json",
    ]);
    let mut child = command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while model.asked() < 6 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let kill = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(3));
    let part = desk.report("part.json");
    assert_eq!(part["stopped"], "interrupted");
    let graded = part["runs"][0]["metrics"]["graded"].as_u64().unwrap();
    assert!((6..60).contains(&graded), "{graded}");
    assert!(
        part["runs"][0]["metrics"]["ungraded"]["not_run"]
            .as_u64()
            .unwrap()
            > 50
    );
    // Nothing that was asked for was thrown away.
    assert_eq!(graded, model.asked() as u64);
    let asked = model.asked();
    desk.eval(&[
        SUITE,
        "--method",
        "llm",
        "-j",
        "32",
        "--resume",
        "part.json",
        "-o",
        "whole.json",
    ]);
    assert_eq!(desk.report("whole.json")["runs"][0]["metrics"]["n"], 120);
    assert_eq!(model.asked() - asked, 120 - asked);
}

#[test]
fn prompts_make_rows_and_repeats_show_the_spread() {
    let model = ScriptedModel::start();
    let desk = Desk::with_model(&model.base_url);
    let (_, stdout, stderr) = desk.eval(&[
        SUITE, "--prompt", PROMPT, "--prompt", WORSE, "--repeat", "2", "--limit", "12", "-o",
        "r.json",
    ]);
    let report = desk.report("r.json");
    assert_eq!(
        report["runs"].as_array().unwrap().len(),
        2,
        "{stdout}{stderr}"
    );
    let metrics = &report["runs"][0]["metrics"];
    assert_eq!(metrics["n"], 24);
    assert_eq!(metrics["spread"]["max_range"], 0.0);
}

#[test]
fn only_what_failed_is_run_again() {
    let desk = Desk::new();
    desk.eval(&[SUITE, "--method", "keyword", "-o", "r.json"]);
    let (_, stdout, stderr) = desk.eval(&[
        SUITE,
        "--method",
        "keyword",
        "--filter-failing",
        "r.json",
        "-o",
        "failing.json",
    ]);
    let failing = desk.report("failing.json")["runs"][0]["metrics"]["n"]
        .as_u64()
        .unwrap();
    assert!((10..90).contains(&failing), "{failing}: {stdout}{stderr}");
}

#[test]
fn the_halves_of_the_questions_part_the_cases() {
    let desk = Desk::new();
    let n = |half: &str| {
        desk.eval(&[
            SUITE, "--method", "keyword", "--split", half, "-o", "r.json",
        ]);
        desk.report("r.json")["runs"][0]["metrics"]["n"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(n("dev") + n("holdout"), 120);
}
