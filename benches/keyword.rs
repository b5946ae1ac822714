//! What the offline grader costs: an answer of about 48 words to a prepared task, preparing a task,
//! and how both grow with the length of the answer.
//!
//! ```sh
//! cargo bench --bench keyword                              # criterion's report
//! cargo bench --bench keyword -- --cases CASES.jsonl       # answers per second of CPU on real answers
//! ```
//!
//! `benches/peers/compare.py` runs the second beside other measures of likeness.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on says so by panicking, and prints its result"
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use answer_grader::bank::Banks;
use answer_grader::{OfflineGrader, Task};
use cpu_time::ThreadTime;
use criterion::{BenchmarkId, Criterion, Throughput};
use serde_json::Value;

/// Words of the answers that are compared with peers.
const WORDS: std::ops::RangeInclusive<usize> = 40..=56;
/// The best of so many runs, since machines are shared.
const RUNS: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--cases");
    if let Some(path) = arguments.nth(1) {
        return on_real_answers(&path);
    }
    let mut criterion = Criterion::default().configure_from_args();
    grading(&mut criterion);
    growing(&mut criterion);
    criterion.final_summary();
}

fn task() -> Arc<Task> {
    let banks = Banks::built_in().unwrap();
    banks.task("django/orm-performance").unwrap()
}

const ANSWER: &str = "I use select_related() where I follow a foreign key, since it joins the tables in one \
    query, and prefetch_related() for many-to-many relations, which takes a second one. I put indexes on the \
    columns that I filter by, and I look at the queries in the debug toolbar first of all.";

fn grading(criterion: &mut Criterion) {
    let task = task();
    let plain = Arc::new(Task::new(
        task.question.clone(),
        task.reference_answer.clone(),
    ));
    let mut group = criterion.benchmark_group("grading");
    for (name, task) in [("declared concepts", task), ("key phrases", plain)] {
        let grader = OfflineGrader::new(task.clone());
        group.bench_function(BenchmarkId::new("answer", name), |bench| {
            bench.iter(|| grader.grade(black_box(ANSWER)));
        });
        group.bench_function(BenchmarkId::new("preparation", name), |bench| {
            bench.iter(|| OfflineGrader::new(black_box(task.clone())));
        });
    }
    group.finish();
}

fn growing(criterion: &mut Criterion) {
    let grader = OfflineGrader::new(task());
    let mut group = criterion.benchmark_group("words of an answer");
    group
        .measurement_time(Duration::from_secs(3))
        .sample_size(10);
    for words in [50, 500, 5_000, 20_000] {
        let texts = ANSWER.split_whitespace().cycle().take(words);
        // No two sentences are the same, as in a real text.
        let numbered = |(at, word): (usize, &str)| match at % 7 {
            0 => format!("{word}{at}"),
            _ => word.to_owned(),
        };
        let texts: Vec<_> = texts.enumerate().map(numbered).collect();
        let answer = texts.join(" ");
        group.throughput(Throughput::Elements(words as u64));
        group.bench_function(BenchmarkId::from_parameter(words), |bench| {
            bench.iter(|| grader.grade(black_box(answer.as_str())));
        });
    }
    group.finish();
}

fn on_real_answers(path: &str) {
    let mut graders: HashMap<String, (OfflineGrader, Vec<String>)> = HashMap::new();
    let mut count = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
        let answer = text("candidate_answer");
        if !WORDS.contains(&answer.split_whitespace().count()) {
            continue;
        }
        let task = Task::new(text("question"), text("reference_answer"));
        let name = format!("{} {}", task.question, task.reference_answer);
        let prepared = graders.entry(name);
        let (_, answers) = prepared.or_insert_with(|| (OfflineGrader::new(task), Vec::new()));
        answers.push(answer);
        count += 1;
    }
    let run = || {
        let started = ThreadTime::now();
        for (grader, answers) in graders.values() {
            for answer in answers {
                black_box(grader.grade(black_box(answer.as_str())));
            }
        }
        started.elapsed()
    };
    let best = (0..RUNS).map(|_| run()).min().unwrap();
    let rate = f64::from(count) / best.as_secs_f64();
    println!(
        "{count} answers, {} tasks; answers per second of CPU: {rate:.0}",
        graders.len()
    );
}
