//! The pictures of a run: drawn here, so that they need no script, and each told in words and as a
//! table too.
//!
//! | file | job |
//! |---|---|
//! | `chart` | a picture and its text alternatives |
//! | `field` | the axes that pictures share |
//! | `levels` | scores rounded to levels |
//! | `scatter` | people's score against the grader's |
//! | `confusion` | how often each level of one meets each level of the other |
//! | `calibration` | confidence against nearness to people |
//! | `coverage` | agreement of the most confident grades |

mod calibration;
mod chart;
mod confusion;
mod coverage;
mod field;
mod levels;
mod scatter;

pub(super) use chart::Chart;

use crate::eval::{Run, Settings};

/// All pictures of a run; `index` keeps their marks apart from those of other runs.
pub(super) fn charts(index: usize, run: &Run, settings: &Settings) -> Vec<Chart> {
    let id = |name: &str| format!("{name}-{index}");
    vec![
        scatter::scatter(id("scatter"), &run.cases, settings),
        confusion::confusion(id("confusion"), &run.cases, settings.levels),
        calibration::calibration(id("calibration"), &run.metrics),
        coverage::coverage(id("coverage"), &run.metrics),
    ]
}
