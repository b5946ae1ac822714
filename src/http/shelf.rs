use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Service;
use super::matter::Current;
use crate::bank::{Bank, Banks, Origin};
use crate::store::{Store, StoreError};

/// How long it is believed that nobody saved a bank elsewhere.
const BELIEVED: Duration = Duration::from_secs(5);

/// The banks: those of the files, and in their place what people saved.
#[derive(Default)]
pub struct Shelf(Mutex<Option<Shown>>);

/// What the shelf was made of, and when.
#[derive(Clone)]
struct Shown {
    banks: Arc<Banks>,
    files: Arc<Current>,
    saved: i64,
    at: Instant,
}

impl Shelf {
    /// Has the database asked at the next request.
    pub(super) fn forget(&self) {
        *self.shown() = None;
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, Option<Shown>> {
        // Nothing in it can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// The banks as they are now.
    pub(super) async fn banks(&self) -> Result<Arc<Banks>, StoreError> {
        let files = self.matter.now();
        let Some(store) = &self.store else {
            return Ok(files.banks.clone());
        };
        let before = self.shelf.shown().clone();
        let before = before.filter(|shown| Arc::ptr_eq(&shown.files, &files));
        if let Some(shown) = &before
            && shown.at.elapsed() < BELIEVED
        {
            return Ok(shown.banks.clone());
        }
        let at = Instant::now();
        let saved = store.banks_saved().await?;
        let banks = match before {
            Some(shown) if shown.saved == saved => shown.banks,
            _ => with_saved(&files.banks, store).await?,
        };
        *self.shelf.shown() = Some(Shown {
            banks: banks.clone(),
            files,
            saved,
            at,
        });
        Ok(banks)
    }
}

async fn with_saved(files: &Arc<Banks>, store: &Store) -> Result<Arc<Banks>, StoreError> {
    let mut banks = None;
    for saved in store.saved_banks().await? {
        let Some(toml) = saved.toml else { continue };
        match Bank::parse(&toml, &saved.id) {
            Ok(mut bank) => {
                bank.origin = Origin::Edited;
                banks.get_or_insert_with(|| Banks::clone(files)).put(bank);
            }
            // A later version of the program may have other rules; the files' bank is better than none.
            Err(error) => {
                tracing::warn!(bank = saved.id, %error, "a saved bank cannot be read by this version");
            }
        }
    }
    Ok(banks.map_or_else(|| files.clone(), Arc::new))
}
