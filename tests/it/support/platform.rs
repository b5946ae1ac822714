//! A running service, and how it is asked over HTTP.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::Value;

use super::databases::{Database, Place};
use super::program::{Served, program, run};

/// A service with a database, and how it is asked.
pub(crate) struct Platform {
    pub(crate) place: Place,
    pub(crate) served: Served,
    pub(crate) client: Client,
}

impl Platform {
    pub(crate) async fn start(database: Database, settings: &[(&'static str, &str)]) -> Self {
        Self::at(Place::new(database).await, settings)
    }

    pub(crate) fn at(place: Place, settings: &[(&'static str, &str)]) -> Self {
        let served = Served::start(&environment(&place, settings));
        Self::of(place, served)
    }

    pub(crate) fn of(place: Place, served: Served) -> Self {
        // Fails where another test was faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            served,
            place,
            client: Client::builder()
                .no_proxy()
                // A service that has refused an upload closes the connection that it came on.
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
        }
    }

    /// Makes an API key.
    pub(crate) fn key(&self, arguments: &[&str]) -> String {
        let mut command = program();
        command
            .args(["key", "create"])
            .args(arguments)
            .envs(environment(&self.place, &[]));
        let (code, key, log) = run(&mut command, "");
        assert_eq!(code, 0, "{log}");
        key.trim().to_owned()
    }

    /// Asks with a key.
    pub(crate) async fn ask(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: &str,
    ) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.served.address);
        let request = self.client.request(method.parse().unwrap(), url);
        let request = request
            .bearer_auth(key)
            .header("content-type", "application/x-ndjson");
        answered(request.body(body.to_owned())).await
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        let response = self.client.get(format!("{}{path}", self.served.address));
        answered(response).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}{path}", self.served.address));
        answered(request.json(&body)).await
    }

    pub(crate) async fn upload(
        &self,
        path: &str,
        lines: &str,
        name: Option<&str>,
    ) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}{path}", self.served.address));
        let mut request = request.header("content-type", "application/x-ndjson");
        if let Some(name) = name {
            request = request.header("idempotency-key", name);
        }
        answered(request.body(lines.to_owned())).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Value {
        let request = self.client.put(format!("{}{path}", self.served.address));
        answered(request.json(&body)).await.1
    }

    pub(crate) async fn delete(&self, path: &str) -> Value {
        let request = self.client.delete(format!("{}{path}", self.served.address));
        answered(request).await.1
    }

    pub(crate) async fn text(&self, path: &str) -> String {
        let response = self.client.get(format!("{}{path}", self.served.address));
        response.send().await.unwrap().text().await.unwrap()
    }

    /// Begins a job; gives its id.
    pub(crate) async fn job(&self, path: &str, lines: &str) -> String {
        let (status, job) = self.upload(path, lines, None).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        job["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a job is as wanted.
    pub(crate) async fn wait(&self, job: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..600 {
            let (_, job) = self.get(&format!("/v1/jobs/{job}")).await;
            if wanted(&job) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!(
            "the job never came so far: {:?}",
            self.get(&format!("/v1/jobs/{job}")).await
        );
    }

    pub(crate) async fn done(&self, job: &str) -> Value {
        self.wait(job, |job| job["state"] == "done").await
    }

    /// The lines of a job's results.
    pub(crate) async fn results(&self, job: &str) -> Vec<Value> {
        let text = self.text(&format!("/v1/jobs/{job}/results")).await;
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The environment of a program that has a database, and further settings.
pub(crate) fn environment<'a>(
    place: &'a Place,
    settings: &[(&'static str, &'a str)],
) -> Vec<(&'static str, &'a str)> {
    let own = place
        .environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    own.chain(settings.iter().copied()).collect()
}

/// What a request is answered with.
pub(crate) async fn answered(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (status, json)
}
