//! An answer, compared word by word with a key.

use std::ops::Range;

use compact_str::CompactString;
use foldhash::{HashMap, HashMapExt as _};

use super::choice::Choice;
use super::lexicon::{Comparison, Lexicon, Like, Place, Soft};
use crate::text::{Term, Words};

/// An answer's words, each compared once with every stem of the key.
pub(super) struct Answer<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) terms: &'a [Term],
    /// The choice it begins with.
    pub(super) choice: Option<Choice>,
    /// Its sentences, as ranges of terms.
    pub(super) sentences: &'a [Range<usize>],
    /// For each term, its stem's place in the key.
    pub(super) known: Vec<Option<Place>>,
    /// For each term, its word.
    words: Vec<u32>,
    distinct_words: Vec<Word>,
    distinct_stems: Vec<Stem>,
    likes: Vec<Like>,
    soft: Vec<Soft>,
    /// The numbers of the runs of characters that the key has, too.
    runs: Vec<u32>,
    /// The key's identifiers in the answer: first term, number of terms, place.
    pub(super) identifiers: Vec<(usize, usize, Place)>,
}

struct Word {
    stem: u32,
    /// Whether it counts: a content word, or any word where there are no content words.
    counts: bool,
    runs: Range<usize>,
}

struct Stem {
    known: Option<Place>,
    asked: bool,
    compared: Compared,
}

/// Where it stands how a stem compares with the key's.
enum Compared {
    /// In the answer's lists.
    Here {
        likes: Range<usize>,
        soft: Range<usize>,
    },
    /// In the key, which has the stem itself.
    InKey(Place),
}

/// Room made beforehand, for about as much as most answers need.
const SOFT_PER_TERM: usize = 12;
const RUNS_PER_TERM: usize = 12;

impl<'a> Answer<'a> {
    /// Compares an answer with a key.
    pub(super) fn new(text: &str, words: &'a Words, lexicon: &'a Lexicon) -> Self {
        let terms = words.terms.as_slice();
        // "Not with it" has no content word; then its function words are all there is to compare.
        let any_content = terms.iter().any(|term| term.content);
        let mut answer = Self {
            lexicon,
            terms,
            choice: Choice::of(text, terms),
            sentences: &words.sentences,
            known: Vec::with_capacity(terms.len()),
            words: Vec::with_capacity(terms.len()),
            distinct_words: Vec::with_capacity(terms.len()),
            distinct_stems: Vec::with_capacity(terms.len()),
            likes: Vec::with_capacity(terms.len()),
            soft: Vec::with_capacity(SOFT_PER_TERM * terms.len()),
            runs: Vec::with_capacity(RUNS_PER_TERM * terms.len()),
            identifiers: Vec::new(),
        };
        let mut comparison = Comparison::new(lexicon);
        let mut words: HashMap<&CompactString, u32> = HashMap::with_capacity(terms.len());
        // Stems that the key has, by their place there, and the others.
        let mut stems_of_key: Vec<Option<u32>> = vec![None; lexicon.len()];
        let mut other_stems = HashMap::with_capacity(terms.len() / 2);
        for term in terms {
            let word = *words.entry(&term.word).or_insert_with(|| {
                let counts = term.content || !any_content;
                let known = lexicon.place(&term.stem);
                let add = || answer.add_stem(&term.stem, known, counts, &mut comparison);
                let stem = match known {
                    Some(place) => *stems_of_key[place as usize].get_or_insert_with(add),
                    None => *other_stems.entry(&term.stem).or_insert_with(add),
                };
                answer.add_word(&term.word, stem, counts)
            });
            answer.words.push(word);
            let stem = answer.distinct_words[word as usize].stem;
            answer
                .known
                .push(answer.distinct_stems[stem as usize].known);
        }
        for at in 0..terms.len() {
            let found = lexicon.identifiers_at(&answer.known, at);
            answer
                .identifiers
                .extend(found.map(|(count, place)| (at, count, place)));
        }
        answer
    }

    fn add_stem(
        &mut self,
        stem: &str,
        known: Option<Place>,
        counts: bool,
        comparison: &mut Comparison<'_>,
    ) -> u32 {
        let lexicon = self.lexicon;
        let (likes, soft) = (self.likes.len(), self.soft.len());
        let in_key = known.filter(|place| counts && lexicon.compared(*place).is_some());
        if counts && in_key.is_none() {
            comparison.find(stem, known, &mut self.likes, &mut self.soft);
        } else if let Some(place) = known.filter(|_| !counts) {
            self.likes.push(Like {
                place,
                likeness: 1.0,
            });
            self.soft.push(Soft::same(place));
        }
        let here = Compared::Here {
            likes: likes..self.likes.len(),
            soft: soft..self.soft.len(),
        };
        self.distinct_stems.push(Stem {
            known,
            asked: known.is_some_and(|place| lexicon.is_asked(place)),
            compared: in_key.map_or(here, Compared::InKey),
        });
        last(self.distinct_stems.len())
    }

    fn add_word(&mut self, word: &CompactString, stem: u32, counts: bool) -> u32 {
        let from = self.runs.len();
        self.lexicon.runs_of(word, &mut self.runs);
        self.distinct_words.push(Word {
            stem,
            counts,
            runs: from..self.runs.len(),
        });
        last(self.distinct_words.len())
    }

    /// What the key's stems are like to the term at `at`.
    pub(super) fn likes(&self, at: usize) -> &[Like] {
        self.compared(self.stem(at)).0
    }

    fn compared(&self, stem: &Stem) -> (&[Like], &[Soft]) {
        match &stem.compared {
            Compared::Here { likes, soft } => {
                (&self.likes[likes.clone()], &self.soft[soft.clone()])
            }
            Compared::InKey(place) => self.lexicon.compared(*place).unwrap_or_default(),
        }
    }

    /// The share of its different stems that pass a test by their place in the key; 0 of none.
    pub(super) fn share_of_stems(&self, test: impl Fn(Option<Place>) -> bool) -> f64 {
        let mut counts = vec![false; self.distinct_stems.len()];
        for word in self.distinct_words.iter().filter(|word| word.counts) {
            counts[word.stem as usize] = true;
        }
        let counted = self
            .distinct_stems
            .iter()
            .zip(counts)
            .filter(|(_, counts)| *counts);
        let (mut all, mut passed) = (0_usize, 0_usize);
        for (stem, _) in counted {
            all += 1;
            passed += usize::from(test(stem.known));
        }
        passed as f64 / all.max(1) as f64
    }

    fn stem(&self, at: usize) -> &Stem {
        let word = &self.distinct_words[self.words[at] as usize];
        &self.distinct_stems[word.stem as usize]
    }
}

/// The number of the last of so many.
fn last(count: usize) -> u32 {
    u32::try_from(count - 1).unwrap_or(u32::MAX)
}

/// What a stretch of an answer holds of one stem of a key.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StemHeld {
    /// Best likeness of any of its words.
    pub(super) best: f64,
    /// Best likeness of any of its words that the question lacks.
    pub(super) best_new: f64,
    /// Best Dice coefficient of any of its words.
    pub(super) soft: f64,
    /// How often the stem itself occurs.
    pub(super) count: u32,
}

/// What a stretch of an answer holds of a key; lists are by place in the lexicon.
pub(super) struct Stretch {
    /// What it holds of each stem.
    stems_held: Vec<StemHeld>,
    /// How often each run of characters occurs, by its number.
    pub(super) runs: Vec<u32>,
    /// Square root of the sum of the squares of how often its stems occur.
    pub(super) norm: f64,
    /// The number of its different stems, and of those that the question lacks.
    pub(super) stems: usize,
    pub(super) new: usize,
    /// The key's stems in it, in order; `None` is a stem that the key does not have.
    pub(super) sequence: Vec<Option<Place>>,
}

impl Stretch {
    /// Sums up an answer's terms, but for some.
    pub(super) fn without(
        answer: &Answer<'_>,
        left_out: &[Range<usize>],
        lexicon: &Lexicon,
    ) -> Self {
        let stays = |at: &usize| !left_out.iter().any(|range| range.contains(at));
        Self::of(answer, (0..answer.terms.len()).filter(stays), lexicon)
    }

    /// Sums up a stretch of an answer's terms.
    pub(super) fn new(answer: &Answer<'_>, terms: Range<usize>, lexicon: &Lexicon) -> Self {
        Self::of(answer, terms, lexicon)
    }

    fn of(answer: &Answer<'_>, terms: impl Iterator<Item = usize>, lexicon: &Lexicon) -> Self {
        let mut stretch = Self {
            stems_held: vec![StemHeld::default(); lexicon.len()],
            runs: vec![0; lexicon.run_count()],
            norm: 0.0,
            stems: 0,
            new: 0,
            sequence: Vec::with_capacity(terms.size_hint().0),
        };
        let mut counts = vec![0_u32; answer.distinct_stems.len()];
        let (mut first, mut last) = (usize::MAX, 0);
        for at in terms {
            (first, last) = (first.min(at), at + 1);
            stretch.sequence.push(answer.known[at]);
            let word = &answer.distinct_words[answer.words[at] as usize];
            for run in &answer.runs[word.runs.clone()] {
                stretch.runs[*run as usize] += 1;
            }
            if word.counts {
                counts[word.stem as usize] += 1;
            }
        }
        let mut squares = 0.0;
        let stems = answer.distinct_stems.iter().zip(counts);
        for (stem, count) in stems.filter(|(_, count)| *count > 0) {
            squares += f64::from(count) * f64::from(count);
            stretch.stems += 1;
            stretch.new += usize::from(!stem.asked);
            if let Some(place) = stem.known {
                stretch.stems_held[place as usize].count = count;
            }
            let (likes, soft) = answer.compared(stem);
            for like in likes {
                stretch.raise(like, stem.asked);
            }
            for soft in soft {
                stretch.raise_soft(*soft);
            }
        }
        let inside = |at: usize, count: usize| first <= at && at + count <= last;
        let identifiers = answer.identifiers.iter();
        for (_, _, place) in identifiers.filter(|(at, count, _)| inside(*at, *count)) {
            stretch.stems_held[*place as usize].count += 1;
            squares += 1.0;
            let like = Like {
                place: *place,
                likeness: 1.0,
            };
            stretch.raise(&like, lexicon.is_asked(*place));
            stretch.raise_soft(Soft::same(*place));
        }
        stretch.norm = f64::sqrt(squares);
        stretch
    }

    fn raise(&mut self, like: &Like, asked: bool) {
        let held = &mut self.stems_held[like.place as usize];
        held.best = held.best.max(like.likeness);
        if !asked {
            held.best_new = held.best_new.max(like.likeness);
        }
    }

    fn raise_soft(&mut self, soft: Soft) {
        let held = &mut self.stems_held[soft.place as usize];
        held.soft = held.soft.max(soft.dice());
    }

    /// What it holds of a stem.
    pub(super) fn of_stem(&self, place: Place) -> StemHeld {
        self.stems_held[place as usize]
    }
}
