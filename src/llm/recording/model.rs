use std::sync::Arc;

use super::Recording;
use super::entry::{Entry, key};
use crate::llm::{CallError, Completion, Failure, Model, ModelIdentity, Reply, Request, Usage};

/// Replies from a recording; what is not in it is asked of another model, if there is one, and kept.
///
/// It is a model for one occurrence: the second time that the same cases are graded takes a second
/// object. So which reply a case gets does not hang on how many are asked at once.
///
/// ```
/// use std::sync::Arc;
///
/// use answer_grader::llm::{Failure, RecordedModel, Recording};
/// # use answer_grader::llm::{Completion, Model, ModelIdentity, Reply, Request, Usage};
/// # struct Mine;
/// # impl Model for Mine {
/// #     fn identity(&self) -> ModelIdentity {
/// #         ModelIdentity { provider: "mine".to_owned(), model: "mine-1".to_owned() }
/// #     }
/// #     fn complete<'a>(&'a self, _request: &'a Request) -> Completion<'a> {
/// #         let (content, model) = ("{}".to_owned(), "mine-1".to_owned());
/// #         let (elapsed, usage) = (std::time::Duration::ZERO, Usage { input: 9, ..Usage::default() });
/// #         Box::pin(async move {
/// #             Ok(Reply { content, model, usage, elapsed, request_id: None, attempts: 1, cached: false })
/// #         })
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let request = Request {
/// #     prompt: "grade@1f3a9c02d4e5".to_owned(), system: "Grade.".into(), user: "It joins.".to_owned(),
/// #     shared: 0, schema_name: "grade".to_owned(), schema: serde_json::json!({"type": "object"}).into(),
/// #     schema_in_instructions: false, max_output_tokens: 100, temperature: Some(0.0), seed: None,
/// #     deadline: None,
/// # };
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sql.jsonl");
/// let recording = Arc::new(Recording::create(&path)?);
/// let live = RecordedModel::record(recording, 1, Arc::new(Mine));
/// assert!(!live.knows(&request));
/// live.complete(&request).await?;
///
/// let recording = Arc::new(Recording::read(&path, false)?);
/// assert_eq!(recording.len(), 1);
/// let replayed = RecordedModel::replay(recording.clone(), 1, Mine.identity());
/// assert!(replayed.complete(&request).await?.cached);
/// let second = RecordedModel::replay(recording, 2, Mine.identity());
/// let error = second.complete(&request).await.unwrap_err();
/// assert_eq!(error.failure, Failure::NotRecorded);
/// # Ok(())
/// # }
/// ```
pub struct RecordedModel {
    recording: Arc<Recording>,
    occurrence: u32,
    identity: ModelIdentity,
    live: Option<Arc<dyn Model>>,
}

impl RecordedModel {
    /// Makes a model that only replays; what is not recorded fails as [`Failure::NotRecorded`].
    /// `occurrence` counts from 1.
    pub fn replay(recording: Arc<Recording>, occurrence: u32, identity: ModelIdentity) -> Self {
        Self {
            recording,
            occurrence,
            identity,
            live: None,
        }
    }

    /// Makes a model that asks `live` for what is not recorded, and keeps the reply, or a failure that
    /// the same request would meet again. `occurrence` counts from 1.
    pub fn record(recording: Arc<Recording>, occurrence: u32, live: Arc<dyn Model>) -> Self {
        Self {
            recording,
            occurrence,
            identity: live.identity(),
            live: Some(live),
        }
    }

    /// Whether the exchange is recorded, so that it costs nothing.
    pub fn knows(&self, request: &Request) -> bool {
        let key = key(&self.identity, request);
        self.recording.holds(&key, self.occurrence)
    }

    async fn call(&self, request: &Request) -> Result<Reply, CallError> {
        let key = key(&self.identity, request);
        if let Some(entry) = self.recording.find(&key, self.occurrence) {
            return entry.outcome();
        }
        let Some(live) = &self.live else {
            return Err(CallError {
                failure: Failure::NotRecorded,
                attempts: 0,
                usage: Usage::default(),
            });
        };
        let outcome = live.complete(request).await;
        let about = (&self.identity, request.prompt.as_str());
        if let Some(entry) = Entry::of(key, self.occurrence, about, &outcome) {
            self.recording.keep(entry).unwrap_or_else(|error| {
                // The reply is paid for and can be used now; it will have to be asked for again.
                tracing::error!(%error, "a reply could not be recorded");
            });
        }
        outcome
    }
}

impl Model for RecordedModel {
    fn identity(&self) -> ModelIdentity {
        self.identity.clone()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> Completion<'a> {
        Box::pin(self.call(request))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::llm::RecordingError;

    /// A model whose replies count up, or that fails.
    struct Counting {
        asked: AtomicU32,
        failure: Option<Failure>,
    }

    impl Model for Counting {
        fn identity(&self) -> ModelIdentity {
            identity()
        }

        fn complete<'a>(&'a self, _: &'a Request) -> Completion<'a> {
            let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            let usage = Usage {
                input: 7,
                ..Usage::default()
            };
            let outcome = match &self.failure {
                Some(failure) => Err(CallError {
                    failure: failure.clone(),
                    attempts: 1,
                    usage,
                }),
                None => Ok(Reply {
                    content: format!("reply {number}"),
                    model: "m-2026".into(),
                    request_id: None,
                    usage,
                    attempts: 1,
                    elapsed: Duration::from_millis(12),
                    cached: false,
                }),
            };
            Box::pin(std::future::ready(outcome))
        }
    }

    fn identity() -> ModelIdentity {
        ModelIdentity {
            provider: "stub".into(),
            model: "m".into(),
        }
    }

    fn counting(failure: Option<Failure>) -> Arc<Counting> {
        let asked = AtomicU32::new(0);
        Arc::new(Counting { asked, failure })
    }

    fn request(user: &str) -> Request {
        Request {
            prompt: "grade@0".into(),
            system: "judge".into(),
            user: user.into(),
            shared: 0,
            schema_name: "s".into(),
            schema: json!({}).into(),
            schema_in_instructions: false,
            max_output_tokens: 10,
            temperature: None,
            seed: None,
            deadline: None,
        }
    }

    #[tokio::test]
    async fn what_was_recorded_is_replayed_without_asking() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let live = counting(None);
        let recording = Arc::new(Recording::create(&path).unwrap());
        for occurrence in [1, 2] {
            let model = RecordedModel::record(recording.clone(), occurrence, live.clone());
            let reply = model.complete(&request("a")).await.unwrap();
            assert_eq!(reply.content, format!("reply {occurrence}"));
            // The same request again is the same exchange.
            model.complete(&request("a")).await.unwrap();
        }
        assert_eq!(live.asked.load(Ordering::SeqCst), 2);

        let again = Arc::new(Recording::read(&path, false).unwrap());
        assert_eq!(again.len(), 2);
        let model = RecordedModel::replay(again.clone(), 2, identity());
        assert!(model.knows(&request("a")));
        let reply = model.complete(&request("a")).await.unwrap();
        assert_eq!(
            (reply.content.as_str(), reply.cached, reply.attempts),
            ("reply 2", true, 0)
        );
        assert_eq!(
            (reply.usage.input, reply.elapsed),
            (7, Duration::from_millis(12))
        );
        let missing = model.complete(&request("b")).await.unwrap_err();
        assert_eq!(missing.failure, Failure::NotRecorded);
        assert!(!std::fs::read_to_string(&path).unwrap().contains("judge"));
    }

    #[rstest]
    #[case(Failure::Refused, 1)]
    #[case(Failure::Timeout, 0)]
    #[tokio::test]
    async fn only_failures_that_would_come_again_are_kept(
        #[case] failure: Failure,
        #[case] kept: usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let recording = Arc::new(Recording::read(&path, true).unwrap());
        let model = RecordedModel::record(recording, 1, counting(Some(failure.clone())));
        assert!(model.complete(&request("a")).await.is_err());
        let again = Arc::new(Recording::read(&path, false).unwrap());
        assert_eq!(again.len(), kept);
        let replayed = RecordedModel::replay(again, 1, identity());
        let error = replayed.complete(&request("a")).await.unwrap_err();
        let expected = if kept == 1 {
            failure
        } else {
            Failure::NotRecorded
        };
        assert_eq!(error.failure, expected);
    }

    #[test]
    fn a_recording_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        std::fs::write(&path, "").unwrap();
        let error = Recording::create(&path).err().unwrap();
        assert!(matches!(error, RecordingError::Exists { .. }));
    }

    #[rstest]
    #[case(
        "{\"request\":\"secret answer\"",
        ":1: is cut off at column 26; remove the line"
    )]
    #[case("[\"secret answer\"]", ":1: is no recorded exchange (column")]
    fn a_broken_line_is_named_and_not_shown(#[case] line: &str, #[case] named: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        std::fs::write(&path, line).unwrap();
        let error = Recording::read(&path, false).err().unwrap().to_string();
        assert!(error.contains(named), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}
