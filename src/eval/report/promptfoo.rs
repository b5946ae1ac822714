mod result;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write as _};
use std::time::SystemTime;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use self::result::{Place, is_found, outcome, worth};
use crate::eval::{Report, Run, Settings, Texts, Usage};
use crate::text::hex;

/// Writes the report as an export of promptfoo, which its `import` and its viewer read: a prompt for
/// every run, a result for every case result, a component for every concept.
///
/// A result passes where grader and people stand on the same side of their pass marks. One without
/// a score is an error without a grading; promptfoo's table declares that a result has a number, so
/// it has the 0 that promptfoo itself writes beside an error.
///
/// It holds questions, keys and answers.
pub(super) fn promptfoo(report: &Report, texts: &Texts, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let now = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
    let evaluation = json!({"id": id(report, &now)});
    let prompts: Vec<_> = report
        .runs
        .iter()
        .map(|run| prompt(run, &report.settings))
        .collect();
    // Written part by part, since a large evaluation as one value would take many times its size.
    write!(
        out,
        "{{\"evalId\":{},\"results\":{{\"version\":3,\"timestamp\":\"{now}\",\"prompts\":{},\"results\":[",
        evaluation["id"],
        Value::from(prompts),
    )?;
    let mut rows = HashMap::new();
    let mut is_first = true;
    for (number, run) in report.runs.iter().enumerate() {
        for case in &run.cases {
            let next = rows.len();
            let row = *rows
                .entry((case.id.as_str(), case.repetition))
                .or_insert(next);
            let result = Place {
                run,
                prompt: number,
                row,
            }
            .result(case, texts.cases.get(&case.id), &report.settings);
            out.write_all(if is_first { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut out, &result)?;
            is_first = false;
        }
    }
    let rest = rest(report, &now);
    writeln!(
        out,
        "],\n\"stats\":{}}},\"config\":{},\"shareableUrl\":null,\"metadata\":{},\"vars\":{}}}",
        stats(report),
        rest["config"],
        rest["metadata"],
        rest["vars"],
    )?;
    out.flush()
}

/// An id in promptfoo's form; its database takes no second evaluation of the same id.
fn id(report: &Report, now: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(now);
    for run in &report.runs {
        hash.update(&run.name);
        run.cases.iter().for_each(|case| hash.update(&case.input));
    }
    let digest = hex(&hash.finalize()[..4]);
    let moment = now.split('.').next().unwrap_or(now);
    format!("eval-{digest}-{moment}")
}

fn provider(run: &Run) -> String {
    let model = run.model.as_deref().map(|model| format!(":{model}"));
    format!("answer-grader:{}{}", run.method, model.unwrap_or_default())
}

fn label(run: &Run) -> &str {
    run.prompt.as_deref().unwrap_or(&run.name)
}

/// What the cells of a column come from; the variables that a grader sees are named, so that who
/// reads the export knows what was graded.
fn raw(run: &Run) -> String {
    format!(
        "Graded by {}: {{{{question}}}} {{{{reference_answer}}}} {{{{candidate_answer}}}}",
        run.name
    )
}

fn prompt_id(run: &Run) -> String {
    hex(&Sha256::digest(run.name.as_bytes()))
}

fn prompt(run: &Run, settings: &Settings) -> Value {
    let mut counts = [0_usize; 3];
    let mut assertions = [0_usize; 2];
    let mut named: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for case in &run.cases {
        counts[usize::from(outcome(case, settings))] += 1;
        for concept in &case.concepts {
            let sum = named.entry(&concept.id).or_default();
            *sum = (sum.0 + worth(concept), sum.1 + 1);
            assertions[usize::from(!is_found(concept))] += 1;
        }
    }
    let scores: Map<_, _> = named
        .iter()
        .map(|(id, (sum, _))| ((*id).to_owned(), json!(sum)))
        .collect();
    let each: Map<_, _> = named
        .iter()
        .map(|(id, (_, n))| ((*id).to_owned(), json!(n)))
        .collect();
    json!({
        "id": prompt_id(run),
        "raw": raw(run),
        "label": label(run),
        "provider": provider(run),
        "metrics": {
            "score": run.cases.iter().filter_map(|case| case.score).sum::<f64>(),
            "testPassCount": counts[0],
            "testFailCount": counts[1],
            "testErrorCount": counts[2],
            "assertPassCount": assertions[0],
            "assertFailCount": assertions[1],
            "totalLatencyMs": run.cases.iter().map(|case| case.latency_ms).sum::<f64>(),
            "tokenUsage": tokens(&run.metrics.usage, run.cases.len()),
            "namedScores": scores,
            "namedScoresCount": each,
            "namedScoreWeights": each,
            "cost": run.metrics.usage.cost_usd.unwrap_or_default(),
        },
    })
}

fn tokens(usage: &Usage, requests: usize) -> Value {
    json!({
        "prompt": usage.input_tokens,
        "completion": usage.output_tokens,
        "cached": usage.cached_input_tokens,
        "total": usage.input_tokens + usage.output_tokens,
        "numRequests": requests,
    })
}

fn stats(report: &Report) -> Value {
    let mut counts = [0_usize; 3];
    let mut usage = Usage::default();
    for case in report.runs.iter().flat_map(|run| &run.cases) {
        counts[usize::from(outcome(case, &report.settings))] += 1;
        usage.input_tokens += case.usage.input_tokens;
        usage.cached_input_tokens += case.usage.cached_input_tokens;
        usage.output_tokens += case.usage.output_tokens;
    }
    json!({
        "successes": counts[0],
        "failures": counts[1],
        "errors": counts[2],
        "tokenUsage": tokens(&usage, counts.iter().sum()),
    })
}

fn rest(report: &Report, now: &str) -> Value {
    let prompts: Vec<_> = report.runs.iter().map(raw).collect();
    let providers: Vec<_> = report.runs.iter().map(provider).collect();
    json!({
        "config": {
            "description": format!("{}, by answer-grader {}", report.suite, report.software),
            "prompts": prompts,
            "providers": providers,
        },
        "metadata": {"exportedAt": now, "evaluationCreatedAt": now},
        "vars": ["id", "question", "reference_answer", "candidate_answer", "human_score"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::CaseText;
    use crate::eval::report::sample;

    fn written(report: &Report, texts: &Texts) -> Value {
        let mut out = Vec::new();
        promptfoo(report, texts, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn texts() -> Texts {
        let text = CaseText {
            question: "Q {{x}}?".to_owned(),
            reference_answer: "So.".to_owned(),
            candidate_answer: "ab \u{1f600}cover this text".to_owned(),
            concepts: BTreeMap::from([("c3".to_owned(), "The idea".to_owned())]),
        };
        Texts {
            cases: BTreeMap::from([("a-1".to_owned(), text)]),
            ..Texts::default()
        }
    }

    #[test]
    fn a_result_says_what_became_of_a_case() {
        let export = written(&sample::full(), &texts());
        assert_eq!(export["results"]["version"], 3);
        let results = export["results"]["results"].as_array().unwrap();
        assert_eq!(results.len(), 4);
        let first = &results[0];
        assert_eq!(
            (&first["success"], &first["failureReason"]),
            (&json!(false), &json!(1))
        );
        assert_eq!(first["vars"]["question"], "Q {{x}}?");
        assert_eq!(first["score"], 0.4);
        assert_eq!(first["cost"], 0.0012);
        let component = &first["gradingResult"]["componentResults"][0];
        assert_eq!(component["reason"], "covered: \u{1f600}cover this te");
        assert_eq!(component["assertion"]["value"], "The idea");
        assert_eq!(first["namedScores"], json!({"c3": 1.0}));
        // Far from a person and on the same side of the mark: promptfoo knows passing alone.
        assert_eq!(results[1]["success"], true);
        let rows: Vec<_> = results.iter().map(|result| &result["testIdx"]).collect();
        assert_eq!(rows, [0, 1, 2, 0]);
        assert_eq!(results[3]["promptIdx"], 1);
    }

    #[test]
    fn what_has_no_score_is_an_error_and_in_no_mean() {
        let export = written(&sample::full(), &Texts::default());
        let late = &export["results"]["results"][2];
        assert_eq!(
            (&late["failureReason"], &late["success"]),
            (&json!(2), &json!(false))
        );
        assert_eq!(late["error"], "no score: timeout");
        assert_eq!(late["gradingResult"], Value::Null);
        let prompt = &export["results"]["prompts"][0]["metrics"];
        assert_eq!(prompt["testErrorCount"], 1);
        assert_eq!(prompt["score"], 0.9);
        let stats = &export["results"]["stats"];
        assert_eq!(
            (&stats["successes"], &stats["failures"], &stats["errors"]),
            (&json!(2), &json!(1), &json!(1))
        );
    }

    #[test]
    fn no_runs_are_an_export_without_results() {
        let export = written(&sample::empty(), &Texts::default());
        assert_eq!(export["results"]["results"], json!([]));
        assert!(export["evalId"].as_str().unwrap().starts_with("eval-"));
    }
}
