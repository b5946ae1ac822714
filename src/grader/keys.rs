use std::collections::VecDeque;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::HashMap;

use super::core::Brief;
use super::offline::OfflineGrader;
use crate::grade::{Judgement, Reading, Submission, Task};
use crate::text::Language;

/// So many prepared tasks are kept, the latest.
const MOST: usize = 128;
/// So many tasks' languages are kept; 16 bytes each.
const MOST_LANGUAGES: usize = 65_536;
/// Bytes of a key's texts up to which it is kept; preparing takes some 30 times as much memory.
const LARGEST: usize = 16_384;

/// The tasks that were graded lately, prepared: preparing one takes as long as judging dozens of
/// answers to it.
#[derive(Clone, Default)]
pub(super) struct Keys(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    prepared: HashMap<Name, Arc<Known>>,
    /// Oldest first.
    order: VecDeque<Name>,
    languages: HashMap<u64, Language>,
}

/// A task, prepared.
struct Known {
    offline: OfflineGrader,
    /// Made when a model is asked first.
    brief: OnceLock<Arc<Brief>>,
}

/// A task's hash and the language that it is prepared in.
type Name = (u64, Language);

/// Tells tasks apart by what is asked and by the key's texts.
fn hash(task: &Task) -> u64 {
    let mut hasher = foldhash::quality::FixedState::default().build_hasher();
    task.question.hash(&mut hasher);
    task.key_texts().for_each(|text| text.hash(&mut hasher));
    hasher.finish()
}

impl Keys {
    /// Judges an answer by its task's key.
    pub(super) fn judge(&self, submission: &Submission, reading: &Reading) -> Judgement {
        self.of(&submission.task, reading.language)
            .offline
            .judge(submission, reading)
    }

    /// Judges an answer by its task's key, unless the gate settles it.
    pub(super) fn settle_or_judge(&self, submission: &Submission, reading: &Reading) -> Judgement {
        self.of(&submission.task, reading.language)
            .offline
            .settle_or_judge(submission, reading)
    }

    /// Settles an answer that needs no judging.
    pub(super) fn settle(&self, submission: &Submission, reading: &Reading) -> Option<Judgement> {
        self.of(&submission.task, reading.language)
            .offline
            .settle(submission, reading)
    }

    /// What a model's judgement of answers to a task is made with.
    pub(super) fn brief(&self, task: &Arc<Task>, language: Language) -> Arc<Brief> {
        let known = self.of(task, language);
        let make = || Arc::new(Brief::new(task, language));
        known.brief.get_or_init(make).clone()
    }

    /// The language of a task, which takes as long to tell as reading an answer does.
    pub(super) fn language(&self, task: &Task) -> Language {
        let name = hash(task);
        let known = self.kept().languages.get(&name).copied();
        known.unwrap_or_else(|| {
            let language = task.language();
            let mut kept = self.kept();
            if kept.languages.len() >= MOST_LANGUAGES {
                kept.languages.clear();
            }
            kept.languages.insert(name, language);
            language
        })
    }

    fn of(&self, task: &Arc<Task>, language: Language) -> Arc<Known> {
        let name = (hash(task), language);
        let known = self.kept().prepared.get(&name).cloned();
        if let Some(known) = known.filter(|known| known.offline.serves(task, language)) {
            return known;
        }
        // Prepared without the lock, so that nobody waits; two may do it at once.
        let prepared = Arc::new(Known {
            offline: OfflineGrader::in_language(task.clone(), language),
            brief: OnceLock::new(),
        });
        if task.key_texts().map(str::len).sum::<usize>() <= LARGEST {
            self.kept().keep(name, prepared.clone());
        }
        prepared
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Nothing in it can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, name: Name, prepared: Arc<Known>) {
        if self.prepared.insert(name, prepared).is_none() {
            self.order.push_back(name);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.prepared.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_prepared_once_and_the_number_of_kept_ones_is_bounded() {
        let keys = Keys::default();
        let task = |at: usize| Arc::new(Task::new("What is it?", format!("It is number {at}.")));
        let first = keys.of(&task(0), Language::English);
        assert!(Arc::ptr_eq(&first, &keys.of(&task(0), Language::English)));
        assert!(!Arc::ptr_eq(&first, &keys.of(&task(0), Language::German)));
        for at in 1..=MOST {
            keys.of(&task(at), Language::English);
        }
        assert_eq!(keys.kept().prepared.len(), MOST);
        assert!(!Arc::ptr_eq(&first, &keys.of(&task(0), Language::English)));
    }
}
