//! What the service costs beside the model's own time: CPU per grade, added latency and memory of the
//! release program between a load and a mock model, beside a bare axum + reqwest pass-through that sends
//! the same body to the same model; and 10,000 grades while a fifth of the model's replies fail.
//!
//! ```sh
//! cargo bench --bench service              # all of it
//! cargo bench --bench service -- faults    # the last alone
//! tests/postgres/cluster with cargo bench --bench service -- records   # what keeping grades costs
//! tests/postgres/cluster with cargo bench --bench service -- jobs      # a job of 100,000 answers, by two workers
//! tests/postgres/cluster with cargo bench --bench service -- soak 15   # minutes of mixed load with faults
//! ```
//!
//! Load, model and service are processes of their own on one machine: look at the ratios.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on says so by panicking, and prints its result"
)]

mod jobs;
mod load;
mod model;
mod pass_through;
mod process;
mod soak;

use load::{Load, Outcomes};
use process::Running;

/// Grades for CPU and memory, and connections that they come on.
const GRADES: usize = 30_000;
const CONNECTIONS: usize = 64;
/// Grades before anything is counted: tables are built, connections opened, the allocator has its pages.
const WARM_UP: usize = 5_000;
/// Grades while replies fail.
const UNDER_FAULTS: usize = 10_000;
/// Grades one after the other, for latency.
const ONE_BY_ONE: usize = 2_000;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let argument = |at: usize| arguments.get(at).map(String::as_str);
    match argument(1) {
        Some("model") => model::run(argument(2) == Some("faults")),
        Some("pass-through") => pass_through::run(argument(2).unwrap(), argument(3).unwrap()),
        Some("faults") => faults(),
        Some("records") => records(),
        Some("jobs") => jobs::run(),
        Some("soak") => soak::run(
            argument(2)
                .and_then(|minutes| minutes.parse().ok())
                .unwrap_or(15),
        ),
        _ => {
            overhead();
            records();
            faults();
        }
    }
}

/// Slices of the load that both get in turn, so that what else the machine does meets both alike.
const SLICES: usize = 15;
const ROUNDS: usize = 3;

fn overhead() {
    let model = Running::model(false);
    let mut ratios = Vec::new();
    for round in 1..=ROUNDS {
        let service = Running::service(Some(&model.address), &[]);
        let our_load = Load::new(&service.address, "/v1/grade");
        our_load.run(WARM_UP, CONNECTIONS, 0);
        // It sends the body that the service sent.
        let bare = Running::pass_through(&model.address);
        let their_load = Load::new(&bare.address, "/grade");
        their_load.run(WARM_UP, CONNECTIONS, 0);
        let (mut ours, mut theirs) = (Taken::default(), Taken::default());
        for slice in 0..SLICES {
            ours.add(&service, &our_load, slice);
            theirs.add(&bare, &their_load, slice);
        }
        let (ours, theirs) = (ours.of(&service), theirs.of(&bare));
        println!(
            "round {round}: CPU per request {:.0} us, pass-through {:.0} us: {:.2} x; p50 at one connection {:.0} us, \
             pass-through {:.0} us: {:.0} us added; peak memory {:.0} MB, pass-through {:.0} MB",
            ours.cpu_us,
            theirs.cpu_us,
            ours.cpu_us / theirs.cpu_us,
            ours.p50_us,
            theirs.p50_us,
            ours.p50_us - theirs.p50_us,
            ours.memory_mb,
            theirs.memory_mb
        );
        ratios.push(ours.cpu_us / theirs.cpu_us);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "CPU beside the pass-through, median: {:.2} x",
        ratios[ROUNDS / 2]
    );
}

/// What it costs to keep the grades, without a model: nothing kept, in SQLite, and in PostgreSQL where
/// `ANSWER_GRADER_TEST_POSTGRES` names one.
fn records() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grades.db");
    let sqlite = ("ANSWER_GRADER__STORE__PATH", file.to_str().unwrap());
    let postgres = std::env::var("ANSWER_GRADER_TEST_POSTGRES").unwrap_or_default();
    let enabled = ("ANSWER_GRADER__STORE__ENABLED", "true");
    let kept = [
        ("nothing kept", vec![]),
        ("kept in SQLite", vec![enabled, sqlite]),
        (
            "kept in PostgreSQL",
            vec![enabled, ("DATABASE_URL", &postgres)],
        ),
    ];
    for (name, settings) in kept {
        if settings.contains(&("DATABASE_URL", "")) {
            continue;
        }
        let service = Running::service(None, &settings);
        let taken = measured(&service, "/v1/grade");
        println!(
            "without a model, {name}: CPU per grade {:.0} us, p50 {:.0} us, peak memory {:.0} MB",
            taken.cpu_us, taken.p50_us, taken.memory_mb
        );
    }
}

/// What grades took.
#[derive(Default)]
struct Taken {
    cpu_seconds: f64,
    requests: usize,
    one_by_one: Vec<std::time::Duration>,
}

struct Measured {
    cpu_us: f64,
    p50_us: f64,
    memory_mb: f64,
}

impl Taken {
    /// Measures a slice of the load.
    fn add(&mut self, service: &Running, load: &Load, slice: usize) {
        let requests = GRADES / SLICES;
        let before = service.cpu_seconds();
        let outcomes = load.run(requests, CONNECTIONS, 1_000 + slice * requests);
        self.cpu_seconds += service.cpu_seconds() - before;
        self.requests += requests;
        assert_eq!(outcomes.answered(), requests, "{outcomes}");
        let one_by_one = load.run(ONE_BY_ONE / SLICES, 1, 100_000 + slice * ONE_BY_ONE);
        self.one_by_one.extend(one_by_one.latencies);
    }

    fn of(mut self, service: &Running) -> Measured {
        self.one_by_one.sort_unstable();
        Measured {
            cpu_us: self.cpu_seconds / self.requests as f64 * 1e6,
            p50_us: self.one_by_one[self.one_by_one.len() / 2].as_secs_f64() * 1e6,
            memory_mb: service.peak_memory_mb(),
        }
    }
}

fn measured(service: &Running, path: &str) -> Measured {
    let load = Load::new(&service.address, path);
    load.run(WARM_UP, CONNECTIONS, 0);
    let mut taken = Taken::default();
    for slice in 0..SLICES {
        taken.add(service, &load, slice);
    }
    taken.of(service)
}

fn faults() {
    let model = Running::model(true);
    let settings = [
        ("ANSWER_GRADER__LLM__TIMEOUT_MS", "400"),
        ("ANSWER_GRADER__LLM__RETRIES", "1"),
    ];
    let service = Running::service(Some(&model.address), &settings);
    let load = Load::new(&service.address, "/v1/grade");
    let outcomes: Outcomes = load.run(UNDER_FAULTS, CONNECTIONS, 0);
    println!("a fifth of the replies fail (429, 500, cut, hanging): {outcomes}");
    assert_eq!(
        outcomes.answered(),
        UNDER_FAULTS,
        "not every request was answered"
    );
    assert_eq!(
        outcomes.wrong, 0,
        "a grade was not what the model gave, and did not say so"
    );
}
