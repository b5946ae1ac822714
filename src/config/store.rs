use super::{Settings, SettingsError};
use crate::store::{Location, Privacy};

/// Says where the database is; `None` where nothing is to be kept.
///
/// # Errors
/// The variable that should hold PostgreSQL's URL holds something else.
pub fn store(settings: &Settings) -> Result<Option<Location>, SettingsError> {
    let store = &settings.store;
    if !store.enabled {
        return Ok(None);
    }
    let url = std::env::var(&store.url_env).unwrap_or_default();
    match url.trim() {
        "" => Ok(Some(Location::File(store.path.clone()))),
        url if is_postgres(url) => Ok(Some(Location::Postgres(url.to_owned().into()))),
        _ => Err(SettingsError::Value {
            key: "store.url_env",
            problem: "names a variable that holds no postgres:// URL",
        }),
    }
}

/// Says what is kept of what people wrote.
pub fn privacy(settings: &Settings) -> Privacy {
    let privacy = &settings.privacy;
    let key = std::env::var(&privacy.hash_key_env).ok();
    Privacy {
        keep_texts_days: privacy.keep_texts_days,
        keep_replies: privacy.keep_replies,
        hash_key: key.filter(|key| !key.trim().is_empty()).map(Into::into),
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}
