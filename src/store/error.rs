/// Says why something could not be kept or found. Its text holds nothing of an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("cannot open the database {place}; see [store] in the settings")]
    Open {
        /// The file, or the address without its password.
        place: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The tables are not those of this version.
    #[error("the tables of the database {place} cannot be brought up to date")]
    Migrate {
        /// The file, or the address without its password.
        place: String,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// The database does not do what is asked of it now.
    #[error("the database fails")]
    Database(#[from] sqlx::Error),
    /// A grade was not kept; the log says why.
    #[error("the database fails, and the grade is not kept")]
    NotKept,
    /// The key of the hashes is not the one that the database was begun with.
    #[error(
        "this database was begun with another key of its hashes (privacy.hash_key_env), or with one of its own; \
         with this one nobody would be found"
    )]
    AnotherKey,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers for a key")]
    NoRandomness,
    /// What is kept cannot be read.
    #[error("the database holds something unreadable in {0}")]
    Unreadable(&'static str),
}
