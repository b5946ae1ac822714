use std::sync::Arc;

use super::candidates::{Matrix, Row};
use crate::cli::print;
use crate::eval::Case;
use crate::llm::Usage;
use crate::prompt::count_tokens;

/// What evaluating a row would take.
#[derive(Default)]
struct Plan {
    /// Settled without asking, or graded by keywords.
    offline: usize,
    /// In the recording.
    recorded: usize,
    /// To be asked for.
    calls: usize,
    /// Lacking, where nothing may be asked.
    lacking: usize,
    input_tokens: u64,
    most_output_tokens: u64,
}

/// Says what would be asked and what it would cost; nothing is sent.
pub(super) fn show(matrix: &Matrix, cases: &[Arc<Case>]) -> anyhow::Result<()> {
    for row in &matrix.rows {
        let plan = plan(row, cases)?;
        print::line(&format!("{}: {} answers", row.candidate.name, cases.len()))?;
        let lines = [
            (plan.offline, "graded offline"),
            (plan.recorded, "replies in the recording"),
            (
                plan.lacking,
                "replies that the recording lacks, which would be ungraded",
            ),
            (plan.calls, "calls"),
        ];
        for (count, what) in lines.iter().filter(|(count, _)| *count > 0) {
            print::line(&format!("  {count} {what}"))?;
        }
        if plan.calls > 0 {
            print::line(&format!(
                "  {} input tokens, counted as OpenAI's models do",
                plan.input_tokens
            ))?;
            print::line(&format!(
                "  at most {} output tokens",
                plan.most_output_tokens
            ))?;
            print::line(&format!("  {}", price(row, &plan)))?;
        }
    }
    Ok(())
}

fn plan(row: &Row, cases: &[Arc<Case>]) -> anyhow::Result<Plan> {
    let mut plan = Plan::default();
    for (at, grader) in row.candidate.graders.iter().enumerate() {
        for case in cases {
            let Some(request) = grader.preview(case.submission())? else {
                plan.offline += 1;
                continue;
            };
            if row
                .recorded
                .get(at)
                .is_some_and(|recorded| recorded.knows(&request))
            {
                plan.recorded += 1;
            } else if row.live {
                plan.calls += 1;
                let texts = [&*request.system, &request.user, &request.schema.to_string()];
                let tokens: usize = texts.iter().map(|text| count_tokens(text)).sum();
                plan.input_tokens += tokens as u64;
                plan.most_output_tokens += u64::from(request.max_output_tokens);
            } else {
                plan.lacking += 1;
            }
        }
    }
    Ok(plan)
}

fn price(row: &Row, plan: &Plan) -> String {
    let Some(prices) = row.prices else {
        return "at an unknown price: give the model's in [[llm.models]]".to_owned();
    };
    let cost = |output| {
        prices.cost(&Usage {
            input: plan.input_tokens,
            output,
            ..Usage::default()
        })
    };
    format!(
        "${:.4} for the input, at most ${:.4} in all, retries not counted",
        cost(0),
        cost(plan.most_output_tokens)
    )
}
