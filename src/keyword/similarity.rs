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

/// Slips that words may have and still be alike.
const ONE_SLIP: f64 = 0.9;
const TWO_SLIPS: f64 = 0.85;
/// A long common beginning, or a high Jaro-Winkler likeness with the same first letter.
const RELATED: f64 = 0.8;
const JARO_WINKLER: f64 = 0.93;
/// A slip changes at most so many pairs of neighbouring letters, and one more where it swaps two,
/// which leaves the set of letters as it was.
const PAIRS_PER_SLIP: usize = 2;

/// Likeness of two different stems that share so many pairs of letters: one slip in a word of four
/// letters or more .9; two slips in eight letters or more .85; a long common beginning, or a high
/// Jaro-Winkler likeness with the same first letter, .8; else 0. Words with digits are never alike.
///
/// Slips are counted by the restricted Damerau-Levenshtein distance (optimal string alignment).
pub(super) fn likeness(one: (&str, Letters), other: (&str, Letters), shared_pairs: usize) -> f64 {
    let ((one, letters_one), (other, letters_other)) = (one, other);
    let shorter = letters_one.count.min(letters_other.count);
    let longer = letters_one.count.max(letters_other.count);
    if shorter < 4 || letters_one.any_digit || letters_other.any_digit {
        return 0.0;
    }
    // Cheap bounds first: most pairs have nothing in common.
    let most_slips = if shorter >= 8 { 2 } else { 1 };
    let swapped = most_slips - usize::from(letters_one.set != letters_other.set);
    let most_changed = PAIRS_PER_SLIP * most_slips + swapped;
    if longer - shorter <= most_slips && longer - 1 <= shared_pairs + most_changed {
        match strsim::osa_distance(one, other) {
            1 => return ONE_SLIP,
            2 if most_slips == 2 => return TWO_SLIPS,
            _ => {}
        }
    }
    let same = |(a, b): &(char, char)| a == b;
    let common = one.chars().zip(other.chars()).take_while(same).count();
    if common >= 5 && common as f64 >= 0.6 * longer as f64 {
        return RELATED;
    }
    let close = common >= 1 && shorter >= 5 && {
        // Letters that only one of them has match nothing.
        let only = |one: Letters, other: Letters| (one.set & !other.set).count_ones() as usize;
        let matches = (letters_one.count - only(letters_one, letters_other))
            .min(letters_other.count - only(letters_other, letters_one))
            as f64;
        let jaro =
            (matches / letters_one.count as f64 + matches / letters_other.count as f64 + 1.0) / 3.0;
        let prefix = common.min(4) as f64;
        jaro + 0.1 * prefix * (1.0 - jaro) >= JARO_WINKLER
    };
    if close && strsim::jaro_winkler(one, other) >= JARO_WINKLER {
        return RELATED;
    }
    0.0
}

/// A pair of neighbouring letters of a word, with the number of the same pairs before it.
pub(super) type Pair = u64;

/// Gives the pairs of neighbouring letters of a word; a lone letter stands for itself.
pub(super) fn pairs(word: &str, pairs: &mut Vec<Pair>) {
    const REPEATED: u64 = 1 << 56;
    pairs.clear();
    let mut letters = word.chars().map(u64::from);
    let Some(mut before) = letters.next() else {
        return;
    };
    for letter in letters {
        let pair = (before << 24) | letter;
        let same = |other: &&Pair| **other % REPEATED == pair;
        let repeated = pairs.iter().filter(same).count().min(255) as u64;
        pairs.push((repeated * REPEATED) | pair);
        before = letter;
    }
    if pairs.is_empty() {
        pairs.push(before << 24);
    }
}

/// A run of three characters of a word, the spaces before and after it included: 21 bits each, the
/// last one lowest. No character needs more.
pub(super) type Run = u64;

/// Gives the runs of three characters of a word, in order; each but the first makes a run of four
/// with the one before it.
pub(super) fn runs(word: &str) -> impl Iterator<Item = Run> {
    const BITS: u32 = 21;
    let mut letters = word.chars().chain([' ']).map(u64::from);
    let first = letters.next().filter(|_| !word.is_empty());
    let mut last = (u64::from(' ') << BITS) | first.unwrap_or_default();
    letters.map(move |letter| {
        last = ((last << BITS) | letter) & (u64::MAX >> (u64::BITS - 3 * BITS));
        last
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
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
        let mut found = [Vec::new(), Vec::new()];
        pairs(one, &mut found[0]);
        pairs(other, &mut found[1]);
        let shared = found[0].iter().filter(|pair| found[1].contains(pair));
        let shared = shared.count();
        let found = likeness((one, Letters::of(one)), (other, Letters::of(other)), shared);
        assert!((found - expected).abs() < 1e-9, "{found}");
    }

    #[test]
    fn pairs_are_counted_with_their_repetitions() {
        let mut found = Vec::new();
        pairs("nana", &mut found);
        let pair = |one, other| (u64::from(one) << 24) | u64::from(other);
        let (na, an) = (pair('n', 'a'), pair('a', 'n'));
        assert_eq!(found, [na, an, (1 << 56) | na]);
        pairs("x", &mut found);
        assert_eq!(found, [pair('x', '\0')]);
    }

    #[test]
    fn runs_reach_over_the_ends_of_a_word_and_not_beyond() {
        let written = |run: Run| -> String {
            let places =
                [42, 21, 0].map(|place| u32::try_from((run >> place) & 0x1F_FFFF).unwrap());
            places.into_iter().filter_map(char::from_u32).collect()
        };
        let found: Vec<_> = runs("row😀").map(written).collect();
        assert_eq!(found, [" ro", "row", "ow😀", "w😀 "]);
        assert_eq!(runs("").count(), 0);
    }

    /// The table as it is written, without bounds.
    fn by_definition(one: &str, other: &str) -> f64 {
        let (count, other_count) = (one.chars().count(), other.chars().count());
        let (shorter, longer) = (count.min(other_count), count.max(other_count));
        if shorter < 4 || format!("{one}{other}").contains(|c: char| c.is_ascii_digit()) {
            return 0.0;
        }
        let common = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
        let common = common.count();
        match strsim::osa_distance(one, other) {
            1 => ONE_SLIP,
            2 if shorter >= 8 => TWO_SLIPS,
            _ if common >= 5 && common as f64 >= 0.6 * longer as f64 => RELATED,
            _ if common >= 1
                && shorter >= 5
                && strsim::jaro_winkler(one, other) >= JARO_WINKLER =>
            {
                RELATED
            }
            _ => 0.0,
        }
    }

    proptest! {
        #[test]
        fn the_cheap_bounds_leave_nothing_out(
            word in "[a-eé]{1,12}",
            edits in prop::collection::vec((0..12_usize, 0..4_u8, "[a-eé]"), 0..4),
        ) {
            let mut letters: Vec<char> = word.chars().collect();
            for (at, kind, letter) in edits {
                let at = at.min(letters.len().saturating_sub(1));
                match kind {
                    0 => letters.insert(at, letter.chars().next().unwrap()),
                    1 if letters.len() > 1 => drop(letters.remove(at)),
                    2 if at > 0 => letters.swap(at - 1, at),
                    _ => letters[at] = letter.chars().next().unwrap(),
                }
            }
            let other: String = letters.into_iter().collect();
            let mut found = [Vec::new(), Vec::new()];
            pairs(&word, &mut found[0]);
            pairs(&other, &mut found[1]);
            let shared = found[0].iter().filter(|pair| found[1].contains(pair)).count();
            // Words without a common pair are not compared.
            prop_assume!(shared > 0 && word != other);
            let likeness = likeness((&word, Letters::of(&word)), (&other, Letters::of(&other)), shared);
            prop_assert!((likeness - by_definition(&word, &other)).abs() < 1e-9, "{word} {other}");
        }
    }
}
