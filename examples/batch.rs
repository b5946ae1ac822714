//! Grades lines of standard input as answers to one question, and says how many that were in a second of one
//! core: `cargo run --release --example batch --no-default-features -- QUESTION REFERENCE < answers.txt`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example shows what it does"
)]

use std::io::Read as _;
use std::time::Instant;

use answer_grader::{OfflineGrader, Task};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(question), Some(reference)) = (arguments.next(), arguments.next()) else {
        return Err("usage: batch QUESTION REFERENCE < answers.txt".into());
    };
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    // The task is prepared once, for all of its answers.
    let grader = OfflineGrader::new(Task::new(question, reference));
    let started = Instant::now();
    let scores: Vec<_> = text
        .lines()
        .map(|answer| grader.grade(answer).score)
        .collect();
    let seconds = started.elapsed().as_secs_f64();
    for score in &scores {
        println!(
            "{}",
            score.map_or_else(|| "ungraded".to_owned(), |score| score.to_string())
        );
    }
    eprintln!("{:.0} answers a second", scores.len() as f64 / seconds);
    Ok(())
}
