use super::super::FlagCode;
use crate::text::{Span, Term};

/// Phrases as sequences of slots; a slot lists its alternatives. Up to [`GAP`] other words may
/// stand between two slots. They are written so that ordinary technical prose does not match:
/// each needs an order, a claim about marks or an address to the grader.
pub(super) const PHRASES: [(FlagCode, &[&str]); 23] = [
    (
        FlagCode::InstructionsToGrader,
        &[
            "ignore|disregard|forget|override|bypass",
            "instruction|instructions|rubric|guidelines|criteria|prompt|prompts",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "give|award|grant|assign",
            "full|maximum|top|perfect|highest|max",
            "marks|mark|score|points|credit|grade",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "mark|grade|score|rate|treat|count",
            "this|it|answer|response|submission",
            "as",
            "correct|complete|perfect|excellent|full|covered",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "score|grade|mark",
            "this|my",
            "answer|response|submission",
            "10|100|1.0|full|highest|maximum|5",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "output|respond|reply|answer",
            "overall|score|verdict|grade|json",
            "1|1.0|10|100|covered|full|maximum",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &["all", "concepts", "covered|present|satisfied"],
    ),
    (
        FlagCode::InstructionsToGrader,
        &["you", "are", "grader|evaluator|examiner|judge"],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "dear|attention|note|message|instruction|instructions",
            "to|for|dear",
            "grader|evaluator|examiner|judge|model|ai|assistant",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &["dear|hello|hey|hi", "grader|evaluator|examiner|llm|ai"],
    ),
    (
        FlagCode::InstructionsToGrader,
        &["system", "prompt|override"],
    ),
    (
        FlagCode::InstructionsToGrader,
        &["new", "instructions|instruction"],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "ignore|disregard|forget|override|bypass",
            "all|any|the|your|previous|prior",
            "rules|reference",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "answer|response|submission",
            "receives|gets|deserves|earns|has",
            "full|maximum|perfect|highest|top",
            "score|marks|mark|grade|points|credit",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "grading|scoring|marking|rating",
            "this|my",
            "answer|response|submission",
            "as|with",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &["you", "are", "now", "mode"],
    ),
    (
        FlagCode::FakeRemark,
        &[
            "grader's|graders|teacher's|teachers|examiner's|examiners|instructor's|reviewer's|interviewer's",
            "note|remark|comment|verdict|assessment",
        ],
    ),
    (
        FlagCode::FakeRemark,
        &[
            "grader|teacher|examiner|instructor|reviewer|interviewer",
            "note|remark|comment|verdict|assessment|feedback",
        ],
    ),
    (
        FlagCode::FakeRemark,
        &[
            "this|the|candidate's",
            "answer|response|submission|candidate",
            "deserves|receives|earns|scored",
            "full|maximum|perfect|highest|100|10",
        ],
    ),
    (
        FlagCode::FakeRemark,
        &[
            "score|grade|mark|marks|rating|points",
            "10|100|5|20",
            "out",
            "of",
        ],
    ),
    (
        FlagCode::FakeRemark,
        &[
            "note|remark|comment|message",
            "from",
            "grader|teacher|examiner|instructor|reviewer|interviewer|professor|lecturer|board|committee|head",
        ],
    ),
    (
        FlagCode::FakeRemark,
        &[
            "candidate's|candidate",
            "answer|response|submission",
            "meets|exceeds|satisfies|fulfils|confirmed|approved",
        ],
    ),
    (
        FlagCode::InstructionsToGrader,
        &[
            "please|must|should",
            "enter|award|assign|record|give",
            "100|full|maximum|1.0",
        ],
    ),
    (
        FlagCode::FakeVerdict,
        &["verdict", "covered|correct|full|pass"],
    ),
];
/// Words that may stand between two slots of a phrase.
const GAP: usize = 3;

/// Finds a phrase among the words of a text.
pub(super) fn spans<'a>(words: &'a [Term], phrase: &'a [&str]) -> impl Iterator<Item = Span> + 'a {
    let fits = |word: &Term, slot: &str| slot.split('|').any(|option| word.word == option);
    let starts = (0..words.len()).filter(move |at| fits(&words[*at], phrase[0]));
    starts.filter_map(move |first| {
        let mut last = first;
        for slot in &phrase[1..] {
            let mut window = words.iter().enumerate().skip(last + 1).take(GAP + 1);
            last = window.find(|(_, word)| fits(word, slot))?.0;
        }
        Some(Span {
            start: words[first].span.start,
            end: words[last].span.end,
        })
    })
}
