use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::print;
use crate::eval::CaseResult;

/// How often a line appears where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// Shows how far a run is: a bar on a terminal, else a line every few seconds, on stderr.
pub(crate) struct Progress {
    total: usize,
    done: usize,
    ungraded: usize,
    cost_usd: f64,
    started: Instant,
    last: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {eta} left")
            {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        Self {
            total,
            done: 0,
            ungraded: 0,
            cost_usd: 0.0,
            started: now,
            last: now,
            bar,
        }
    }

    /// Leaves out what an earlier run did.
    pub(crate) fn leave_out(&mut self, done: usize) {
        self.total -= done;
        if let Some(bar) = &self.bar {
            bar.set_length(self.total as u64);
        }
    }

    /// Counts a result.
    pub(crate) fn add(&mut self, result: &CaseResult) {
        self.done += 1;
        self.ungraded += usize::from(result.score.is_none());
        if !result.replayed {
            self.cost_usd += result.usage.cost_usd.unwrap_or(0.0);
        }
        match &self.bar {
            Some(bar) => {
                bar.set_message(self.counts());
                bar.inc(1);
            }
            None if self.last.elapsed() >= EVERY => {
                self.last = Instant::now();
                let left = self.started.elapsed().as_secs_f64() / self.done as f64
                    * self.total.saturating_sub(self.done) as f64;
                print::line_to_stderr(&format!(
                    "{} of {}, {}, about {left:.0} s left",
                    self.done,
                    self.total,
                    self.counts()
                ));
            }
            None => {}
        }
    }

    fn counts(&self) -> String {
        let graded = self.done - self.ungraded;
        format!(
            "{graded} graded, {} ungraded, ${:.4}",
            self.ungraded, self.cost_usd
        )
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
