use std::collections::BTreeMap;

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

use super::each_reviewed;
use crate::cli::print;
use crate::eval::metrics::{Metric, measure_group, resampling};
use crate::eval::{CaseResult, Estimate, Metrics, Settings, Usage};
use crate::store::{Recorded, Store, Summary};

/// The reviewed grades of a bank, a prompt and a model.
#[derive(Serialize)]
struct Row {
    bank: Option<String>,
    prompt: Option<String>,
    model: Option<String>,
    metrics: Metrics,
}

type Group = (Option<String>, Option<String>, Option<String>);

pub(super) async fn run(store: &Store, json: bool) -> anyhow::Result<()> {
    let mut groups: BTreeMap<Group, Vec<CaseResult>> = BTreeMap::new();
    each_reviewed(store, None, async |summary, recorded| {
        let bank = summary
            .question_id
            .as_deref()
            .and_then(|id| id.split_once('/'));
        let bank = bank.map(|(bank, _)| bank.to_owned());
        let group = (bank, summary.prompt.clone(), summary.model.clone());
        groups
            .entry(group)
            .or_default()
            .extend(result(summary, recorded));
        Ok(())
    })
    .await?;
    let rows: Vec<_> = groups.into_iter().map(row).collect();
    if json {
        return print::json(&rows);
    }
    if rows.is_empty() {
        return print::line("No grade has been reviewed yet.");
    }
    let mut table = Table::new();
    let header = [
        "bank",
        "prompt",
        "model",
        "n",
        "Pearson r",
        "QWK",
        "MAE",
        "bias",
    ];
    table.load_style(NOTHING).set_header(header);
    for row in &rows {
        let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "–".to_owned());
        let figure = |metric| {
            row.metrics
                .agreement
                .get(&metric)
                .map_or_else(String::new, shown)
        };
        table.add_row([
            word(&row.bank),
            word(&row.prompt),
            word(&row.model),
            row.metrics.graded.to_string(),
            figure(Metric::PearsonR),
            figure(Metric::Qwk),
            figure(Metric::Mae),
            figure(Metric::Bias),
        ]);
    }
    print::line(&table.to_string())?;
    print::line(
        "95 % intervals in brackets. Grades that people looked at, mostly those of least confidence.",
    )
}

fn row(((bank, prompt, model), cases): (Group, Vec<CaseResult>)) -> Row {
    let questions: std::collections::BTreeSet<_> =
        cases.iter().map(|case| &case.question_id).collect();
    let settings = Settings {
        pass_mark: 0.5,
        human_pass_mark: 0.5,
        levels: 5,
        primary: Metric::PearsonR,
        repeat: 1,
        resamples: 2_000,
        seed: 1,
        resampling: resampling(&cases),
        questions: questions.len(),
        selection: Vec::new(),
    };
    let all: Vec<_> = cases.iter().collect();
    Row {
        metrics: measure_group(&all, &settings),
        bank,
        prompt,
        model,
    }
}

fn shown(estimate: &Estimate) -> String {
    match (estimate.value, estimate.ci95) {
        (Some(value), Some([low, high])) => format!("{value:.2} [{low:.2}, {high:.2}]"),
        (Some(value), None) => format!("{value:.2}"),
        (None, _) => "–".to_owned(),
    }
}

fn result(summary: Summary, recorded: Recorded) -> Option<CaseResult> {
    let grade = recorded.grade;
    Some(CaseResult {
        question_id: summary
            .question_id
            .unwrap_or_else(|| recorded.task.question.clone()),
        id: summary.id,
        input: String::new(),
        repetition: 1,
        tags: Vec::new(),
        human_score: recorded.human_score?,
        human_scores: Vec::new(),
        score: grade.score,
        ungraded: grade.score.is_none().then(|| "not_judged".to_owned()),
        method: Some(summary.method),
        missing_concepts: Vec::new(),
        labelled_missing: None,
        concept_match: None,
        concepts: Vec::new(),
        confidence: grade.confidence,
        needs_review: grade.needs_review,
        review_reasons: Vec::new(),
        flags: Vec::new(),
        snapshot: None,
        replayed: false,
        usage: Usage {
            input_tokens: grade.usage.input_tokens,
            cached_input_tokens: grade.usage.cached_input_tokens,
            output_tokens: grade.usage.output_tokens,
            cost_usd: grade.usage.cost_usd,
        },
        latency_ms: grade.timing_ms.total,
    })
}
