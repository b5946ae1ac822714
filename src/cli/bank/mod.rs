mod concepts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;

use crate::bank::{Bank, import};
use crate::cli::print;

/// What to do with question banks.
#[derive(Debug, Subcommand)]
pub(super) enum BankCommand {
    /// Check bank files: every problem with file, line and field
    Check {
        /// The bank files
        #[arg(required = true, value_name = "BANK.toml")]
        files: Vec<PathBuf>,
    },
    /// Turn interview notes in Markdown into a bank: headings are questions, the text below each is
    /// its reference answer
    Import {
        /// The notes
        #[arg(value_name = "NOTES.md")]
        notes: PathBuf,
        /// The bank file to write; - prints it
        #[arg(short, long, value_name = "BANK.toml|-")]
        output: PathBuf,
        /// The bank's id; the output's name where it is not given
        #[arg(long)]
        id: Option<String>,
        /// The bank's title; the id where it is not given
        #[arg(long)]
        title: Option<String>,
        /// Write over a file that exists
        #[arg(long)]
        force: bool,
    },
    Concepts(concepts::ConceptsArguments),
}

impl BankCommand {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = super::start(file, &[])?;
        let done = match self {
            Self::Concepts(arguments) => return arguments.run(&settings),
            Self::Check { files } => check(&files),
            Self::Import {
                notes,
                output,
                id,
                title,
                force,
            } => {
                let id = id.unwrap_or_else(|| name_of(&output, &notes));
                let title = title.unwrap_or_else(|| id.clone());
                run_import(&notes, &output, &id, &title, force)
            }
        };
        done.map(|()| ExitCode::SUCCESS)
    }
}

fn check(files: &[PathBuf]) -> anyhow::Result<()> {
    let mut broken = Vec::new();
    for path in files {
        match Bank::read(path) {
            Ok(bank) => {
                print::line(&format!(
                    "{}: in order, {} questions",
                    path.display(),
                    bank.questions.len()
                ))?;
                for remark in bank.remarks() {
                    print::line(&format!("  {remark}"))?;
                }
            }
            Err(error) => broken.push(format!("{:#}", anyhow::Error::from(error))),
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    Ok(())
}

fn run_import(
    notes: &Path,
    output: &Path,
    id: &str,
    title: &str,
    force: bool,
) -> anyhow::Result<()> {
    let shown = notes.display().to_string();
    let markdown =
        std::fs::read_to_string(notes).with_context(|| format!("cannot read {shown}"))?;
    let bank = import(&markdown, &shown, id, title)?;
    if output == Path::new("-") {
        return print::line(bank.trim_end());
    }
    may_write(output, force)?;
    std::fs::write(output, &bank).with_context(|| format!("cannot write {}", output.display()))?;
    let count = bank.lines().filter(|line| *line == "[[questions]]").count();
    print::line(&format!(
        "{}: {count} questions; add concepts, then run `bank check`",
        output.display()
    ))
}

/// Refuses to write over a file unless that was asked for.
fn may_write(output: &Path, force: bool) -> anyhow::Result<()> {
    if output != Path::new("-") && output.exists() && !force {
        bail!("{} exists; --force writes over it", output.display());
    }
    Ok(())
}

/// An id from the name of the output, or of the notes where the output has none.
fn name_of(output: &Path, notes: &Path) -> String {
    let named = if output == Path::new("-") {
        notes
    } else {
        output
    };
    let stem = named
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let id: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    id.trim_matches('-').to_owned()
}
