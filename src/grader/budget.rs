use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The most that may be spent on models, in US dollars; `None` sets no limit.
///
/// See [`Budget`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BudgetSettings {
    /// In an hour; the first begins with the first call, the next with the first call after it.
    pub usd_per_hour: Option<f64>,
    /// In 24 hours, counted likewise.
    pub usd_per_day: Option<f64>,
}

/// What was spent, and whether there is more to spend. It counts from the start of the process, or what all
/// who share it have spent, as [`Budget::learn`] says.
///
/// A call that was begun is finished and counted, so that as much more may be spent as the calls
/// under way cost.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use answer_grader::grader::Shared;
/// # use answer_grader::llm::{HttpModel, ModelSettings};
/// use answer_grader::{BudgetSettings, Grader, GraderSettings, Prompt};
///
/// # let url = "http://localhost:8080/v1".parse()?;
/// # let model = Arc::new(HttpModel::new(ModelSettings::new("llama3.2", url))?);
/// let budget = BudgetSettings { usd_per_day: Some(5.0), ..BudgetSettings::default() };
/// let settings = GraderSettings { budget, ..GraderSettings::default() };
/// let prompt = Arc::new(Prompt::built_in()?);
/// let grader = Grader::new(settings, model.clone(), prompt.clone(), None);
/// let budget = grader.budget().ok_or("offline")?;
/// assert!(budget.is_limited());
/// // A second grader that spends the same money:
/// let second = Grader::new(GraderSettings::default(), model, prompt, None).with_budget(budget);
/// assert!(second.budget().is_some_and(|it| it.is_limited()));
///
/// // Every minute, say: add `own` to what all processes spent, and learn the sum.
/// let own = budget.unshared();
/// budget.learn(own, Shared { hour: 0.4, day: 3.1, left: Duration::from_mins(20) });
/// assert_eq!(budget.unshared(), 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Budget {
    limits: BudgetSettings,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    windows: Vec<Window>,
    /// What was spent here and not yet shared.
    unshared: f64,
    shared: Option<Shared>,
}

/// What all have spent who share a budget.
///
/// See [`Budget`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shared {
    /// In this hour of the clock, in US dollars.
    pub hour: f64,
    /// In this hour and the 23 before it, in US dollars.
    pub day: f64,
    /// How long this hour lasts.
    pub left: Duration,
}

#[derive(Debug)]
struct Window {
    length: Duration,
    limit: f64,
    began: Option<Instant>,
    spent: f64,
}

impl Budget {
    pub(super) fn new(limits: BudgetSettings) -> Self {
        let window = |(length, limit): (Duration, Option<f64>)| {
            Some(Window {
                length,
                limit: limit?,
                began: None,
                spent: 0.0,
            })
        };
        let windows = [(HOUR, limits.usd_per_hour), (DAY, limits.usd_per_day)];
        Self {
            limits,
            state: Mutex::new(State {
                windows: windows.into_iter().filter_map(window).collect(),
                unshared: 0.0,
                shared: None,
            }),
        }
    }

    /// Whether anything is limited.
    pub fn is_limited(&self) -> bool {
        self.limits != BudgetSettings::default()
    }

    /// What was spent here and not yet shared, in US dollars; 0 where nothing is limited.
    pub fn unshared(&self) -> f64 {
        self.state().unshared
    }

    /// Learns what all have spent, `own` US dollars of it here and shared now; from now on that counts.
    pub fn learn(&self, own: f64, shared: Shared) {
        let mut state = self.state();
        state.unshared = (state.unshared - own).max(0.0);
        state.shared = Some(shared);
    }

    /// How long nothing more may be spent; `None` where something may.
    pub(super) fn exhausted(&self) -> Option<Duration> {
        let mut state = self.state();
        let Some(shared) = state.shared else {
            return state.windows.iter_mut().filter_map(Window::exhausted).max();
        };
        let limits = [
            (self.limits.usd_per_hour, shared.hour),
            (self.limits.usd_per_day, shared.day),
        ];
        let spent = |(limit, spent): &(Option<f64>, f64)| {
            limit.is_some_and(|limit| spent + state.unshared >= limit)
        };
        // The next hour forgets this one, or that of a day before it.
        limits.iter().any(spent).then_some(shared.left)
    }

    /// Counts what a call has cost, in US dollars.
    pub(super) fn spend(&self, cost: f64) {
        if !self.is_limited() {
            return;
        }
        let mut state = self.state();
        state.unshared += cost;
        for window in &mut state.windows {
            window.renew();
            window.began.get_or_insert_with(Instant::now);
            window.spent += cost;
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing in it can be left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn what_others_have_spent_counts_too() {
        let budget = Budget::new(BudgetSettings {
            usd_per_hour: Some(1.0),
            usd_per_day: Some(5.0),
        });
        budget.spend(0.3);
        assert!((budget.unshared() - 0.3).abs() < 1e-9);
        let left = Duration::from_secs(90);
        let shared = |hour, day| Shared { hour, day, left };
        budget.learn(0.3, shared(0.8, 0.8));
        assert_eq!(budget.exhausted(), None);
        budget.spend(0.2);
        assert_eq!(budget.exhausted(), Some(left));
        budget.learn(0.2, shared(0.0, 5.0));
        assert_eq!(budget.exhausted(), Some(left));
        budget.learn(0.0, shared(0.1, 4.9));
        assert_eq!(budget.exhausted(), None);
    }

    #[test]
    fn without_limits_nothing_is_exhausted() {
        let budget = Budget::new(BudgetSettings::default());
        budget.spend(1e9);
        assert_eq!(budget.exhausted(), None);
    }
}
