use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::program::{program, run};

/// A folder for one test, and what runs in it.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        }
    }

    pub(crate) fn with_model(base_url: &str) -> Self {
        Self {
            environment: vec![
                ("OPENAI_BASE_URL", base_url.to_owned()),
                ("ANSWER_GRADER__LLM__RETRIES", "0".to_owned()),
            ],
            ..Self::new()
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub(crate) fn report(&self, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    /// Runs `eval` in the folder; gives exit code, stdout and stderr.
    pub(crate) fn eval(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = program();
        command
            .current_dir(self.folder.path())
            .arg("eval")
            .args(arguments);
        command.envs(
            self.environment
                .iter()
                .map(|(name, value)| (name, value.as_str())),
        );
        run(&mut command, "")
    }
}
