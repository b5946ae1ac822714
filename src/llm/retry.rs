//! Decides whether to ask again, and when.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

use super::Failure;

/// The attempts that may run into the time limit: waiting twice as long is all anybody bears.
const TIMEOUTS: u32 = 2;

/// Says how long to wait between attempts.
///
/// The defaults are those of the providers' own libraries, with a shorter patience for servers
/// that ask to wait: somebody waits for the grade.
///
/// ```
/// use std::time::Duration;
///
/// use answer_grader::llm::RetrySettings;
///
/// // For a batch, where nobody waits.
/// let patient = RetrySettings { max_retry_after: Duration::from_mins(5), ..RetrySettings::default() };
/// assert_eq!(patient.base_delay, Duration::from_millis(500));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySettings {
    /// The first wait; each further one is twice as long. Up to as much again is added at random,
    /// so that the callers of a recovering server do not come back all at once.
    pub base_delay: Duration,
    /// The longest wait before the random part.
    pub max_delay: Duration,
    /// The longest wait that a server may ask for; if it asks for more, the call fails at once.
    pub max_retry_after: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(30),
        }
    }
}

/// Holds what a response's headers say about asking again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RetryHints {
    pub(super) retry_after: Option<Duration>,
    forbidden: bool,
}

impl RetryHints {
    /// Reads `retry-after-ms`, then `Retry-After` as seconds or as a date, and `x-should-retry`.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let milliseconds = text("retry-after-ms")
            .and_then(|value| seconds(value).map(|wait| wait.div_f64(1_000.0)));
        let retry_after = milliseconds.or_else(|| {
            let value = text(RETRY_AFTER.as_str())?;
            seconds(value).or_else(|| until(value))
        });
        Self {
            // Zero and less tell nothing; the usual wait does.
            retry_after: retry_after.filter(|wait| !wait.is_zero()),
            forbidden: text("x-should-retry") == Some("false"),
        }
    }
}

fn seconds(value: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(value.parse().ok()?).ok()
}

fn until(value: &str) -> Option<Duration> {
    let date = httpdate::parse_http_date(value).ok()?;
    date.duration_since(SystemTime::now()).ok()
}

/// Counts down what one call may still try.
pub(super) struct Patience {
    waits: ExponentialBackoff,
    timeouts: u32,
    max_retry_after: Duration,
    deadline: Option<Instant>,
}

impl Patience {
    pub(super) fn new(settings: &RetrySettings, retries: u32, deadline: Option<Instant>) -> Self {
        let waits = ExponentialBuilder::new()
            .with_min_delay(settings.base_delay)
            .with_max_delay(settings.max_delay)
            .with_factor(2.0)
            .with_jitter()
            .with_max_times(retries.try_into().unwrap_or(usize::MAX))
            .build();
        Self {
            waits,
            timeouts: 0,
            max_retry_after: settings.max_retry_after,
            deadline,
        }
    }

    /// Returns how long to wait before the next attempt, or `None` where there is to be none.
    ///
    /// A wait that would outlast the deadline is not begun: the caller learns the reason now
    /// rather than later.
    pub(super) fn wait_after(&mut self, failure: &Failure, hints: RetryHints) -> Option<Duration> {
        if !failure.retryable() || hints.forbidden {
            return None;
        }
        if matches!(failure, Failure::Timeout) {
            self.timeouts += 1;
            if self.timeouts >= TIMEOUTS {
                return None;
            }
        }
        let usual = self.waits.next()?;
        let wait = hints.retry_after.unwrap_or(usual);
        if hints.retry_after.is_some() && wait > self.max_retry_after {
            return None;
        }
        let in_time = self
            .deadline
            .is_none_or(|deadline| wait < deadline.saturating_duration_since(Instant::now()));
        in_time.then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn hints(headers: &[(&'static str, &str)]) -> RetryHints {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        RetryHints::read(&headers.collect())
    }

    #[rstest]
    #[case(&[("retry-after", "7")], Some(7_000))]
    #[case(&[("retry-after", "0.25")], Some(250))]
    #[case(&[("retry-after-ms", "120"), ("retry-after", "7")], Some(120))]
    #[case(&[("retry-after-ms", "soon"), ("retry-after", "7")], Some(7_000))]
    #[case(&[("retry-after", "-1")], None)]
    #[case(&[("retry-after", "0")], None)]
    #[case(&[("retry-after", "1e300")], None)]
    #[case(&[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")], None)]
    #[case(&[], None)]
    fn a_wait_is_read_in_every_notation(
        #[case] headers: &[(&'static str, &str)],
        #[case] milliseconds: Option<u64>,
    ) {
        let expected = milliseconds.map(Duration::from_millis);
        assert_eq!(hints(headers).retry_after, expected);
    }

    #[test]
    fn a_date_to_come_is_a_wait() {
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(20));
        let wait = hints(&[("retry-after", &date)]).retry_after.unwrap();
        assert!((18..=20).contains(&wait.as_secs()), "{wait:?}");
    }

    #[test]
    fn waits_grow_up_to_their_limit_and_end() {
        let mut patience = Patience::new(&RetrySettings::default(), 6, None);
        let failure = Failure::ServerError { status: 500 };
        let mut wait = || patience.wait_after(&failure, RetryHints::default());
        for base in [500, 1_000, 2_000, 4_000, 8_000, 8_000] {
            let base = Duration::from_millis(base);
            let wait = wait().unwrap();
            assert!((base..=base * 2).contains(&wait), "{wait:?} for {base:?}");
        }
        assert_eq!(wait(), None);
    }

    #[test]
    fn a_server_may_ask_for_thirty_seconds_and_no_more() {
        let failure = Failure::RateLimited { retry_after: None };
        let mut patience = Patience::new(&RetrySettings::default(), 9, None);
        let mut wait = |seconds| patience.wait_after(&failure, hints(&[("retry-after", seconds)]));
        assert_eq!(wait("30"), Some(Duration::from_secs(30)));
        assert_eq!(wait("31"), None);
    }

    #[test]
    fn a_server_can_forbid_to_ask_again() {
        let failure = Failure::ServerError { status: 500 };
        let mut patience = Patience::new(&RetrySettings::default(), 9, None);
        let forbidden = hints(&[("x-should-retry", "false")]);
        assert_eq!(patience.wait_after(&failure, forbidden), None);
    }
}
