//! What `answer-grader eval` costs beside the calls it makes: CPU, memory and time of the release
//! program on 500 answers through a server that answers at once, with every figure and four reports
//! written, beside a bare loop of the same calls; the same with 50 ms of latency; and 5,000 answers
//! graded offline. Both programs are processes of their own, measured by the operating system.
//!
//! ```sh
//! cargo bench --bench eval
//! ```
//!
//! `benches/README.md` says how to run promptfoo on the same server.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on says so by panicking, and prints its result"
)]

mod server;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use wait4::Wait4 as _;

/// Answers that are graded by the model.
const ASKED: usize = 500;
/// Answers that are graded offline.
const OFFLINE: usize = 5000;
/// The latency of the slow server.
const LATENCY: Duration = Duration::from_millis(50);

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("bare") => bare(&arguments[2], &arguments[3], arguments[4].parse().unwrap()),
        Some("serve") => server::Server::start(Duration::ZERO, Some(8081)).wait(),
        _ => compare(),
    }
}

/// What a process took.
struct Taken {
    cpu: f64,
    wall: f64,
    memory: f64,
}

impl Taken {
    fn by(command: &mut Command) -> Self {
        let started = Instant::now();
        let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        let ended = child.wait4().unwrap();
        let wall = started.elapsed().as_secs_f64();
        let code = ended.status.code();
        assert!(code.is_some_and(|code| code < 2), "{command:?}: {code:?}");
        let usage = ended.rusage;
        Self {
            cpu: (usage.utime + usage.stime).as_secs_f64(),
            wall,
            memory: usage.maxrss as f64 / 1e6,
        }
    }

    fn show(&self, what: &str) {
        println!(
            "{what:<44} {:>7.3} s CPU {:>7.3} s {:>7.1} MB",
            self.cpu, self.wall, self.memory
        );
    }
}

fn compare() {
    let folder = tempfile::tempdir().unwrap();
    for (latency, jobs) in [(Duration::ZERO, 8), (LATENCY, 32)] {
        let server = server::Server::start(latency, None);
        let cases = cases(&folder, ASKED);
        let milliseconds = latency.as_millis();
        let title = format!("{ASKED} answers, {milliseconds} ms each, -j {jobs}");
        let bare = Taken::by(Command::new(std::env::current_exe().unwrap()).args([
            "bare",
            &server.base_url,
            &ASKED.to_string(),
            &jobs.to_string(),
        ]));
        bare.show(&format!("bare loop, {title}"));
        server.forget();
        let eval = Taken::by(
            eval(&folder, &cases, jobs)
                .env("OPENAI_BASE_URL", &server.base_url)
                .args(["--method", "llm"]),
        );
        eval.show(&format!("eval, {title}"));
        println!(
            "{:<44} {:>+7.3} s CPU {:>8.2} x of it; first request to last reply {:.3} s",
            "  beyond the bare loop",
            eval.cpu - bare.cpu,
            eval.cpu / bare.cpu,
            server.span().as_secs_f64()
        );
        if !latency.is_zero() {
            let ideal = (ASKED as f64 / jobs as f64).ceil() * latency.as_secs_f64();
            println!(
                "{:<44} {:>7.2} x of the ideal {ideal:.2} s",
                "  its time",
                server.span().as_secs_f64() / ideal
            );
        }
    }
    let cases = cases(&folder, OFFLINE);
    let offline = Taken::by(eval(&folder, &cases, 8).args(["--method", "keyword"]));
    offline.show(&format!("eval, {OFFLINE} answers offline"));
}

/// `eval` with every figure and four reports.
fn eval(folder: &TempDir, cases: &Path, jobs: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_answer-grader"));
    command.current_dir(folder.path()).arg("eval").arg(cases);
    command.args(["-j", &jobs.to_string()]);
    for report in ["r.json", "r.md", "r.html", "r.xml"] {
        command.args(["-o", report]);
    }
    command
        .env_remove("OPENAI_API_KEY")
        .stderr(std::process::Stdio::null());
    command
}

/// Writes answers of about 48 words to 50 questions.
fn cases(folder: &TempDir, count: usize) -> std::path::PathBuf {
    let path = folder.path().join(format!("cases-{count}.jsonl"));
    let reference = "An index is a sorted copy of a column that points to the rows, so that the \
        database finds them without reading the whole table. Lookups and sorting become faster, \
        while every write has to keep the index up to date and takes longer. Indexes take space.";
    let words: Vec<_> =
        "an index keeps a column sorted so lookups read fewer pages but each write \
        must update it and it takes space on disk which is worth it where many rows are read"
            .split(' ')
            .collect();
    let case = |number: usize| {
        let answer: Vec<_> = (0..48)
            .map(|at| words[(number * 7 + at * (1 + number % 5)) % words.len()])
            .collect();
        json!({
            "id": format!("c{number}"), "question_id": format!("q{}", number % 50),
            "question": format!("What does an index number {} do?", number % 50), "reference_answer": reference,
            "candidate_answer": answer.join(" "), "score": (number % 11) as f64 / 10.0,
            "tags": [format!("t{}", number % 4)],
        })
    };
    let lines: Vec<_> = (0..count).map(|number| case(number).to_string()).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

/// The same calls, and nothing else.
fn bare(base_url: &str, count: &str, jobs: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    // The program has one, and without it no client is built.
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    let client = reqwest::Client::new();
    let url = format!("{base_url}/chat/completions");
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "x".repeat(6000)}]});
    runtime.block_on(async {
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..count.parse::<usize>().unwrap() {
            if running.len() >= jobs {
                running.join_next().await.unwrap().unwrap();
            }
            let request = client.post(&url).json(&body);
            running.spawn(async move {
                let reply: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
                assert!(reply["choices"].is_array());
            });
        }
        while running.join_next().await.is_some() {}
    });
}
