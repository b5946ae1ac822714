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

/// Tells whether an English word, in lower case, negates.
///
/// ```
/// use answer_grader::text::is_negation;
///
/// assert!(is_negation("isn't"));
/// assert!(!is_negation("is"));
/// ```
pub fn is_negation(word: &str) -> bool {
    NEGATIONS.contains(&word) || word.ends_with("n't")
}
