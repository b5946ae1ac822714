/// Counts the places of a text in UTF-16 units, in which scripts cut text, while evidence counts
/// Unicode scalar values.
#[derive(Debug)]
pub(super) struct Utf16Places {
    /// Where each scalar value begins, and last the end; empty where both counts are the same.
    starts: Vec<usize>,
    /// How many scalar values there are.
    length: usize,
}

impl Utf16Places {
    /// Reads a text once, for all spans in it.
    pub(super) fn of(text: &str) -> Self {
        let length = text.chars().count();
        if text.chars().all(|character| character.len_utf16() == 1) {
            return Self {
                starts: Vec::new(),
                length,
            };
        }
        let mut place = 0;
        let mut starts = vec![0];
        for character in text.chars() {
            place += character.len_utf16();
            starts.push(place);
        }
        Self { starts, length }
    }

    /// The span in UTF-16 units; nothing where it is empty or does not lie within the text, as may
    /// be when a report is shown beside other texts than its own.
    pub(super) fn span(&self, [start, end]: [usize; 2]) -> Option<[usize; 2]> {
        if start >= end || end > self.length {
            return None;
        }
        if self.starts.is_empty() {
            return Some([start, end]);
        }
        Some([*self.starts.get(start)?, *self.starts.get(end)?])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("plain words", [6, 11], Some([6, 11]))]
    #[case("caf\u{e9} au lait", [5, 7], Some([5, 7]))]
    #[case("\u{1f600}\u{1f600} words", [3, 8], Some([5, 10]))] // U+1F600 is two units long
    #[case("a \u{1f469}\u{200d}\u{1f4bb} b", [2, 5], Some([2, 7]))]
    #[case("short", [2, 9], None)]
    #[case("short", [3, 3], None)]
    #[case("short", [4, 1], None)]
    #[case("", [0, 0], None)]
    fn evidence_stands_where_a_script_cuts(
        #[case] text: &str,
        #[case] scalars: [usize; 2],
        #[case] units: Option<[usize; 2]>,
    ) {
        assert_eq!(Utf16Places::of(text).span(scalars), units);
    }

    proptest! {
        #[test]
        fn a_cut_by_units_is_the_cut_by_scalar_values(text in "\\PC{0,20}", start in 0..20usize, size in 1..20usize) {
            let scalars: String = text.chars().skip(start).take(size).collect();
            let units: Vec<u16> = text.encode_utf16().collect();
            match Utf16Places::of(&text).span([start, start + size]) {
                Some([from, to]) => prop_assert_eq!(String::from_utf16(&units[from..to]).unwrap(), scalars),
                None => prop_assert!(scalars.chars().count() < size),
            }
        }
    }
}
