use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The most that may be spent on models, in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BudgetSettings {
    /// In an hour; the first begins with the first call, the next with the first call after it.
    pub usd_per_hour: Option<f64>,
    /// In 24 hours, counted likewise.
    pub usd_per_day: Option<f64>,
}

/// What was spent, and whether there is more to spend. It counts from the start of the process.
///
/// A call that was begun is finished and counted, so that as much more may be spent as the calls
/// under way cost.
#[derive(Debug)]
pub(super) struct Budget(Mutex<Vec<Window>>);

#[derive(Debug)]
struct Window {
    length: Duration,
    limit: f64,
    began: Option<Instant>,
    spent: f64,
}

impl Budget {
    pub(super) fn new(settings: BudgetSettings) -> Self {
        let window = |(length, limit): (Duration, Option<f64>)| {
            Some(Window {
                length,
                limit: limit?,
                began: None,
                spent: 0.0,
            })
        };
        let limits = [(HOUR, settings.usd_per_hour), (DAY, settings.usd_per_day)];
        Self(Mutex::new(limits.into_iter().filter_map(window).collect()))
    }

    /// How long nothing more may be spent; `None` where something may.
    pub(super) fn exhausted(&self) -> Option<Duration> {
        let mut windows = self.windows();
        windows.iter_mut().filter_map(Window::exhausted).max()
    }

    /// Counts what a call has cost, in US dollars.
    pub(super) fn spend(&self, cost: f64) {
        for window in self.windows().iter_mut() {
            window.renew();
            window.began.get_or_insert_with(Instant::now);
            window.spent += cost;
        }
    }

    fn windows(&self) -> std::sync::MutexGuard<'_, Vec<Window>> {
        // Nothing in it can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn renew(&mut self) {
        if self
            .began
            .is_some_and(|began| began.elapsed() >= self.length)
        {
            self.began = None;
            self.spent = 0.0;
        }
    }

    fn exhausted(&mut self) -> Option<Duration> {
        self.renew();
        let left = self.length.saturating_sub(self.began?.elapsed());
        (self.spent >= self.limit).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_hours_and_a_days_money_come_back_each_in_its_time() {
        let budget = Budget::new(BudgetSettings {
            usd_per_hour: Some(1.0),
            usd_per_day: Some(1.5),
        });
        budget.spend(0.9);
        assert_eq!(budget.exhausted(), None);
        budget.spend(0.2);
        assert_eq!(budget.exhausted(), Some(HOUR));
        tokio::time::advance(HOUR).await;
        assert_eq!(budget.exhausted(), None);
        budget.spend(0.5);
        assert_eq!(budget.exhausted(), Some(HOUR * 23));
        tokio::time::advance(HOUR * 23).await;
        assert_eq!(budget.exhausted(), None);
    }

    #[test]
    fn without_limits_nothing_is_exhausted() {
        let budget = Budget::new(BudgetSettings::default());
        budget.spend(1e9);
        assert_eq!(budget.exhausted(), None);
    }
}
