//! The stems of a key, each once, and how any other stem compares with them.

use compact_str::CompactString;
use foldhash::HashMap;

use super::similarity::{self, Letters, Pair, Run};
use crate::text::Term;

/// Where a stem stands in the lexicon.
pub(super) type Place = u32;

/// The stems of question, references and concepts, prepared for comparing.
#[derive(Debug, Clone, Default)]
pub(super) struct Lexicon {
    places: HashMap<CompactString, Place>,
    entries: Vec<Entry>,
    /// For each pair of letters, the stems that have it.
    pairs: HashMap<Pair, Vec<Place>>,
    runs: Runs,
    /// The words of the references, each with the numbers of its runs.
    words: HashMap<CompactString, Vec<u32>>,
    /// Identifiers of several parts, by their first part.
    identifiers: HashMap<Place, Vec<(Vec<Place>, Place)>>,
}

/// The runs of characters of the references' words; each has a number.
#[derive(Debug, Clone, Default)]
struct Runs {
    threes: HashMap<Run, u32>,
    /// Runs of four, by the numbers of their two runs of three.
    fours: HashMap<(u32, u32), u32>,
}

impl Runs {
    fn len(&self) -> usize {
        self.threes.len() + self.fours.len()
    }

    fn next(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    fn number_of_three(&mut self, run: Run) -> u32 {
        let next = self.next();
        *self.threes.entry(run).or_insert(next)
    }

    fn number_of_four(&mut self, first: u32, last: u32) -> u32 {
        let next = self.next();
        *self.fours.entry((first, last)).or_insert(next)
    }
}

#[derive(Debug, Clone)]
struct Entry {
    stem: CompactString,
    letters: Letters,
    pairs: usize,
    asked: bool,
    /// How it compares with all of the lexicon, itself included.
    compared: Option<(Vec<Like>, Vec<Soft>)>,
}

/// Stems up to which each is compared with all others when a key is prepared: it takes memory that
/// grows with the square of their number, and most answers have half of their words from the key.
const MOST_COMPARED: usize = 512;

/// A stem of the key that another stem is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Like {
    pub(super) place: Place,
    /// 1 for the same stem, .8 to .9 for one that may be a slip or another form of it.
    pub(super) likeness: f64,
}

/// A stem of the key that another stem has pairs of letters in common with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Soft {
    pub(super) place: Place,
    /// How many pairs of letters are in both, and how many the two have together.
    shared: u16,
    together: u16,
}

impl Soft {
    /// The stem itself.
    pub(super) fn same(place: Place) -> Self {
        Self {
            place,
            shared: 1,
            together: 2,
        }
    }

    /// Dice coefficient of their pairs of letters, 0..1.
    pub(super) fn dice(self) -> f64 {
        2.0 * f64::from(self.shared) / f64::from(self.together)
    }
}

impl Lexicon {
    /// Compares all stems with one another, as the last step of preparing a key.
    pub(super) fn compare(&mut self) {
        if self.entries.len() > MOST_COMPARED {
            return;
        }
        let mut comparison = Comparison::new(self);
        let compare = |(place, entry): (Place, &Entry)| {
            let (mut likes, mut soft) = (Vec::new(), Vec::new());
            comparison.find(&entry.stem, Some(place), &mut likes, &mut soft);
            (likes, soft)
        };
        let compared: Vec<_> = (0..).zip(&self.entries).map(compare).collect();
        for (entry, compared) in self.entries.iter_mut().zip(compared) {
            entry.compared = Some(compared);
        }
    }

    /// How a stem of the lexicon compares with all of it, if that was found out before.
    pub(super) fn compared(&self, place: Place) -> Option<(&[Like], &[Soft])> {
        let compared = self.entries[place as usize].compared.as_ref();
        compared.map(|(likes, soft)| (likes.as_slice(), soft.as_slice()))
    }

    /// The number of stems.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of different runs of characters.
    pub(super) fn run_count(&self) -> usize {
        self.runs.len()
    }

    /// The place of a stem, which is added where it is new.
    pub(super) fn add(&mut self, stem: &str) -> Place {
        if let Some(place) = self.places.get(stem) {
            return *place;
        }
        let mut pairs = Vec::new();
        similarity::pairs(stem, &mut pairs);
        let place = self.push(stem, pairs.len());
        for pair in pairs {
            self.pairs.entry(pair).or_default().push(place);
        }
        place
    }

    /// Adds the identifier that these parts make, as a stem of its own; it is found where the
    /// parts follow one another, however they are joined.
    pub(super) fn add_identifier(&mut self, parts: &[Place]) -> Option<Place> {
        let (first, _) = parts.split_first()?;
        let known = self.identifiers.get(first).into_iter().flatten();
        if let Some((_, place)) = known.into_iter().find(|(known, _)| known == parts) {
            return Some(*place);
        }
        let stems: Vec<&str> = parts.iter().map(|part| self.stem(*part)).collect();
        // No stem has an underscore, so nothing else is called like this.
        let name = stems.join("_");
        let place = self.push(&name, 0);
        let of_first = self.identifiers.entry(*first).or_default();
        of_first.push((parts.to_vec(), place));
        Some(place)
    }

    fn push(&mut self, stem: &str, pairs: usize) -> Place {
        let place = Place::try_from(self.entries.len()).unwrap_or(Place::MAX);
        self.entries.push(Entry {
            stem: stem.into(),
            letters: Letters::of(stem),
            pairs,
            asked: false,
            compared: None,
        });
        self.places.insert(stem.into(), place);
        place
    }

    /// Notes that the question has this stem.
    pub(super) fn ask(&mut self, place: Place) {
        self.entries[place as usize].asked = true;
    }

    /// Tells whether the question has a stem.
    pub(super) fn is_asked(&self, place: Place) -> bool {
        self.entries[place as usize].asked
    }

    /// The stem at a place.
    pub(super) fn stem(&self, place: Place) -> &str {
        &self.entries[place as usize].stem
    }

    /// The place of a stem, if the key has it.
    pub(super) fn place(&self, stem: &str) -> Option<Place> {
        self.places.get(stem).copied()
    }

    /// The numbers of a word's runs of three and four characters, which are added where they are new.
    pub(super) fn add_word(&mut self, word: &CompactString) -> &[u32] {
        if !self.words.contains_key(word) {
            let mut numbers = Vec::new();
            let mut before = None;
            for run in similarity::runs(word) {
                let three = self.runs.number_of_three(run);
                numbers.extend(before.map(|before| self.runs.number_of_four(before, three)));
                numbers.push(three);
                before = Some(three);
            }
            self.words.insert(word.clone(), numbers);
        }
        &self.words[word]
    }

    /// Adds the numbers of those of a word's runs of characters that a reference has.
    pub(super) fn runs_of(&self, word: &CompactString, numbers: &mut Vec<u32>) {
        if let Some(known) = self.words.get(word) {
            numbers.extend_from_slice(known);
            return;
        }
        let mut before = None;
        for run in similarity::runs(word) {
            let three = self.runs.threes.get(&run).copied();
            let four = before
                .zip(three)
                .and_then(|pair| self.runs.fours.get(&pair));
            numbers.extend(four);
            numbers.extend(three);
            before = three;
        }
    }

    /// The identifiers of the key that begin with the part at `known[at]`: how many terms each
    /// takes, and its place.
    pub(super) fn identifiers_at<'a>(
        &'a self,
        known: &'a [Option<Place>],
        at: usize,
    ) -> impl Iterator<Item = (usize, Place)> + 'a {
        let first = known[at].and_then(|first| self.identifiers.get(&first));
        let follows = move |parts: &[Place]| {
            let rest = &known[at..];
            parts.len() <= rest.len()
                && parts
                    .iter()
                    .zip(rest)
                    .all(|(part, term)| *term == Some(*part))
        };
        let all = first.into_iter().flatten();
        all.filter(move |(parts, _)| follows(parts))
            .map(|(parts, place)| (parts.len(), *place))
    }
}

/// Next to no word has more letters.
const LONG_WORD: usize = 24;

/// Compares stems with a lexicon, one after the other.
pub(super) struct Comparison<'a> {
    lexicon: &'a Lexicon,
    pairs: Vec<Pair>,
    shared: Vec<u16>,
    touched: Vec<Place>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(lexicon: &'a Lexicon) -> Self {
        Self {
            lexicon,
            pairs: Vec::with_capacity(LONG_WORD),
            shared: vec![0; lexicon.len()],
            touched: Vec::with_capacity(lexicon.len()),
        }
    }

    /// Adds everything in the lexicon that the stem is like to `likes`, and all that it has pairs of
    /// letters in common with to `soft`; `known` is its own place.
    ///
    /// Only what shares a pair of letters with it is looked at: a slip leaves one, but for letters
    /// swapped in the middle of a word of four ("form", "from").
    pub(super) fn find(
        &mut self,
        stem: &str,
        known: Option<Place>,
        likes: &mut Vec<Like>,
        soft: &mut Vec<Soft>,
    ) {
        similarity::pairs(stem, &mut self.pairs);
        for pair in &self.pairs {
            for place in self.lexicon.pairs.get(pair).into_iter().flatten() {
                let shared = &mut self.shared[*place as usize];
                if *shared == 0 {
                    self.touched.push(*place);
                }
                *shared = shared.saturating_add(1);
            }
        }
        let letters = Letters::of(stem);
        for place in self.touched.drain(..) {
            let shared = std::mem::take(&mut self.shared[place as usize]);
            let entry = &self.lexicon.entries[place as usize];
            let likeness = if known == Some(place) {
                1.0
            } else {
                similarity::likeness((stem, letters), (&entry.stem, entry.letters), shared.into())
            };
            if likeness > 0.0 {
                likes.push(Like { place, likeness });
            }
            let together = u16::try_from(self.pairs.len() + entry.pairs).unwrap_or(u16::MAX);
            soft.push(Soft {
                place,
                shared,
                together,
            });
        }
    }
}

/// The identifiers among terms: each as the terms from the first to behind the last part.
pub(super) fn identifiers(terms: &[Term]) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, _) in terms.iter().enumerate().filter(|(_, term)| term.continues) {
        match found.last_mut() {
            Some(last) if last.end == at => last.end = at + 1,
            _ => found.push(at.saturating_sub(1)..at + 1),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_is_compared_with_all_that_share_letters_with_it() {
        let mut lexicon = Lexicon::default();
        let django = lexicon.add("django");
        lexicon.add("cat");
        let (mut likes, mut soft) = (Vec::new(), Vec::new());
        Comparison::new(&lexicon).find("jango", None, &mut likes, &mut soft);
        assert_eq!(likes.len(), 1);
        assert_eq!(likes[0].place, django);
        assert!((likes[0].likeness - 0.9).abs() < 1e-9);
        assert_eq!(soft.len(), 1);
        assert!((soft[0].dice() - 8.0 / 9.0).abs() < 1e-9);
    }

    #[test]
    fn an_identifier_is_found_where_its_parts_follow_one_another() {
        let mut lexicon = Lexicon::default();
        let parts = [lexicon.add("select"), lexicon.add("relat")];
        let whole = lexicon.add_identifier(&parts).unwrap();
        assert_eq!(lexicon.add_identifier(&parts), Some(whole));
        let known = [Some(parts[0]), Some(parts[1]), None];
        assert_eq!(
            lexicon.identifiers_at(&known, 0).collect::<Vec<_>>(),
            [(2, whole)]
        );
        assert_eq!(lexicon.identifiers_at(&known, 1).count(), 0);
    }
}
