//! Answers equal requests once.

use std::sync::Arc;

use super::recording::key;
use super::{CallError, Completion, Model, ModelIdentity, Once, Reply, Request, Usage};

/// Bytes of a reply up to which it is kept. Grades take a few thousand.
const LARGEST: usize = 65_536;

/// Keeps a model's replies, in memory, and asks it once for equal requests: a candidate who sends an
/// answer again has the same grade, and nobody pays for it twice.
///
/// A kept reply says so (`cached`) and has cost nothing. Requests that are equal to one under way wait
/// for it; where that fails, or whoever made it goes away, the next of them asks. Failures are not
/// kept.
///
/// ```
/// use std::sync::Arc;
///
/// use answer_grader::llm::CachedModel;
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
///
/// let model = CachedModel::new(Arc::new(Mine), 1_000);
/// let first = model.complete(&request).await?;
/// let again = model.complete(&request).await?;
/// assert!(!first.cached && again.cached);
/// assert_eq!((again.attempts, again.usage.input), (0, 0));
/// # Ok(())
/// # }
/// ```
pub struct CachedModel {
    model: Arc<dyn Model>,
    replies: Once<Reply>,
}

impl CachedModel {
    /// Keeps up to `most` replies of a model, the latest; one at least.
    pub fn new(model: Arc<dyn Model>, most: usize) -> Self {
        Self {
            model,
            replies: Once::new(most),
        }
    }

    async fn reply(&self, request: &Request) -> Result<Reply, CallError> {
        let key = key(&self.model.identity(), request);
        let asked = self.replies.get(&key, || self.model.complete(request));
        let (reply, asked) = asked.await?;
        if !asked {
            return Ok(Reply {
                usage: Usage::default(),
                attempts: 0,
                cached: true,
                ..reply
            });
        }
        if reply.content.len() > LARGEST {
            self.replies.forget(&key);
        }
        Ok(reply)
    }
}

impl Model for CachedModel {
    fn identity(&self) -> ModelIdentity {
        self.model.identity()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> Completion<'a> {
        Box::pin(self.reply(request))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::time::Duration;

    use super::*;

    /// Takes a second for a reply, which it numbers.
    #[derive(Default)]
    struct Numbering(AtomicUsize);

    impl Model for Numbering {
        fn identity(&self) -> ModelIdentity {
            ModelIdentity {
                provider: "test".into(),
                model: "numbering".into(),
            }
        }

        fn complete<'a>(&'a self, _: &'a Request) -> Completion<'a> {
            Box::pin(async move {
                let number = self.0.fetch_add(1, Relaxed) + 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(Reply {
                    content: number.to_string(),
                    model: "numbering-1".into(),
                    request_id: None,
                    usage: Usage {
                        input: 10,
                        ..Usage::default()
                    },
                    attempts: 1,
                    elapsed: Duration::from_secs(1),
                    cached: false,
                })
            })
        }
    }

    fn request() -> Request {
        Request {
            prompt: "grade@000000000000".into(),
            system: "Grade.".into(),
            user: "x".into(),
            shared: 0,
            schema_name: "grade".into(),
            schema: serde_json::json!({}).into(),
            schema_in_instructions: false,
            max_output_tokens: 9,
            temperature: None,
            seed: None,
            deadline: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn equal_requests_have_one_reply_that_is_billed_once() {
        let model = Arc::new(Numbering::default());
        let cached = CachedModel::new(model.clone(), 9);
        let request = request();
        let (one, other) = tokio::join!(cached.complete(&request), cached.complete(&request));
        let replies = [
            one.unwrap(),
            other.unwrap(),
            cached.complete(&request).await.unwrap(),
        ];
        assert_eq!(model.0.load(Relaxed), 1);
        let billed: Vec<_> = replies.iter().map(|reply| reply.usage.input).collect();
        let kept: Vec<_> = replies.iter().map(|reply| reply.cached).collect();
        assert_eq!((billed, kept), (vec![10, 0, 0], vec![false, true, true]));
        assert!(replies.iter().all(|reply| reply.content == "1"));
    }
}
