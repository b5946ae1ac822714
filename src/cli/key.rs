use std::path::Path;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::print;
use crate::grade::{Fallback, FeedbackLevel};
use crate::store::{ApiKey, NewKey, Scope, Store};

/// What to do with the service's API keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key and print it; it is kept as a hash only, and not to be had again
    ///
    /// From the first key on the service answers nobody without one. Other processes that share the database
    /// know a new key at once.
    #[command(after_help = EXAMPLES)]
    Create {
        /// Who gets it, for `key list`
        name: String,
        /// What its holder may do; several with commas between them
        #[arg(
            long,
            value_name = "SCOPE",
            value_enum,
            value_delimiter = ',',
            default_value = "grade"
        )]
        scope: Vec<ScopeName>,
        /// How long it is valid, such as 90d or 1y; without end where nothing is said
        #[arg(long, value_name = "TIME", value_parser = duration)]
        expires: Option<Duration>,
        /// Requests that its holder may make in a minute
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        requests_per_minute: Option<u32>,
        /// US dollars that its holder may spend on models in a day (UTC)
        #[arg(long, value_name = "USD", value_parser = money)]
        usd_per_day: Option<f64>,
        /// The most that its holder is shown, and where a request is silent: full, hint, none
        #[arg(long, value_name = "LEVEL", value_parser = ["full", "hint", "none"])]
        feedback: Option<String>,
        /// What happens when the LLM fails, where a request is silent: keyword, error
        #[arg(long, value_name = "FALLBACK", value_parser = ["keyword", "error"])]
        fallback: Option<String>,
    },
    /// List the keys, without their secrets
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a key back; services know within 5 seconds
    Revoke {
        /// The key's id: the twelve digits after agk_
        id: String,
    },
}

const EXAMPLES: &str = "\
Examples:
  answer-grader key create interview-tool --feedback hint --requests-per-minute 600
  answer-grader key create reviewers --scope read,review,references --expires 90d";

/// The scopes, as they are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ScopeName {
    /// Grade answers, have concepts made, see the banks' questions
    Grade,
    /// Read grades that are kept
    Read,
    /// Review grades
    Review,
    /// See reference answers
    References,
    /// Everything but reference answers: erase, hold
    Admin,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Grade => Self::Grade,
            ScopeName::Read => Self::Read,
            ScopeName::Review => Self::Review,
            ScopeName::References => Self::References,
            ScopeName::Admin => Self::Admin,
        }
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.is_zero() {
        return Err("must be longer than nothing".to_owned());
    }
    Ok(duration)
}

fn money(text: &str) -> Result<f64, String> {
    let amount: f64 = text.parse().map_err(|_| "must be a number".to_owned())?;
    if amount.is_finite() && amount > 0.0 {
        Ok(amount)
    } else {
        Err("must be above 0".to_owned())
    }
}

impl KeyCommand {
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<()> {
        super::with_store(file, async |_, store| self.with(store).await)
    }

    async fn with(self, store: &Store) -> anyhow::Result<()> {
        match self {
            Self::Create {
                name,
                scope,
                expires,
                requests_per_minute,
                usd_per_day,
                feedback,
                fallback,
            } => {
                let new = NewKey {
                    name,
                    scopes: scope.into_iter().map(Scope::from).collect(),
                    valid_for: expires,
                    requests_per_minute,
                    usd_per_day,
                    feedback: feedback.as_deref().map(feedback_level),
                    fallback: fallback.as_deref().map(fallback_of),
                };
                let key = store.create_key(&new).await?;
                print::line_to_stderr(
                    "The key, to be sent as `Authorization: Bearer KEY`. It is not shown again:",
                );
                print::line(&key)
            }
            Self::List { json: true } => print::json(&store.keys().await?),
            Self::List { json: false } => list(&store.keys().await?),
            Self::Revoke { id } => {
                let revoked = store.revoke_key(&id).await?;
                anyhow::ensure!(
                    revoked,
                    "there is no key {id} to take back; `key list` lists them"
                );
                print::line(&format!("The key {id} is taken back."))
            }
        }
    }
}

fn feedback_level(word: &str) -> FeedbackLevel {
    match word {
        "none" => FeedbackLevel::None,
        "hint" => FeedbackLevel::Hint,
        _ => FeedbackLevel::Full,
    }
}

fn fallback_of(word: &str) -> Fallback {
    match word {
        "error" => Fallback::Error,
        _ => Fallback::Keyword,
    }
}

fn list(keys: &[ApiKey]) -> anyhow::Result<()> {
    if keys.is_empty() {
        return print::line("There are no keys: the service answers on its own machine only.");
    }
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["id", "name", "scopes", "made", "state"]);
    for key in keys {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
        let state = match (key.revoked_ms, key.expires_ms) {
            (Some(when), _) => format!("taken back {}", day(when)),
            (None, Some(end)) if !key.is_valid() => format!("ended {}", day(end)),
            (None, Some(end)) => format!("valid until {}", day(end)),
            (None, None) => "valid".to_owned(),
        };
        table.add_row([
            &key.id,
            &key.name,
            &scopes.join(","),
            &day(key.made_ms),
            &state,
        ]);
    }
    print::line(&table.to_string())
}

fn day(ms: i64) -> String {
    let since = Duration::from_millis(ms.unsigned_abs());
    let moment = humantime::format_rfc3339_seconds(std::time::UNIX_EPOCH + since).to_string();
    moment.chars().take(10).collect()
}
