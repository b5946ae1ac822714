use super::super::text::{replace_phrases, sentences};

/// Words and phrases and their opposites; each stands once, so that turning twice gives the text
/// again.
const OPPOSITES: [(&str, &str); 89] = [
    ("above", "below"),
    ("absent", "present"),
    ("accept", "reject"),
    ("accepts", "rejects"),
    ("active", "inactive"),
    ("add", "remove"),
    ("added", "removed"),
    ("adding", "removing"),
    ("adds", "removes"),
    ("advantage", "drawback"),
    ("advantages", "drawbacks"),
    ("afterwards", "beforehand"),
    ("allow", "forbid"),
    ("allowed", "forbidden"),
    ("allows", "forbids"),
    ("always", "never"),
    ("ascending", "descending"),
    ("asynchronous", "synchronous"),
    ("asynchronously", "synchronously"),
    ("available", "unavailable"),
    ("before", "after"),
    ("begin", "end"),
    ("begins", "ends"),
    ("best", "worst"),
    ("better", "worse"),
    ("bigger", "smaller"),
    ("buy", "sell"),
    ("child", "parent"),
    ("children", "parents"),
    ("client", "server"),
    ("compress", "expand"),
    ("connect", "disconnect"),
    ("correct", "wrong"),
    ("create", "destroy"),
    ("creates", "destroys"),
    ("decrease", "increase"),
    ("decreased", "increased"),
    ("decreases", "increases"),
    ("dynamic", "static"),
    ("dynamically", "statically"),
    ("eager", "lazy"),
    ("eagerly", "lazily"),
    ("early", "late"),
    ("earlier", "later"),
    ("easy", "hard"),
    ("easier", "harder"),
    ("enable", "disable"),
    ("enabled", "disabled"),
    ("enables", "disables"),
    ("encrypt", "decrypt"),
    ("encrypted", "decrypted"),
    ("everything", "nothing"),
    ("explicit", "implicit"),
    ("explicitly", "implicitly"),
    ("external", "internal"),
    ("fast", "slow"),
    ("faster", "slower"),
    ("fewer", "more"),
    ("first", "last"),
    ("forward", "backward"),
    ("global", "local"),
    ("good", "bad"),
    ("high", "low"),
    ("higher", "lower"),
    ("input", "output"),
    ("inside", "outside"),
    ("large", "small"),
    ("left", "right"),
    ("long", "short"),
    ("longer", "shorter"),
    ("maximum", "minimum"),
    ("mutable", "immutable"),
    ("often", "rarely"),
    ("open", "close"),
    ("opens", "closes"),
    ("optional", "mandatory"),
    ("public", "private"),
    ("read", "write"),
    ("reads", "writes"),
    ("reduce", "raise"),
    ("reduces", "raises"),
    ("safe", "unsafe"),
    ("same", "different"),
    ("start", "stop"),
    ("starts", "stops"),
    ("strong", "weak"),
    ("true", "false"),
    ("valid", "invalid"),
    ("with", "without"),
];

/// Turns directions round, "before" into "after" and so on, in English.
///
/// None unless at least half of the sentences have something to turn: a text that is mostly as it
/// was would deserve most of its marks.
pub(in super::super) fn antonyms(text: &str) -> Option<String> {
    let both: Vec<(&str, &str)> = OPPOSITES
        .iter()
        .flat_map(|(one, other)| [(*one, *other), (*other, *one)])
        .collect();
    most_sentences(text, |sentence| replace_phrases(sentence, &both, || true))
}

/// Changes every sentence that can be changed; none unless half of them can.
pub(super) fn most_sentences(
    text: &str,
    change: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let sentences = sentences(text);
    let mut changed = 0;
    let turned = sentences.iter().map(|sentence| match change(sentence) {
        Some(other) => {
            changed += 1;
            other
        }
        None => (*sentence).to_owned(),
    });
    let turned: String = turned.collect();
    (changed > 0 && 2 * changed >= sentences.len()).then_some(turned)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::eval::probe::samples;

    use super::*;

    #[rstest]
    #[case(
        "Always add it before the loop. It is faster.",
        Some("Never remove it after the loop. It is slower.")
    )]
    #[case("It runs. It is fast.", Some("It runs. It is slow."))]
    #[case("It runs. It waits. It is fast.", None)]
    #[case("before_save", None)]
    #[case("", None)]
    fn directions_are_turned_round(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(antonyms(text).as_deref(), expected);
    }

    #[test]
    fn no_word_has_two_opposites() {
        let mut words: Vec<&str> = OPPOSITES.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }

    #[test]
    fn turning_twice_gives_the_text_again() {
        let text = samples::long().reference_answer;
        let turned = antonyms(text).unwrap();
        assert_ne!(turned, text);
        assert_eq!(antonyms(&turned).as_deref(), Some(text));
    }
}
