use super::super::draw::Draw;
use super::super::text::{Token, TokenKind, replace_phrases, tokens};

/// Sounds and phrases that fill a pause; "I mean" is none, since it takes something back.
const FILLERS: [&str; 7] = ["um", "uh", "erm", "hmm", "you know", "like", "uh"];
/// A filler comes about every so many words.
const WORDS_PER_FILLER: usize = 9;
/// A word is said twice about every so many words.
const WORDS_PER_REPETITION: usize = 20;
/// A word is taken for one that sounds the same this often, once in so many chances.
const CHANCES_PER_HOMOPHONE: usize = 3;
/// Words that sound alike. None of them turns a sentence round, as "no" and "know" would.
const HOMOPHONES: [(&str, &str); 22] = [
    ("their", "there"),
    ("there", "their"),
    ("they're", "there"),
    ("your", "you're"),
    ("it's", "its"),
    ("its", "it's"),
    ("than", "then"),
    ("too", "to"),
    ("write", "right"),
    ("right", "write"),
    ("whole", "hole"),
    ("cache", "cash"),
    ("caching", "cashing"),
    ("by", "buy"),
    ("our", "hour"),
    ("wait", "weight"),
    ("which", "witch"),
    ("queue", "cue"),
    ("weather", "whether"),
    ("piece", "peace"),
    ("site", "sight"),
    ("brake", "break"),
];
/// Beginnings of identifiers that are heard as words of their own.
const PREFIXES: [&str; 6] = ["pre", "auto", "multi", "over", "data", "sub"];

/// Turns an answer into what a speech recogniser might write: no punctuation and no capitals,
/// fillers, words said twice, words that sound alike, identifiers as they are spoken
/// ("pre fetch related" for `prefetch_related()`). To be sent as a transcript.
///
/// None where there is fenced code, which nobody reads out.
pub(in super::super) fn speech_noise(text: &str, draw: &mut Draw) -> Option<String> {
    if text.contains("```") {
        return None;
    }
    let heard = replace_phrases(text, &HOMOPHONES, || draw.once_in(CHANCES_PER_HOMOPHONE));
    let heard = heard.as_deref().unwrap_or(text);
    let mut said = Vec::new();
    for token in tokens(heard) {
        let Some(word) = spoken(token) else {
            continue;
        };
        if draw.once_in(WORDS_PER_FILLER) {
            said.extend(draw.pick(&FILLERS).map(str::to_owned));
        }
        if token.kind == TokenKind::Word && draw.once_in(WORDS_PER_REPETITION) {
            said.push(word.clone());
        }
        said.push(word);
    }
    if said.is_empty() {
        return None;
    }
    Some(said.join(" ").to_lowercase())
}

/// The token in words; none for what is not heard.
fn spoken(token: Token<'_>) -> Option<String> {
    let words = match token.kind {
        TokenKind::Word => token.text.to_owned(),
        TokenKind::Gap => return None,
        TokenKind::Code => spoken_code(token.text),
    };
    (!words.is_empty()).then_some(words)
}

fn spoken_code(code: &str) -> String {
    // A number is heard as one.
    if !code.chars().any(char::is_alphabetic) {
        return code.trim_matches('`').to_owned();
    }
    let mut spaced = String::with_capacity(2 * code.len());
    let mut previous = ' ';
    for (at, c) in code.char_indices() {
        let named = match c {
            '.' if !code[at + 1..].is_empty() => " dot ",
            '+' => " plus ",
            '=' => " equals ",
            '/' => " slash ",
            '%' => " percent ",
            '@' => " at ",
            _ => "",
        };
        spaced.push_str(named);
        if c.is_uppercase() && previous.is_lowercase() {
            spaced.push(' ');
        }
        if named.is_empty() {
            spaced.push(if c.is_alphanumeric() { c } else { ' ' });
        }
        previous = c;
    }
    let words = spaced.split_whitespace().map(in_pieces);
    words.collect::<Vec<_>>().join(" ")
}

/// "prefetch" as it is heard: "pre fetch".
fn in_pieces(word: &str) -> String {
    let cut = PREFIXES.iter().find_map(|prefix| {
        let rest = word.strip_prefix(prefix)?;
        (rest.chars().count() > 3).then(|| format!("{prefix} {rest}"))
    });
    cut.unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::eval::probe::{Perturbation, samples};

    use super::*;

    #[rstest]
    #[case("prefetch_related()", "pre fetch related")]
    #[case("connection.queries", "connection dot queries")]
    #[case("QuerySet", "Query Set")]
    #[case("N+1", "N plus 1")]
    #[case("`only()`", "only")]
    #[case("3.5", "3.5")]
    #[case("filter(id=1)", "filter id equals 1")]
    fn code_is_heard_as_words(#[case] code: &str, #[case] heard: &str) {
        assert_eq!(spoken_code(code), heard);
    }

    #[test]
    fn a_transcript_has_no_punctuation_and_no_capitals() {
        for seed in 0..50 {
            let mut draw = Draw::new(seed, "a", Perturbation::SpeechNoise);
            let heard = speech_noise(samples::long().candidate_answer, &mut draw).unwrap();
            let plain = |c: char| c.is_lowercase() || c.is_numeric() || " '".contains(c);
            assert!(heard.chars().all(plain), "{heard}");
            assert!(heard.contains("pre fetch related"), "{heard}");
            assert!(heard.split(' ').any(|word| word == "not"), "{heard}");
        }
    }

    #[test]
    fn people_hesitate_repeat_and_are_misheard() {
        let long = "they write their data and read its index ".repeat(40);
        let mut draw = Draw::new(1, "a", Perturbation::SpeechNoise);
        let heard = speech_noise(&long, &mut draw).unwrap();
        for noise in [
            " um ",
            " uh ",
            "you know",
            " there ",
            " right ",
            " it's ",
            "data data",
        ] {
            assert!(heard.contains(noise), "{noise}");
        }
    }

    #[test]
    fn fenced_code_is_not_read_out() {
        let mut draw = Draw::new(1, "a", Perturbation::SpeechNoise);
        assert_eq!(speech_noise("write\n```\nx\n```", &mut draw), None);
        assert_eq!(speech_noise("...", &mut draw), None);
    }
}
