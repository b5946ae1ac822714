//! The pages as a browser gets them, who is signed in with one, and the reports that a page shows.
//! What people do with the pages is in `tests/pages`.

use std::sync::Arc;

use answer_grader::http::{Reports, Service, router};
use answer_grader::store::Scope;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::access::{new as new_key, with_keys};
use crate::records::both;
use crate::support::databases::{Database, Place};
use crate::support::service::{Response, get, offline, send, service};

const PAGES: [&str; 5] = ["/", "/try", "/review", "/evaluations", "/banks"];

#[tokio::test]
async fn every_page_comes_from_the_program_and_asks_nobody_else() {
    for path in PAGES {
        let page = get(&offline(), path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';")
                && !policy.contains("unsafe"),
            "{policy}"
        );
        let here = format!("href=\"{path}\" aria-current=\"page\"");
        assert!(
            page.text.contains(&here),
            "{path} is not marked:\n{}",
            page.text
        );
        for part in page.text.split(['"', '\'']) {
            assert!(
                !part.starts_with("http") && !part.starts_with("//"),
                "{path} names {part}"
            );
            if part.starts_with("/assets/") {
                let part = get(&offline(), part).await;
                assert_eq!(part.status, StatusCode::OK, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again_and_what_is_no_part_of_a_page_not_at_all() {
    let sheet = get(&offline(), "/assets/style.css").await;
    assert_eq!(sheet.headers[header::CONTENT_TYPE], "text/css");
    let again = Request::get("/assets/style.css")
        .header(header::IF_NONE_MATCH, &sheet.headers[header::ETAG]);
    let again = send(&offline(), again.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    for name in [
        "layout.html",
        "tsconfig.json",
        "README.md",
        "api.d.ts",
        "../Cargo.toml",
        "nothing.js",
    ] {
        let response = get(&offline(), &format!("/assets/{name}")).await;
        assert_eq!(response.status, StatusCode::NOT_FOUND, "{name}");
    }
    let small = Request::get("/assets/style.css").header(header::ACCEPT_ENCODING, "gzip");
    let small = offline()
        .oneshot(small.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(small.headers()[header::CONTENT_ENCODING], "gzip");
}

#[tokio::test]
async fn a_service_without_pages_has_none() {
    let bare = router(Arc::new(Service {
        pages: false,
        ..service()
    }));
    for path in PAGES {
        assert_eq!(
            get(&bare, path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(get(&bare, "/v1/banks").await.status, StatusCode::OK);
}

/// Asks as a browser does from one of the service's own pages.
async fn asked(
    router: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Response {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

#[apply(both)]
async fn whoever_is_signed_in_may_what_their_key_may_on_the_services_own_pages(
    #[case] database: Database,
) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let key = store
        .create_key(&new_key(&[Scope::Grade, Scope::Read]))
        .await
        .unwrap();
    let router = with_keys(store.clone());
    let session = get(&router, "/v1/session").await.json();
    assert_eq!(
        (&session["keys"], &session["signed_in"], &session["scopes"]),
        (&json!(true), &json!(false), &json!([]))
    );
    // The pages themselves hold nothing that needs a key.
    assert_eq!(get(&router, "/").await.status, StatusCode::OK);
    assert_eq!(
        get(&router, "/v1/banks").await.json()["code"],
        "key_required"
    );

    let wrong = key.replace(&key[20..24], "0000");
    let refused = asked(
        &router,
        "POST",
        "/v1/session",
        &[OWN_PAGE],
        json!({"key": wrong}),
    )
    .await;
    assert_eq!(refused.json()["code"], "wrong_key");
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let refused = asked(
        &router,
        "POST",
        "/v1/session",
        &elsewhere,
        json!({"key": key}),
    )
    .await;
    assert_eq!(refused.json()["code"], "cross_site");

    let https = [OWN_PAGE, ("x-forwarded-proto", "https, http")];
    let begun = asked(&router, "POST", "/v1/session", &https, json!({"key": key})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    assert_eq!(begun.json()["scopes"], json!(["grade", "read"]));
    let cookie = begun.headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["__Host-", "HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap();
    assert!(!key.contains(cookie.split('=').nth(1).unwrap()));

    let held = ("cookie", cookie);
    let shown = asked(&router, "GET", "/v1/session", &[held], json!(null))
        .await
        .json();
    assert_eq!(
        (&shown["signed_in"], &shown["name"]),
        (&json!(true), &json!("somebody"))
    );
    let answer = json!({"question_id": "django/signals", "candidate_answer": "A signal lets a sender notify receivers."});
    let grade = asked(
        &router,
        "POST",
        "/v1/grade",
        &[held, OWN_PAGE],
        answer.clone(),
    )
    .await;
    assert_eq!(grade.status, StatusCode::OK, "{}", grade.text);
    let forged = asked(
        &router,
        "POST",
        "/v1/grade",
        &[held, elsewhere[0]],
        answer.clone(),
    )
    .await;
    assert_eq!(forged.json()["code"], "cross_site");
    let silent = asked(&router, "POST", "/v1/grade", &[held], answer.clone()).await;
    assert_eq!(silent.json()["code"], "cross_site");
    let beyond = asked(&router, "GET", "/v1/reviews/queue", &[held], json!(null)).await;
    assert_eq!(beyond.json()["code"], "not_allowed");

    // Signing out ends it for whoever else has the cookie, and so does taking back the key.
    let ended = asked(
        &router,
        "DELETE",
        "/v1/session",
        &[held, OWN_PAGE],
        json!(null),
    )
    .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    let after = asked(&router, "GET", "/v1/banks", &[held], json!(null)).await;
    assert_eq!(after.json()["code"], "key_required");
    let begun = asked(
        &router,
        "POST",
        "/v1/session",
        &[OWN_PAGE],
        json!({"key": key}),
    )
    .await;
    let cookie = begun.headers[header::SET_COOKIE].to_str().unwrap();
    let held = ("cookie", cookie.split(';').next().unwrap());
    assert!(store.revoke_key(&key[4..16]).await.unwrap());
    // Another process does not have to forget what it believed a moment ago.
    let other = with_keys(store);
    let after = asked(&other, "GET", "/v1/banks", &[held], json!(null)).await;
    assert_eq!(after.json()["code"], "key_required");
}

/// Without keys, too, a page elsewhere may not have anything done.
#[tokio::test]
async fn other_pages_do_nothing_here() {
    let answer =
        json!({"question_id": "django/signals", "candidate_answer": "Receivers are notified."});
    let elsewhere = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://elsewhere.example"),
    ];
    for header in elsewhere {
        let headers = [header, ("host", "localhost:8080")];
        let forged = asked(&offline(), "POST", "/v1/grade", &headers, answer.clone()).await;
        assert_eq!(forged.json()["code"], "cross_site", "{header:?}");
        let read = asked(&offline(), "GET", "/v1/banks", &headers, json!(null)).await;
        assert_eq!(read.status, StatusCode::OK);
    }
    let own = [
        ("origin", "http://localhost:8080"),
        ("host", "localhost:8080"),
    ];
    let graded = asked(&offline(), "POST", "/v1/grade", &own, answer).await;
    assert_eq!(graded.status, StatusCode::OK);
}

#[apply(both)]
async fn signing_in_counts_and_takes_the_place_of_what_was_before(#[case] database: Database) {
    let place = Place::new(database).await;
    let store = place.open().await;
    let new = answer_grader::store::NewKey {
        requests_per_minute: Some(20),
        ..new_key(&[Scope::Grade])
    };
    let key = store.create_key(&new).await.unwrap();
    let router = with_keys(store);
    let sign_in = async |held: &str| {
        let headers = [OWN_PAGE, ("cookie", held)];
        asked(
            &router,
            "POST",
            "/v1/session",
            &headers,
            json!({"key": key}),
        )
        .await
    };
    let cookie = |response: &Response| {
        let cookie = response.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let first = cookie(&sign_in("").await);
    let second = cookie(&sign_in(&first).await);
    let with = async |held: &str| {
        asked(
            &router,
            "GET",
            "/v1/banks",
            &[("cookie", held)],
            json!(null),
        )
        .await
        .status
    };
    assert_eq!(
        (with(&first).await, with(&second).await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
    let mut statuses = Vec::new();
    for _ in 0..45 {
        statuses.push(sign_in("").await.status);
    }
    assert!(
        statuses.contains(&StatusCode::TOO_MANY_REQUESTS),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn reports_of_evaluations_are_listed_and_what_is_none_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let report = include_str!("../../fixtures/baselines/django-keyword.json");
    write("first.json", report);
    write("broken.json", "{\"schema\": 1");
    write(
        "other.json",
        "{\"schema\": \"something/else\", \"runs\": []}",
    );
    write("notes.md", "# no report");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.json")).unwrap();
    let router = router(Arc::new(Service {
        evaluations: Arc::new(Reports::new(folder.path().into())),
        ..service()
    }));
    let list = get(&router, "/v1/evaluations").await.json();
    let first = &list["reports"][0];
    assert_eq!(list["reports"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&first["suite"], &first["conclusion"]),
        (&json!("django"), &json!("pass"))
    );
    let full: Value = serde_json::from_str(report).unwrap();
    assert_eq!(
        first["runs"][0]["metrics"]["qwk"],
        full["runs"][0]["metrics"]["qwk"]["value"]
    );
    let unreadable: Vec<_> = list["unreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(unreadable, ["broken.json", "other.json"]);
    let shown = get(&router, "/v1/evaluations/first.json").await;
    assert_eq!(shown.text, report);
    // What is written anew is read anew.
    write(
        "first.json",
        &report.replacen("\"django\"", "\"another\"", 1),
    );
    let list = get(&router, "/v1/evaluations").await.json();
    assert_eq!(list["reports"][0]["suite"], "another");
    for name in [
        "nothing.json",
        "notes.md",
        "other.json",
        "link.json",
        "..%2Ffirst.json",
        "%2Fetc%2Fpasswd",
    ] {
        let response = get(&router, &format!("/v1/evaluations/{name}")).await;
        assert_eq!(response.json()["code"], "unknown_evaluation", "{name}");
    }
    // A folder that is not there holds no reports.
    let empty = get(&offline(), "/v1/evaluations").await.json();
    assert_eq!(empty["reports"], json!([]));
}
