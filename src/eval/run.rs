use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::graded::{result, ungraded};
use super::{Case, CaseResult, Stopped};
use crate::grade::{Fallback, Policy, RequestedMethod};
use crate::grader::{Grader, Spent};

/// Reason of cases that were not reached before somebody stopped the run.
pub const NOT_RUN: &str = "not_run";
/// Reason of cases that were not reached before the budget was.
pub const OVER_BUDGET: &str = "over_budget";

/// One grader that is evaluated.
#[derive(Clone)]
pub struct Candidate {
    /// Names the run within the report.
    pub name: String,
    /// Who judges; never a fallback.
    pub method: RequestedMethod,
    /// The model that is asked; none offline.
    pub model: Option<String>,
    /// The prompt's identity; none offline.
    pub prompt: Option<String>,
    /// The calibration's identity.
    pub calibration: Option<String>,
    /// The grader for each repetition, from the first.
    pub graders: Vec<Grader>,
}

/// How a run is done.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many cases are graded at the same time; 1 or more.
    pub concurrency: usize,
    /// US dollars that all runs together may cost; those spent already are taken off.
    pub budget: Option<f64>,
}

/// Whether a run goes on; whoever holds the other end of the channel says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// Go on.
    #[default]
    Run,
    /// Begin nothing new, and wait for what was begun: it is paid for.
    Finish,
    /// End now.
    Abort,
}

/// Results of an earlier run, by case id and repetition.
pub type Done = HashMap<(String, u32), CaseResult>;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Graded {
    /// A result for each case and repetition, in order.
    pub cases: Vec<CaseResult>,
    /// What models replied, by case id and repetition.
    pub replies: BTreeMap<(String, u32), String>,
    /// Why it ended early.
    pub stopped: Option<Stopped>,
    /// US dollars spent now; replayed replies cost nothing.
    pub cost_usd: f64,
}

/// Grades every case with a candidate, as often as it has graders. `done` are results of an earlier
/// run that are kept; `graded` is called with each new one.
pub async fn run(
    candidate: &Candidate,
    cases: &[Arc<Case>],
    done: &Done,
    options: Options,
    mut signal: watch::Receiver<Signal>,
    mut graded: impl FnMut(&CaseResult),
) -> Graded {
    let repetitions = candidate.graders.iter().zip(1_u32..);
    let wanted: Vec<_> = repetitions
        .flat_map(|(grader, repetition)| cases.iter().map(move |case| (case, repetition, grader)))
        .collect();
    let mut results: Vec<Option<CaseResult>> = wanted
        .iter()
        .map(|(case, repetition, _)| done.get(&(case.id.clone(), *repetition)).cloned())
        .collect();
    let mut todo: Vec<_> = (0..wanted.len())
        .filter(|at| results[*at].is_none())
        .rev()
        .collect();

    let policy = Policy {
        method: candidate.method,
        fallback: Fallback::Error,
        deadline: None,
    };
    let mut outcome = Graded::default();
    let mut purse = Purse::new(options.budget);
    let mut running = JoinSet::new();
    loop {
        let on = *signal.borrow_and_update();
        while on == Signal::Run && running.len() < options.concurrency && !todo.is_empty() {
            if !purse.allows_one_more(running.len()) {
                break;
            }
            let Some(at) = todo.pop() else { break };
            let (case, repetition, by) = wanted[at];
            let (case, by) = (Arc::clone(case), by.clone());
            running.spawn(async move {
                let (grade, spent) = by.grade_accounted(case.submission(), policy).await;
                (at, result(&case, repetition, grade, &spent), spent)
            });
        }
        if running.is_empty() {
            break;
        }
        tokio::select! {
            finished = running.join_next() => {
                let Some(Ok((at, result, spent))) = finished else { continue };
                purse.pay(&spent);
                if let Some(reply) = spent.reply {
                    outcome.replies.insert((result.id.clone(), result.repetition), reply);
                }
                graded(&result);
                results[at] = Some(result);
            }
            changed = signal.changed() => {
                if changed.is_ok() && *signal.borrow() == Signal::Abort {
                    running.abort_all();
                }
            }
        }
    }
    if !todo.is_empty() || results.iter().any(Option::is_none) {
        let interrupted = *signal.borrow() != Signal::Run;
        outcome.stopped = Some(if interrupted {
            Stopped::Interrupted
        } else {
            Stopped::Budget
        });
    }
    let reason = match outcome.stopped {
        Some(Stopped::Budget) => OVER_BUDGET,
        _ => NOT_RUN,
    };
    let filled = results.into_iter().zip(&wanted);
    outcome.cases = filled
        .map(|(result, (case, repetition, _))| {
            result.unwrap_or_else(|| ungraded(case, *repetition, reason))
        })
        .collect();
    outcome.cost_usd = purse.spent;
    outcome
}

/// Counts what calls cost, and holds back the next one before the budget is passed.
struct Purse {
    budget: Option<f64>,
    spent: f64,
    /// The dearest call so far; none before the first.
    dearest: Option<f64>,
}

impl Purse {
    fn new(budget: Option<f64>) -> Self {
        Self {
            budget,
            spent: 0.0,
            dearest: None,
        }
    }

    /// Tells whether one more call beside those that run stays within the budget, if none is
    /// dearer than the dearest so far. The first call is made alone, to know what one costs.
    fn allows_one_more(&self, running: usize) -> bool {
        match (self.budget, self.dearest) {
            (None, _) => true,
            (Some(budget), None) => running == 0 && budget > 0.0,
            (Some(budget), Some(dearest)) => {
                self.spent + (running as f64 + 1.0) * dearest <= budget
            }
        }
    }

    fn pay(&mut self, spent: &Spent) {
        // A reply from a recording was paid for when it was made.
        let cost = if spent.attempts > 0 {
            spent.cost_usd.unwrap_or(0.0)
        } else {
            0.0
        };
        self.spent += cost;
        self.dearest = Some(self.dearest.unwrap_or(0.0).max(cost));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_call_is_held_back_before_the_budget_is_passed() {
        let mut purse = Purse::new(Some(1.0));
        assert!(purse.allows_one_more(0) && !purse.allows_one_more(1));
        purse.pay(&Spent {
            attempts: 1,
            cost_usd: Some(0.3),
            ..Spent::default()
        });
        assert!(purse.allows_one_more(1) && !purse.allows_one_more(2));
    }

    #[test]
    fn a_replayed_reply_costs_nothing() {
        let mut purse = Purse::new(Some(1.0));
        purse.pay(&Spent {
            cost_usd: Some(5.0),
            ..Spent::default()
        });
        assert!(purse.allows_one_more(100));
    }
}
