use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Service;
use super::matter::Current;
use crate::bank::{Bank, Banks, Origin};
use crate::store::{SavedBank, Store, StoreError};

/// How long it is believed that nobody saved a bank elsewhere.
const BELIEVED: Duration = Duration::from_secs(5);

/// The banks: those of the files, and in their place what people saved.
#[derive(Default)]
pub struct Shelf {
    state: Mutex<State>,
    /// Whoever has it asks the database; others need not.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    shown: Option<Shown>,
    /// Counts how often this process saved one, so that what was read before is not shown after.
    saves: u64,
}

/// What the shelf was made of, and when.
#[derive(Clone)]
struct Shown {
    shelved: Arc<Shelved>,
    files: Arc<Current>,
    saved: i64,
    at: Instant,
}

/// The banks as they are now.
pub(super) struct Shelved {
    pub(super) banks: Arc<Banks>,
    /// Ids of banks that another version of the program saved, and this one cannot read.
    pub(super) unreadable: Vec<String>,
}

impl Shelf {
    /// Has the database asked at the next request.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        state.shown = None;
        state.saves += 1;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing in it can be left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is shown, if it was made of these files.
    fn shown(&self, files: &Arc<Current>) -> Option<Shown> {
        let shown = self.state().shown.clone();
        shown.filter(|shown| Arc::ptr_eq(&shown.files, files))
    }
}

impl Service {
    /// The banks as they are now.
    pub(super) async fn banks(&self) -> Result<Arc<Banks>, StoreError> {
        Ok(self.shelved().await?.banks.clone())
    }

    /// The same, with those that cannot be read.
    pub(super) async fn shelved(&self) -> Result<Arc<Shelved>, StoreError> {
        let files = self.matter.now();
        let Some(store) = &self.store else {
            return Ok(of_files(&files));
        };
        let fresh = |shown: &Shown| shown.at.elapsed() < BELIEVED;
        let before = self.shelf.shown(&files);
        if let Some(shown) = before.as_ref().filter(|shown| fresh(shown)) {
            return Ok(shown.shelved.clone());
        }
        let asking = match (self.shelf.asking.try_lock(), before) {
            (Ok(asking), _) => asking,
            // Somebody is at it, and what held a moment ago will do.
            (Err(_), Some(shown)) => return Ok(shown.shelved),
            (Err(_), None) => self.shelf.asking.lock().await,
        };
        let before = self.shelf.shown(&files);
        if let Some(shown) = before.as_ref().filter(|shown| fresh(shown)) {
            return Ok(shown.shelved.clone());
        }
        let (at, known) = (Instant::now(), self.shelf.state().saves);
        let saved = store.banks_saved().await?;
        let shelved = match before {
            Some(shown) if shown.saved == saved => shown.shelved,
            _ => with_saved(&files, store).await?,
        };
        let mut state = self.shelf.state();
        if state.saves == known {
            state.shown = Some(Shown {
                shelved: shelved.clone(),
                files,
                saved,
                at,
            });
        }
        drop(asking);
        Ok(shelved)
    }
}

fn of_files(files: &Current) -> Arc<Shelved> {
    Arc::new(Shelved {
        banks: files.banks.clone(),
        unreadable: Vec::new(),
    })
}

async fn with_saved(files: &Arc<Current>, store: &Store) -> Result<Arc<Shelved>, StoreError> {
    let saved = store.saved_banks().await?;
    if saved.iter().all(|one| one.toml.is_none()) {
        return Ok(of_files(files));
    }
    let files = files.clone();
    // Many large banks take their time, and others are to be served meanwhile.
    let read = tokio::task::spawn_blocking(move || {
        let mut banks = Banks::clone(&files.banks);
        let mut unreadable = Vec::new();
        for one in &saved {
            match read(one) {
                Some(Ok(bank)) => banks.put(bank),
                Some(Err(error)) => {
                    tracing::warn!(bank = one.id, %error, "a saved bank cannot be read by this version");
                    unreadable.push(one.id.clone());
                }
                None => {}
            }
        }
        Shelved {
            banks: Arc::new(banks),
            unreadable,
        }
    });
    let read = read.await.map_err(|_| StoreError::Unreadable("banks"))?;
    Ok(Arc::new(read))
}

/// Reads a bank as it was saved; `None` where the files' one holds again.
pub(super) fn read(saved: &SavedBank) -> Option<Result<Bank, crate::bank::BankError>> {
    let read = Bank::parse(saved.toml.as_ref()?, &saved.id);
    Some(read.map(|bank| bank.of(Origin::Edited)))
}
