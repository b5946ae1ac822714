//! Runs llama.cpp's own server on loopback, with the tiny model that `tests/setup` makes.
//!
//! The server speaks the protocol for real; what the model says means nothing. Tests that use it
//! are marked `#[ignore = "needs llama.cpp's server, which tests/setup installs"]`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test without its server can only fail, and should say why"
)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The server takes a fraction of a second; a busy machine may take longer.
const TIME_TO_START: Duration = Duration::from_mins(1);

/// Holds a running server, which ends when this is dropped or when the test's process ends.
#[derive(Debug)]
pub(crate) struct LlamaServer {
    process: Child,
    base_url: String,
}

impl LlamaServer {
    /// Starts a server on a free port and returns when it answers.
    ///
    /// # Panics
    ///
    /// Where `tests/setup` has not run, or the server does not start.
    pub(crate) fn start() -> Self {
        Self::start_at("0")
    }

    /// Starts a server at the address of one that was stopped.
    ///
    /// # Panics
    ///
    /// As [`Self::start`].
    pub(crate) fn start_again(&self) -> Self {
        let address = self.base_url.trim_end_matches("/v1");
        Self::start_at(address.rsplit(':').next().unwrap_or_default())
    }

    fn start_at(port: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let tools = root.join("target/test-tools/llama");
        let python = tools.join("venv/bin/python");
        let model = tools.join("tiny.gguf");
        assert!(
            python.exists() && model.exists(),
            "llama.cpp's server is not installed: run tests/setup, or tests/run, which does it"
        );
        let mut process = Command::new(python)
            .arg(root.join("tests/llama/serve.py"))
            .arg(port)
            .arg(model)
            // The server ends when this pipe does, even if the test's process is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the virtual environment's python should run; tests/setup makes it anew");

        let stdout = process.stdout.take().expect("standard output is a pipe");
        let mut stderr = process.stderr.take().expect("standard error is a pipe");
        // The pipe is read all the time, or the server would stop when it is full.
        let log = thread::spawn(move || {
            let mut log = Vec::new();
            // What was read up to a failure is still worth showing.
            let _ = stderr.read_to_end(&mut log);
            log
        });
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            // Nobody listens any more where the server was too late.
            let _ = send.send(line);
        });

        let line = receive.recv_timeout(TIME_TO_START).unwrap_or_default();
        let Some(base_url) = line.trim_end().strip_prefix("listening on ") else {
            stop(&mut process);
            let log = log.join().unwrap_or_default();
            panic!(
                "llama.cpp's server did not start; tests/setup makes its environment anew after \
                 target/test-tools is deleted. It said:\n{}",
                String::from_utf8_lossy(&log)
            );
        };
        Self {
            base_url: base_url.to_owned(),
            process,
        }
    }

    /// Returns the address up to and including `/v1`.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the one key that the server accepts.
    #[expect(clippy::unused_self, reason = "the key belongs to a running server")]
    pub(crate) fn api_key(&self) -> &'static str {
        "sk-local"
    }

    /// Ends the server and waits for it, so that nothing listens at its address afterwards.
    pub(crate) fn stop(&mut self) {
        stop(&mut self.process);
    }
}

impl Drop for LlamaServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn stop(process: &mut Child) {
    // It may have ended by itself, and then there is nothing to do.
    let _ = process.kill();
    let _ = process.wait();
}
