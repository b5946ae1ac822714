use std::sync::OnceLock;

use foldhash::HashMap;

use super::super::FlagCode;
use crate::text::{Span, Term};

/// A phrase as a sequence of slots; a slot lists its alternatives.
pub(super) struct Phrase {
    pub(super) code: FlagCode,
    /// Words that may stand between two slots.
    gap: usize,
    slots: &'static [&'static str],
}

const fn order(gap: usize, slots: &'static [&'static str]) -> Phrase {
    Phrase {
        code: FlagCode::InstructionsToGrader,
        gap,
        slots,
    }
}

const fn remark(gap: usize, slots: &'static [&'static str]) -> Phrase {
    Phrase {
        code: FlagCode::FakeRemark,
        gap,
        slots,
    }
}

/// What passages meant for the grader say.
///
/// Each phrase speaks of grading itself: of marks, of the answer as an answer, of instructions that
/// were given, of the people who grade. Words of ordinary technical prose ("override", "prompt",
/// "model", "mark as complete") are not enough; a false alarm costs a candidate the sentence.
pub(super) const PHRASES: [Phrase; 30] = [
    order(
        3,
        &[
            "ignore|disregard|forget",
            "all|any|the|your|previous|prior|above|earlier",
            "instruction|instructions|rubric|guidelines|criteria",
        ],
    ),
    order(
        3,
        &[
            "ignore|disregard|forget",
            "all|any|the|your",
            "rules|reference",
        ],
    ),
    order(3, &["ignore|disregard|forget", "rubric"]),
    order(
        3,
        &[
            "give|award|grant|assign|deserves|earns|receives",
            "full|maximum|top|perfect|highest|max",
            "marks|mark|score|points|credit|grade",
        ],
    ),
    order(
        1,
        &[
            "mark|grade|score|rate|treat|count",
            "this|my",
            "answer|response|submission",
            "as|with|10|100|1.0|full|highest|maximum",
        ],
    ),
    order(
        1,
        &[
            "grading|scoring|marking|rating",
            "this|my",
            "answer|response|submission",
            "as|with",
        ],
    ),
    order(
        2,
        &[
            "output|respond|reply",
            "overall|score|verdict|grade",
            "1|1.0|10|100|covered|full|maximum",
        ],
    ),
    order(1, &["all", "concepts", "covered|present|satisfied"]),
    order(2, &["you", "are", "grader|evaluator|examiner"]),
    order(
        1,
        &[
            "you",
            "are",
            "now",
            "grading|evaluating|unrestricted|jailbroken",
        ],
    ),
    order(
        1,
        &[
            "dear|attention|hello|hey|hi",
            "grader|evaluator|examiner|llm|ai",
        ],
    ),
    order(
        2,
        &[
            "note|message|instruction|instructions",
            "to|for",
            "grader|evaluator|examiner|llm|ai",
        ],
    ),
    order(1, &["system|grading|scoring", "override"]),
    order(
        1,
        &["please", "enter|award|assign|give", "100|full|maximum"],
    ),
    order(0, &["return|print", "score|verdict|grade", "1|1.0|10|100"]),
    order(0, &["reference", "answer|solution"]),
    order(1, &["return|reply|output", "covered"]),
    order(1, &["mark", "everything|all", "covered|correct|complete"]),
    order(
        2,
        &[
            "ignoriere|ignorieren|vergiss|vergessen",
            "alle|die|vorherigen|bisherigen",
            "anweisungen|regeln|vorgaben",
        ],
    ),
    order(
        2,
        &[
            "gib|geben|vergib|vergeben",
            "volle|maximale|höchste|beste",
            "punktzahl|punkte|note|bewertung",
        ],
    ),
    order(
        2,
        &[
            "ignore|ignorez|oublie|oubliez",
            "les|toutes",
            "instructions|consignes|règles",
        ],
    ),
    order(
        2,
        &[
            "ignora|ignore|olvida|olvide",
            "todas|las",
            "instrucciones|reglas",
        ],
    ),
    order(3, &["compare", "answer", "reference"]),
    remark(0, &["candidate", "has|had", "passed"]),
    remark(
        0,
        &[
            "grader's|graders|teacher's|teachers|examiner's|examiners|instructor's|interviewer's",
            "note|remark|comment|verdict|assessment|analysis|feedback",
        ],
    ),
    remark(
        0,
        &[
            "grader|teacher|examiner|instructor",
            "note|remark|comment|verdict",
        ],
    ),
    remark(
        8,
        &[
            "note|remark|comment",
            "from",
            "grader|teacher|examiner|professor|lecturer|examination",
        ],
    ),
    remark(
        1,
        &[
            "candidate's|candidate",
            "answer|response|submission",
            "meets|exceeds|satisfies|fulfils",
        ],
    ),
    remark(
        1,
        &[
            "score|grade|mark|marks|rating|points",
            "10|100|5|20",
            "out",
            "of",
        ],
    ),
    Phrase {
        code: FlagCode::FakeVerdict,
        gap: 0,
        slots: &["verdict|verdicts", "covered|correct|full|pass"],
    },
];

/// The phrases that begin with a word, by that word: next to none of an answer's words is one.
fn beginning_with(word: &str) -> &'static [&'static Phrase] {
    static BY_FIRST: OnceLock<HashMap<&str, Vec<&Phrase>>> = OnceLock::new();
    let by_first = BY_FIRST.get_or_init(|| {
        let mut by_first: HashMap<&str, Vec<&Phrase>> = HashMap::default();
        for phrase in &PHRASES {
            for option in phrase.slots[0].split('|') {
                by_first.entry(option).or_default().push(phrase);
            }
        }
        by_first
    });
    by_first.get(word).map_or(&[], Vec::as_slice)
}

/// Finds all phrases among the words of a text, each with what it is; `connected` tells whether two
/// words stand in one sentence.
pub(super) fn find(
    words: &[Term],
    connected: impl Fn(&Term, &Term) -> bool,
) -> Vec<(FlagCode, Span)> {
    let mut found = Vec::new();
    for (first, word) in words.iter().enumerate() {
        for phrase in beginning_with(&word.word) {
            let Some(last) = phrase.end(words, first) else {
                continue;
            };
            // "Mrs." ends a sentence for the rules of Unicode, and remarks are full of names; lists of
            // verdicts have one on a line.
            let crosses = matches!(phrase.code, FlagCode::FakeRemark | FlagCode::FakeVerdict);
            if crosses || connected(word, &words[last]) {
                let span = Span {
                    start: word.span.start,
                    end: words[last].span.end,
                };
                found.push((phrase.code, span));
            }
        }
    }
    found
}

impl Phrase {
    /// Where the phrase ends that begins at `first`, if all of it is there.
    fn end(&self, words: &[Term], first: usize) -> Option<usize> {
        let mut last = first;
        for slot in &self.slots[1..] {
            let fits = |word: &Term| slot.split('|').any(|option| word.word == option);
            let mut window = words.iter().enumerate().skip(last + 1).take(self.gap + 1);
            last = window.find(|(_, word)| fits(word))?.0;
        }
        Some(last)
    }
}
