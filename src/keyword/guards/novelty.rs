//! Answers that only say the question again.

use foldhash::HashSet;

use super::{Pair, share};
use crate::keyword::lexicon::{Lexicon, Place};
use crate::text::{Term, sentences};

/// Share of stems outside the question below which an answer says nothing new, and above which a
/// reference does.
const NEW_SHARE: f64 = 0.15;
const CEILING: f64 = 0.15;
/// An answer of so many words, with such a share of its pairs of neighbours out of the question, and
/// fewer stems outside it than this, is copied from it.
const COPIED_WORDS: usize = 5;
const COPIED_SHARE: f64 = 0.6;
const COPIED_NEW_SHARE: f64 = 0.5;

/// What the guard needs to know of a question.
#[derive(Debug, Clone, Default)]
pub(in crate::keyword) struct Question {
    /// The content stems of its last sentence. The story that a question may begin with has many
    /// words that an answer has to use.
    last: HashSet<Place>,
    neighbours: HashSet<(Place, Place)>,
}

impl Question {
    /// Prepares a question; what it has of stems is added to the lexicon.
    pub(in crate::keyword) fn new(text: &str, terms: &[Term], lexicon: &mut Lexicon) -> Self {
        let places: Vec<Place> = terms.iter().map(|term| lexicon.add(&term.stem)).collect();
        for (term, place) in terms.iter().zip(&places) {
            if term.content {
                lexicon.ask(*place);
            }
        }
        let last = sentences(text, terms)
            .last()
            .map_or(0, ExactSizeIterator::len);
        let asked = terms.iter().zip(&places).rev().take(last);
        Self {
            last: asked
                .filter(|(term, _)| term.content)
                .map(|(_, place)| *place)
                .collect(),
            neighbours: places.windows(2).map(|pair| (pair[0], pair[1])).collect(),
        }
    }
}

/// Nearly all of the answer's words are those of what was asked, or it is a piece of the question with
/// nothing that the reference says beyond it, while the reference has words of its own.
pub(super) fn nothing_new(pair: &Pair<'_>) -> Option<f64> {
    let reference = &pair.reference.stems;
    let last = &pair.question.last;
    let asked_again = pair
        .answer
        .share_of_stems(|place| place.is_none_or(|place| !last.contains(&place)))
        < NEW_SHARE
        && share(reference.iter(), |place| !last.contains(place)) > NEW_SHARE;
    let outside = |new: usize, all: usize| new as f64 / all.max(1) as f64;
    let copied = || {
        pair.nothing_covered()
            && outside(pair.whole.new, pair.whole.stems) < COPIED_NEW_SHARE
            && outside(pair.reference.new.len(), reference.len()) > NEW_SHARE
            && is_piece(pair)
    };
    (asked_again || copied()).then_some(CEILING)
}

fn is_piece(pair: &Pair<'_>) -> bool {
    let known = &pair.answer.known;
    let neighbours = &pair.question.neighbours;
    let in_question = |pair: &[Option<Place>]| match pair {
        [Some(one), Some(next)] => neighbours.contains(&(*one, *next)),
        _ => false,
    };
    known.len() >= COPIED_WORDS && share(known.windows(2), in_question) >= COPIED_SHARE
}
