//! Which words of a text stand in a negated clause. English only.

use crate::text::Term;

/// Words that turn a statement into its opposite; contractions end in "n't".
const NEGATIONS: [&str; 15] = [
    "not",
    "no",
    "never",
    "none",
    "nothing",
    "neither",
    "nor",
    "cannot",
    "without",
    "nobody",
    "nowhere",
    "hardly",
    "irrelevant",
    "impossible",
    "unnecessary",
];
/// Words that begin a clause of their own.
const CLAUSE_STARTS: [&str; 12] = [
    "but", "while", "because", "so", "since", "which", "whereas", "although", "though", "when",
    "if", "then",
];

/// Tells whether a word negates.
pub(super) fn is_negation(word: &str) -> bool {
    NEGATIONS.contains(&word) || word.ends_with("n't")
}

/// Tells whether a text as a whole says that something is not so.
pub(super) fn is_negative(terms: &[Term]) -> bool {
    count(terms) % 2 == 1
}

/// How far a negation reaches, in words: forward ("does not load the rows") and back ("the order
/// does not matter"). It never leaves its clause.
const FORWARD: usize = 6;
const BACK: usize = 3;

/// For each term, whether it is negated: an odd number of negations shortly before it, or one
/// shortly after, in the same clause. Clauses end at punctuation and at words that begin one; a
/// transcript has neither, so the reach is bounded as well.
pub(super) fn negated(text: &str, terms: &[Term]) -> Vec<bool> {
    let chars: Vec<char> = text.chars().collect();
    let same_clause = |one: &Term, next: &Term| {
        let gap = &chars[one.span.end..next.span.start];
        let parted = gap
            .iter()
            .any(|c| matches!(c, ',' | ';' | ':' | '!' | '?' | '–' | '—'))
            || gap
                .windows(2)
                .any(|pair| pair[0] == '.' && pair[1].is_whitespace());
        !parted && !CLAUSE_STARTS.contains(&next.word.as_str())
    };
    let in_clause = |clause: &[Term]| -> Vec<bool> {
        let at = |at: usize| {
            let before = &clause[at.saturating_sub(FORWARD)..at];
            let after = &clause[at + 1..clause.len().min(at + 1 + BACK)];
            is_negative(before) || count(after) > 0
        };
        (0..clause.len()).map(at).collect()
    };
    terms.chunk_by(same_clause).flat_map(in_clause).collect()
}

/// Counts negations; "not only" is none.
fn count(terms: &[Term]) -> usize {
    let only_after = |at: usize| {
        let next = terms.get(at + 1);
        next.is_some_and(|next| matches!(next.word.as_str(), "only" | "just"))
    };
    let negates = |(at, term): &(usize, &Term)| is_negation(&term.word) && !only_after(*at);
    terms.iter().enumerate().filter(negates).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, terms};
    use rstest::rstest;

    #[rstest]
    #[case("They are lazy, but they don't run queries.", "but they run queries")]
    #[case(
        "A queryset is never built without a query.",
        "is a queryset never built without a"
    )]
    #[case("Not only rows but also columns.", "")]
    #[case("The order is not kept. Rows come sorted.", "the order is kept")]
    fn a_clause_is_negated_by_its_own_words(#[case] text: &str, #[case] expected: &str) {
        let terms = terms(text, Language::English);
        let mut found: Vec<_> = terms
            .iter()
            .zip(negated(text, &terms))
            .filter(|(_, not)| *not)
            .map(|(term, _)| term.word.as_str())
            .collect();
        let mut expected: Vec<_> = expected.split_whitespace().collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
