//! The HTTP API where all goes well.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::support::service::{get, offline, post, send};

#[tokio::test]
async fn a_full_answer_is_graded_offline_and_says_so() {
    let body = json!({
        "question": "What does prefetch_related() do?",
        "reference_answer": "It loads related rows with one extra query per relation and joins them in Python.",
        "candidate_answer": "It loads the related rows with one extra query for each relation and joins them in Python.",
        "max_points": 10,
    });
    let response = post(&offline(), "/v1/grade", body).await;
    assert_eq!(response.status, 200);
    let grade = response.json();
    assert!(grade["score"].as_f64().unwrap() > 0.9, "{grade}");
    assert!(grade["points"].as_f64().unwrap() > 9.0);
    assert_eq!(
        (&grade["method"], &grade["degraded"]["reason"]),
        (&json!("keyword"), &json!("not_configured"))
    );
    assert_eq!(grade["missing_concepts"], json!([]));
    assert!(response.headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn evidence_is_quoted_with_offsets_into_the_answer_as_sent() {
    let answer = "Größe 😀: prefetch_related() loads them with one extra query per relation.";
    let body = json!({"question_id": "django/orm-performance", "candidate_answer": answer, "method": "keyword"});
    let grade = post(&offline(), "/v1/grade", body).await.json();
    let concepts = grade["concepts"].as_array().unwrap();
    let covered = concepts
        .iter()
        .find(|concept| concept["id"] == "prefetch-related")
        .unwrap();
    let evidence = &covered["evidence"];
    let offset = |name: &str| usize::try_from(evidence[name].as_u64().unwrap()).unwrap();
    let length = offset("end") - offset("start");
    let quoted: String = answer.chars().skip(offset("start")).take(length).collect();
    assert_eq!(evidence["quote"], json!(quoted));
    assert!(quoted.contains("prefetch_related"), "{quoted}");
    assert_eq!(grade["degraded"], json!(null));
}

#[tokio::test]
async fn below_full_feedback_nothing_of_the_key_is_shown() {
    for level in ["hint", "none"] {
        for answer in [
            "",
            "I use indexes on the columns that I filter by.",
            "Keine Ahnung, das ist nicht mein Gebiet.",
        ] {
            let body = json!({"question_id": "django/orm-performance", "candidate_answer": answer, "feedback": level});
            let text = post(&offline(), "/v1/grade", body).await.text;
            for secret in [
                "JOIN",
                "one extra query",
                "Debug Toolbar",
                "bulk_create",
                "foreign-key",
            ] {
                assert!(!text.contains(secret), "{level}: {secret} in {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_batch_has_a_grade_or_a_problem_for_each_request_in_order() {
    let good =
        json!({"question_id": "django/orm", "candidate_answer": "It maps classes to tables."});
    let requests =
        json!([good, {"question_id": "django/nope", "candidate_answer": "x"}, {"answer": 1}, good]);
    let response = post(&offline(), "/v1/grade/batch", json!({"requests": requests})).await;
    assert_eq!(response.status, 200);
    let results = response.json()["results"].clone();
    let statuses: Vec<_> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 404, 422, 200]);
    assert_eq!(results[3]["index"], 3);
    assert_eq!(results[0]["grade"]["score"], results[3]["grade"]["score"]);
    assert_eq!(results[1]["problem"]["code"], "unknown_question");
}

#[tokio::test]
async fn banks_are_listed_and_shown_without_their_answers() {
    let list = get(&offline(), "/v1/banks").await.json();
    assert_eq!(
        (&list["banks"][0]["id"], &list["banks"][0]["questions"]),
        (&json!("django"), &json!(32))
    );
    let response = get(&offline(), "/v1/banks/django").await;
    let bank = response.json();
    assert_eq!(bank["questions"].as_array().unwrap().len(), 32);
    assert_eq!(bank["questions"][0]["id"], "django/orm-performance");
    assert!(!response.text.contains("JOIN") && bank["questions"][0].get("concepts").is_none());
}

#[tokio::test]
async fn without_keys_reference_answers_are_for_this_machine() {
    let path = "/v1/banks/django?include=reference_answers";
    let response = get(&offline(), path).await;
    assert_eq!(response.status, 200);
    assert!(
        response.json()["questions"][0]["reference_answer"]
            .as_str()
            .unwrap()
            .contains("select_related")
    );
}

#[tokio::test]
async fn readiness_says_how_answers_are_graded() {
    assert_eq!(
        get(&offline(), "/livez").await.json(),
        json!({"status": "live"})
    );
    let ready = get(&offline(), "/readyz").await.json();
    assert_eq!(
        (&ready["status"], &ready["mode"], &ready["llm"]),
        (&json!("ready"), &json!("offline"), &json!(null))
    );
}

#[tokio::test]
async fn the_callers_request_id_comes_back() {
    let request = Request::get("/livez")
        .header("x-request-id", "interview-42")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        send(&offline(), request).await.headers["x-request-id"],
        "interview-42"
    );
    let bad = Request::get("/livez")
        .header("x-request-id", "a b")
        .body(Body::empty())
        .unwrap();
    assert_ne!(send(&offline(), bad).await.headers["x-request-id"], "a b");
}

#[tokio::test]
async fn an_answer_that_cannot_be_judged_has_no_score() {
    let german = "Man benutzt select_related, damit die verknüpften Zeilen mit einer Abfrage geladen werden.";
    let body = json!({"question_id": "django/orm-performance", "candidate_answer": german});
    let grade = post(&offline(), "/v1/grade", body).await.json();
    assert_eq!(
        (&grade["score"], &grade["points"], &grade["needs_review"]),
        (&json!(null), &json!(null), &json!(true))
    );
    assert_eq!(grade["review_reasons"], json!(["different_language"]));

    let silence = json!({"question_id": "django/orm", "candidate_answer": "um [inaudible] uh", "answer_source": "speech"});
    let grade = post(&offline(), "/v1/grade", silence).await.json();
    assert_eq!(
        (&grade["score"], &grade["review_reasons"]),
        (&json!(null), &json!(["no_usable_speech"]))
    );
}

#[tokio::test]
async fn a_german_answer_to_a_german_question_is_graded() {
    let body = json!({
        "question": "Was macht ein Index in einer Datenbank?",
        "reference_answer": "Ein Index beschleunigt die Suche, weil die Datenbank nicht jede Zeile lesen muss.",
        "candidate_answer": "Mit einem Index wird die Suche schneller, denn nicht alle Zeilen müssen gelesen werden.",
    });
    let grade = post(&offline(), "/v1/grade", body).await.json();
    assert!(grade["score"].as_f64().unwrap() > 0.5, "{grade}");
}

#[tokio::test]
async fn a_keyword_grade_explains_itself_where_the_key_may_be_shown() {
    let mut body = json!({
        "question": "What does an index do?",
        "reference_answer": "It speeds up lookups, but writes become slower.",
        "candidate_answer": "It makes lookup faster.",
        "explain": true,
    });
    let grade = post(&offline(), "/v1/grade", &body).await.json();
    let explanation = &grade["explanation"];
    let part = |name: &str| explanation["parts"][name].as_f64().unwrap();
    let weights = [
        ("covered", 0.25),
        ("sequence", 0.2),
        ("words", 0.1),
        ("characters", 0.3),
        ("soft", 0.15),
    ];
    let value: f64 = weights
        .iter()
        .map(|(name, weight)| weight * part(name))
        .sum();
    assert!(
        (value - explanation["value"].as_f64().unwrap()).abs() < 1e-3,
        "{grade}"
    );
    assert_eq!(explanation["mapped"], grade["score_parts"]["overall"]);
    let words = explanation["words"].as_array().unwrap();
    let lookups = words.iter().find(|word| word["word"] == "lookups").unwrap();
    assert_eq!(lookups["found"], "lookup");
    let writes = words.iter().find(|word| word["word"] == "writes").unwrap();
    assert_eq!(writes["found"], json!(null));

    body["feedback"] = json!("hint");
    let hint = post(&offline(), "/v1/grade", &body).await.json();
    assert_eq!(hint.get("explanation"), None, "{hint}");
}

#[tokio::test]
async fn what_the_service_does_is_counted() {
    let router = offline();
    let body = json!({"question_id": "django/signals", "candidate_answer": "A secret signal."});
    post(&router, "/v1/grade", &body).await;
    post(&router, "/v1/grade", json!({})).await;
    let metrics = get(&router, "/metrics").await;
    assert!(
        metrics.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    for line in [
        r#"answer_grader_requests_total{route="/v1/grade",status="200"} 1"#,
        r#"answer_grader_requests_total{route="/v1/grade",status="422"} 1"#,
        r#"answer_grader_request_duration_seconds_count{route="/v1/grade"} 2"#,
        r#"answer_grader_grades_total{method="keyword",degraded="not_configured"} 1"#,
        "answer_grader_grade_overhead_seconds_count 1",
        "answer_grader_cost_usd_total 0.0",
        "# EOF",
    ] {
        assert!(metrics.text.contains(line), "{line} in {}", metrics.text);
    }
    assert!(!metrics.text.contains("secret"));
}

/// `UPDATE_OPENAPI=1 cargo test openapi` writes the file anew.
#[tokio::test]
async fn openapi_is_checked_in_as_it_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let served = get(&offline(), "/openapi.json").await.text;
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &served).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(
        kept == served,
        "docs/openapi.json is not what is served; UPDATE_OPENAPI=1 writes it anew"
    );
    let document: serde_json::Value = serde_json::from_str(&served).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut names = std::collections::BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} names two operations");
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{method} {path}"
            );
            let body = &operation["requestBody"]["content"]["application/json"];
            assert!(
                body.is_null() || body.get("example").is_some(),
                "{method} {path} has no example"
            );
        }
    }
}

#[tokio::test]
async fn the_page_about_the_api_has_all_it_needs_here() {
    let router = offline();
    let page = get(&router, "/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"),
        "{policy}"
    );
    let is_file = |text: &&str| {
        ["js", "css"]
            .iter()
            .any(|end| text.rsplit('.').next() == Some(end))
    };
    let named = page.text.split(['"', '\'']).filter(is_file);
    let named: Vec<_> = named.map(|name| name.trim_start_matches("./")).collect();
    assert!(named.len() > 3, "{}", page.text);
    for name in named {
        assert_eq!(
            get(&router, &format!("/docs/{name}")).await.status,
            StatusCode::OK,
            "{name}"
        );
    }
    let start = get(&router, "/docs/swagger-initializer.js").await.text;
    assert!(
        start.contains("\"url\": \"../openapi.json\"")
            && start.contains("\"validatorUrl\": \"none\""),
        "{start}"
    );
    assert_eq!(
        get(&router, "/docs/nothing.js").await.json()["code"],
        "no_such_path"
    );
}
