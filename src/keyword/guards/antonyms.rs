//! Opposites of English words.

use std::sync::OnceLock;

use compact_str::CompactString;
use foldhash::HashMap;

use crate::text::{Language, terms};

static OPPOSITES: OnceLock<HashMap<CompactString, Vec<CompactString>>> = OnceLock::new();

/// Prefixes that turn a word into its opposite, and the shortest word that they do it to: "un" and
/// "it" make no "unit".
const PREFIXES: [&str; 7] = ["un", "dis", "non", "in", "im", "il", "ir"];
const SHORTEST: usize = 4;

/// The stems of the words that mean the opposite of a word with this stem: by the list in
/// `antonyms.txt`, and by the prefixes that turn a word round.
pub(super) fn of(stem: &str) -> Vec<CompactString> {
    let listed = listed().get(stem).into_iter().flatten().cloned();
    let without = PREFIXES
        .iter()
        .filter_map(|prefix| stem.strip_prefix(prefix));
    let without = without.map(CompactString::from);
    let with = PREFIXES
        .iter()
        .map(|prefix| compact_str::format_compact!("{prefix}{stem}"));
    let with = with.filter(|_| stem.chars().count() >= SHORTEST);
    let by_prefix = without
        .filter(|rest| rest.chars().count() >= SHORTEST)
        .chain(with);
    listed.chain(by_prefix).collect()
}

fn listed() -> &'static HashMap<CompactString, Vec<CompactString>> {
    OPPOSITES.get_or_init(|| {
        let lines = include_str!("antonyms.txt").lines();
        let mut opposites: HashMap<CompactString, Vec<CompactString>> = HashMap::default();
        for line in lines.filter(|line| !line.starts_with('#')) {
            if let [one, other] = terms(line, Language::English).as_slice() {
                let mut add = |one: &CompactString, other: &CompactString| {
                    opposites
                        .entry(one.clone())
                        .or_default()
                        .push(other.clone());
                };
                add(&one.stem, &other.stem);
                add(&other.stem, &one.stem);
            }
        }
        opposites
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("increas", "decreas", true)]
    #[case("connect", "disconnect", true)]
    #[case("unread", "read", true)]
    #[case("it", "unit", false)]
    #[case("cold", "warm", false)]
    fn opposites_are_listed_or_made_by_a_prefix(
        #[case] one: &str,
        #[case] other: &str,
        #[case] opposite: bool,
    ) {
        assert_eq!(of(one).iter().any(|stem| stem == other), opposite);
        assert_eq!(of(other).iter().any(|stem| stem == one), opposite);
    }

    #[test]
    fn every_line_of_the_list_is_a_pair() {
        let pairs = include_str!("antonyms.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert!(pairs.clone().count() > 1000);
        for pair in pairs {
            assert_eq!(pair.split(' ').count(), 2, "{pair}");
        }
    }
}
