use std::time::{SystemTime, UNIX_EPOCH};

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64;

use crate::bank::{Bank, Level, Question};

/// What a person wants to be asked.
pub(super) struct Wish<'a> {
    /// All where there is none.
    pub(super) topics: &'a [String],
    pub(super) level: Option<Level>,
    pub(super) count: usize,
    /// Questions of which ideas were missed, the longest ago first.
    pub(super) missed: Vec<String>,
}

/// What a question without a topic is listed under.
pub(super) const NO_TOPIC: &str = "other";

pub(super) fn topic(question: &Question) -> &str {
    question.topic.as_deref().unwrap_or(NO_TOPIC)
}

/// The topics of a bank, in the order in which they first come.
pub(super) fn topics(bank: &Bank) -> Vec<&str> {
    let mut topics = Vec::new();
    for question in &bank.questions {
        if !topics.contains(&topic(question)) {
            topics.push(topic(question));
        }
    }
    topics
}

/// Chooses questions: first those of which ideas were missed, then others by chance.
pub(super) fn choose<'a>(bank: &'a Bank, wish: &Wish) -> Vec<&'a Question> {
    let fits = |question: &&Question| {
        let named = wish.topics.iter().any(|one| one == topic(question));
        (wish.topics.is_empty() || named)
            && wish.level.is_none_or(|level| question.level == Some(level))
    };
    let mut questions: Vec<_> = bank.questions.iter().filter(fits).collect();
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = since.unwrap_or_default().as_nanos();
    let mut random = Pcg64::seed_from_u64(u64::try_from(seed & u128::from(u64::MAX)).unwrap_or(0));
    questions.shuffle(&mut random);
    let rank = |question: &&Question| {
        let missed = wish.missed.iter();
        let at = missed.clone().position(|id| *id == question.id);
        at.unwrap_or(wish.missed.len())
    };
    questions.sort_by_key(rank);
    questions.truncate(wish.count);
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::Banks;

    fn chosen(wish: &Wish) -> Vec<String> {
        let banks = Banks::built_in().unwrap();
        let questions = choose(banks.get("django").unwrap(), wish);
        questions.iter().map(|one| one.id.clone()).collect()
    }

    #[test]
    fn what_was_missed_comes_first_and_nothing_that_does_not_fit() {
        let topics = ["orm".to_owned(), "signals".to_owned()];
        let mut wish = Wish {
            topics: &topics,
            level: Some(Level::Intermediate),
            count: 3,
            missed: ["signals", "middleware", "orm-performance"]
                .map(Into::into)
                .to_vec(),
        };
        let ids = chosen(&wish);
        assert_eq!(
            (ids.len(), &ids[..2]),
            (3, &["signals".to_owned(), "orm-performance".to_owned()][..])
        );
        wish.topics = &[];
        wish.level = None;
        wish.count = 1_000;
        assert!(chosen(&wish).len() >= 30);
        let nothing = ["cooking".to_owned()];
        wish.topics = &nothing;
        assert!(chosen(&wish).is_empty());
    }
}
