use super::{AnswerSource, FlagCode, Reading, Submission};
use crate::text::{Language, Term, is_negation, terms};

/// An answer that needs no judging.
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

/// Settles an answer that is empty, holds no usable speech, says nothing or repeats the question;
/// `None` sends it on to be judged.
pub fn settle(submission: &Submission, reading: &Reading) -> Option<Settled> {
    let language = reading.language;
    let words = terms(reading.text.text(), language);
    let has_text = reading.text.text().chars().any(char::is_alphanumeric);
    if submission.answer_source == AnswerSource::Speech && is_noise(&words) {
        return Some(Settled {
            score: None,
            code: FlagCode::NoUsableSpeech,
            feedback: "The recording holds no usable speech, so it was not graded.",
        });
    }
    let references = submission.task.references();
    let sent = reading.text.text().trim();
    // An operator may be the right answer; a dash is none.
    if !has_text && !references.iter().any(|reference| reference.trim() == sent) {
        return Some(zero(FlagCode::EmptyAnswer, "The answer is empty."));
    }
    let likeness = |text: &str| {
        if near_in_length(sent, text) {
            likeness(&words, &terms(text, language))
        } else {
            0.0
        }
    };
    if references
        .iter()
        .any(|reference| likeness(reference) >= ECHO)
    {
        return None;
    }
    if says_nothing(&words) {
        return Some(zero(
            FlagCode::NoContent,
            "The answer does not say anything about the question.",
        ));
    }
    if words.len() >= 4 && is_echo(sent, &words, &submission.task.question, language) {
        return Some(zero(
            FlagCode::QuestionEcho,
            "The answer only repeats the question.",
        ));
    }
    None
}

/// Texts of which one is more than twice as long are not the same but for a few words.
fn near_in_length(one: &str, other: &str) -> bool {
    let (one, other) = (one.len(), other.trim().len());
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

fn says_nothing(words: &[Term]) -> bool {
    let core: Vec<_> = words
        .iter()
        .map(|word| word.word.as_str())
        .filter(|word| !POLITE.contains(word))
        .collect();
    NO_CONTENT.contains(&core.join(" ").as_str())
}

/// Compares with the whole question, and with its last sentence, since many questions have an
/// introduction.
fn is_echo(sent: &str, words: &[Term], question: &str, language: Language) -> bool {
    use unicode_segmentation::UnicodeSegmentation as _;
    let last = question.unicode_sentences().last().unwrap_or_default();
    let near = |text: &&str| near_in_length(sent, text);
    [question, last].into_iter().filter(near).any(|text| {
        let asked = terms(text, language);
        likeness(words, &asked) >= ECHO && stances(words) == stances(&asked)
    })
}

/// The words by which a repetition of the question answers it all the same: "False: it does …".
fn stances(words: &[Term]) -> Vec<&str> {
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
    let stance = |word: &&str| STANCES.contains(word) || is_negation(word);
    words
        .iter()
        .map(|word| word.word.as_str())
        .filter(stance)
        .collect()
}

fn likeness(one: &[Term], other: &[Term]) -> f64 {
    let longer = one.len().max(other.len());
    let shorter = one.len().min(other.len());
    // Each word of difference in length is a change, so the distance need not be computed.
    if longer == 0 || (shorter as f64) < ECHO * longer as f64 {
        return 0.0;
    }
    let stems = |terms: &[Term]| {
        terms
            .iter()
            .map(|term| term.stem.clone())
            .collect::<Vec<_>>()
    };
    let distance = strsim::generic_levenshtein(&stems(one), &stems(other));
    1.0 - distance as f64 / longer as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::Task;
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
        settle(&submission, &Reading::of(&submission)).map(|settled| (settled.score, settled.code))
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
