//! Does the same work once, for all who ask for it at the same time or later.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::{HashMap, HashMapExt as _};
use tokio::sync::OnceCell;

/// Keeps up to so many results by name, the latest. Whoever asks for one that somebody is making waits
/// for it; where that fails, or whoever makes it goes away, the next of them makes it. Failures are
/// not kept.
///
/// ```
/// use answer_grader::llm::Once;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), std::io::Error> {
/// let kept = Once::new(100);
/// let make = || async { Ok::<_, std::io::Error>(1) };
/// assert_eq!(kept.get("join", make).await?, (1, true));
/// assert_eq!(kept.get("join", make).await?, (1, false));
/// kept.forget("join");
/// assert_eq!(kept.get("join", make).await?, (1, true));
/// # Ok(())
/// # }
/// ```
pub struct Once<T> {
    most: usize,
    kept: Mutex<Kept<T>>,
}

struct Kept<T> {
    results: HashMap<String, Arc<OnceCell<T>>>,
    /// Oldest first.
    order: VecDeque<String>,
}

impl<T: Clone> Once<T> {
    /// Keeps up to `most` results; one at least.
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            kept: Mutex::new(Kept {
                results: HashMap::new(),
                order: VecDeque::new(),
            }),
        }
    }

    /// Gives the result of this name, and whether it was made just now, by `make`.
    ///
    /// # Errors
    /// What `make` says.
    pub async fn get<F, E>(&self, name: &str, make: impl FnOnce() -> F) -> Result<(T, bool), E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let cell = self.kept().cell(name, self.most);
        let mut just_now = false;
        let make = || {
            just_now = true;
            make()
        };
        let result = cell.get_or_try_init(make).await.cloned();
        if result.is_err() {
            self.kept().forget(name, &cell);
        }
        result.map(|result| (result, just_now))
    }

    /// Drops the result of a name.
    pub fn forget(&self, name: &str) {
        let cell = self.kept().results.get(name).cloned();
        if let Some(cell) = cell {
            self.kept().forget(name, &cell);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept<T>> {
        // Nothing in it can be left half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Kept<T> {
    fn cell(&mut self, name: &str, most: usize) -> Arc<OnceCell<T>> {
        if let Some(cell) = self.results.get(name) {
            return cell.clone();
        }
        let cell = Arc::new(OnceCell::new());
        self.results.insert(name.to_owned(), cell.clone());
        self.order.push_back(name.to_owned());
        while self.order.len() > most {
            if let Some(oldest) = self.order.pop_front() {
                self.results.remove(&oldest);
            }
        }
        cell
    }

    /// Drops a cell, unless somebody has put another in its place.
    fn forget(&mut self, name: &str, cell: &Arc<OnceCell<T>>) {
        // Others may be waiting for it, each of whom makes the result in turn.
        let is_same = |kept: &Arc<OnceCell<T>>| Arc::ptr_eq(kept, cell);
        if self.results.get(name).is_some_and(is_same) {
            self.results.remove(name);
            self.order.retain(|other| other != name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    async fn made(once: &Once<u32>, name: &str, result: Result<u32, ()>) -> Result<u32, ()> {
        let make = || async move {
            sleep(Duration::from_secs(1)).await;
            result
        };
        once.get(name, make).await.map(|(result, _)| result)
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_made_once_for_all_who_ask() {
        let once = Once::new(9);
        let (first, second) = tokio::join!(made(&once, "x", Ok(1)), made(&once, "x", Ok(2)));
        assert_eq!(
            (first, second, made(&once, "x", Ok(3)).await),
            (Ok(1), Ok(1), Ok(1))
        );
        once.forget("x");
        assert_eq!(made(&once, "x", Ok(4)).await, Ok(4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_not_kept() {
        let once = Once::new(9);
        assert_eq!(made(&once, "x", Err(())).await, Err(()));
        assert!(once.kept().results.is_empty() && once.kept().order.is_empty());
        assert_eq!(made(&once, "x", Ok(1)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_one_that_went_away_makes_it() {
        let once = Once::new(9);
        let gone = timeout(Duration::from_millis(10), made(&once, "x", Ok(1)));
        let (gone, stayed) = tokio::join!(gone, made(&once, "x", Ok(2)));
        assert!(gone.is_err());
        assert_eq!(stayed, Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_goes_first() {
        let once = Once::new(2);
        for name in ["a", "b", "c"] {
            made(&once, name, Ok(1)).await.unwrap();
        }
        assert_eq!(made(&once, "c", Ok(2)).await, Ok(1));
        assert_eq!(made(&once, "a", Ok(2)).await, Ok(2));
        assert_eq!(once.kept().results.len(), 2);
    }
}
