/// Words that turn a statement into its opposite; contractions end in "n't". English.
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

/// Tells whether a word, in lower case, negates.
pub fn is_negation(word: &str) -> bool {
    NEGATIONS.contains(&word) || word.ends_with("n't")
}
