use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use foldhash::HashMap;

use super::error::Problem;
use crate::store::{ApiKey, Share, Store, StoreError, minute, to_next_minute};

/// How long what the database says of keys is believed; a key that is taken back is good for so long.
const BELIEVED: Duration = Duration::from_secs(5);
/// The most keys that are remembered; guesses are not.
const MOST: usize = 10_000;
/// A key's requests of a minute are taken from the database in so many parts.
const PARTS: u32 = 20;

/// The keys of a database, as they were a moment ago.
pub struct Keyring {
    store: Store,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    any: Option<(bool, Instant)>,
    known: HashMap<String, Known>,
}

/// What is known of a key.
struct Known {
    key: Arc<ApiKey>,
    at: Instant,
    /// Requests that were taken from the database for it, and not made yet.
    share: Share,
    /// The last minute that was used up.
    used_up: i64,
    /// US dollars that it had cost today, and when that was so.
    spent: Option<(f64, Instant)>,
}

impl Keyring {
    /// Makes a keyring of a database's keys.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            state: Mutex::default(),
        }
    }

    /// Tells whether anybody has a key that is valid.
    pub(super) async fn has_keys(&self) -> Result<bool, StoreError> {
        let believed = self.state().any;
        if let Some((any, at)) = believed
            && at.elapsed() < BELIEVED
        {
            return Ok(any);
        }
        // A key that has ended keeps the service closed: it was open to nobody.
        let any = !self.store.keys().await?.is_empty();
        self.state().any = Some((any, Instant::now()));
        Ok(any)
    }

    /// Finds the valid key that somebody gives.
    pub(super) async fn find(&self, given: &str) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let Some((id, secret)) = ApiKey::parts(given) else {
            return Ok(None);
        };
        let known = self.known(id).await?;
        Ok(known.filter(|key| key.has_secret(secret) && key.is_valid()))
    }

    /// Finds the valid key that a browser is signed in with.
    pub(super) async fn signed_in(&self, token: &str) -> Result<Option<Arc<ApiKey>>, StoreError> {
        match self.store.session(token).await? {
            Some(id) => self.of_id(&id).await,
            None => Ok(None),
        }
    }

    /// Finds a valid key by the part that may be shown.
    pub(super) async fn of_id(&self, id: &str) -> Result<Option<Arc<ApiKey>>, StoreError> {
        Ok(self.known(id).await?.filter(|key| key.is_valid()))
    }

    async fn known(&self, id: &str) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let fresh = |known: &&Known| known.at.elapsed() < BELIEVED;
        let known = self
            .state()
            .known
            .get(id)
            .filter(fresh)
            .map(|known| known.key.clone());
        if known.is_some() {
            return Ok(known);
        }
        let Some(key) = self.store.key(id).await?.map(Arc::new) else {
            return Ok(None);
        };
        let mut state = self.state();
        if state.known.len() >= MOST {
            state.known.retain(|_, known| known.at.elapsed() < BELIEVED);
        }
        let entry = state
            .known
            .entry(id.to_owned())
            .or_insert_with(|| Known::new(key.clone()));
        (entry.key, entry.at) = (key.clone(), Instant::now());
        Ok(Some(key))
    }

    /// Counts a request for a key.
    pub(super) async fn count(&self, key: &ApiKey) -> Result<(), Problem> {
        let Some(limit) = key.requests_per_minute else {
            return Ok(());
        };
        match self.use_share(&key.id) {
            Some(true) => return Ok(()),
            // The minute is known to be used up, and asking again would only keep the database busy.
            Some(false) => return Err(Problem::too_many_requests(limit, to_next_minute())),
            None => {}
        }
        let wanted = (limit / PARTS).max(1);
        let share = self.store.take_requests(&key.id, limit, wanted).await?;
        if share.requests == 0 {
            if let Some(known) = self.state().known.get_mut(&key.id) {
                known.used_up = share.minute;
            }
            return Err(Problem::too_many_requests(limit, to_next_minute()));
        }
        let mut state = self.state();
        if let Some(known) = state.known.get_mut(&key.id) {
            let left = Share {
                requests: share.requests - 1,
                ..share
            };
            known.share = if known.share.minute == share.minute {
                Share {
                    requests: known.share.requests + left.requests,
                    ..left
                }
            } else {
                left
            };
        }
        Ok(())
    }

    /// Takes one of the requests at hand; `false` where the minute is used up, `None` where the database
    /// has to be asked.
    fn use_share(&self, id: &str) -> Option<bool> {
        let mut state = self.state();
        let known = state.known.get_mut(id)?;
        let minute = minute();
        if known.share.minute == minute && known.share.requests > 0 {
            known.share.requests -= 1;
            return Some(true);
        }
        (known.used_up == minute).then_some(false)
    }

    /// Refuses a request for a key that has spent its money of today. What is under way is counted when
    /// it ends, so that a little more may be spent.
    pub(super) async fn check_money(&self, key: &ApiKey) -> Result<(), Problem> {
        let Some(limit) = key.usd_per_day else {
            return Ok(());
        };
        let fresh = |(_, at): &(f64, Instant)| at.elapsed() < BELIEVED;
        let believed = self
            .state()
            .known
            .get(&key.id)
            .and_then(|known| known.spent)
            .filter(fresh);
        let spent = if let Some((spent, _)) = believed {
            spent
        } else {
            let spent = self.store.spent_today(&key.id).await?;
            if let Some(known) = self.state().known.get_mut(&key.id) {
                known.spent = Some((spent, Instant::now()));
            }
            spent
        };
        if spent >= limit {
            return Err(Problem::key_budget_exhausted(limit));
        }
        Ok(())
    }

    /// Adds what a request has just cost.
    pub(super) async fn pay(&self, key: &ApiKey, cost: f64) -> Result<(), StoreError> {
        if key.usd_per_day.is_none() || cost <= 0.0 {
            return Ok(());
        }
        self.store.spend(&key.id, cost).await?;
        let mut state = self.state();
        let spent = state
            .known
            .get_mut(&key.id)
            .and_then(|known| known.spent.as_mut());
        if let Some((spent, _)) = spent {
            *spent += cost;
        }
        Ok(())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing in it can be left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn new(key: Arc<ApiKey>) -> Self {
        Self {
            key,
            at: Instant::now(),
            share: Share {
                minute: 0,
                requests: 0,
            },
            used_up: 0,
            spent: None,
        }
    }
}
