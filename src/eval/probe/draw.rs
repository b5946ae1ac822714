use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use super::Perturbation;

/// Draws the random choices of one perturbation of one subject.
///
/// PCG-XSL-RR 128/64 (O'Neill 2014, HMC-CS-2014-0905) and Lemire's multiply-shift (2019,
/// doi:10.1145/3230636) are written down, so the same seed gives the same texts on every machine
/// and after every upgrade.
pub(super) struct Draw(Pcg64);

impl Draw {
    /// Seeds from the probe's seed, the subject's id and the perturbation, and from nothing else.
    pub(super) fn new(seed: u64, id: &str, perturbation: Perturbation) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(perturbation.name());
        // No name holds a NUL, so no two pairs of name and id look alike.
        hash.update([0]);
        hash.update(id);
        Self(Pcg64::from_seed(hash.finalize().into()))
    }

    /// A number below `bound`; 0 where `bound` is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.0.next_u64()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or_default()
    }

    /// True once in `count` draws on average; always where `count` is 1 or 0.
    pub(super) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// An entry of a table; none where it is empty.
    pub(super) fn pick<T: Copy>(&mut self, table: &[T]) -> Option<T> {
        table.get(self.below(table.len())).copied()
    }

    /// Puts the entries into a random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, entries: &mut [T]) {
        for last in (1..entries.len()).rev() {
            let other = self.below(last + 1);
            entries.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_numbers_that_the_published_generator_gives() {
        // Worked out in Python from hashlib and the paper's recurrence, not by this crate.
        let mut draw = Draw::new(7, "q1/a", Perturbation::Typos);
        let drawn: Vec<usize> = (0..6).map(|_| draw.below(1000)).collect();
        assert_eq!(drawn, [925, 566, 855, 832, 420, 845]);
    }

    #[test]
    fn another_seed_id_or_perturbation_gives_other_numbers() {
        let first = |seed, id, perturbation| Draw::new(seed, id, perturbation).below(usize::MAX);
        let draws = [
            first(7, "a", Perturbation::Typos),
            first(8, "a", Perturbation::Typos),
            first(7, "b", Perturbation::Typos),
            first(7, "a", Perturbation::Padding),
        ];
        for (at, draw) in draws.iter().enumerate() {
            assert!(!draws[at + 1..].contains(draw));
        }
    }

    #[test]
    fn a_shuffle_keeps_every_entry() {
        let mut entries: Vec<usize> = (0..50).collect();
        Draw::new(1, "a", Perturbation::Typos).shuffle(&mut entries);
        assert_ne!(entries, (0..50).collect::<Vec<_>>());
        entries.sort_unstable();
        assert_eq!(entries, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_is_picked_from_an_empty_table() {
        let mut draw = Draw::new(1, "a", Perturbation::Typos);
        assert_eq!(draw.pick::<u8>(&[]), None);
        assert_eq!(draw.below(0), 0);
    }
}
