use super::super::text::{Token, TokenKind, in_case_of, replace_phrases, tokens};
use super::antonyms::most_sentences;
use super::verbs::{AUXILIARIES, BEFORE_NOUNS, DENIALS, SUBORDINATORS, VERBS};

/// Says the opposite in English: takes every denial out of a sentence that has one, else denies
/// its verb.
///
/// None unless at least half of the sentences are turned: a text that is mostly as it was would
/// deserve most of its marks.
pub(in super::super) fn negated(text: &str) -> Option<String> {
    most_sentences(text, |sentence| {
        replace_phrases(sentence, &DENIALS, || true).or_else(|| denied(sentence))
    })
}

/// A verb that may be denied.
struct Verb {
    /// Its token.
    at: usize,
    /// The verb and its denial.
    denial: String,
    /// Whether it stands in a clause of less weight.
    subordinate: bool,
}

/// Denies the sentence's first verb, that of the main clause where it can be told.
fn denied(sentence: &str) -> Option<String> {
    let tokens = tokens(sentence);
    let verbs = verbs(&tokens);
    let main = verbs.iter().find(|verb| !verb.subordinate);
    let begins_subordinate = SUBORDINATORS.contains(&next_word(&tokens).to_lowercase().as_str());
    let verb = match main {
        Some(verb) => verb,
        // "When it waits I use a queue": the main clause has the second verb.
        None if begins_subordinate => verbs.get(1).or(verbs.first())?,
        None => verbs.first()?,
    };
    let denial = in_case_of(tokens[verb.at].text, &verb.denial);
    let before = tokens[..verb.at].iter().map(|token| token.text);
    let after = tokens[verb.at + 1..].iter().map(|token| token.text);
    Some(before.chain([denial.as_str()]).chain(after).collect())
}

/// The tokens that are verbs where they stand.
fn verbs(tokens: &[Token<'_>]) -> Vec<Verb> {
    let mut verbs = Vec::new();
    let mut previous = String::new();
    let mut subordinate = false;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Gap {
            subordinate &= !token.text.contains([',', ';', ':']);
            continue;
        }
        let word = token.text.to_lowercase();
        if token.kind == TokenKind::Word {
            let next = next_word(&tokens[at + 1..]);
            let denial = auxiliary(&word).or_else(|| full_verb(&word, &previous, next));
            verbs.extend(denial.map(|denial| Verb {
                at,
                denial,
                subordinate,
            }));
            subordinate |= SUBORDINATORS.contains(&word.as_str());
        }
        previous = word;
    }
    verbs
}

fn auxiliary(word: &str) -> Option<String> {
    let known = AUXILIARIES.iter().find(|(verb, _)| *verb == word);
    known.map(|(_, denial)| (*denial).to_owned())
}

fn next_word<'a>(tokens: &[Token<'a>]) -> &'a str {
    let next = tokens.iter().find(|token| token.kind != TokenKind::Gap);
    next.map_or("", |token| token.text)
}

/// "Has" and "have", and the verbs that are known by their forms, unless they are nouns here.
fn full_verb(word: &str, previous: &str, next: &str) -> Option<String> {
    let perfect = next.ends_with("ed") || next.ends_with("en") || next == "to";
    if perfect && matches!(word, "has" | "have" | "had") {
        return Some(format!("{word} not"));
    }
    match word {
        "has" => return Some("does not have".to_owned()),
        "have" => return Some("do not have".to_owned()),
        "had" => return Some("did not have".to_owned()),
        _ if BEFORE_NOUNS.contains(&previous) => return None,
        _ => {}
    }
    VERBS.iter().find_map(|(plain, with_s)| {
        if word == *plain {
            Some(format!("do not {plain}"))
        } else {
            // At the beginning it is a plural: "Caches are fast."
            (word == *with_s && !previous.is_empty()).then(|| format!("does not {plain}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("It is lazy.", "It is not lazy.")]
    #[case("It can wait and will run.", "It cannot wait and will run.")]
    #[case("It is not lazy and doesn't wait.", "It is lazy and does wait.")]
    #[case("Use an index.", "Do not use an index.")]
    #[case("The cache keeps rows.", "The cache does not keep rows.")]
    #[case("They have an index.", "They do not have an index.")]
    #[case("It has been seen.", "It has not been seen.")]
    #[case("I let it do the work.", "I do not let it do the work.")]
    #[case(
        "If it is true, they wait and it runs.",
        "If it is true, they wait and it does not run."
    )]
    #[case(
        "When it is slow I use a queue.",
        "When it is slow I do not use a queue."
    )]
    #[case("Caches that are small help.", "Caches that are not small help.")]
    #[case("It starts without asking.", "It does not start without asking.")]
    #[case("It never runs without one.", "It always runs without one.")]
    #[case(
        "Call save(). It uses SQL.",
        "Do not call save(). It does not use SQL."
    )]
    fn a_sentence_says_the_opposite(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(negated(text).as_deref(), Some(expected));
    }

    #[rstest]
    #[case("An index.")]
    #[case("`is` and is_active")]
    #[case("One thing. Another thing. It is lazy.")]
    #[case("")]
    fn what_has_too_few_known_verbs_is_not_negated(#[case] text: &str) {
        assert_eq!(negated(text), None);
    }
}
