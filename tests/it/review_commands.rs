//! What the program makes of kept grades and their reviews: cases, agreement, replays, audits.

use axum::http::StatusCode;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::records::{both, delete, graded, show, with};
use crate::reviews::review;
use crate::support::databases::{Database, Place};
use crate::support::program::{program, run};
use crate::support::service::get;

/// The way of somebody whose corrections become tests.
#[apply(both)]
async fn corrections_become_cases_that_eval_takes(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let answers = [
        "A signal lets a sender notify receivers that something happened.",
        "Signals are for asynchronous work.",
        "The answer that is erased, says Zaphod.",
    ];
    let mut ids = Vec::new();
    for answer in answers {
        ids.push(graded(&router, "ana", json!({"candidate_answer": answer})).await);
    }
    let concepts = show(&router, &ids[1]).await["grade"]["concepts"].clone();
    let first = concepts[0]["id"].as_str().unwrap();
    for (id, score) in ids.iter().zip([0.9, 0.1, 0.5]) {
        let verdicts = if *id == ids[1] {
            json!({first: "missing"})
        } else {
            json!({})
        };
        let body = json!({"reviewer": "kim", "score": score, "verdicts": verdicts});
        assert_eq!(review(&router, id, body).await.status, StatusCode::CREATED);
    }
    review(&router, &ids[0], json!({"reviewer": "lee", "score": 0.8})).await;
    delete(&router, &format!("/v1/grades/{}", ids[2])).await;

    let run_with = |arguments: &[&str]| {
        let mut command = program();
        command.args(arguments).envs(place.environment.clone());
        let (code, stdout, stderr) = run(&mut command, "");
        assert_eq!(code, 0, "{stderr}");
        (stdout, stderr)
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.jsonl");
    let file = file.to_str().unwrap();
    let (_, said) = run_with(&["review", "export", "-o", file]);
    assert!(
        said.contains("2 cases; 1 reviewed grades left out"),
        "{said}"
    );
    let text = std::fs::read_to_string(file).unwrap();
    let cases: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&cases[0]["score"], &cases[0]["scores"]),
        (&json!(0.8), &json!([0.9, 0.8]))
    );
    assert_eq!(cases[0].get("missing_concepts"), None);
    assert!(
        cases[1]["missing_concepts"]
            .as_array()
            .unwrap()
            .contains(&json!(first))
    );
    assert!(!text.contains("Zaphod"));
    // As many as there are, each with the score that a person gave.
    let report = folder.path().join("report.json");
    run_with(&[
        "eval",
        file,
        "--method",
        "keyword",
        "-o",
        report.to_str().unwrap(),
    ]);
    let report = std::fs::read_to_string(report).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let results = report["runs"][0]["cases"].as_array().unwrap();
    let scores: Vec<_> = results
        .iter()
        .map(|case| case["human_score"].as_f64().unwrap())
        .collect();
    assert_eq!(scores, [0.8, 0.1]);

    let (table, _) = run_with(&["review", "agreement"]);
    assert!(table.contains("django") && table.contains("MAE"), "{table}");
    let (rows, _) = run_with(&["review", "agreement", "--json"]);
    let rows: Value = serde_json::from_str(&rows).unwrap();
    assert_eq!(
        (&rows[0]["bank"], &rows[0]["metrics"]["graded"]),
        (&json!("django"), &json!(3))
    );

    let (same, _) = run_with(&["replay", &ids[0]]);
    assert!(
        same.starts_with("Score on record ") && !same.contains("Not as it was"),
        "{same}"
    );
    let (both, _) = run_with(&["replay", &ids[0], "--json"]);
    let both: Value = serde_json::from_str(&both).unwrap();
    assert_eq!(
        (&both["difference"], &both["changed"]),
        (&json!(0.0), &json!([]))
    );
    assert_eq!(both["recorded"]["score"], both["now"]["score"]);
    let mut erased = program();
    erased
        .args(["replay", &ids[2]])
        .envs(place.environment.clone());
    let (code, _, stderr) = run(&mut erased, "");
    assert!(code == 2 && stderr.contains("erased"), "{stderr}");
}

#[apply(both)]
async fn an_audit_compares_groups_that_no_grader_saw(#[case] database: Database) {
    let place = Place::new(database).await;
    let router = with(place.open().await);
    let mut lines = vec!["subject,sex,age".to_owned()];
    for person in 0..24 {
        let good = person % 2 == 0 || person % 5 == 0;
        let answer = if good {
            "A signal lets a sender notify receivers that something happened."
        } else {
            "I do not know."
        };
        let name = format!("person {person}");
        graded(&router, &name, json!({"candidate_answer": answer})).await;
        let sex = if person % 2 == 0 { "f" } else { "m" };
        lines.push(format!("{name},{sex},"));
    }
    let folder = tempfile::tempdir().unwrap();
    let groups = folder.path().join("groups.csv");
    std::fs::write(&groups, lines.join("\n")).unwrap();
    let audit = |more: &[&str]| {
        let mut command = program();
        command.args([
            "audit",
            "--groups",
            groups.to_str().unwrap(),
            "--small",
            "5",
            "--pass-mark",
            "0.2",
        ]);
        command.args(more).envs(place.environment.clone());
        run(&mut command, "")
    };
    let (code, table, stderr) = audit(&[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        table.contains("24 grades of 24 people") && table.contains("By sex (ratios by f"),
        "{table}"
    );
    let (_, found, _) = audit(&["--json"]);
    let found: Value = serde_json::from_str(&found).unwrap();
    let men = &found["partitions"][0]["groups"][1];
    assert_eq!((&men["name"], &men["people"]), (&json!("m"), &json!(12)));
    let ratio = men["pass_ratio"]["value"].as_f64().unwrap();
    assert!(ratio < 0.8, "{men}");
    assert_eq!(found["partitions"][1]["unknown"], 24);
    // Nothing of it is in the database.
    assert!(
        !show(
            &router,
            get(&router, "/v1/grades").await.json()["grades"][0]["id"]
                .as_str()
                .unwrap()
        )
        .await
        .to_string()
        .contains("\"sex\"")
    );
    assert_eq!(audit(&["--pass-mark", "7"]).0, 2);
}
