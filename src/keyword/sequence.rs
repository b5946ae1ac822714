//! Words in their order: the longest common subsequence.

use super::lexicon::Place;

/// A sequence of stems, prepared for comparing with many others.
///
/// The comparison is Hyyrö's bit-parallel one (2004, "Bit-parallel LCS-length computation
/// revisited"): 64 words of the sequence at a time.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    length: usize,
    blocks: usize,
    /// For each stem of the lexicon that the sequence has: one bit for each word of the sequence.
    masks: Vec<u64>,
    /// Where in `masks` a stem's blocks begin, divided by their number; by place.
    rows: Vec<Option<u32>>,
}

impl Sequence {
    pub(super) fn new(stems: &[Place]) -> Self {
        let blocks = stems.len().div_ceil(64);
        let size = stems.iter().max().map_or(0, |last| *last as usize + 1);
        let mut sequence = Self {
            length: stems.len(),
            blocks,
            masks: Vec::new(),
            rows: vec![None; size],
        };
        for (at, stem) in stems.iter().enumerate() {
            let next = u32::try_from(sequence.masks.len() / blocks).unwrap_or(u32::MAX);
            let row = *sequence.rows[*stem as usize].get_or_insert(next);
            if row == next {
                sequence.masks.resize(sequence.masks.len() + blocks, 0);
            }
            sequence.masks[row as usize * blocks + at / 64] |= 1 << (at % 64);
        }
        sequence
    }

    /// The share of the sequence that other stems have in the same order, 0..1; `None` is a stem
    /// that the lexicon does not have.
    pub(super) fn share(&self, stems: &[Option<Place>]) -> f64 {
        if self.length == 0 {
            return 0.0;
        }
        let mut rest = vec![u64::MAX; self.blocks];
        for stem in stems {
            let row = stem.and_then(|stem: Place| self.rows.get(stem as usize).copied().flatten());
            let Some(row) = row else { continue };
            let mask = &self.masks[row as usize * self.blocks..][..self.blocks];
            let mut carry = false;
            for (rest, mask) in rest.iter_mut().zip(mask) {
                let both = *rest & mask;
                let (sum, over) = rest.overflowing_add(both);
                let (sum, over_again) = sum.overflowing_add(u64::from(carry));
                carry = over || over_again;
                *rest = sum | (*rest & !mask);
            }
        }
        let in_block = |(block, bits): (usize, &u64)| {
            let used = (self.length - 64 * block).min(64);
            let outside = if used == 64 { 0 } else { u64::MAX << used };
            (bits | outside).count_zeros()
        };
        let common: u32 = rest.iter().enumerate().map(in_block).sum();
        f64::from(common) / self.length as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook's table, for comparison.
    fn table(one: &[Place], other: &[Place]) -> usize {
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

    proptest! {
        #[test]
        fn it_is_as_long_as_the_textbooks(
            one in prop::collection::vec(0..12_u32, 0..200),
            other in prop::collection::vec(0..14_u32, 0..200),
        ) {
            let share = Sequence::new(&one).share(&other.iter().map(|stem| Some(*stem)).collect::<Vec<_>>());
            let expected = table(&one, &other) as f64 / one.len().max(1) as f64;
            prop_assert!((share - expected).abs() < 1e-9, "{share} {expected}");
        }
    }
}
