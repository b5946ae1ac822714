use serde::Serialize;

use super::{Evidence, FeedbackLevel, Grade, Method, Verdict};

/// How a grade came about, for the candidate: in plain sentences, and without anything of the key.
///
/// # Examples
///
/// See [`account()`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// The score that counts, 0..1; `null` where there is none yet.
    pub score: Option<f64>,
    /// What it is worth.
    pub points: Option<f64>,
    /// What a score of 1 is worth.
    pub max_points: f64,
    /// Whether a person gave the score.
    pub by_a_person: bool,
    /// The ideas of a full answer.
    pub ideas: usize,
    /// Those of them that were found.
    pub ideas_found: usize,
    /// Those that were found in part.
    pub ideas_found_in_part: usize,
    /// The passages of the answer in which they were found.
    pub evidence: Vec<Evidence>,
    /// What the answer was told, where that gives nothing of the key away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<String>,
    /// The account.
    pub sentences: Vec<String>,
}

/// Gives an account of a grade that is shown to a candidate.
///
/// `by_a_person` is the score, 0..1, that a person gave instead; `told` how much of the key the candidate was
/// allowed to see: feedback made for somebody who may see all of it is left out.
///
/// ```
/// use answer_grader::grade::account;
/// use answer_grader::{Submission, Task, grade_offline};
///
/// let task = Task::new("What does select_related() do?", "It joins the related table.");
/// let grade = grade_offline(&Submission::new(task, "It makes a join with the related table."));
/// let told = account(&grade, Some(1.0), None);
/// assert_eq!((told.score, told.by_a_person), (Some(1.0), true));
/// assert_eq!((told.ideas_found, told.ideas), (1, 1));
/// assert!(told.sentences.iter().any(|one| one.starts_with("A person has looked")));
/// ```
pub fn account(grade: &Grade, by_a_person: Option<f64>, told: Option<FeedbackLevel>) -> Account {
    let count = |verdict| {
        let concepts = grade.concepts.iter();
        concepts
            .filter(|concept| concept.verdict == verdict)
            .count()
    };
    let (found, in_part) = (count(Verdict::Covered), count(Verdict::Partial));
    let ideas = grade.concepts.len();
    let evidence = grade.concepts.iter().filter_map(|concept| {
        let supports = concept.verdict.needs_evidence();
        concept
            .evidence
            .clone()
            .filter(|one| supports && !one.quote.is_empty())
    });
    let score = by_a_person.or(grade.score);
    let mut sentences = vec![judged_by(grade).to_owned()];
    if ideas > 0 && grade.score.is_some() {
        sentences.push(match in_part {
            0 => format!("It looked for {ideas} ideas that a full answer has, and found {found}."),
            _ => format!(
                "It looked for {ideas} ideas that a full answer has, found {found}, and {in_part} in part."
            ),
        });
        sentences.push(
            "An idea counts as found only where a passage of your answer shows it; the passages are listed."
                .to_owned(),
        );
    }
    sentences.push(match by_a_person {
        Some(_) => {
            "A person has looked at the answer, and their score is the one that counts.".to_owned()
        }
        None if grade.needs_review => "A person is to look at it.".to_owned(),
        None => "No person has looked at it yet.".to_owned(),
    });
    Account {
        score,
        points: score.map(|score| (score * grade.max_points * 1e4).round() / 1e4),
        max_points: grade.max_points,
        by_a_person: by_a_person.is_some(),
        ideas,
        ideas_found: found,
        ideas_found_in_part: in_part,
        evidence: evidence.collect(),
        feedback: match told {
            Some(FeedbackLevel::Hint) if !grade.feedback.is_empty() => Some(grade.feedback.clone()),
            _ => None,
        },
        sentences,
    }
}

fn judged_by(grade: &Grade) -> &'static str {
    match (grade.method, grade.score) {
        (_, None) => "The answer could not be judged automatically.",
        (Method::Llm, _) => "A language model judged the answer, and a program checked its claims.",
        (Method::Keyword, _) => {
            "A program compared the words of the answer with those of accepted answers. It does not \
             understand what is put in quite other words."
        }
        (Method::Gate, _) => {
            "The answer is empty, says that there is none, or repeats the question."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::{
        Concept, ConceptGrade, Judgement, Reading, Standard, Submission, Task, grade,
    };

    fn judged() -> Grade {
        let concept = |id: &str, text: &str| Concept {
            id: id.into(),
            text: text.into(),
            weight: 1.0,
            aliases: Vec::new(),
            required: false,
        };
        let concepts = [
            concept("fast", "it speeds up lookups"),
            concept("slow", "writes become slower"),
        ];
        let task = Task::new(
            "What does an index do?",
            "It speeds up lookups. Writes become slower.",
        );
        let submission = Submission::new(task, "It speeds up lookups.");
        let reading = Reading::of(&submission);
        let quote = Evidence {
            quote: "speeds up lookups".to_owned(),
            start: 3,
            end: 20,
        };
        let mut judgement = Judgement::new(Method::Llm);
        judgement.overall = Some(0.5);
        "Writes become slower, too.".clone_into(&mut judgement.feedback);
        judgement.concepts = vec![
            ConceptGrade::new(&concepts[0], Verdict::Covered, Some(quote)),
            ConceptGrade::new(&concepts[1], Verdict::Missing, None),
        ];
        grade(&submission, &reading, judgement, &Standard::default())
    }

    #[test]
    fn an_account_tells_what_was_found_and_nothing_of_the_key() {
        let grade = judged();
        let told = account(&grade, None, Some(FeedbackLevel::Full));
        let text = serde_json::to_string(&told).unwrap();
        assert!(!text.contains("slower"), "{text}");
        assert_eq!((told.score, &told.feedback), (Some(0.5), &None));
        assert_eq!(told.evidence[0].quote, "speeds up lookups");
        assert!(told.sentences[1].contains("2 ideas"), "{text}");
        // What was made for somebody who may not see the key may be repeated.
        let hinted = account(&grade, None, Some(FeedbackLevel::Hint));
        assert!(hinted.feedback.is_some());
    }

    #[test]
    fn a_persons_score_is_the_one_that_counts() {
        let told = account(&judged(), Some(0.9), None);
        assert_eq!((told.points, told.by_a_person), (Some(0.9), true));
    }
}
