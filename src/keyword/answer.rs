//! An answer, compared word by word with a key.

use std::ops::Range;

use compact_str::CompactString;
use foldhash::{HashMap, HashMapExt as _};

use super::choice::Choice;
use super::lexicon::{Comparison, Lexicon, Like, Place};
use super::sentences::sentences;
use super::similarity;
use crate::text::Term;

/// An answer's words, each compared once with every stem of the key.
pub(super) struct Answer<'a> {
    pub(super) terms: &'a [Term],
    /// The choice it begins with.
    pub(super) choice: Option<Choice>,
    /// Its sentences, as ranges of terms.
    pub(super) sentences: Vec<Range<usize>>,
    /// For each term, its stem's place in the key.
    pub(super) known: Vec<Option<Place>>,
    /// For each term, its word.
    words: Vec<u32>,
    distinct_words: Vec<Word>,
    distinct_stems: Vec<Stem>,
    likes: Vec<Like>,
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
    likes: Range<usize>,
}

impl<'a> Answer<'a> {
    /// Compares an answer with a key.
    pub(super) fn new(text: &str, terms: &'a [Term], lexicon: &Lexicon) -> Self {
        // "Not with it" has no content word; then its function words are all there is to compare.
        let any_content = terms.iter().any(|term| term.content);
        let mut answer = Self {
            terms,
            choice: Choice::of(text, terms),
            sentences: sentences(text, terms),
            known: Vec::with_capacity(terms.len()),
            words: Vec::with_capacity(terms.len()),
            distinct_words: Vec::with_capacity(terms.len()),
            distinct_stems: Vec::with_capacity(terms.len()),
            likes: Vec::new(),
            runs: Vec::new(),
            identifiers: Vec::new(),
        };
        let mut comparison = Comparison::new(lexicon);
        let mut words: HashMap<&CompactString, u32> = HashMap::with_capacity(terms.len());
        let mut stems: HashMap<&CompactString, u32> = HashMap::with_capacity(terms.len());
        for term in terms {
            let word = *words.entry(&term.word).or_insert_with(|| {
                let counts = term.content || !any_content;
                let stem = *stems.entry(&term.stem).or_insert_with(|| {
                    answer.add_stem(&term.stem, counts, lexicon, &mut comparison)
                });
                answer.add_word(&term.word, stem, counts, lexicon)
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
        counts: bool,
        lexicon: &Lexicon,
        comparison: &mut Comparison<'_>,
    ) -> u32 {
        let known = lexicon.place(stem);
        let from = self.likes.len();
        if counts {
            comparison.find(stem, &mut self.likes);
        } else if let Some(place) = known {
            self.likes.push(Like {
                place,
                likeness: 1.0,
                dice: 1.0,
            });
        }
        self.distinct_stems.push(Stem {
            known,
            asked: known.is_some_and(|place| lexicon.is_asked(place)),
            likes: from..self.likes.len(),
        });
        last(self.distinct_stems.len())
    }

    fn add_word(&mut self, word: &str, stem: u32, counts: bool, lexicon: &Lexicon) -> u32 {
        let from = self.runs.len();
        let runs = similarity::runs(word);
        self.runs.extend(runs.filter_map(|run| lexicon.run(run)));
        self.distinct_words.push(Word {
            stem,
            counts,
            runs: from..self.runs.len(),
        });
        last(self.distinct_words.len())
    }

    /// What the key's stems are like to the term at `at`.
    pub(super) fn likes(&self, at: usize) -> &[Like] {
        &self.likes[self.stem(at).likes.clone()]
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

/// What a stretch of an answer holds of a key; lists are by place in the lexicon.
pub(super) struct Stretch {
    /// Best likeness of any of its words.
    pub(super) best: Vec<f64>,
    /// Best likeness of any of its words that the question lacks.
    pub(super) best_new: Vec<f64>,
    /// Best Dice coefficient of any of its words.
    pub(super) soft: Vec<f64>,
    /// How often each stem occurs.
    pub(super) counts: Vec<u32>,
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
            best: vec![0.0; lexicon.len()],
            best_new: vec![0.0; lexicon.len()],
            soft: vec![0.0; lexicon.len()],
            counts: vec![0; lexicon.len()],
            runs: vec![0; lexicon.runs()],
            norm: 0.0,
            stems: 0,
            new: 0,
            sequence: Vec::with_capacity(terms.size_hint().0),
        };
        let mut seen: HashMap<u32, u32> = HashMap::with_capacity(terms.size_hint().0);
        let (mut first, mut last) = (usize::MAX, 0);
        for at in terms {
            (first, last) = (first.min(at), at + 1);
            stretch.sequence.push(answer.known[at]);
            let word = &answer.distinct_words[answer.words[at] as usize];
            for run in &answer.runs[word.runs.clone()] {
                stretch.runs[*run as usize] += 1;
            }
            if word.counts {
                *seen.entry(word.stem).or_insert(0) += 1;
            }
        }
        let mut squares = 0.0;
        for (stem, count) in seen {
            let stem = &answer.distinct_stems[stem as usize];
            squares += f64::from(count) * f64::from(count);
            stretch.stems += 1;
            stretch.new += usize::from(!stem.asked);
            if let Some(place) = stem.known {
                stretch.counts[place as usize] = count;
            }
            for like in &answer.likes[stem.likes.clone()] {
                stretch.raise(like, stem.asked);
            }
        }
        let inside = |at: usize, count: usize| first <= at && at + count <= last;
        let identifiers = answer.identifiers.iter();
        for (_, _, place) in identifiers.filter(|(at, count, _)| inside(*at, *count)) {
            stretch.counts[*place as usize] += 1;
            squares += 1.0;
            let like = Like {
                place: *place,
                likeness: 1.0,
                dice: 1.0,
            };
            stretch.raise(&like, lexicon.is_asked(*place));
        }
        stretch.norm = f64::sqrt(squares);
        stretch
    }

    fn raise(&mut self, like: &Like, asked: bool) {
        let raise = |to: &mut f64, value: f64| *to = to.max(value);
        let place = like.place as usize;
        raise(&mut self.best[place], like.likeness);
        raise(&mut self.soft[place], like.dice);
        if !asked {
            raise(&mut self.best_new[place], like.likeness);
        }
    }
}
