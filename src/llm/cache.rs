//! Answers equal requests once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::{HashMap, HashMapExt as _};
use tokio::sync::OnceCell;

use super::recording::key;
use super::{CallError, Completion, Model, ModelIdentity, Reply, Request, Usage};

/// Bytes of a reply up to which it is kept. Grades take a few thousand.
const LARGEST: usize = 65_536;

/// Keeps a model's replies, in memory, and asks it once for equal requests: a candidate who sends an
/// answer again has the same grade, and nobody pays for it twice.
///
/// A kept reply says so (`cached`) and has cost nothing. Requests that are equal to one under way wait
/// for it; where that fails, or whoever made it goes away, the next of them asks. Failures are not
/// kept.
pub struct CachedModel {
    model: Arc<dyn Model>,
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    replies: HashMap<String, Arc<OnceCell<Reply>>>,
    /// Oldest first.
    order: VecDeque<String>,
}

impl CachedModel {
    /// Keeps up to so many replies of a model, the latest.
    pub fn new(model: Arc<dyn Model>, most: usize) -> Self {
        Self {
            model,
            most,
            kept: Mutex::new(Kept {
                replies: HashMap::new(),
                order: VecDeque::new(),
            }),
        }
    }

    async fn reply(&self, request: &Request) -> Result<Reply, CallError> {
        let key = key(&self.model.identity(), request);
        let cell = self.kept().cell(&key, self.most);
        let mut asked = false;
        let ask = || {
            asked = true;
            self.model.complete(request)
        };
        let outcome = cell.get_or_try_init(ask).await.cloned();
        match outcome {
            Ok(reply) if asked => {
                if reply.content.len() > LARGEST {
                    self.kept().forget(&key, &cell);
                }
                Ok(reply)
            }
            Ok(reply) => Ok(Reply {
                usage: Usage::default(),
                attempts: 0,
                cached: true,
                ..reply
            }),
            Err(error) => {
                self.kept().forget(&key, &cell);
                Err(error)
            }
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Nothing in it can be left half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn cell(&mut self, key: &str, most: usize) -> Arc<OnceCell<Reply>> {
        if let Some(cell) = self.replies.get(key) {
            return cell.clone();
        }
        let cell = Arc::<OnceCell<Reply>>::default();
        self.replies.insert(key.to_owned(), cell.clone());
        self.order.push_back(key.to_owned());
        while self.order.len() > most.max(1) {
            if let Some(oldest) = self.order.pop_front() {
                self.replies.remove(&oldest);
            }
        }
        cell
    }

    /// Drops a cell that holds nothing worth keeping, unless somebody has put another in its place.
    fn forget(&mut self, key: &str, cell: &Arc<OnceCell<Reply>>) {
        // Others may be waiting for it, each of whom asks in turn.
        let is_same = |kept: &Arc<OnceCell<Reply>>| Arc::ptr_eq(kept, cell);
        if self.replies.get(key).is_some_and(is_same) {
            self.replies.remove(key);
            self.order.retain(|other| other != key);
        }
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
    use crate::llm::Failure;

    /// Takes a second for a reply, which it numbers; fails for a user who says so.
    #[derive(Default)]
    struct Numbering(AtomicUsize);

    impl Model for Numbering {
        fn identity(&self) -> ModelIdentity {
            ModelIdentity {
                provider: "test".into(),
                model: "numbering".into(),
            }
        }

        fn complete<'a>(&'a self, request: &'a Request) -> Completion<'a> {
            Box::pin(async move {
                let number = self.0.fetch_add(1, Relaxed) + 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
                if request.user == "fail" {
                    return Err(CallError {
                        failure: Failure::Network,
                        attempts: 1,
                        usage: Usage::default(),
                    });
                }
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

    fn cached(most: usize) -> (Arc<Numbering>, CachedModel) {
        let model = Arc::new(Numbering::default());
        (model.clone(), CachedModel::new(model, most))
    }

    fn request(user: &str) -> Request {
        Request {
            prompt: "grade@000000000000".into(),
            system: "Grade.".into(),
            user: user.into(),
            schema_name: "grade".into(),
            schema: serde_json::json!({}),
            schema_in_instructions: false,
            max_output_tokens: 9,
            temperature: None,
            seed: None,
            deadline: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn equal_requests_have_one_reply_that_is_billed_once() {
        let (model, cached) = cached(9);
        let request = request("x");
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

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_not_kept() {
        let (model, cached) = cached(9);
        for _ in 0..2 {
            assert!(cached.complete(&request("fail")).await.is_err());
        }
        assert_eq!(model.0.load(Relaxed), 2);
        assert!(cached.kept().replies.is_empty() && cached.kept().order.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_one_that_went_away_asks_itself() {
        let (model, cached) = cached(9);
        let request = request("x");
        let gone = tokio::time::timeout(Duration::from_millis(10), cached.complete(&request));
        let (gone, stayed) = tokio::join!(gone, cached.complete(&request));
        assert!(gone.is_err());
        assert_eq!(stayed.unwrap().content, "2");
        assert_eq!(model.0.load(Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_reply_goes_first() {
        let (model, cached) = cached(2);
        for user in ["a", "b", "c", "c", "a"] {
            cached.complete(&request(user)).await.unwrap();
        }
        assert_eq!(model.0.load(Relaxed), 4);
        assert_eq!(cached.kept().replies.len(), 2);
    }
}
