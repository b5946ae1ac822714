//! How alike two words are; all results are 0..1.

/// What a glance at a word tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    count: usize,
    any_digit: bool,
    /// One bit a letter; letters of other scripts share bits, which only makes words look closer.
    set: u32,
}

impl Letters {
    pub(super) fn of(word: &str) -> Self {
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

/// A slip takes a letter out of a word's set of letters, puts one in, or both.
const MOST_SLIPS: u32 = 2;

/// Likeness of two different stems: one slip in a word of four letters or more .9; two slips in
/// eight letters or more .85; a long common beginning, or a high Jaro-Winkler likeness with the
/// same first letter, .8; else 0. Words with digits are never alike.
///
/// Slips are counted by the restricted Damerau-Levenshtein distance (optimal string alignment).
pub(super) fn likeness(one: (&str, Letters), other: (&str, Letters)) -> f64 {
    let ((one, letters_one), (other, letters_other)) = (one, other);
    let shorter = letters_one.count.min(letters_other.count);
    let longer = letters_one.count.max(letters_other.count);
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
    let close = common >= 1 && shorter >= 5 && foreign <= 2 * MOST_SLIPS + 4;
    if close && strsim::jaro_winkler(one, other) >= 0.93 {
        return 0.8;
    }
    0.0
}

/// A pair of neighbouring letters of a word, with the number of the same pairs before it.
pub(super) type Pair = (char, char, u8);

/// Gives the pairs of neighbouring letters of a word; a lone letter stands for itself.
pub(super) fn pairs(word: &str, pairs: &mut Vec<Pair>) {
    pairs.clear();
    let mut letters = word.chars();
    let Some(mut before) = letters.next() else {
        return;
    };
    for letter in letters {
        let same = |pair: &&Pair| (pair.0, pair.1) == (before, letter);
        let repeated = pairs.iter().filter(same).count();
        pairs.push((before, letter, u8::try_from(repeated).unwrap_or(u8::MAX)));
        before = letter;
    }
    if pairs.is_empty() {
        pairs.push((before, '\0', 0));
    }
}

/// Dice coefficient of two words by their pairs of letters: how many they have, and how many of
/// them are in both.
pub(super) fn dice(one: usize, other: usize, both: usize) -> f64 {
    2.0 * both as f64 / (one + other).max(1) as f64
}

/// A run of three or four characters of a word, the spaces before and after it included; the last
/// place of a run of three is empty.
pub(super) type Run = [char; 4];

/// Gives the runs of a word.
pub(super) fn runs(word: &str) -> impl Iterator<Item = Run> {
    let spaced = || std::iter::once(' ').chain(word.chars()).chain([' ']);
    let shifted = |by: usize| spaced().skip(by).map(Some).chain([None; 3]);
    let around = shifted(0).zip(shifted(1)).zip(shifted(2)).zip(shifted(3));
    around.flat_map(|(((a, b), c), d)| {
        let three = || Some([a?, b?, c?, '\0']);
        let four = || Some([a?, b?, c?, d?]);
        three().into_iter().chain(four())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("django", "jango", 0.9)]
    #[case("queri", "quer", 0.9)]
    #[case("prefetch", "perfecth", 0.85)]
    #[case("migrat", "migratori", 0.8)]
    #[case("cat", "car", 0.0)]
    #[case("http1", "http2", 0.0)]
    #[case("signal", "middlewar", 0.0)]
    fn stems_are_alike_by_the_table(#[case] one: &str, #[case] other: &str, #[case] expected: f64) {
        let found = likeness((one, Letters::of(one)), (other, Letters::of(other)));
        assert!((found - expected).abs() < 1e-9, "{found}");
    }

    #[test]
    fn pairs_are_counted_with_their_repetitions() {
        let mut found = Vec::new();
        pairs("nana", &mut found);
        assert_eq!(found, [('n', 'a', 0), ('a', 'n', 0), ('n', 'a', 1)]);
        pairs("x", &mut found);
        assert_eq!(found, [('x', '\0', 0)]);
        // night/nacht: the textbook example of Dice's coefficient.
        assert!((dice(4, 4, 1) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn runs_reach_over_the_ends_of_a_word_and_not_beyond() {
        let found: Vec<String> = runs("row").map(|run| run.iter().collect()).collect();
        assert_eq!(found, [" ro\0", " row", "row\0", "row ", "ow \0"]);
        assert_eq!(runs("").count(), 0);
    }
}
