//! The program: parse, log to stderr, call, map to exit codes.

#[cfg(feature = "serve")]
mod audit;
mod bank;
mod calibrate;
mod config;
mod eval;
mod exit;
mod grade;
#[cfg(feature = "serve")]
mod key;
#[cfg(feature = "serve")]
mod matter;
mod practice;
mod print;
mod probe;
#[cfg(feature = "serve")]
mod replay;
#[cfg(feature = "serve")]
mod review;
#[cfg(feature = "serve")]
mod serve;
mod suite;
#[cfg(feature = "otel")]
mod telemetry;
#[cfg(feature = "serve")]
mod worker;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::config::{LogFormat, LogSettings, Settings};

use exit::Exit;

/// Grades free-text answers against a reference answer: by an LLM API where one is configured, by
/// its own offline keyword grader otherwise.
#[derive(Debug, Parser)]
#[command(name = "answer-grader", version, arg_required_else_help = true, after_help = AFTER_HELP)]
struct Arguments {
    /// Settings file (TOML); the defaults are in config.toml of the sources and in `config check --print`
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Environment:
  OPENAI_API_KEY, OPENAI_BASE_URL    configure the language model; without either, answers are graded offline
                                     (another provider's key has the name that its [[llm.models]] entry gives)
  ANSWER_GRADER__SECTION__KEY        overrides any setting, e.g. ANSWER_GRADER__LLM__MODEL=llama3.1
  OTEL_EXPORTER_OTLP_ENDPOINT        sends traces, metrics and evaluation results by OTLP over HTTP; other OTEL_*
                                     variables hold as usual. Never the text of an answer or a key
  NO_COLOR                           plain output

Exit codes:
  0  done, or passed
  1  eval: measured, and below the gate
  2  wrong usage, settings, banks, cases or files
  3  grade, bank concepts: the language model that was asked for failed; eval: inconclusive
  4  eval: the budget was reached";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the HTTP API
    #[cfg(feature = "serve")]
    Serve(serve::ServeArguments),
    /// Grade the answers of jobs (POST /v1/jobs), beside the service or instead of its own workers
    #[cfg(feature = "serve")]
    Worker(worker::WorkerArguments),
    /// Make, list and take back the API keys of the service
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// People's reviews of kept grades: as cases for eval, and how far grades agree with them
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Review(review::ReviewCommand),
    /// Tell whether kept grades treat groups of people alike: pass rates, impact ratios, errors
    #[cfg(feature = "serve")]
    Audit(audit::AuditArguments),
    /// Grade again what is on record, and compare; nothing is changed
    #[cfg(feature = "serve")]
    Replay(replay::ReplayArguments),
    /// Practise an interview: questions of a bank, one at a time, with what each answer covers and misses
    Practice(practice::PracticeArguments),
    /// Grade one answer
    Grade(Box<grade::GradeArguments>),
    /// Measure graders, prompts and models against human scores
    Eval(Box<eval::EvalArguments>),
    /// Change answers in known ways, and see how far their scores move
    Probe(Box<probe::ProbeArguments>),
    /// Fit a grader's scores and confidence to human scores
    Calibrate(Box<calibrate::CalibrateArguments>),
    /// Check and import question banks, and have concepts proposed for them
    #[command(subcommand)]
    Bank(bank::BankCommand),
    /// Import tests of promptfoo and graders of OpenAI as a suite for eval
    #[command(subcommand)]
    Suite(suite::SuiteCommand),
    /// Check the settings
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    // The message of a panic may quote the text that it was about.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        print::line_to_stderr(&format!("internal error at {place}; please report it"));
    }));
    let arguments = Arguments::parse();
    let outcome = run(arguments);
    #[cfg(feature = "otel")]
    if let Some(telemetry) = TELEMETRY.get() {
        telemetry.end();
    }
    match outcome {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if print::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            print::error(&error);
            Exit::of(&error).into()
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let file = arguments.config.as_deref();
    let done = match arguments.command {
        Command::Eval(command) => return command.run(file),
        Command::Calibrate(command) => return command.run(file),
        Command::Probe(command) => return command.run(file),
        Command::Bank(command) => return command.run(file),
        #[cfg(feature = "serve")]
        Command::Serve(command) => command.run(file),
        #[cfg(feature = "serve")]
        Command::Worker(command) => command.run(file),
        #[cfg(feature = "serve")]
        Command::Key(command) => command.run(file),
        #[cfg(feature = "serve")]
        Command::Review(command) => command.run(file),
        #[cfg(feature = "serve")]
        Command::Audit(command) => command.run(file),
        #[cfg(feature = "serve")]
        Command::Replay(command) => command.run(file),
        Command::Practice(command) => command.run(file),
        Command::Suite(command) => command.run(file),
        Command::Grade(command) => command.run(file),
        Command::Config(command) => command.run(file),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Reads the settings and starts the log on stderr, and telemetry where the environment asks for it.
fn start(file: Option<&std::path::Path>, flags: &[(&str, String)]) -> anyhow::Result<Settings> {
    let settings = Settings::load(file, flags)?;
    log(&settings.log)?;
    Ok(settings)
}

/// Opens the database of the settings for a command that needs it.
#[cfg(feature = "serve")]
fn with_store(
    file: Option<&std::path::Path>,
    work: impl AsyncFnOnce(&Settings, &crate::store::Store) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let settings = start(file, &[])?;
    let location = crate::config::store(&settings)?
        .context("settings: store.enabled is false, so there is no database")?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let privacy = crate::config::privacy(&settings);
        let store = crate::store::Store::open(location, privacy).await?;
        work(&settings, &store).await
    })
}

fn log(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.level)
        .context("settings: log.level is no log level or filter")?;
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colours);
    let lines = match settings.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let registry = tracing_subscriber::registry().with(lines.with_filter(filter));
    #[cfg(feature = "otel")]
    let registry = {
        let telemetry = telemetry::Telemetry::start()?;
        let layer = telemetry.as_ref().map(telemetry::Telemetry::layer);
        if let Some(telemetry) = telemetry {
            // Nothing is started twice, since the registry can be set only once.
            let _ = TELEMETRY.set(telemetry);
        }
        registry.with(layer)
    };
    registry
        .try_init()
        .map_err(|error| anyhow::anyhow!("cannot start the log: {error}"))
}

/// What sends telemetry, until the program ends.
#[cfg(feature = "otel")]
static TELEMETRY: std::sync::OnceLock<telemetry::Telemetry> = std::sync::OnceLock::new();

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        super::Arguments::command().debug_assert();
    }
}
