use std::path::Path;

use clap::Subcommand;

use super::print;
use crate::config::{self, Backend, EMBEDDED};

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Check settings, prompt and banks without starting anything
    Check {
        /// Print the built-in settings file with every default
        #[arg(long)]
        print: bool,
    },
}

impl ConfigCommand {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        let Self::Check { print } = self;
        if print {
            return print::line(EMBEDDED.trim_end());
        }
        let settings = super::start(file, &[])?;
        let (_, backend) = config::grader(&settings)?;
        let banks = config::banks(&settings)?;
        print::line("The settings are in order.")?;
        if !settings
            .llm
            .models
            .iter()
            .any(|entry| entry.name == settings.llm.model)
        {
            print::line(&format!(
                "Note: llm.model \"{}\" has no entry among [[llm.models]]; it is asked at OPENAI_BASE_URL or at \
                 OpenAI, and its price is unknown.",
                settings.llm.model
            ))?;
        }
        match backend {
            Backend::Offline => print::line(&format!(
                "Language model: none; answers are graded offline by keywords. {}",
                config::how_to_configure(&settings)
            ))?,
            Backend::Llm {
                model,
                base_url,
                with_key,
            } => {
                let key = if with_key {
                    "with a key"
                } else {
                    "without a key"
                };
                print::line(&format!("Language model: {model} at {base_url}, {key}."))?;
                if !settings.llm.then.is_empty() {
                    let then = settings.llm.then.join(", ");
                    print::line(&format!("Where it gives no usable reply: {then}."))?;
                }
            }
        }
        for bank in &banks {
            print::line(&format!(
                "Bank {}: {} questions.",
                bank.id,
                bank.questions.len()
            ))?;
        }
        Ok(())
    }
}
