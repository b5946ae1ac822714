use compact_str::CompactString;
use foldhash::HashSet;

use super::{AnswerSource, FlagCode, Reading, Task};
use crate::text::{Language, Span, Term, Words, is_negation, terms};

/// An answer that needs no judging.
///
/// See [`Gate`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// 0, or `None` where the answer cannot be judged.
    pub score: Option<f64>,
    /// Why.
    pub code: FlagCode,
    /// A sentence for the candidate.
    pub feedback: &'static str,
}

/// Whole answers that say there is none, as lower-case words. Besides the ways to say "I don't
/// know" they hold the openers that language models have been seen to grade as if an answer
/// followed (arXiv 2507.08794).
const NO_CONTENT: [&str; 48] = [
    "i don't know",
    "i dont know",
    "i do not know",
    "don't know",
    "dont know",
    "do not know",
    "i don t know",
    "idk",
    "no idea",
    "i have no idea",
    "i've no idea",
    "no clue",
    "i have no clue",
    "not sure",
    "i'm not sure",
    "i am not sure",
    "im not sure",
    "i give up",
    "i can't answer",
    "i cannot answer",
    "i can't answer this",
    "i forgot",
    "i don't remember",
    "i do not remember",
    "i do not understand",
    "i don't understand",
    "no answer",
    "no response",
    "no submission",
    "empty submission",
    "empty response",
    "n a",
    "not applicable",
    "tell me the answer",
    "tell answer",
    "tell me",
    "keine ahnung",
    "weiß nicht",
    "weiß ich nicht",
    "ich weiß nicht",
    "ich weiß es nicht",
    "keine antwort",
    "thought process",
    "solution",
    "answer",
    "the answer is",
    "let's solve this problem step by step",
    "let's think step by step",
];
/// Words that may stand around them.
const POLITE: [&str; 14] = [
    "sorry",
    "well",
    "um",
    "uh",
    "hmm",
    "honestly",
    "please",
    "really",
    "just",
    "ok",
    "okay",
    "so",
    "actually",
    "unfortunately",
];
/// From this likeness on (1 less the share of changed words), an answer is the question again.
const ECHO: f64 = 0.85;

/// What the gate compares the answers to a task with, prepared for any number of them.
///
/// ```
/// use answer_grader::grade::{AnswerSource, FlagCode, Gate, Reading};
/// use answer_grader::{Submission, Task};
///
/// let task = Task::new("What does select_related() do?", "It joins the related table.");
/// let gate = Gate::new(&task, task.language());
/// let settle = |answer| {
///     let reading = Reading::of(&Submission::new(task.clone(), answer));
///     gate.settle(AnswerSource::Text, &reading)
/// };
/// let settled = settle("Sorry, no idea.").ok_or("not settled")?;
/// assert_eq!((settled.code, settled.score), (FlagCode::NoContent, Some(0.0)));
/// assert_eq!(settle("It makes a join."), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub struct Gate {
    language: Language,
    references: Vec<Text>,
    /// The whole question, and its last sentence, since many questions have an introduction.
    questions: Vec<Text>,
}

impl Gate {
    /// Prepares a task whose words are compared in `language`.
    pub fn new(task: &Task, language: Language) -> Self {
        let question = Words::of(&task.question, language);
        let last = question.sentences.last().and_then(|range| {
            let terms = &question.terms[range.clone()];
            let (first, last) = (terms.first()?, terms.last()?);
            let span = Span {
                start: first.span.start,
                end: last.span.end,
            };
            Some(Text::new(&span.of(&task.question), terms))
        });
        let references = task.references();
        let references = references.iter();
        Self {
            language,
            references: references
                .map(|text| Text::new(text, &terms(text, language)))
                .collect(),
            questions: std::iter::once(Text::new(&task.question, &question.terms))
                .chain(last)
                .collect(),
        }
    }

    /// The language that words are compared in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Settles an answer that is empty, holds no usable speech, says nothing or repeats the
    /// question, with at most 15 % of the words changed; `None` sends it on to be judged.
    pub fn settle(&self, source: AnswerSource, reading: &Reading) -> Option<Settled> {
        let words = reading.words.terms.as_slice();
        let sent = reading.text.text().trim();
        if source == AnswerSource::Speech && is_noise(words) {
            return Some(Settled {
                score: None,
                code: FlagCode::NoUsableSpeech,
                feedback: "The recording holds no usable speech, so it was not graded.",
            });
        }
        // An operator may be the right answer; a dash is none.
        let has_text = || sent.chars().any(char::is_alphanumeric);
        let is_reference = || self.references.iter().any(|text| text.written == sent);
        if !has_text() && !is_reference() {
            return Some(zero(FlagCode::EmptyAnswer, "The answer is empty."));
        }
        if self.references.iter().any(|text| text.is_like(sent, words)) {
            return None;
        }
        if says_nothing(words) {
            return Some(zero(
                FlagCode::NoContent,
                "The answer does not say anything about the question.",
            ));
        }
        let repeats =
            |text: &Text| text.is_like(sent, words) && stances(words).eq(text.stances.iter());
        if words.len() >= LEAST_ECHO && self.questions.iter().any(repeats) {
            return Some(zero(
                FlagCode::QuestionEcho,
                "The answer only repeats the question.",
            ));
        }
        None
    }
}

/// Fewer words than this echo nothing.
const LEAST_ECHO: usize = 4;

/// A text that answers may repeat.
#[derive(Debug, Clone)]
struct Text {
    written: String,
    stems: Vec<CompactString>,
    distinct: HashSet<CompactString>,
    stances: Vec<CompactString>,
}

impl Text {
    fn new(text: &str, terms: &[Term]) -> Self {
        let stems = terms.iter().map(|term| term.stem.clone());
        Self {
            written: text.trim().to_owned(),
            distinct: stems.clone().collect(),
            stems: stems.collect(),
            stances: stances(terms).cloned().collect(),
        }
    }

    /// Tells whether an answer is this text but for a few words.
    fn is_like(&self, sent: &str, words: &[Term]) -> bool {
        let longer = words.len().max(self.stems.len());
        let shorter = words.len().min(self.stems.len());
        let least = ECHO * longer as f64;
        // Whatever differs in length is a change, so the distance need not be computed.
        if longer == 0 || (shorter as f64) < least || !near_in_length(sent, &self.written) {
            return false;
        }
        let shared = words
            .iter()
            .filter(|word| self.distinct.contains(&word.stem));
        if (shared.count() as f64) < least {
            return false;
        }
        let stems: Vec<_> = words.iter().map(|word| word.stem.clone()).collect();
        let distance = strsim::generic_levenshtein(&stems, &self.stems);
        1.0 - distance as f64 / longer as f64 >= ECHO
    }
}

/// Texts of which one is more than twice as long are not the same but for a few words.
fn near_in_length(one: &str, other: &str) -> bool {
    let (one, other) = (one.len(), other.len());
    one.max(other) <= 2 * one.min(other)
}

/// So few words of a transcript, all of them function words, are left-overs of noise.
const LEFT_OVERS: usize = 2;

fn is_noise(words: &[Term]) -> bool {
    let answers = |word: &Term| matches!(word.word.as_str(), "yes" | "no" | "ja" | "nein");
    words.len() <= LEFT_OVERS && !words.iter().any(|word| word.content || answers(word))
}

fn zero(code: FlagCode, feedback: &'static str) -> Settled {
    Settled {
        score: Some(0.0),
        code,
        feedback,
    }
}

/// Every such answer has fewer words than this, but for polite ones.
const NO_CONTENT_WORDS: usize = 8;

fn says_nothing(words: &[Term]) -> bool {
    let core = || {
        let words = words.iter().map(|word| word.word.as_str());
        words.filter(|word| !POLITE.contains(word))
    };
    core().nth(NO_CONTENT_WORDS).is_none()
        && NO_CONTENT.contains(&core().collect::<Vec<_>>().join(" ").as_str())
}

/// The words by which a repetition of the question answers it all the same: "False: it does …".
fn stances(words: &[Term]) -> impl Iterator<Item = &CompactString> {
    const STANCES: [&str; 9] = [
        "yes",
        "no",
        "true",
        "false",
        "correct",
        "incorrect",
        "right",
        "wrong",
        "always",
    ];
    let stance = |word: &&CompactString| STANCES.contains(&word.as_str()) || is_negation(word);
    words.iter().map(|word| &word.word).filter(stance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::{Submission, Task};
    use rstest::rstest;

    fn settled(source: AnswerSource, answer: &str) -> Option<(Option<f64>, FlagCode)> {
        let task = Task::new(
            "You ran a query in a loop. What does prefetch_related() do for it?",
            "It loads the related rows with one more query.",
        );
        let submission = Submission {
            answer_source: source,
            ..Submission::new(task, answer)
        };
        let reading = Reading::of(&submission);
        let gate = Gate::new(&submission.task, reading.language);
        let settled = gate.settle(submission.answer_source, &reading);
        settled.map(|settled| (settled.score, settled.code))
    }

    #[rstest]
    #[case("", FlagCode::EmptyAnswer)]
    #[case(" ... ? \u{200b}", FlagCode::EmptyAnswer)]
    #[case(":", FlagCode::EmptyAnswer)]
    #[case("I don’t know, sorry.", FlagCode::NoContent)]
    #[case("Thought process:", FlagCode::NoContent)]
    #[case("Keine Ahnung", FlagCode::NoContent)]
    #[case("What does prefetch_related do for it?", FlagCode::QuestionEcho)]
    #[case(
        "You ran a query in a loop. What does the prefetch_related() do for it?",
        FlagCode::QuestionEcho
    )]
    fn answers_without_content_are_settled_at_zero(#[case] answer: &str, #[case] code: FlagCode) {
        assert_eq!(settled(AnswerSource::Text, answer), Some((Some(0.0), code)));
    }

    #[rstest]
    #[case("It loads the related rows with one more query.")]
    #[case("It saves queries.")]
    #[case("I don't know all of it, but related rows come in a second query.")]
    #[case("2")]
    #[case("prefetch_related does a query in a loop")]
    #[case("You didn't run a query in a loop. What does prefetch_related() do for it?")]
    fn everything_else_is_judged(#[case] answer: &str) {
        assert_eq!(settled(AnswerSource::Text, answer), None);
    }

    #[rstest]
    #[case("", Some((None, FlagCode::NoUsableSpeech)))]
    #[case("um uh [inaudible] the the", Some((None, FlagCode::NoUsableSpeech)))]
    #[case("uh I don't know", Some((Some(0.0), FlagCode::NoContent)))]
    #[case("um it loads rows", None)]
    #[case("no it doesn't", None)]
    fn silence_is_not_a_wrong_answer(
        #[case] answer: &str,
        #[case] expected: Option<(Option<f64>, FlagCode)>,
    ) {
        assert_eq!(settled(AnswerSource::Speech, answer), expected);
    }
}
