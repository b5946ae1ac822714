use super::{ConceptGrade, Judgement, ScoreParts};

/// How far the score may lie from the concept score. On 172 human-graded answers a model's overall
/// held to this distance lost .003 of Pearson's r, and it bounds what an answer can talk a model
/// into (`docs/scoring.md`).
///
/// ```
/// use answer_grader::grade::{
///     ConceptGrade, Evidence, Judgement, Method, Reading, Standard, TOLERANCE, grade,
/// };
/// use answer_grader::{Concept, Submission, Task, Verdict};
///
/// let join = Concept { id: "join".to_owned(), text: "It is a join".to_owned(), weight: 1.0,
///     aliases: Vec::new(), required: false };
/// let submission = Submission::new(Task::new("What is it?", "A join of tables."), "It is a join.");
/// let quote = Evidence { quote: "a join".to_owned(), start: 6, end: 12 };
/// let mut judgement = Judgement::new(Method::Llm);
/// judgement.overall = Some(1.0);
/// judgement.concepts = vec![ConceptGrade::new(&join, Verdict::Partial, Some(quote))];
/// let grade = grade(&submission, &Reading::of(&submission), judgement, &Standard::default());
/// assert_eq!(grade.score, Some(0.5 + TOLERANCE));
/// ```
pub const TOLERANCE: f64 = 0.25;
/// The highest score of an answer in which no evidence was found.
///
/// See [`grade()`](super::grade).
pub const NO_EVIDENCE_CEILING: f64 = 0.1;
/// The highest score of an answer without a `required` concept.
///
/// ```
/// use answer_grader::grade::REQUIRED_MISSING_CEILING;
/// use answer_grader::{Concept, Submission, Task, grade_offline};
///
/// let concept = |id: &str, text: &str, weight, required| Concept {
///     id: id.to_owned(), text: text.to_owned(), weight, aliases: Vec::new(), required,
/// };
/// let task = Task {
///     concepts: vec![concept("fast", "Lookups become faster", 9.0, false),
///                    concept("slow", "Writes become slower", 1.0, true)],
///     ..Task::new("What does an index do?", "Lookups become faster. Writes become slower.")
/// };
/// let grade = grade_offline(&Submission::new(task, "Lookups become faster."));
/// assert_eq!(grade.score, Some(REQUIRED_MISSING_CEILING));
/// ```
pub const REQUIRED_MISSING_CEILING: f64 = 0.6;

/// Weighted mean of what the verdicts are worth ([`Verdict::credit`](super::Verdict::credit)), 0..1;
/// `None` without concepts.
///
/// ```
/// use answer_grader::grade::{ConceptGrade, concept_score};
/// use answer_grader::{Concept, Verdict};
///
/// let judged = |weight, verdict| {
///     let (id, text) = ("c1".to_owned(), "It is a join".to_owned());
///     let concept = Concept { id, text, weight, aliases: Vec::new(), required: false };
///     ConceptGrade::new(&concept, verdict, None)
/// };
/// let concepts = [judged(3.0, Verdict::Covered), judged(1.0, Verdict::Missing)];
/// assert_eq!(concept_score(&concepts), Some(0.75));
/// assert_eq!(concept_score(&[]), None);
/// ```
pub fn concept_score(concepts: &[ConceptGrade]) -> Option<f64> {
    let weight: f64 = concepts.iter().map(|concept| concept.weight).sum();
    let earned: f64 = concepts
        .iter()
        .map(|concept| concept.weight * concept.verdict.credit())
        .sum();
    (weight > 0.0).then(|| earned / weight)
}

/// Bounds a judgement's overall score by its evidence.
pub(super) fn parts(judgement: &Judgement, overall: f64, required_missing: bool) -> ScoreParts {
    let concept_score = concept_score(&judgement.concepts);
    let bounding = concept_score.filter(|_| judgement.bounded_by_concepts);
    let within = bounding.map_or(1.0, |score| score + TOLERANCE);
    let upper = ceiling(judgement, required_missing).min(within);
    // A ceiling is a rule about this answer; the tolerance is not allowed to lift it.
    let lower = bounding
        .map_or(0.0, |score| (score - TOLERANCE).max(0.0))
        .min(upper);
    ScoreParts {
        concept_score: concept_score.map(round),
        overall: round(overall),
        lower: round(lower),
        upper: round(upper),
        calibrated_from: None,
    }
}

/// The highest score that the rules about evidence, required concepts and misconceptions allow. They
/// hold for whatever a calibration makes of a score, too.
pub(super) fn ceiling(judgement: &Judgement, required_missing: bool) -> f64 {
    let mut ceiling = judgement.ceiling.min(1.0);
    if judgement.bounded_by_concepts && concept_score(&judgement.concepts).is_some() {
        if judgement.concepts.iter().all(lacks_evidence) {
            ceiling = ceiling.min(NO_EVIDENCE_CEILING);
        }
        if required_missing {
            ceiling = ceiling.min(REQUIRED_MISSING_CEILING);
        }
    }
    let caps = judgement
        .misconceptions
        .iter()
        .map(|misconception| misconception.cap);
    caps.fold(ceiling, f64::min)
}

/// What a concept says against the answer is no evidence for it.
fn lacks_evidence(concept: &ConceptGrade) -> bool {
    concept.evidence.is_none() || !concept.verdict.needs_evidence()
}

/// Four decimals: finer than any grader can tell, and the same number in every language that
/// reads it.
pub(super) fn round(value: f64) -> f64 {
    (value.clamp(0.0, 1.0) * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::{Evidence, Method, MisconceptionGrade, Verdict};
    use rstest::rstest;

    fn judgement(verdicts: &[Verdict]) -> Judgement {
        let concept = |verdict: &Verdict| ConceptGrade {
            id: "c".into(),
            text: None,
            weight: 1.0,
            verdict: *verdict,
            evidence: verdict.needs_evidence().then(|| Evidence {
                quote: "x".into(),
                start: 0,
                end: 1,
            }),
        };
        Judgement {
            concepts: verdicts.iter().map(concept).collect(),
            ..Judgement::new(Method::Llm)
        }
    }

    fn bounds(judged: &Judgement, required_missing: bool) -> (f64, f64) {
        let parts = parts(judged, 1.0, required_missing);
        (parts.lower, parts.upper)
    }

    use Verdict::{Contradicted, Covered, Missing, Partial};

    #[rstest]
    #[case::within(&[Covered, Missing], 0.6, (0.25, 0.75))]
    #[case::nothing_found(&[Missing, Contradicted], 1.0, (0.0, 0.1))]
    #[case::all_covered(&[Covered, Covered], 0.2, (0.75, 1.0))]
    #[case::half(&[Partial], 0.5, (0.25, 0.75))]
    #[case::no_concepts(&[], 0.4, (0.0, 1.0))]
    fn the_evidence_bounds_the_score(
        #[case] verdicts: &[Verdict],
        #[case] overall: f64,
        #[case] bounds: (f64, f64),
    ) {
        let parts = parts(&judgement(verdicts), overall, false);
        assert_eq!((parts.lower, parts.upper), bounds);
    }

    #[test]
    fn a_required_concept_and_a_misconception_hold_the_score_down() {
        let mut judged = judgement(&[Covered, Covered]);
        assert_eq!(bounds(&judged, true), (0.6, 0.6));
        judged.misconceptions.push(MisconceptionGrade {
            id: "m".into(),
            text: None,
            cap: 0.4,
            evidence: None,
        });
        assert_eq!(bounds(&judged, true), (0.4, 0.4));
    }

    #[test]
    fn weights_count() {
        let mut judged = judgement(&[Covered, Missing]);
        judged.concepts[0].weight = 3.0;
        assert_eq!(concept_score(&judged.concepts), Some(0.75));
    }
}
