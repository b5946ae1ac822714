use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::model::LAST_BODY;

/// A process that serves at an address.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
}

/// Serves a router on a free port of loopback, and says where.
pub(crate) fn serve(router: axum::Router) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        eprintln_address(&listener.local_addr().unwrap().to_string());
        axum::serve(listener, router).await.unwrap();
    });
}

#[expect(clippy::print_stderr, reason = "where the program says the same")]
fn eprintln_address(address: &str) {
    eprintln!("listening on http://{address}");
}

impl Running {
    pub(crate) fn model(faults: bool) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["model", if faults { "faults" } else { "" }]);
        let mut running = Self::start(&mut command);
        running.address.push_str("/v1");
        running
    }

    pub(crate) fn pass_through(base_url: &str) -> Self {
        let body = std::env::temp_dir().join(LAST_BODY);
        let mut command = Command::new(std::env::current_exe().unwrap());
        Self::start(command.args(["pass-through", base_url, body.to_str().unwrap()]))
    }

    /// The program, with a model or without; nothing is kept from one request to the next.
    pub(crate) fn service(base_url: Option<&str>, settings: &[(&str, &str)]) -> Self {
        let mut command = Self::program(&["serve", "--listen", "127.0.0.1:0"]);
        if let Some(base_url) = base_url {
            command.env("OPENAI_BASE_URL", base_url);
        }
        Self::start(command.envs(settings.iter().copied()))
    }

    /// A process that grades the answers of jobs.
    pub(crate) fn worker(settings: &[(&str, &str)]) -> Self {
        let mut command = Self::program(&["worker"]);
        let child = command.envs(settings.iter().copied()).stderr(Stdio::null());
        Self {
            child: child.spawn().unwrap(),
            address: String::new(),
        }
    }

    fn program(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_answer-grader"));
        command
            .args(arguments)
            .env_remove("OPENAI_API_KEY")
            .env_remove("DATABASE_URL")
            .env("ANSWER_GRADER__LLM__CACHE_REPLIES", "0")
            .env("ANSWER_GRADER__STORE__ENABLED", "false")
            // The pass-through writes no line for each request either.
            .env(
                "ANSWER_GRADER__LOG__LEVEL",
                "answer_grader=warn,answer_grader::cli=info",
            );
        command
    }

    fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("listening on ")));
        // The log is read to its end, or the program would stop when the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        let line = line.unwrap();
        let address = line.split("listening on ").nth(1).unwrap();
        Self {
            child,
            address: address.split_whitespace().next().unwrap().to_owned(),
        }
    }

    /// User and system time so far.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<_> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ticks: f64 = fields[11..=12]
            .iter()
            .map(|ticks| ticks.parse::<f64>().unwrap())
            .sum();
        // Linux counts in hundredths, whatever the kernel's own clock.
        ticks / 100.0
    }

    pub(crate) fn peak_memory_mb(&self) -> f64 {
        self.memory_mb("VmHWM")
    }

    /// Memory as it is now.
    pub(crate) fn resident_mb(&self) -> f64 {
        self.memory_mb("VmRSS")
    }

    fn memory_mb(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
