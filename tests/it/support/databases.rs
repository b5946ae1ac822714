use std::process::Command;

use answer_grader::store::{Location, Privacy, Store};
use tempfile::TempDir;

/// The databases that everything about the store is tested on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Database {
    Sqlite,
    /// Needs the server that `tests/run` starts.
    Postgres,
}

/// Everything is kept, and for long.
pub(crate) const PRIVACY: Privacy = Privacy {
    keep_texts_days: 36_500,
    keep_replies: true,
    hash_key: None,
};

/// An empty database; it goes with the test.
pub(crate) struct Place {
    pub(crate) location: Location,
    /// The same as settings of the program.
    pub(crate) environment: Vec<(&'static str, String)>,
    _folder: Option<TempDir>,
}

impl Place {
    pub(crate) async fn new(database: Database) -> Self {
        let enabled = ("ANSWER_GRADER__STORE__ENABLED", "true".to_owned());
        match database {
            Database::Sqlite => {
                let folder = TempDir::new().unwrap();
                // Characters that mean something in a URL.
                let file = folder.path().join("a #1 100% grader?.db");
                let path = file.to_str().unwrap().to_owned();
                Self {
                    location: Location::File(file),
                    environment: vec![enabled, ("ANSWER_GRADER__STORE__PATH", path)],
                    _folder: Some(folder),
                }
            }
            Database::Postgres => Self::of_postgres(&new_database().await),
        }
    }

    pub(crate) fn of_postgres(url: &str) -> Self {
        let enabled = ("ANSWER_GRADER__STORE__ENABLED", "true".to_owned());
        Self {
            location: Location::Postgres(url.into()),
            environment: vec![enabled, ("DATABASE_URL", url.to_owned())],
            _folder: None,
        }
    }

    pub(crate) async fn open(&self) -> Store {
        self.open_with(PRIVACY).await
    }

    pub(crate) async fn open_with(&self, privacy: Privacy) -> Store {
        Store::open(self.location.clone(), privacy).await.unwrap()
    }
}

async fn new_database() -> String {
    let server = std::env::var("ANSWER_GRADER_TEST_POSTGRES");
    let server =
        server.unwrap_or_else(|_| panic!("tests/postgres/cluster with COMMAND starts PostgreSQL"));
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    sqlx::any::install_default_drivers();
    let admin = sqlx::AnyPool::connect(&server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&admin).await.unwrap();
    let (address, _) = server.rsplit_once('/').unwrap();
    format!("{address}/{name}")
}

/// Changes a database behind the program's back.
pub(crate) async fn execute(place: &Place, statement: &'static str) {
    sqlx::any::install_default_drivers();
    let url = match &place.location {
        Location::Postgres(url) => secrecy::ExposeSecret::expose_secret(url).to_owned(),
        Location::File(path) => {
            let path = reqwest::Url::from_file_path(path).unwrap();
            format!("sqlite://{}", path.path())
        }
    };
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    if let Location::Postgres(_) = &place.location {
        let path = sqlx::raw_sql("SET search_path TO answer_grader");
        let mut connection = pool.acquire().await.unwrap();
        path.execute(&mut *connection).await.unwrap();
        sqlx::raw_sql(statement)
            .execute(&mut *connection)
            .await
            .unwrap();
    } else {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
}

/// A PostgreSQL server of one test's own, which may be crashed.
pub(crate) struct Cluster(TempDir);

impl Cluster {
    pub(crate) fn start() -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let this = Self(folder);
        let url = this.is_to("start");
        (this, url)
    }

    /// Has it `restart` as after a crash, or `halt` and later `resume`.
    pub(crate) fn is_to(&self, what: &str) -> String {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres/cluster");
        let output = Command::new(script)
            .arg(what)
            .arg(self.0.path().join("cluster"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.is_to("stop");
    }
}
