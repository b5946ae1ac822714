//! Which words of a text stand in a negated clause. English only.

use crate::text::{Term, is_negation};

/// Words that begin a clause of their own.
const CLAUSE_STARTS: [&str; 12] = [
    "but", "while", "because", "so", "since", "which", "whereas", "although", "though", "when",
    "if", "then",
];

/// Tells whether a text as a whole says that something is not so.
pub(super) fn is_negative(terms: &[Term]) -> bool {
    negations(terms).iter().filter(|negates| **negates).count() % 2 == 1
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
        // The characters that two terms of Chinese or Japanese share lie between them.
        let gap = chars.get(one.span.end..next.span.start).unwrap_or_default();
        let parted = gap
            .iter()
            .any(|c| matches!(c, ',' | ';' | ':' | '!' | '?' | '–' | '—'))
            || gap
                .windows(2)
                .any(|pair| pair[0] == '.' && pair[1].is_whitespace());
        !parted && !CLAUSE_STARTS.contains(&next.word.as_str())
    };
    let in_clause = |clause: &[Term]| -> Vec<bool> {
        let negates = negations(clause);
        let at = |at: usize| {
            let before = negates[at.saturating_sub(FORWARD)..at]
                .iter()
                .filter(|negates| **negates);
            let after = &negates[at + 1..clause.len().min(at + 1 + BACK)];
            before.count() % 2 == 1 || after.contains(&true)
        };
        (0..clause.len()).map(at).collect()
    };
    terms.chunk_by(same_clause).flat_map(in_clause).collect()
}

/// Which terms negate; "not only" does not.
fn negations(terms: &[Term]) -> Vec<bool> {
    let only_after = |at: usize| {
        let next = terms.get(at + 1);
        next.is_some_and(|next| matches!(next.word.as_str(), "only" | "just"))
    };
    let negates = |(at, term): (usize, &Term)| is_negation(&term.word) && !only_after(at);
    terms.iter().enumerate().map(negates).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, terms};
    use rstest::rstest;

    #[rstest]
    #[case("They are lazy, but they don't run queries.", "but they run queries")]
    #[case("It is never built without one query.", "it is never built without")]
    #[case("It loads not only rows.", "")]
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
