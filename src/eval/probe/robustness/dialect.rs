use super::super::draw::Draw;
use super::super::text::replace_phrases;

/// British spellings and words, and the American ones.
const BRITISH_AMERICAN: [(&str, &str); 42] = [
    ("amongst", "among"),
    ("analyse", "analyze"),
    ("analyses", "analyzes"),
    ("behaviour", "behavior"),
    ("cancelled", "canceled"),
    ("cancelling", "canceling"),
    ("catalogue", "catalog"),
    ("centralised", "centralized"),
    ("centre", "center"),
    ("colour", "color"),
    ("customise", "customize"),
    ("defence", "defense"),
    ("favour", "favor"),
    ("favourite", "favorite"),
    ("fulfil", "fulfill"),
    ("initialise", "initialize"),
    ("initialised", "initialized"),
    ("initialises", "initializes"),
    ("labelled", "labeled"),
    ("licence", "license"),
    ("minimise", "minimize"),
    ("modelling", "modeling"),
    ("neighbour", "neighbor"),
    ("normalise", "normalize"),
    ("normalised", "normalized"),
    ("optimisation", "optimization"),
    ("optimise", "optimize"),
    ("optimised", "optimized"),
    ("optimises", "optimizes"),
    ("organise", "organize"),
    ("organised", "organized"),
    ("recognise", "recognize"),
    ("serialisation", "serialization"),
    ("serialise", "serialize"),
    ("serialised", "serialized"),
    ("serialiser", "serializer"),
    ("serialises", "serializes"),
    ("synchronise", "synchronize"),
    ("synchronised", "synchronized"),
    ("travelling", "traveling"),
    ("utilise", "utilize"),
    ("whilst", "while"),
];
/// Contractions and what they stand for, where they stand for one thing only.
const CONTRACTIONS: [(&str, &str); 20] = [
    ("aren't", "are not"),
    ("can't", "cannot"),
    ("couldn't", "could not"),
    ("didn't", "did not"),
    ("doesn't", "does not"),
    ("don't", "do not"),
    ("hasn't", "has not"),
    ("haven't", "have not"),
    ("i'll", "I will"),
    ("i'm", "I am"),
    ("isn't", "is not"),
    ("shouldn't", "should not"),
    ("they're", "they are"),
    ("wasn't", "was not"),
    ("we'll", "we will"),
    ("we're", "we are"),
    ("weren't", "were not"),
    ("won't", "will not"),
    ("wouldn't", "would not"),
    ("you're", "you are"),
];
/// How each kind of English opens an answer.
const BRITISH: [&str; 3] = [
    "Right, so.",
    "Well, as far as I'm concerned:",
    "Right then.",
];
const AMERICAN: [&str; 3] = [
    "Okay, so here's the deal.",
    "Alright, you guys.",
    "Yeah, so.",
];
const INDIAN: [&str; 3] = [
    "See, basically it is like this only.",
    "Actually I am telling you the approach, kindly note.",
    "So what we are doing is this, no?",
];

/// Says the answer in British, American or Indian English: an opening, the spelling, and
/// contractions made or undone. What is said stays.
pub(in super::super) fn dialect(text: &str, draw: &mut Draw) -> Option<String> {
    let (openings, spelling, contracted) = match draw.below(3) {
        0 => (&BRITISH, turned(&BRITISH_AMERICAN), true),
        1 => (&AMERICAN, BRITISH_AMERICAN.to_vec(), true),
        _ => (&INDIAN, turned(&BRITISH_AMERICAN), false),
    };
    let contractions = if contracted {
        turned(&CONTRACTIONS)
    } else {
        CONTRACTIONS.to_vec()
    };
    let spelt = replaced(text, &spelling);
    let said = replaced(&spelt, &contractions);
    draw.pick(openings)
        .map(|opening| format!("{opening} {said}"))
}

fn replaced(text: &str, table: &[(&str, &str)]) -> String {
    replace_phrases(text, table, || true).unwrap_or_else(|| text.to_owned())
}

/// The table from right to left, without words that both kinds of English have and without capitals,
/// which are not looked up.
fn turned(table: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = ["while", "among", "I am", "I will"];
    let entries = table.iter().filter(|(_, right)| !kept.contains(right));
    entries.map(|(left, right)| (*right, *left)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "Organise the colour of x_colour whilst you wait.",
        "Organize the color of x_colour while you wait."
    )]
    #[case("A licence, a LICENCE", "A license, a LICENSE")]
    fn american_spelling_replaces_british(#[case] british: &str, #[case] american: &str) {
        assert_eq!(replaced(british, &BRITISH_AMERICAN), american);
    }

    #[test]
    fn british_spelling_replaces_american_where_only_one_is_british() {
        let british = replaced(
            "Serialize it while the center waits.",
            &turned(&BRITISH_AMERICAN),
        );
        assert_eq!(british, "Serialise it while the centre waits.");
    }

    #[test]
    fn contractions_are_made_and_undone() {
        assert_eq!(
            replaced("I'm sure it doesn't.", &CONTRACTIONS),
            "I am sure it does not."
        );
        assert_eq!(
            replaced("It does not and cannot.", &turned(&CONTRACTIONS)),
            "It doesn't and can't."
        );
    }

    #[test]
    fn no_word_stands_twice_in_a_table() {
        for table in [&BRITISH_AMERICAN[..], &CONTRACTIONS[..]] {
            let mut words: Vec<&str> = table.iter().flat_map(|(a, b)| [*a, *b]).collect();
            let count = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), count);
        }
    }
}
