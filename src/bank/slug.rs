use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

use crate::bank::check::LONGEST_ID;
use crate::text::{Language, terms};

/// Words that ask and tell nothing of what is asked.
const ASKING: [&str; 7] = [
    "could", "describe", "discuss", "explain", "please", "tell", "would",
];

/// Makes an id of a text's content words; `None` where none of them has a Latin letter or a digit.
pub(super) fn slug(text: &str) -> Option<String> {
    let language = Language::detect(text).unwrap_or(Language::English);
    let mut id = String::new();
    let terms = terms(text, language).into_iter();
    for term in terms.filter(|term| term.content && !ASKING.contains(&term.word.as_str())) {
        let word = plain(&term.word);
        let length = id.len() + usize::from(!id.is_empty()) + word.len();
        if length > LONGEST_ID && !id.is_empty() {
            break;
        }
        if !word.is_empty() {
            id.push_str(if id.is_empty() { "" } else { "-" });
            id.push_str(&word);
        }
    }
    id.truncate(LONGEST_ID);
    (!id.is_empty()).then_some(id)
}

/// Makes ids of texts, each another one; one without usable words is called `kind` and its number.
pub(super) fn ids<'a>(texts: impl Iterator<Item = &'a str>, kind: &str) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut ids = Vec::new();
    for (index, text) in texts.enumerate() {
        let first = slug(text).unwrap_or_else(|| format!("{kind}-{}", index + 1));
        let mut id = first.clone();
        let mut count = 1;
        while !taken.insert(id.clone()) {
            count += 1;
            let end = format!("-{count}");
            let kept = first.len().min(LONGEST_ID - end.len());
            id = first[..kept].trim_end_matches('-').to_owned() + &end;
        }
        ids.push(id);
    }
    ids
}

/// A word in the letters of an id: without accents, a genitive's end or other marks.
fn plain(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let letters = word.nfkd().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("How does HTTP's caching work?", Some("http-caching-work"))]
    #[case("What is a naïve `JOIN`?", Some("naive-join"))]
    #[case("Could you explain what a trigger does?", Some("trigger"))]
    #[case("What is it?", None)]
    #[case("Что такое индекс?", None)]
    fn an_id_is_made_of_the_content_words(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(slug(text).as_deref(), expected);
    }

    #[test]
    fn ids_differ_and_are_short() {
        let long = "alpha beta gamma delta ".repeat(9);
        let questions = [
            "What is it?",
            "An index?",
            "The index!",
            &long,
            &long,
            &"x".repeat(99),
        ];
        let ids = ids(questions.into_iter(), "question");
        assert_eq!(ids[..3], ["question-1", "index", "index-2"]);
        assert!(ids[4].ends_with("-2"), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() <= LONGEST_ID), "{ids:?}");
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }
}
