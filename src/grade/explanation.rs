use serde::{Deserialize, Serialize};

use super::FlagCode;

/// How the offline grader came to its overall score: every number between the words and the score.
///
/// `overall` in `score_parts` is `mapped`, less `denied_share` of it; where concepts are declared, the
/// mean of that and `concept_score`. `upper` there holds the lowest ceiling of the guards.
///
/// # The formula
///
/// ```text
/// value  = .25 covered + .2 sequence + .1 words + .3 characters + .15 soft
/// mapped = sqrt((value - .04) / (.8 - .04)) within 0..1; x .8 where covered is 0
/// ```
///
/// `characters` is the recall of runs of 3 and 4 characters, `soft` that of the closest words after
/// Jimenez et al. 2013 (`SoftCardinality`), by the Dice coefficient of their pairs of letters. The
/// weights were chosen on sets of human-graded answers; `docs/scoring.md` in the repository has the
/// measurements and the guards.
///
/// # Examples
///
/// ```
/// use answer_grader::{Submission, Task, grade_offline};
///
/// let task = Task::new("What does select_related() do?", "It joins the related table.");
/// let submission = Submission { explain: true, ..Submission::new(task, "It makes a join.") };
/// let explanation = grade_offline(&submission).explanation.ok_or("not explained")?;
/// let joins = explanation.words.iter().find(|one| one.word == "joins").ok_or("no word")?;
/// assert_eq!((joins.found.as_deref(), joins.likeness), (Some("join"), 1.0));
/// assert!(explanation.parts.covered < 1.0);
/// assert!(explanation.guards.is_empty());
/// # Ok::<(), &str>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Which reference the answer is closest to: 0 for the reference answer, then the alternatives.
    pub reference: usize,
    /// The parts of the formula.
    pub parts: FormulaParts,
    /// Their weighted sum, 0..1.
    pub value: f64,
    /// For a right choice at the answer's beginning (yes or no, a label, a quantity): the share of
    /// what is missing from the mapped value that it adds; 0..1.
    pub choice_bonus: f64,
    /// The value mapped to a score, with that bonus; 0..1.
    pub mapped: f64,
    /// Of the weight of all declared concepts that were found, the share that the answer denies.
    pub denied_share: f64,
    /// The guards against gaming that fired.
    pub guards: Vec<FiredGuard>,
    /// The reference's words that count, in its order, each with what was found for it.
    pub words: Vec<MatchedWord>,
}

/// The parts of the formula, each 0..1; `docs/scoring.md` defines them.
///
/// # Examples
///
/// See [`Explanation`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FormulaParts {
    /// How much of what the reference says beyond the question is found.
    pub covered: f64,
    /// How much of the reference is found in its order.
    pub sequence: f64,
    /// How alike both are in how often words occur.
    pub words: f64,
    /// How many of the reference's runs of characters are found.
    pub characters: f64,
    /// How alike the closest words are, letter by letter.
    pub soft: f64,
}

/// A guard that fired.
///
/// # Examples
///
/// See [`Explanation`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FiredGuard {
    /// Which one.
    pub code: FlagCode,
    /// The highest score it allows.
    pub ceiling: f64,
}

/// A word of the reference and the word of the answer that is most like it.
///
/// # Examples
///
/// See [`Explanation`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchedWord {
    /// The reference's word, as it stands there.
    pub word: String,
    /// The answer's, as it stands there; `null` where none is alike.
    pub found: Option<String>,
    /// 1 for the same word in any form, .8 to .9 for one that is alike, else 0.
    pub likeness: f64,
    /// Whether the question has the word, so that it tells little.
    pub in_question: bool,
}
