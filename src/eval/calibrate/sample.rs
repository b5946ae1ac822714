use std::cmp::Ordering;

use super::CalibrateError;
use crate::eval::CaseResult;
use crate::grade::Method;

/// A grade that has a score, beside what people gave. All numbers 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Graded<'a> {
    /// The answer's id; repeated grades share it.
    pub(super) id: &'a str,
    pub(super) question: &'a str,
    pub(super) human: f64,
    pub(super) score: f64,
    pub(super) confidence: f64,
}

/// Whether two numbers are the same, as 0 and -0 are.
pub(super) fn same(a: f64, b: f64) -> bool {
    a.partial_cmp(&b) == Some(Ordering::Equal)
}

/// The grades that a method gave and that have a score. Those of the gate are never among them,
/// since they are never calibrated.
pub(super) fn graded(
    cases: &[CaseResult],
    method: Method,
) -> Result<Vec<Graded<'_>>, CalibrateError> {
    let name = method.name();
    let mut sample = Vec::new();
    for case in cases {
        let judged = method != Method::Gate && case.method.as_deref() == Some(name);
        if let Some(score) = case.score.filter(|_| judged) {
            sample.push(checked(case, score)?);
        }
    }
    if sample.is_empty() {
        return Err(CalibrateError::NothingGraded(name));
    }
    Ok(sample)
}

fn checked(case: &CaseResult, score: f64) -> Result<Graded<'_>, CalibrateError> {
    let numbers = [
        ("score", score),
        ("human_score", case.human_score),
        ("confidence", case.confidence),
    ];
    for (field, number) in numbers {
        if !(0.0..=1.0).contains(&number) {
            let id = case.id.clone();
            return Err(CalibrateError::OutOfRange { id, field });
        }
    }
    Ok(Graded {
        id: &case.id,
        question: &case.question_id,
        human: case.human_score,
        score,
        confidence: case.confidence,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    /// A keyword grade: its id, question, human score, score and confidence.
    pub(crate) fn case(id: &str, question: &str, [human, score, sure]: [f64; 3]) -> CaseResult {
        let usage = json!({
            "input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0
        });
        // Read as from a report, so that absent fields have their defaults; the numbers are set
        // afterwards, since JSON has no NaN.
        let case: CaseResult = serde_json::from_value(json!({
            "id": id, "question_id": question, "repetition": 1, "human_score": 0, "score": 0,
            "ungraded": null, "method": "keyword", "missing_concepts": [],
            "labelled_missing": null, "concept_match": null, "confidence": 0,
            "needs_review": false, "usage": usage, "latency_ms": 0,
        }))
        .unwrap();
        CaseResult {
            human_score: human,
            score: Some(score),
            confidence: sure,
            ..case
        }
    }

    #[test]
    fn only_scores_of_the_method_itself_count() {
        let kept = case("a", "q", [0.5, 0.6, 0.7]);
        let gate = CaseResult {
            method: Some("gate".into()),
            ..case("b", "q", [0.0, 0.0, 0.95])
        };
        let without = CaseResult {
            score: None,
            ..kept.clone()
        };
        let other = CaseResult {
            method: Some("llm".into()),
            ..kept.clone()
        };
        let nobody = CaseResult {
            method: None,
            ..kept.clone()
        };
        let cases = [gate.clone(), kept, without, other, nobody];
        let sample = graded(&cases, Method::Keyword).unwrap();
        let ids: Vec<_> = sample.iter().map(|one| (one.id, one.score)).collect();
        assert_eq!(ids, [("a", 0.6)]);
        assert_eq!(
            graded(&[gate], Method::Gate),
            Err(CalibrateError::NothingGraded("gate"))
        );
    }

    #[rstest]
    #[case([1.5, 0.5, 0.5], "human_score")]
    #[case([0.5, -0.1, 0.5], "score")]
    #[case([0.5, 0.5, f64::NAN], "confidence")]
    fn a_number_out_of_range_is_refused(#[case] numbers: [f64; 3], #[case] field: &'static str) {
        let id = "a".to_owned();
        assert_eq!(
            graded(&[case("a", "q", numbers)], Method::Keyword),
            Err(CalibrateError::OutOfRange { id, field })
        );
    }
}
