//! The µEd API 0.1.0, as a learning platform meets it. The schemas are facts of its published description
//! (mued-api/spec, `openapi.yml`), written down here as far as these responses reach.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::databases::{Database, Place};
use crate::support::service::{Response, get, offline, send};

fn conforms(value: &Value, schema: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let wrong: Vec<_> = validator
        .iter_errors(value)
        .map(|error| error.to_string())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{value:#}");
}

fn feedback_list() -> Value {
    let text = json!({"type": ["string", "null"]});
    json!({"type": "array", "items": {"type": "object", "properties": {
        "feedbackId": {"type": "string"}, "title": text, "message": text, "suggestedAction": text,
        "awardedPoints": {"type": ["number", "null"]},
        // Published as an object or null, and at the same time as what is an object.
        "criterion": {"type": "object", "required": ["name"]},
        "target": {"type": "object", "required": ["artefactType"], "properties": {
            "artefactType": {"enum": ["TEXT", "CODE", "MODEL", "MATH", "OTHER"]}, "format": text,
            "locator": {"type": "object", "required": ["type", "startIndex", "endIndex"], "properties": {"type": {"const": "span"}}},
        }},
        "vendorExtensions": {"type": ["object", "null"], "propertyNames": {"pattern": "^x-"}},
    }}})
}

fn error() -> Value {
    let text = json!({"type": ["string", "null"]});
    json!({"type": "object", "required": ["title"], "additionalProperties": false, "properties": {
        "title": {"type": "string"}, "message": text, "code": text, "trace": {"type": "null"}, "details": {"type": ["object", "null"]},
    }})
}

async fn evaluate(router: &Router, version: Option<&str>, body: &Value) -> Response {
    let mut request = Request::post("/evaluate").header(header::CONTENT_TYPE, "application/json");
    if let Some(version) = version {
        request = request.header("x-api-version", version);
    }
    let response = send(router, request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(response.headers["x-api-version"], "0.1.0");
    assert!(response.headers.contains_key("x-request-id"));
    response
}

fn submission() -> Value {
    json!({
        "task": {
            "taskId": "task-12", "title": "Indexes", "content": {"text": "What does an index do?"},
            "learningObjectives": ["Say what an index is for."],
            "referenceSolution": {"text": "It speeds up lookups. Writes become slower."},
            "context": {"constraints": "Two sentences.", "language": "en"},
        },
        "submission": {
            "submissionId": "sub-1", "taskId": "task-12", "type": "TEXT", "format": "plain",
            "content": {"text": "🙂 It makes lookups faster, and nothing else."}, "submittedAt": "2026-01-01T09:30:00Z", "version": 1,
        },
        "user": {"userId": "user-789", "type": "LEARNER", "preference": {"detail": "DETAILED"}},
        "criteria": [{"criterionId": "c1", "name": "Correctness", "context": "Correct.", "maxPoints": 10, "gradeConfig": null}],
        "preSubmissionFeedback": {"enabled": false},
        "configuration": {
            "llm": {"model": "any", "temperature": 0.2, "credentials": null}, "executionPolicy": {"timeout": 5000},
            "vendorExtensions": {"x-lf": {"anything": 1}, "x-answer-grader": {"concepts": [
                {"id": "fast", "text": "Lookups become faster", "weight": 3.0},
                {"id": "slow", "text": "Writes become slower", "weight": 1.0},
            ]}},
        },
    })
}

#[tokio::test]
async fn a_submission_gets_points_and_feedback_with_its_place() {
    let response = evaluate(&offline(), Some("0.1.0"), &submission()).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    let feedback = response.json();
    conforms(&feedback, &feedback_list());
    assert_eq!(feedback.as_array().unwrap().len(), 3);
    let whole = &feedback[0];
    let score = whole["vendorExtensions"]["x-answer-grader"]["score"]
        .as_f64()
        .unwrap();
    assert!(score > 0.5, "{whole}");
    assert!((whole["awardedPoints"].as_f64().unwrap() - 10.0 * score).abs() < 1e-9);
    assert_eq!(
        whole["criterion"],
        json!({"criterionId": "c1", "name": "Correctness", "context": "Correct.", "maxPoints": 10})
    );
    let locator = &feedback[1]["target"]["locator"];
    let place = |end: &str| usize::try_from(locator[end].as_u64().unwrap()).unwrap();
    let answer = "🙂 It makes lookups faster, and nothing else.";
    let quote: String = answer
        .chars()
        .skip(place("startIndex"))
        .take(place("endIndex") - place("startIndex"))
        .collect();
    assert!(quote.contains("lookups faster"), "{quote}");
    assert_eq!(
        feedback[2]["suggestedAction"],
        "Add it: Writes become slower."
    );
    assert!(feedback[2].get("target").is_none());
}

#[tokio::test]
async fn the_least_that_may_be_sent_is_a_submission_to_a_known_task() {
    let least = json!({"submission": {"taskId": "django/signals", "type": "TEXT", "content": {"markdown": "A signal lets a *sender* notify receivers."}}, "configuration": null});
    let response = evaluate(&offline(), None, &least).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    conforms(&response.json(), &feedback_list());
    let mut unknown = least;
    unknown["submission"]["taskId"] = json!("task-42");
    let response = evaluate(&offline(), None, &unknown).await;
    assert_eq!(
        response.json()["details"]["errors"][0]["pointer"],
        "/task/referenceSolution/text"
    );
}

#[tokio::test]
async fn before_it_is_handed_in_nothing_is_awarded_and_nothing_given_away() {
    let mut draft = submission();
    draft["preSubmissionFeedback"]["enabled"] = json!(true);
    let response = evaluate(&offline(), None, &draft).await;
    let feedback = response.json();
    conforms(&feedback, &feedback_list());
    assert_eq!(feedback[0]["awardedPoints"], json!(null));
    assert_eq!(feedback[1]["title"], "Idea 1");
    assert!(
        !response.text.contains("slow") && !response.text.contains("\"score\":0"),
        "{}",
        response.text
    );
    // Whatever it says itself.
    draft["configuration"]["vendorExtensions"]["x-answer-grader"]["feedback"] = json!("full");
    let response = evaluate(&offline(), None, &draft).await;
    assert!(!response.text.contains("slow"), "{}", response.text);
}

#[tokio::test]
async fn what_is_not_handed_in_is_not_kept() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let router = crate::access::with_keys(store.clone());
    let key = store
        .create_key(&crate::access::new(&[answer_grader::store::Scope::Grade]))
        .await
        .unwrap();
    let mut sent = submission();
    for (is_draft, kept) in [(true, 0), (false, 1)] {
        sent["preSubmissionFeedback"]["enabled"] = json!(is_draft);
        let graded = crate::access::asked(&router, &key, "POST", "/evaluate", sent.clone()).await;
        assert_eq!(graded.status, StatusCode::OK, "{}", graded.text);
        assert_eq!(store.erase_subject("user-789").await.unwrap().erased, kept);
    }
}

#[tokio::test]
async fn without_the_key_nothing_is_named_by_it() {
    let mut hinted = submission();
    hinted["configuration"]["vendorExtensions"]["x-answer-grader"]["feedback"] = json!("hint");
    let response = evaluate(&offline(), None, &hinted).await;
    assert!(response.json()[0]["awardedPoints"].as_f64() > Some(0.0));
    // The ids are "fast" and "slow"; "faster" is the answer's own.
    assert!(!response.text.contains("slow"), "{}", response.text);
    assert_eq!(response.json()[2]["title"], "Idea 2");
    // Suspicions tell what was compared with the key.
    let ours = &response.json()[0]["vendorExtensions"]["x-answer-grader"];
    assert_eq!(ours.get("review_reasons"), None);
    assert_eq!(ours["method"], "keyword");
}

#[rstest]
#[case::a_text_that_is_blank("/submission/content", json!({"text": " ", "markdown": "It makes lookups faster."}))]
#[case::a_number_as_some_write_it("/configuration/executionPolicy/timeout", json!(5000.0))]
#[case::a_context_of_its_own_form("/task/context", json!({"language": ["en"]}))]
#[case::no_context("/task/context", json!("two sentences"))]
#[tokio::test]
async fn what_may_be_said_in_several_ways_is_understood(
    #[case] pointer: &str,
    #[case] value: Value,
) {
    let mut body = submission();
    *body.pointer_mut(pointer).unwrap() = value;
    let response = evaluate(&offline(), None, &body).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    assert!(
        response.json()[0]["awardedPoints"].as_f64() > Some(0.0),
        "{}",
        response.text
    );
}

#[tokio::test]
async fn what_is_left_blank_is_not_there() {
    let mut body = submission();
    body["task"]["content"] = json!({"text": " "});
    body["task"]["referenceSolution"] = json!({"text": ""});
    body["task"]["taskId"] = json!("django/signals");
    let ours = &mut body["configuration"]["vendorExtensions"]["x-answer-grader"];
    *ours = json!({});
    let response = evaluate(&offline(), None, &body).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    // A concept that is a sentence already has its own full stop, or its question mark.
    body["task"]["taskId"] = json!("task-12");
    let ours = &mut body["configuration"]["vendorExtensions"]["x-answer-grader"];
    *ours = json!({"concepts": [{"id": "a", "text": "Zebras sleep."}, {"id": "b", "text": "Do zebras sleep?"}]});
    let feedback = evaluate(&offline(), None, &body).await.json();
    assert_eq!(feedback[1]["suggestedAction"], "Add it: Zebras sleep.");
    assert_eq!(feedback[2]["suggestedAction"], "Add it: Do zebras sleep?");
}

#[tokio::test]
async fn beside_a_banks_question_no_other_key_is_taken() {
    for ours in [
        json!({"misconceptions": [{"id": "m", "text": "It is a queue.", "cap": 0.5}]}),
        json!({"alternative_answers": ["It notifies."]}),
        // They would be judged alone, as if the bank had no such question.
        json!({"concepts": [{"id": "c", "text": "It notifies."}]}),
    ] {
        let (name, _) = ours.as_object().unwrap().iter().next().unwrap();
        let body = json!({
            "submission": {"taskId": "django/signals", "type": "TEXT", "content": {"text": "It notifies receivers."}},
            "configuration": {"vendorExtensions": {"x-answer-grader": ours}},
        });
        let response = evaluate(&offline(), None, &body).await;
        assert_eq!(
            response.status,
            StatusCode::BAD_REQUEST,
            "{}",
            response.text
        );
        assert_eq!(response.json()["title"], "Bad Request");
        assert_eq!(
            response.json()["details"]["errors"][0]["pointer"],
            format!("/configuration/vendorExtensions/x-answer-grader/{name}")
        );
    }
}

#[rstest]
#[case::credentials("/configuration/llm/credentials", json!({"type": "JWT", "key": "hush-key"}), 400, "VALIDATION_ERROR")]
#[case::a_callback("/callbackUrl", json!("https://10.0.0.1/hook"), 400, "VALIDATION_ERROR")]
#[case::code("/submission/type", json!("CODE"), 501, "NOT_IMPLEMENTED")]
#[case::another_format("/submission/format", json!("rich_text"), 501, "NOT_IMPLEMENTED")]
#[case::no_text("/submission/content", json!({"code": "x = 1"}), 400, "VALIDATION_ERROR")]
#[case::a_data_policy("/configuration/dataPolicy", json!({"retentionPermission": ["NEVER"]}), 501, "NOT_IMPLEMENTED")]
#[case::criteria("/criteria", json!([{"name": "a"}, {"name": "b"}]), 400, "VALIDATION_ERROR")]
#[case::letters("/criteria/0", json!({"name": "a", "gradeConfig": {"value": "A"}}), 400, "VALIDATION_ERROR")]
#[case::points_and_letters("/criteria/0", json!({"name": "a", "maxPoints": 10, "gradeConfig": {"value": "A"}}), 400, "VALIDATION_ERROR")]
#[case::a_criterion_without_a_name("/criteria/0", json!({"maxPoints": 5}), 400, "VALIDATION_ERROR")]
#[case::a_criterion_that_is_a_text("/criteria/0", json!("hush"), 400, "VALIDATION_ERROR")]
#[case::a_number_for_a_criterion("/criteria/0", json!({"criterionId": 5, "name": "a"}), 400, "VALIDATION_ERROR")]
#[case::points_in_words("/criteria/0", json!({"name": "a", "maxPoints": "ten"}), 400, "VALIDATION_ERROR")]
#[case::no_such_type("/submission/type", json!("FOO"), 400, "VALIDATION_ERROR")]
#[case::half_a_millisecond("/configuration/executionPolicy/timeout", json!(0.5), 400, "VALIDATION_ERROR")]
#[case::no_submission("/submission", json!("hush"), 400, "VALIDATION_ERROR")]
#[case::a_wrong_extension("/configuration/vendorExtensions/x-answer-grader", json!({"conceptz": ["hush"]}), 400, "VALIDATION_ERROR")]
#[case::no_time("/configuration/executionPolicy/timeout", json!(0), 400, "VALIDATION_ERROR")]
#[tokio::test]
async fn what_cannot_be_done_is_refused_with_its_reason(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let mut body = submission();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => body.pointer_mut(parent).unwrap()[name] = value,
    }
    let response = evaluate(&offline(), None, &body).await;
    assert_eq!(response.status.as_u16(), status, "{}", response.text);
    let told = response.json();
    conforms(&told, &error());
    assert_eq!(told["code"], code, "{told}");
    assert_eq!(told["title"], response.status.canonical_reason().unwrap());
    assert!(!response.text.contains("hush"), "{told}");
    if status == 400 {
        assert!(
            told["details"]["errors"][0]["pointer"]
                .as_str()
                .unwrap()
                .starts_with(parent),
            "{told}"
        );
    }
}

#[rstest]
#[case::a_word("/configuration/vendorExtensions/x-answer-grader", json!({"method": "hush"}), "/method")]
#[case::a_name("/configuration/vendorExtensions/x-answer-grader", json!({"concepts": [{"id": "a", "txt": "hush"}]}), "/concepts/0/txt")]
#[case::a_limit("/configuration/vendorExtensions/x-answer-grader", json!({"concepts": [{"id": "a", "text": ""}]}), "/concepts/0/text")]
#[case::points("/criteria/0", json!({"name": "a", "maxPoints": -1}), "/maxPoints")]
#[case::numeric_points("/criteria/0", json!({"name": "a", "gradeConfig": {"min": 0, "max": -1, "value": 0}}), "/gradeConfig/max")]
#[tokio::test]
async fn the_field_that_is_wrong_is_named(
    #[case] place: &str,
    #[case] value: Value,
    #[case] field: &str,
) {
    let mut body = submission();
    *body.pointer_mut(place).unwrap() = value;
    let response = evaluate(&offline(), None, &body).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    let told = &response.json()["details"]["errors"][0];
    assert_eq!(told["pointer"], format!("{place}{field}"), "{told}");
    assert!(!response.text.contains("hush"), "{told}");
}

#[tokio::test]
async fn another_version_is_not_spoken_and_health_says_which_is() {
    let response = evaluate(&offline(), Some("2.0.0"), &submission()).await;
    assert_eq!(response.status, StatusCode::NOT_ACCEPTABLE);
    conforms(&response.json(), &error());
    assert_eq!(response.json()["code"], "VERSION_NOT_SUPPORTED");
    // Before anything else is wrong with it.
    let response = evaluate(&offline(), Some("9"), &json!("no submission")).await;
    assert_eq!(response.status, StatusCode::NOT_ACCEPTABLE);
    for path in ["/chat", "/chat/health"] {
        let response = get(&offline(), path).await;
        assert_eq!(response.status, StatusCode::NOT_IMPLEMENTED);
        conforms(&response.json(), &error());
    }
    let health = get(&offline(), "/evaluate/health").await;
    assert_eq!(health.headers["x-api-version"], "0.1.0");
    let flag = json!({"type": "boolean"});
    conforms(
        &health.json(),
        &json!({"type": "object", "required": ["status", "capabilities"], "properties": {
            "status": {"enum": ["OK", "DEGRADED", "UNAVAILABLE"]},
            "requirements": {"additionalProperties": flag},
            "capabilities": {
                "required": ["supportsEvaluate", "supportsPreSubmissionFeedback", "supportsFormativeFeedback", "supportsSummativeFeedback", "supportsDataPolicy"],
                "properties": {
                    "supportsDataPolicy": {"enum": ["SUPPORTED", "NOT_SUPPORTED", "PARTIAL"]},
                    "supportedArtefactProfiles": {"items": {"required": ["type"]}},
                    "supportedAPIVersions": {"const": ["0.1.0"]},
                },
            },
        }}),
    );
    let wrong = send(
        &offline(),
        Request::get("/evaluate").body(Body::empty()).unwrap(),
    )
    .await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn keys_are_asked_for_in_the_same_shape() {
    let place = Place::new(Database::Sqlite).await;
    let store = place.open().await;
    let scopes = [answer_grader::store::Scope::Grade];
    let key = store
        .create_key(&crate::access::new(&scopes))
        .await
        .unwrap();
    let router = crate::access::with_keys(store.clone());
    let refused = evaluate(&router, None, &submission()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    conforms(&refused.json(), &error());
    assert_eq!(refused.json()["details"]["reason"], "key_required");
    let health = get(&router, "/evaluate/health").await.json();
    assert_eq!(health["requirements"]["requiresAuthorizationHeader"], true);
    // Whose answer it was is known to the service by the platform's own name for them.
    let graded = crate::access::asked(&router, &key, "POST", "/evaluate", submission()).await;
    assert_eq!(graded.status, StatusCode::OK);
    assert_eq!(store.erase_subject("user-789").await.unwrap().erased, 1);
}
