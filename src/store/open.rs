use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::AnyPool;
use sqlx::SqlSafeStr as _;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::StoreError;
use super::hashes::{KeyedHashes, check_key, kept_key};
use super::writer::Writer;

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A SQLite file, made where there is none. One process at a time is fastest; several may share it
    /// on one machine.
    File(PathBuf),
    /// A PostgreSQL database, by its URL, which may hold a password.
    Postgres(SecretString),
}

/// What is kept of what people wrote.
#[derive(Debug, Clone)]
pub struct Privacy {
    /// Days for which answers and whatever quotes them are kept; 0 for never.
    pub keep_texts_days: u32,
    /// Whether the models' replies are kept with them, word for word.
    pub keep_replies: bool,
    /// The key of the hashes that stay; without one it is made once and kept in the database.
    pub hash_key: Option<SecretString>,
}

impl Privacy {
    pub(super) fn keeps_texts(&self) -> bool {
        self.keep_texts_days > 0
    }
}

/// A database with the tables of this version.
#[derive(Clone)]
pub struct Store {
    pub(super) pool: AnyPool,
    pub(super) privacy: Privacy,
    pub(super) hashes: KeyedHashes,
    pub(super) writer: Writer,
    location: Location,
}

/// Connections at a time, by default; a service needs few, since writes go together.
const CONNECTIONS: u32 = 8;
/// How long a database may take to give a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The schema that the tables are in, so that they get in nobody's way.
const SCHEMA: &str = "answer_grader";
/// For every connection to PostgreSQL.
const SEARCH_PATH: &str = "SET search_path TO answer_grader";
/// For every connection to a SQLite file. What was acknowledged is on the disk, whoever comes while
/// somebody writes waits, and what is deleted is overwritten.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                       PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON";

impl Store {
    /// Opens a database and brings its tables up to date. Several processes may do so at once. It has
    /// to be called within a tokio runtime, which then also writes what is recorded.
    ///
    /// # Errors
    /// It cannot be reached or made, or its tables are a later version's.
    pub async fn open(location: Location, privacy: Privacy) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let open = |source| StoreError::Open {
            place: location.to_string(),
            source,
        };
        let (url, first) = match &location {
            Location::File(path) => (file_url(path).map_err(open)?, PRAGMAS),
            Location::Postgres(url) => (url.clone(), SEARCH_PATH),
        };
        let options = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(first).execute(connection).await?;
                    Ok(())
                })
            });
        let pool = options.connect(url.expose_secret()).await.map_err(open)?;
        migrate(&pool, &location)
            .await
            .map_err(|source| StoreError::Migrate {
                place: location.to_string(),
                source,
            })?;
        let key = match &privacy.hash_key {
            Some(key) => key.clone(),
            None => kept_key(&pool).await?,
        };
        let hashes = KeyedHashes::new(&key);
        check_key(&pool, &hashes).await?;
        Ok(Self {
            hashes,
            writer: Writer::start(pool.clone()),
            pool,
            privacy,
            location,
        })
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Tells whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all connections, after what is under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Store")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Postgres(url) => match reqwest::Url::parse(url.expose_secret()) {
                Ok(url) => write!(
                    formatter,
                    "postgres://{}{}",
                    url.host_str().unwrap_or_default(),
                    url.path()
                ),
                Err(_) => formatter.write_str("of DATABASE_URL"),
            },
        }
    }
}

fn file_url(path: &Path) -> Result<SecretString, sqlx::Error> {
    let wrong = |reason: &str| sqlx::Error::Configuration(reason.into());
    let absolute = std::path::absolute(path)?;
    make_private(&absolute)?;
    let url = reqwest::Url::from_file_path(absolute);
    let url = url.map_err(|()| wrong("its path is no path of a file"))?;
    Ok(format!("sqlite://{}?mode=rwc", url.path()).into())
}

/// Makes the file, where there is none, for its owner alone: it holds answers. What SQLite puts beside it has
/// the same rights.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Brings the tables up to date. PostgreSQL lets one process do so at a time; with SQLite another one
/// may be at it, and what it has done is found at the next try.
async fn migrate(pool: &AnyPool, location: &Location) -> Result<(), MigrateError> {
    const TRIES: u32 = 5;
    let mut migrations = migrations();
    if let Location::Postgres(_) = location {
        migrations.create_schema(SCHEMA);
    }
    for _ in 1..TRIES {
        match migrations.run(pool).await {
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) => {}
            ended => return ended,
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    migrations.run(pool).await
}

fn migrations() -> Migrator {
    let steps = [
        ("concepts", include_str!("migrations/1_concepts.sql")),
        ("grades", include_str!("migrations/2_grades.sql")),
        ("keys", include_str!("migrations/3_keys.sql")),
        ("reviews", include_str!("migrations/4_reviews.sql")),
        ("idempotency", include_str!("migrations/5_idempotency.sql")),
        ("jobs", include_str!("migrations/6_jobs.sql")),
        ("pages", include_str!("migrations/7_pages.sql")),
        ("embeds", include_str!("migrations/8_embeds.sql")),
        (
            "embed_subjects",
            include_str!("migrations/9_embed_subjects.sql"),
        ),
    ];
    let migrations = steps.into_iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
