use super::{ConceptGrade, Judgement, MisconceptionGrade, Verdict, score};

/// Makes one judgement of several on the same answer and the same concepts: the mean of the overall
/// scores, and for each concept and misconception what most of them say. Where two verdicts have as
/// many votes, the one that gives less credit counts.
///
/// The confidence is the mean, lowered by how far the overall scores lie apart: samples that do not
/// agree are a reason to look, however sure each of them is. (The mean of several samples is nearer to
/// people than their mode: arXiv 2503.03064.)
///
/// ```text
/// confidence = mean confidence * (1 - (highest overall - lowest overall))
/// ```
///
/// `None` without samples.
///
/// ```
/// use answer_grader::grade::{Judgement, Method, consensus};
///
/// let sample = |overall| {
///     let mut judgement = Judgement::new(Method::Llm);
///     judgement.overall = Some(overall);
///     judgement.confidence = 0.8;
///     judgement
/// };
/// let judgement = consensus(&[sample(0.5), sample(0.7)]).ok_or("no samples")?;
/// assert_eq!(judgement.overall, Some(0.6));
/// assert!(judgement.confidence < 0.8);
/// # Ok::<(), &str>(())
/// ```
pub fn consensus(samples: &[Judgement]) -> Option<Judgement> {
    let first = samples.first()?;
    let count = samples.len() as f64;
    let overalls: Vec<_> = samples.iter().filter_map(|sample| sample.overall).collect();
    let most = overalls.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = overalls.iter().copied().fold(f64::INFINITY, f64::min);
    let spread = (most - least).max(0.0);
    let sure: f64 = samples.iter().map(|sample| sample.confidence).sum();

    let concepts: Vec<_> = (0..first.concepts.len())
        .filter_map(|at| concept(samples, at))
        .collect();
    let agreement = |sample: &Judgement| {
        let pairs = sample.concepts.iter().zip(&concepts);
        pairs
            .filter(|(one, all)| one.verdict == all.verdict)
            .count()
    };
    // Of several that agree as much, the first.
    let nearest = samples.iter().rev().max_by_key(|sample| agreement(sample));
    let mut flags = Vec::new();
    for flag in samples.iter().flat_map(|sample| &sample.flags) {
        if !flags.contains(flag) {
            flags.push(*flag);
        }
    }
    let overall = overalls.iter().sum::<f64>() / overalls.len() as f64;
    Some(Judgement {
        overall: (!overalls.is_empty()).then(|| score::round(overall)),
        confidence: (sure / count) * (1.0 - spread),
        misconceptions: misconceptions(samples),
        feedback: nearest.unwrap_or(first).feedback.clone(),
        concepts,
        flags,
        ..first.clone()
    })
}

/// What most samples say of a concept, with the evidence of the first of them.
fn concept(samples: &[Judgement], at: usize) -> Option<ConceptGrade> {
    let said = || samples.iter().filter_map(|sample| sample.concepts.get(at));
    let votes = |verdict: Verdict| said().filter(|one| one.verdict == verdict).count();
    let winner = said().max_by(|one, other| {
        let credit = other.verdict.credit().total_cmp(&one.verdict.credit());
        votes(one.verdict).cmp(&votes(other.verdict)).then(credit)
    })?;
    said().find(|one| one.verdict == winner.verdict).cloned()
}

/// The misconceptions that more than half of the samples found.
fn misconceptions(samples: &[Judgement]) -> Vec<MisconceptionGrade> {
    let found = || samples.iter().flat_map(|sample| &sample.misconceptions);
    let mut agreed: Vec<MisconceptionGrade> = Vec::new();
    for one in found() {
        let votes = found().filter(|other| other.id == one.id).count();
        if votes * 2 > samples.len() && !agreed.iter().any(|other| other.id == one.id) {
            agreed.push(one.clone());
        }
    }
    agreed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::{Concept, Evidence, Method};

    fn sample(overall: f64, verdicts: &[Verdict], misconception: bool) -> Judgement {
        let concept = |(at, verdict): (usize, &Verdict)| {
            let concept = Concept {
                id: format!("c{at}"),
                text: "t".into(),
                weight: 1.0,
                aliases: vec![],
                required: false,
            };
            let evidence = verdict.needs_evidence().then(|| Evidence {
                quote: format!("{overall}"),
                start: 0,
                end: 1,
            });
            ConceptGrade::new(&concept, *verdict, evidence)
        };
        let asserted = misconception.then(|| MisconceptionGrade {
            id: "m".into(),
            text: None,
            cap: 0.5,
            evidence: None,
        });
        Judgement {
            overall: Some(overall),
            concepts: verdicts.iter().enumerate().map(concept).collect(),
            misconceptions: asserted.into_iter().collect(),
            confidence: 0.6,
            feedback: format!("{overall}"),
            ..Judgement::new(Method::Llm)
        }
    }

    #[test]
    fn the_mean_counts_for_the_score_and_the_majority_for_each_verdict() {
        use Verdict::{Covered, Missing, Partial};
        let all = consensus(&[
            sample(0.9, &[Covered, Covered, Covered], true),
            sample(0.5, &[Covered, Missing, Partial], true),
            sample(0.4, &[Missing, Missing, Missing], false),
        ]);
        let all = all.unwrap();
        assert_eq!(all.overall, Some(0.6));
        let verdicts: Vec<_> = all.concepts.iter().map(|one| one.verdict).collect();
        assert_eq!(verdicts, [Covered, Missing, Missing]);
        assert_eq!(all.concepts[0].evidence.as_ref().unwrap().quote, "0.9");
        assert_eq!(all.concepts[1].evidence, None);
        assert_eq!(all.misconceptions.len(), 1);
        assert_eq!(all.feedback, "0.5");
        assert!(
            (all.confidence - 0.6 * 0.5).abs() < 1e-9,
            "{}",
            all.confidence
        );
    }

    #[test]
    fn of_two_that_disagree_the_one_that_gives_less_counts() {
        let two = [
            sample(0.8, &[Verdict::Covered], true),
            sample(0.8, &[Verdict::Partial], false),
        ];
        let both = consensus(&two).unwrap();
        assert_eq!(both.concepts[0].verdict, Verdict::Partial);
        assert!(both.misconceptions.is_empty());
    }

    #[test]
    fn one_sample_is_itself_and_none_is_nothing() {
        let one = sample(0.7, &[Verdict::Covered], false);
        assert_eq!(consensus(std::slice::from_ref(&one)), Some(one));
        assert_eq!(consensus(&[]), None);
    }
}
