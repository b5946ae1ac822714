//! How alike two words or two texts are; all results are 0..1.

use std::collections::HashMap;
use std::hash::Hash;

/// Likeness of two stems: equal 1; one slip in a word of four letters or more .9; two slips in
/// eight letters or more .85; a long common beginning, or a high Jaro-Winkler likeness with the
/// same first letter, .8; else 0. Words with digits are equal or not.
///
/// Slips are counted by the restricted Damerau-Levenshtein distance (optimal string alignment).
pub(super) fn stems(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let (letters_one, letters_other) = (Letters::of(one), Letters::of(other));
    let (shorter, longer) = (
        letters_one.count.min(letters_other.count),
        letters_one.count.max(letters_other.count),
    );
    if shorter < 4 || letters_one.any_digit || letters_other.any_digit {
        return 0.0;
    }
    // Cheap bounds first: most pairs have nothing in common.
    let foreign = (letters_one.set ^ letters_other.set).count_ones();
    if longer - shorter <= 2 && foreign <= 2 * MOST_SLIPS {
        let slips = strsim::osa_distance(one, other);
        if slips == 1 {
            return 0.9;
        }
        if slips == 2 && shorter >= 8 {
            return 0.85;
        }
    }
    let common = one
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .count();
    if common >= 5 && common as f64 >= 0.6 * longer as f64 {
        return 0.8;
    }
    if common >= 1
        && shorter >= 5
        && foreign <= 2 * MOST_SLIPS + 4
        && strsim::jaro_winkler(one, other) >= 0.93
    {
        return 0.8;
    }
    0.0
}

/// A slip takes a letter out of a word's set of letters, puts one in, or both.
const MOST_SLIPS: u32 = 2;

/// What a glance at a word tells.
struct Letters {
    count: usize,
    any_digit: bool,
    /// One bit a letter; letters of other scripts share bits, which only makes words look closer.
    set: u32,
}

impl Letters {
    fn of(word: &str) -> Self {
        let mut letters = Self {
            count: 0,
            any_digit: false,
            set: 0,
        };
        for c in word.chars() {
            letters.count += 1;
            letters.any_digit |= c.is_ascii_digit();
            letters.set |= 1 << (u32::from(c) % 32);
        }
        letters
    }
}

/// Length of the longest common subsequence.
pub(super) fn common_subsequence<T: PartialEq>(one: &[T], other: &[T]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for a in one {
        let mut diagonal = 0;
        for (at, b) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if a == b {
                diagonal + 1
            } else {
                above.max(row[at])
            };
            diagonal = above;
        }
    }
    row[other.len()]
}

/// How often each item occurs.
pub(super) fn counts<T: Eq + Hash>(items: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    counts
}

/// Cosine of two count vectors; 0 where one is empty.
pub(super) fn cosine<T: Eq + Hash>(one: &HashMap<T, usize>, other: &HashMap<T, usize>) -> f64 {
    let dot: usize = one
        .iter()
        .filter_map(|(item, count)| Some(count * other.get(item)?))
        .sum();
    let norm = |counts: &HashMap<T, usize>| {
        counts.values().map(|count| count * count).sum::<usize>() as f64
    };
    let norms = (norm(one) * norm(other)).sqrt();
    if norms > 0.0 { dot as f64 / norms } else { 0.0 }
}

/// Share of the items of `reference`, with their counts, that `answer` has too; 0 where the
/// reference is empty.
pub(super) fn recall<T: Eq + Hash>(
    reference: &HashMap<T, usize>,
    answer: &HashMap<T, usize>,
) -> f64 {
    let all: usize = reference.values().sum();
    let found: usize = reference
        .iter()
        .map(|(item, count)| answer.get(item).copied().unwrap_or(0).min(*count))
        .sum();
    if all > 0 {
        found as f64 / all as f64
    } else {
        0.0
    }
}

/// Counts the 3- and 4-character runs of a text.
pub(super) fn character_runs(text: &str) -> HashMap<[char; 4], usize> {
    let chars: Vec<char> = text.chars().collect();
    let threes = chars.windows(3).map(|run| [run[0], run[1], run[2], '\0']);
    let fours = chars.windows(4).map(|run| [run[0], run[1], run[2], run[3]]);
    counts(threes.chain(fours))
}

/// The pairs of neighbouring characters of a word, sorted; a lone character stands for itself.
pub(super) fn bigrams(word: &str) -> Vec<(char, char)> {
    let chars: Vec<char> = word.chars().collect();
    let mut pairs: Vec<_> = chars.windows(2).map(|pair| (pair[0], pair[1])).collect();
    if let ([lone], true) = (chars.as_slice(), pairs.is_empty()) {
        pairs.push((*lone, '\0'));
    }
    pairs.sort_unstable();
    pairs
}

/// Dice coefficient of two sorted lists of pairs.
pub(super) fn dice(one: &[(char, char)], other: &[(char, char)]) -> f64 {
    let (mut at, mut to, mut shared) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(at), other.get(to)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => to += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                at += 1;
                to += 1;
            }
        }
    }
    let all = one.len() + other.len();
    if all > 0 {
        2.0 * f64::from(shared) / all as f64
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("index", "index", 1.0)]
    #[case("django", "jango", 0.9)]
    #[case("queri", "quer", 0.9)]
    #[case("prefetch", "perfecth", 0.85)]
    #[case("migrat", "migratori", 0.8)]
    #[case("cat", "car", 0.0)]
    #[case("http1", "http2", 0.0)]
    #[case("signal", "middlewar", 0.0)]
    fn stems_are_alike_by_the_table(#[case] one: &str, #[case] other: &str, #[case] expected: f64) {
        assert!(
            (stems(one, other) - expected).abs() < 1e-9,
            "{}",
            stems(one, other)
        );
    }

    #[test]
    fn sequences_and_counts_follow_their_definitions() {
        assert_eq!(common_subsequence(&[1, 2, 3, 4], &[2, 9, 4, 1]), 2);
        let (one, other) = (counts("aab".chars()), counts("abb".chars()));
        assert!((cosine(&one, &other) - 4.0 / 5.0).abs() < 1e-9);
        assert!((recall(&one, &other) - 2.0 / 3.0).abs() < 1e-9);
        // night/nacht: the textbook example of Dice's coefficient.
        assert!((dice(&bigrams("night"), &bigrams("nacht")) - 0.25).abs() < 1e-9);
    }
}
