//! How many requests are under way at a provider, and when the next may leave: as its rate-limit
//! headers say.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Nobody is held longer than this on a header's word; then the provider is asked, and may refuse.
const LONGEST_HOLD: Duration = Duration::from_secs(10);

/// Bounds the requests under way. The bound is halved when the provider says that there are too many,
/// and grows by one for each round of requests that went well (as TCP's does: RFC 5681); where its
/// headers say that nothing is left, the next request leaves when there is.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    bound: usize,
    under_way: usize,
    /// Requests that went well since the bound last changed.
    went_well: usize,
    held_until: Option<Instant>,
}

/// One request under way; dropped, it makes room for the next.
pub(super) struct Slot<'a>(&'a Pace);

impl Pace {
    /// Lets up to so many requests be under way; at least one.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            most,
            state: Mutex::new(State {
                bound: most,
                under_way: 0,
                went_well: 0,
                held_until: None,
            }),
            changed: Notify::new(),
        }
    }

    /// Waits until a request may leave.
    pub(super) async fn enter(&self) -> Slot<'_> {
        loop {
            let changed = self.changed.notified();
            let held_until = {
                let mut state = self.state();
                state.held_until = state.held_until.filter(|until| *until > Instant::now());
                if state.held_until.is_none() && state.under_way < state.bound {
                    state.under_way += 1;
                    if state.under_way < state.bound {
                        // Of two who left at once, a waiter may have heard only one.
                        self.changed.notify_one();
                    }
                    return Slot(self);
                }
                state.held_until
            };
            match held_until {
                Some(until) => sleep_until(until).await,
                None => changed.await,
            }
        }
    }

    /// Takes in what a response says about the provider's limits.
    pub(super) fn learn(&self, status: u16, headers: &HeaderMap, tokens: u64) {
        let hold = hold(headers, tokens);
        let mut state = self.state();
        if status == 429 {
            state.bound = (state.under_way / 2).clamp(1, state.bound);
            state.went_well = 0;
        } else {
            state.went_well += 1;
            if state.went_well >= state.bound && state.bound < self.most {
                state.bound += 1;
                state.went_well = 0;
                self.changed.notify_one();
            }
        }
        if let Some(hold) = hold {
            let until = Instant::now() + hold.min(LONGEST_HOLD);
            state.held_until = state.held_until.max(Some(until));
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing in it can be left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
        self.0.changed.notify_one();
    }
}

/// How long until there is enough for the next request, which is taken to be like the last; `None`
/// where there is, or nothing is said.
///
/// Providers fill what is left up again all the time, and say when it will be full; the share that is
/// wanted is there after that share of the time.
fn hold(headers: &HeaderMap, tokens: u64) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
    let holds = LIMITS.iter().filter_map(|names| {
        let remaining = number(names.remaining)?;
        let limit = number(names.limit)?;
        let need = if names.counts_tokens { tokens } else { 1 };
        let lacking = need as f64 - remaining;
        let spent = limit - remaining;
        let until_full = until(headers.get(names.reset)?.to_str().ok()?)?;
        let share = (lacking / spent).clamp(0.0, 1.0);
        (lacking > 0.0 && spent > 0.0).then(|| until_full.mul_f64(share))
    });
    holds.max()
}

/// The headers by which a provider tells one of its limits.
struct LimitHeaders {
    limit: &'static str,
    remaining: &'static str,
    reset: &'static str,
    counts_tokens: bool,
}

const LIMITS: [LimitHeaders; 4] = [
    LimitHeaders {
        limit: "x-ratelimit-limit-requests",
        remaining: "x-ratelimit-remaining-requests",
        reset: "x-ratelimit-reset-requests",
        counts_tokens: false,
    },
    LimitHeaders {
        limit: "x-ratelimit-limit-tokens",
        remaining: "x-ratelimit-remaining-tokens",
        reset: "x-ratelimit-reset-tokens",
        counts_tokens: true,
    },
    LimitHeaders {
        limit: "anthropic-ratelimit-requests-limit",
        remaining: "anthropic-ratelimit-requests-remaining",
        reset: "anthropic-ratelimit-requests-reset",
        counts_tokens: false,
    },
    LimitHeaders {
        limit: "anthropic-ratelimit-tokens-limit",
        remaining: "anthropic-ratelimit-tokens-remaining",
        reset: "anthropic-ratelimit-tokens-reset",
        counts_tokens: true,
    },
];

/// Reads a time to come: `6m0s`, `120ms`, seconds, or a date of RFC 3339.
fn until(text: &str) -> Option<Duration> {
    if let Ok(date) = humantime::parse_rfc3339_weak(text) {
        return date.duration_since(SystemTime::now()).ok();
    }
    if let Ok(seconds) = text.parse() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let mut sum = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| c != '.' && !c.is_ascii_digit())?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..];
        let letters = unit
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(unit.len());
        sum += number
            * match &unit[..letters] {
                "h" => 3_600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                _ => return None,
            };
        rest = &unit[letters..];
    }
    Duration::try_from_secs_f64(sum).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tokio::time::{advance, timeout};

    use super::*;

    fn headers(named: &[(&'static str, &str)]) -> HeaderMap {
        let parsed = named
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        parsed.collect()
    }

    async fn may_enter(pace: &Pace) -> Option<Slot<'_>> {
        timeout(Duration::from_millis(1), pace.enter()).await.ok()
    }

    #[rstest]
    #[case("6m0s", Some(360_000))]
    #[case("1m30.5s", Some(90_500))]
    #[case("120ms", Some(120))]
    #[case("2", Some(2_000))]
    #[case("soon", None)]
    #[case("5d", None)]
    #[case("2001-01-01T00:00:00Z", None)]
    fn a_reset_is_read_in_every_notation(#[case] text: &str, #[case] milliseconds: Option<u64>) {
        assert_eq!(until(text), milliseconds.map(Duration::from_millis));
    }

    #[test]
    fn a_date_to_come_is_a_time() {
        let date = SystemTime::now() + Duration::from_secs(20);
        let wait = until(&humantime::format_rfc3339(date).to_string()).unwrap();
        assert!((18..=20).contains(&wait.as_secs()), "{wait:?}");
    }

    #[rstest]
    #[case::there_is_enough(&[("x-ratelimit-limit-requests", "60"), ("x-ratelimit-remaining-requests", "1"),
        ("x-ratelimit-reset-requests", "59s")], None)]
    #[case::one_of_sixty_comes_back_each_second(&[("x-ratelimit-limit-requests", "60"),
        ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1m0s")], Some(1_000))]
    #[case::half_of_the_tokens_are_lacking(&[("x-ratelimit-limit-tokens", "1500"),
        ("x-ratelimit-remaining-tokens", "500"), ("x-ratelimit-reset-tokens", "10s")], Some(5_000))]
    #[case::nothing_is_said(&[("x-ratelimit-remaining-requests", "0")], None)]
    fn the_next_request_leaves_when_there_is_room_for_it(
        #[case] named: &[(&'static str, &str)],
        #[case] milliseconds: Option<u64>,
    ) {
        let expected = milliseconds.map(Duration::from_millis);
        assert_eq!(hold(&headers(named), 1_000), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_so_many_are_under_way() {
        let pace = Pace::new(2);
        let (first, second) = (pace.enter().await, pace.enter().await);
        assert!(may_enter(&pace).await.is_none());
        drop(first);
        assert!(may_enter(&pace).await.is_some());
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_who_waits_comes_in() {
        let pace = Pace::new(3);
        let mut slots = Vec::new();
        for _ in 0..3 {
            slots.push(pace.enter().await);
        }
        let waiting = futures_util::future::join_all((0..3).map(|_| pace.enter()));
        let leaving = async {
            // All at once, before any of them is heard.
            slots.clear();
        };
        let entered = timeout(Duration::from_secs(1), async {
            tokio::join!(waiting, leaving)
        });
        assert_eq!(entered.await.unwrap().0.len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_halve_the_bound_and_it_grows_again() {
        let pace = Pace::new(4);
        let mut slots = Vec::new();
        for _ in 0..4 {
            slots.push(pace.enter().await);
        }
        pace.learn(429, &HeaderMap::new(), 0);
        slots.truncate(2);
        assert!(may_enter(&pace).await.is_none());
        for _ in 0..2 {
            pace.learn(200, &HeaderMap::new(), 0);
        }
        slots.extend(may_enter(&pace).await);
        assert_eq!(slots.len(), 3);
        assert!(may_enter(&pace).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_let_in_when_one_leaves_or_the_hold_is_over() {
        let pace = Pace::new(1);
        let slot = pace.enter().await;
        let entered = async { drop(pace.enter().await) };
        let leaving = async {
            advance(Duration::from_secs(1)).await;
            drop(slot);
        };
        tokio::join!(entered, leaving);
        let nothing_left = headers(&[
            ("x-ratelimit-limit-requests", "60"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "2m0s"),
        ]);
        pace.learn(200, &nothing_left, 0);
        assert!(may_enter(&pace).await.is_none());
        advance(Duration::from_secs(2)).await;
        assert!(may_enter(&pace).await.is_some());
    }
}
