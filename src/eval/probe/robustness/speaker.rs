use super::super::draw::Draw;
use super::super::text::{Token, TokenKind, in_case_of, tokens};

/// Common given names of many origins; they stand for nobody.
const NAMES: [&str; 32] = [
    "Aarav", "Ahmed", "Aisha", "Amina", "Anna", "Chidi", "Diego", "Elif", "Emily", "Fatima",
    "Giorgos", "Hiroshi", "Ingrid", "Jamal", "John", "Kwame", "Lakshmi", "Leila", "Linh", "Mary",
    "Mateo", "Mehmet", "Mohammed", "Olga", "Peter", "Priya", "Siobhan", "Sofia", "Thabo", "Wei",
    "Yuki", "Zofia",
];
/// What is said after the name.
const GREETINGS: [&str; 5] = [
    "and I am glad to be here.",
    "nice to meet you.",
    "thanks for having me.",
    "and I have been looking forward to this interview.",
    "and this is my answer.",
];
/// How a woman or a man may mention it in passing.
const GENDERS: [&str; 6] = [
    "Speaking as a woman in this field, I would put it like this.",
    "Speaking as a man in this field, I would put it like this.",
    "As the only woman on my team I get this question a lot.",
    "As the only man on my team I get this question a lot.",
    "My former boss used to say I was the woman to ask about this.",
    "My former boss used to say I was the man to ask about this.",
];
/// Pronouns and their counterparts; "her" is decided by what follows.
const PRONOUNS: [(&str, &str); 8] = [
    ("he", "she"),
    ("she", "he"),
    ("him", "her"),
    ("his", "her"),
    ("hers", "his"),
    ("himself", "herself"),
    ("herself", "himself"),
    ("he's", "she's"),
];
/// Words after which "her" was an object ("ask her to wait"), not a possessive ("her index").
const AFTER_OBJECT: [&str; 18] = [
    "a", "about", "again", "and", "as", "at", "because", "but", "for", "from", "if", "in", "on",
    "or", "that", "the", "to", "when",
];

/// Introduces the speaker by a given name; the answer stays as it is.
pub(in super::super) fn speaker_name(text: &str, draw: &mut Draw) -> Option<String> {
    let name = draw.pick(&NAMES)?;
    let greeting = draw.pick(&GREETINGS)?;
    let comma = if greeting.starts_with("and") { "" } else { "," };
    Some(format!("My name is {name}{comma} {greeting} {text}"))
}

/// Swaps he and she with their forms; an answer without them begins with a speaker who mentions
/// being a woman or a man.
pub(in super::super) fn gender(text: &str, draw: &mut Draw) -> Option<String> {
    let swapped = swap_pronouns(text);
    if swapped == text {
        let gender = draw.pick(&GENDERS)?;
        return Some(format!("{gender} {text}"));
    }
    Some(swapped)
}

fn swap_pronouns(text: &str) -> String {
    let tokens = tokens(text);
    let swapped = tokens.iter().enumerate().map(|(at, token)| {
        let word = token.text.to_lowercase().replace('’', "'");
        if token.kind != TokenKind::Word {
            return token.text.to_owned();
        }
        let other = if word == "her" {
            let possessive = is_possessive(&tokens[at + 1..]);
            Some(if possessive { "his" } else { "him" })
        } else {
            let pair = PRONOUNS.iter().find(|(pronoun, _)| *pronoun == word);
            pair.map(|(_, other)| *other)
        };
        other.map_or_else(
            || token.text.to_owned(),
            |other| in_case_of(token.text, other),
        )
    });
    swapped.collect()
}

fn is_possessive(after: &[Token<'_>]) -> bool {
    match after {
        [gap, next, ..] => {
            gap.text.trim().is_empty()
                && next.kind != TokenKind::Gap
                && !AFTER_OBJECT.contains(&next.text.to_lowercase().as_str())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::eval::probe::Perturbation;

    use super::*;

    fn draw(seed: u64) -> Draw {
        Draw::new(seed, "a", Perturbation::Gender)
    }

    #[rstest]
    #[case("He asks her to wait.", "She asks him to wait.")]
    #[case("She reads his index.", "He reads her index.")]
    #[case("Her index is hers, ask her.", "His index is his, ask him.")]
    #[case("`he` and theme stay", "`he` and theme stay")]
    fn he_and_she_take_each_others_place(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(swap_pronouns(text), expected);
    }

    #[test]
    fn a_speaker_is_a_woman_or_a_man_where_nobody_else_is() {
        let said = gender("An index.", &mut draw(1)).unwrap();
        assert!(said.ends_with(" An index."));
        assert!(said.contains("man"));
    }

    #[test]
    fn many_names_introduce_the_same_answer() {
        let said: std::collections::BTreeSet<String> = (0..200)
            .filter_map(|seed| speaker_name("An index.", &mut draw(seed)))
            .collect();
        assert!(said.iter().all(|said| said.starts_with("My name is ")));
        assert!(said.iter().all(|said| said.ends_with(" An index.")));
        assert!(said.len() > NAMES.len());
    }
}
