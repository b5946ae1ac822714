use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::each_reviewed;
use crate::cli::print;
use crate::grade::{AnswerSource, Concept, Misconception, Verdict};
use crate::store::{Recorded, Review, ReviewReason, ReviewState, Store, Summary};
use crate::text::{Language, Mapped};

/// A line of a case file.
#[derive(Serialize)]
struct CaseLine {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    question_id: Option<String>,
    question: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reference_answer: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternative_answers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    concepts: Vec<Concept>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    misconceptions: Vec<Misconception>,
    candidate_answer: String,
    answer_source: AnswerSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    /// The score that counts.
    score: f64,
    /// All reviewers'.
    scores: Vec<f64>,
    label_source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_concepts: Option<Vec<String>>,
    tags: Vec<String>,
}

pub(super) async fn run(
    store: &Store,
    question_id: Option<String>,
    output: &Path,
    force: bool,
) -> anyhow::Result<()> {
    let to_stdout = output == Path::new("-");
    if !to_stdout && !force && output.exists() {
        anyhow::bail!("{} exists; --force writes over it", output.display());
    }
    let (mut lines, mut left_out) = (Vec::new(), 0);
    each_reviewed(store, question_id, async |summary, recorded| {
        let reviews = store.reviews(&summary.id).await?;
        match case(summary, recorded, &reviews) {
            Some(case) => lines.push(serde_json::to_string(&case)?),
            None => left_out += 1,
        }
        Ok(())
    })
    .await?;
    // The oldest first, so that a later export only adds lines.
    lines.reverse();
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    if to_stdout {
        print::with(|out| std::io::Write::write_all(out, text.as_bytes()))?;
    } else {
        std::fs::write(output, text)
            .with_context(|| format!("cannot write {}", output.display()))?;
    }
    print::line_to_stderr(&format!(
        "{} cases; {left_out} reviewed grades left out: erased, or an appeal is open",
        lines.len()
    ));
    Ok(())
}

fn case(summary: Summary, recorded: Recorded, reviews: &[Review]) -> Option<CaseLine> {
    let request = recorded.request?;
    let score = recorded.human_score?;
    if recorded.review_state == Some(ReviewState::Appealed) {
        return None;
    }
    let judged = reviews
        .iter()
        .filter(|one| one.review.reason == ReviewReason::Review);
    let scores = judged.clone().filter_map(|one| one.review.score).collect();
    let verdicts: BTreeMap<_, _> = judged.flat_map(|one| one.review.verdicts.clone()).collect();
    let task = recorded.task;
    let concepts = recorded.grade.concepts;
    let declared = !task.concepts.is_empty();
    // Only who gave verdicts has looked at what is missing.
    let missing = (!verdicts.is_empty()).then(|| {
        let missing = concepts.into_iter().filter(|concept| {
            let verdict = verdicts
                .get(&concept.id)
                .copied()
                .unwrap_or(concept.verdict);
            matches!(verdict, Verdict::Missing | Verdict::Contradicted)
        });
        // A list that was not declared is named by its texts.
        let name = |concept: crate::grade::ConceptGrade| match concept.text {
            Some(text) if !declared => text,
            _ => concept.id,
        };
        missing.map(name).collect()
    });
    Some(CaseLine {
        id: summary.id,
        question_id: summary.question_id,
        question: task.question,
        reference_answer: task.reference_answer,
        alternative_answers: task.alternative_answers,
        concepts: task.concepts,
        misconceptions: task.misconceptions,
        // What was masked then stays masked: evaluations send cases to models.
        candidate_answer: request
            .redaction
            .mask(&Mapped::new(&request.candidate_answer))
            .text()
            .to_owned(),
        answer_source: request.answer_source,
        language: request.language,
        score,
        scores,
        label_source: "human",
        missing_concepts: missing,
        tags: vec!["reviewed".to_owned()],
    })
}
