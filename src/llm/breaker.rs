//! Spares a provider that is down, and everybody who would wait for it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Failure;

/// Says when a provider is left alone, and for how long. Meanwhile calls fail at once, as the last
/// one did, with no attempt.
///
/// See [`HttpModel::with_breaker`](super::HttpModel::with_breaker).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// So many calls in a row that failed for the provider's sake; 0 leaves it never alone.
    pub failures: u32,
    /// How long it is left alone before one call tries again.
    pub rest: Duration,
}

/// Counts the calls that failed in a row. While it is open, calls fail at once as the last one did.
#[derive(Debug)]
pub(super) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failed: u32,
    /// Where it is open: until when, and why.
    open: Option<(Instant, Failure)>,
    /// Whether a call is under way that finds out whether the provider is back.
    trying: bool,
}

/// Allows one call, whose outcome it takes. Dropped without one, as by a client that went away, it
/// changes nothing.
pub(super) struct Permit<'a> {
    breaker: &'a Breaker,
    tries: bool,
}

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
        }
    }

    /// Allows a call, or says why the provider is left alone.
    pub(super) fn admit(&self) -> Result<Permit<'_>, Failure> {
        let mut state = self.state();
        let tries = match &state.open {
            None => false,
            Some((until, failure)) if state.trying || Instant::now() < *until => {
                return Err(failure.clone());
            }
            Some(_) => true,
        };
        state.trying |= tries;
        drop(state);
        Ok(Permit {
            breaker: self,
            tries,
        })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere leaves nothing half done that the next call would not mend.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// Notes how the call ended; `None` is a reply.
    pub(super) fn ended(self, failure: Option<&Failure>) {
        let mut state = self.breaker.state();
        let Some(failure) = failure.filter(|failure| is_providers(failure)) else {
            // It answered, if only to say no.
            state.failed = 0;
            state.open = None;
            return;
        };
        state.failed = state.failed.saturating_add(1);
        let BreakerSettings { failures, rest } = self.breaker.settings;
        if failures > 0 && state.failed >= failures {
            if state.open.is_none() {
                tracing::warn!(
                    code = failure.code(),
                    rest_ms = rest.as_millis(),
                    "the model's provider is left alone for a while"
                );
            }
            state.open = Some((Instant::now() + rest, failure.clone()));
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.tries {
            self.breaker.state().trying = false;
        }
    }
}

/// Failures that the next request would meet, too, whatever it asks.
fn is_providers(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Overloaded { .. }
            | Failure::ServerError { .. }
            | Failure::Timeout
            | Failure::Network
            | Failure::QuotaExhausted
            | Failure::Authentication { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(10);
    const DOWN: Failure = Failure::Network;

    fn breaker() -> Breaker {
        Breaker::new(BreakerSettings {
            failures: 3,
            rest: REST,
        })
    }

    fn fail(breaker: &Breaker, times: usize) {
        for _ in 0..times {
            breaker.admit().ok().unwrap().ended(Some(&DOWN));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_and_lets_one_call_try_again() {
        let breaker = breaker();
        fail(&breaker, 2);
        breaker.admit().ok().unwrap().ended(None);
        fail(&breaker, 3);
        assert_eq!(breaker.admit().err(), Some(DOWN));
        tokio::time::advance(REST).await;
        let trial = breaker.admit().ok().unwrap();
        assert!(breaker.admit().is_err(), "one at a time");
        trial.ended(Some(&DOWN));
        assert!(breaker.admit().is_err(), "it rests again");
        tokio::time::advance(REST).await;
        breaker.admit().ok().unwrap().ended(None);
        assert!(breaker.admit().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_trial_that_nobody_waits_for_does_not_keep_others_out() {
        let breaker = breaker();
        fail(&breaker, 3);
        tokio::time::advance(REST).await;
        drop(breaker.admit());
        assert!(breaker.admit().is_ok());
    }

    #[test]
    fn what_is_wrong_with_one_request_says_nothing_about_the_next() {
        let breaker = breaker();
        for _ in 0..9 {
            let permit = breaker.admit().ok().unwrap();
            permit.ended(Some(&Failure::Truncated));
        }
        assert!(breaker.admit().is_ok());
        let never = Breaker::new(BreakerSettings {
            failures: 0,
            rest: REST,
        });
        fail(&never, 9);
        assert!(never.admit().is_ok());
    }
}
