use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The program, with nothing of the caller's environment that would configure it.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_answer-grader"));
    for (name, _) in std::env::vars() {
        if name.starts_with("OPENAI_")
            || name.starts_with("ANSWER_GRADER_")
            || name == "DATABASE_URL"
            || name.to_lowercase().ends_with("_proxy")
        {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1");
    // A test that keeps something says where.
    command.env("ANSWER_GRADER__STORE__ENABLED", "false");
    command
}

/// A running service; it is killed when the test ends.
pub(crate) struct Served {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
    log: mpsc::Receiver<String>,
    /// The lines that were read already.
    read: RefCell<Vec<String>>,
}

impl Served {
    /// Starts `serve` on a free port and waits until it listens.
    pub(crate) fn start(environment: &[(&str, &str)]) -> Self {
        Self::start_with(&[], environment)
    }

    /// The same, with more arguments.
    pub(crate) fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = program();
        if !arguments.contains(&"--listen") {
            command.env("ANSWER_GRADER__SERVER__LISTEN", "127.0.0.1:0");
        }
        command
            .arg("serve")
            .args(arguments)
            .envs(environment.iter().copied());
        Self::listening(command)
    }

    fn listening(command: Command) -> Self {
        let mut served = Self::spawn(command);
        let line = served.wait_for("listening on ");
        let address = line.split("listening on ").nth(1).unwrap();
        served.address = address.split_whitespace().next().unwrap().into();
        served
    }

    /// Starts what a shell makes of `before` and then the service in its place.
    #[cfg(unix)]
    pub(crate) fn under(before: &str, environment: &[(&str, &str)]) -> Self {
        let own = program();
        let mut command = Command::new("bash");
        for (name, value) in own.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .arg("-c")
            .arg(format!("{before}; exec \"$0\" serve --listen 127.0.0.1:0"))
            .arg(own.get_program())
            .envs(environment.iter().copied());
        Self::listening(command)
    }

    /// Starts `worker` and waits until it is at work.
    pub(crate) fn worker(environment: &[(&str, &str)]) -> Self {
        let mut command = program();
        command.arg("worker").envs(environment.iter().copied());
        let worker = Self::spawn(command);
        worker.wait_for("waiting for jobs");
        worker
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (send, log) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            address: String::new(),
            log,
            read: RefCell::default(),
        }
    }

    /// Waits for a line of the log that holds `text`.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        loop {
            let Ok(line) = self.log.recv_timeout(Duration::from_secs(20)) else {
                panic!(
                    "no line with {text:?} in the log:\n{}",
                    self.read.borrow().join("\n")
                );
            };
            self.read.borrow_mut().push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Asks the service to stop, as a supervisor does.
    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    /// Waits for the program's end; true if it was an orderly one.
    pub(crate) fn ended_well(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// The log from the first line to the last, after the program has ended.
    pub(crate) fn whole_log(&self) -> String {
        let mut lines = self.read.borrow().clone();
        lines.extend(self.log.iter());
        lines.join("\n")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end with `input`; gives exit code, stdout and stderr.
pub(crate) fn run(command: &mut Command, input: &str) -> (i32, String, String) {
    use std::io::Write as _;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may refuse before it reads its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut stdout)
        .unwrap();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    (child.wait().unwrap().code().unwrap_or(-1), stdout, stderr)
}
