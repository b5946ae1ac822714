//! Kept answers graded once more: what would change is told before anything is replaced.

use std::time::Duration;

use reqwest::StatusCode;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::records::both;
use crate::support::databases::{Database, Place};
use crate::support::platform::{Platform, environment};
use crate::support::program::Served;
use crate::support::scripted::ScriptedModel;

/// Judges on an idea that the answer has, and not on those of the bank.
fn easier() -> Value {
    json!({
        "pass_mark": 0.6,
        "grades": {"question_id": "django/signals"},
        "concepts": [{"id": "notify", "text": "a sender notifies receivers"}],
    })
}

async fn graded(platform: &Platform, answer: &str) -> String {
    let body =
        json!({"question_id": "django/signals", "candidate_answer": answer, "subject": "Zaphod"});
    let (status, grade) = platform.post("/v1/grade", body).await;
    assert_eq!(status, StatusCode::OK, "{grade}");
    grade["id"].as_str().unwrap().to_owned()
}

async fn score(platform: &Platform, id: &str) -> f64 {
    platform.get(&format!("/v1/grades/{id}")).await.1["score"]
        .as_f64()
        .unwrap()
}

#[apply(both)]
async fn a_regrade_proposes_and_replaces_only_when_it_is_applied(#[case] database: Database) {
    let platform = Platform::start(database, &[]).await;
    let answer = "A sender notifies receivers.";
    let (plain, reviewed) = (
        graded(&platform, answer).await,
        graded(&platform, answer).await,
    );
    let before = score(&platform, &plain).await;
    assert!(before < 0.6, "{before}");
    let review = json!({"reviewer": "kim", "score": 0.3});
    let (status, _) = platform
        .post(&format!("/v1/grades/{reviewed}/review"), review)
        .await;
    assert_eq!(status, StatusCode::CREATED);

    let (status, job) = platform.post("/v1/jobs", easier()).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    let id = job["id"].as_str().unwrap();
    let done = platform.done(id).await;
    let regrade = &done["regrade"];
    assert_eq!(
        (
            &regrade["compared"],
            &regrade["now_pass"],
            &regrade["now_fail"],
            &regrade["reviewed"]
        ),
        (&json!(2), &json!(2), &json!(0), &json!(1)),
        "{done}"
    );
    assert!(regrade["mean_difference"].as_f64().unwrap() > 0.0);
    let results = platform.results(id).await;
    let of = |id: &str| {
        results
            .iter()
            .find(|result| result["regrades"] == id)
            .unwrap()
    };
    assert_eq!(of(&plain)["outcome_changes"], true);
    assert_eq!(
        (&of(&plain)["score_before"], &of(&reviewed)["score_before"]),
        (&json!(before), &json!(0.3))
    );

    // Nothing is replaced so far, and a proposal is in no list.
    assert_eq!(score(&platform, &plain).await.to_bits(), before.to_bits());
    let (_, page) = platform.get("/v1/grades").await;
    assert_eq!(page["grades"].as_array().unwrap().len(), 2);

    let (status, applied) = platform
        .post(&format!("/v1/jobs/{id}/apply"), json!({}))
        .await;
    assert_eq!(status, StatusCode::OK, "{applied}");
    assert!(applied["regrade"]["applied_at"].is_string());
    let proposed = of(&plain)["grade"]["id"].as_str().unwrap();
    let now = of(&plain)["grade"]["score"].as_f64().unwrap();
    let (_, old) = platform.get(&format!("/v1/grades/{plain}")).await;
    assert_eq!(
        (&old["standing"], &old["score"]),
        (&json!({"replaced_by": proposed}), &json!(now))
    );
    assert_eq!(old["grade"]["score"], before);
    let (_, page) = platform.get("/v1/grades").await;
    let mut listed: Vec<_> = page["grades"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grade| grade["id"].as_str().unwrap())
        .collect();
    listed.sort_unstable();
    let mut expected = [reviewed.as_str(), proposed];
    expected.sort_unstable();
    assert_eq!(listed, expected);
    // What a person decided stays.
    assert_eq!(
        score(&platform, &reviewed).await.to_bits(),
        0.3_f64.to_bits()
    );
    // A grade that does not count is not reviewed.
    let (_, problem) = platform
        .post(
            &format!("/v1/grades/{plain}/review"),
            json!({"reviewer": "kim", "score": 1}),
        )
        .await;
    assert_eq!(problem["code"], "does_not_count");
    let (_, account) = platform
        .get(&format!("/v1/grades/{plain}/explanation"))
        .await;
    assert_eq!(account["score"], now, "{account}");
}

#[apply(both)]
async fn a_regrade_names_what_it_cannot_do(#[case] database: Database) {
    let platform = Platform::start(database, &[]).await;
    let mut nothing_kept = easier();
    nothing_kept["grades"]["question_id"] = json!("django/forms");
    let mut no_question = easier();
    no_question["grades"] = json!({});
    let wrong = [
        (nothing_kept, "/grades"),
        (no_question, "/grades/question_id"),
        (json!({"pass_mark": 2}), "/pass_mark"),
        (json!({"pass_mark": 0.5, "model": "nobody"}), "/model"),
        (json!({"pass_mark": 0.5, "prompt": "nothing"}), "/prompt"),
        (
            json!({"pass_mark": 0.5, "concepts": []}),
            "/grades/question_id",
        ),
        (json!({"pass_mark": 0.5, "grades": {"id": 1}}), "/grades/id"),
    ];
    for (body, pointer) in wrong {
        let (status, problem) = platform.post("/v1/jobs", body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let id = graded(&platform, "A sender notifies receivers.").await;
    let (_, job) = platform.post("/v1/jobs", easier()).await;
    platform.done(job["id"].as_str().unwrap()).await;
    // What is erased stays erased, with all that was made of it.
    let erased = platform.delete(&format!("/v1/grades/{id}")).await;
    assert_eq!(erased["erased"], 2, "{erased}");
    let (_, problem) = platform.post("/v1/jobs", easier()).await;
    assert_eq!(problem["errors"][0]["pointer"], "/grades");
}

#[apply(both)]
async fn all_grades_of_an_answer_belong_together(#[case] database: Database) {
    let platform = Platform::start(database, &[]).await;
    let first = graded(&platform, "A sender notifies receivers.").await;
    for _ in 0..2 {
        let (_, job) = platform.post("/v1/jobs", easier()).await;
        let id = job["id"].as_str().unwrap();
        platform.done(id).await;
        platform
            .post(&format!("/v1/jobs/{id}/apply"), json!({}))
            .await;
    }
    let (_, page) = platform.get("/v1/grades").await;
    let last = page["grades"][0]["id"].as_str().unwrap();
    // A hold of one is a hold of all.
    let at = format!("/v1/grades/{last}/legal-hold");
    let hold = |hold: bool| platform.put(&at, json!({"legal_hold": hold}));
    hold(true).await;
    let refused = platform.delete(&format!("/v1/grades/{first}")).await;
    assert_eq!(refused["code"], "legal_hold");
    hold(false).await;
    let erased = platform.delete(&format!("/v1/grades/{first}")).await;
    assert_eq!(erased, json!({"erased": 3, "held": 0}));
    let (_, kept) = platform.get(&format!("/v1/grades/{last}")).await;
    assert_eq!(kept["request"], json!(null));
}

#[apply(both)]
async fn an_outage_makes_no_proposals(#[case] database: Database) {
    let model = ScriptedModel::start();
    let settings = [
        ("OPENAI_BASE_URL", model.base_url.as_str()),
        ("ANSWER_GRADER__LLM__RETRIES", "0"),
    ];
    let platform = Platform::start(database, &settings).await;
    // It allowed keywords, which then were not needed.
    graded(&platform, "A sender notifies receivers.").await;
    drop(model);
    let (_, job) = platform.post("/v1/jobs", easier()).await;
    let job = platform
        .wait(job["id"].as_str().unwrap(), |job| job["state"] == "paused")
        .await;
    assert_eq!(
        (&job["graded"], &job["failed"]),
        (&json!(0), &json!(0)),
        "{job}"
    );
}

#[apply(both)]
async fn who_may_decide_an_appeal_sees_the_score_nowhere(#[case] database: Database) {
    let platform = Platform::start(database, &[]).await;
    let first = graded(&platform, "A sender notifies receivers.").await;
    let (_, job) = platform.post("/v1/jobs", easier()).await;
    let job = job["id"].as_str().unwrap();
    platform.done(job).await;
    platform
        .post(&format!("/v1/jobs/{job}/apply"), json!({}))
        .await;
    let now = platform.get("/v1/grades").await.1["grades"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let appeal = json!({"reason": "appeal", "note": "I said it."});
    let (status, _) = platform
        .post(&format!("/v1/grades/{now}/review"), appeal)
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let reviewer = platform.key(&["reviewer", "--scope", "read,review"]);
    tokio::time::sleep(Duration::from_secs(6)).await;
    for id in [&first, &now] {
        let (_, seen) = platform
            .ask(&reviewer, "GET", &format!("/v1/grades/{id}"), "")
            .await;
        assert_eq!(
            (&seen["score"], &seen["grade"]),
            (&json!(null), &json!(null)),
            "{seen}"
        );
    }
    let (_, line) = platform
        .ask(&reviewer, "GET", &format!("/v1/jobs/{job}/results"), "")
        .await;
    assert_eq!(line["problem"]["code"], "appeal_open", "{line}");
    let (_, seen) = platform
        .ask(&reviewer, "GET", &format!("/v1/jobs/{job}"), "")
        .await;
    assert_eq!(seen["regrade"]["compared"], 0, "{seen}");
}

#[apply(both)]
async fn an_administrator_may_name_another_model_or_prompt_for_one_answer(
    #[case] database: Database,
) {
    let (first, second) = (ScriptedModel::start(), ScriptedModel::start());
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let entry = |name: &str, model: &ScriptedModel| {
        format!(
            "[[llm.models]]\nname = \"{name}\"\nprovider = \"openai\"\nbase_url = \"{}\"\n",
            model.base_url
        )
    };
    let prompt = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/prompts/grade-worse");
    let text = format!(
        "[llm]\nmodel = \"first\"\n[jobs.prompts]\nworse = \"{prompt}\"\n{}{}",
        entry("first", &first),
        entry("second", &second)
    );
    std::fs::write(&config, text).unwrap();
    let place = Place::new(database).await;
    let served = Served::start_with(
        &["--config", config.to_str().unwrap()],
        &environment(&place, &[]),
    );
    let platform = Platform::of(place, served);
    let (_, session) = platform.get("/v1/session").await;
    assert_eq!(
        (&session["model"], &session["models"], &session["prompts"]),
        (
            &json!("first"),
            &json!(["first", "second"]),
            &json!(["worse"])
        )
    );
    let answer = json!({"question_id": "django/signals", "candidate_answer": "A sender notifies receivers."});
    let provenance = async |query: &str| {
        let (status, grade) = platform
            .post(&format!("/v1/grade{query}"), answer.clone())
            .await;
        assert_eq!(status, StatusCode::OK, "{grade}");
        grade["provenance"].clone()
    };
    let plain = provenance("").await;
    let other = provenance("?model=second&prompt=worse").await;
    assert_eq!((first.asked(), second.asked()), (1, 1));
    assert!(
        plain["prompt"].as_str().unwrap().starts_with("grade@"),
        "{plain}"
    );
    assert!(
        other["prompt"]
            .as_str()
            .unwrap()
            .starts_with("grade-worse@"),
        "{other}"
    );
    let (status, unknown) = platform.post("/v1/grade?model=third", answer.clone()).await;
    assert_eq!(
        (status, &unknown["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/model"))
    );
}
