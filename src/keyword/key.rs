use std::collections::HashSet;

use super::concepts::Concepts;
use super::coverage::Prepared;
use super::{asked, concepts, concepts_from, feedback, matching};
use crate::grade::{
    ConceptGrade, Flag, FlagCode, Judgement, Method, Reading, Submission, Task, Verdict,
    concept_score,
};
use crate::text::{Language, terms};

/// A task, prepared for grading answers to it in one language.
#[derive(Debug, Clone)]
pub struct Key {
    language: Language,
    asked: HashSet<String>,
    references: Vec<Prepared>,
    concepts: Concepts,
    declared: bool,
}

impl Key {
    /// Prepares a task whose words are compared in `language`.
    pub fn new(task: &Task, language: Language) -> Self {
        let asked = asked(task, language);
        let prepare = |text: &String| Prepared::new(terms(text, language), &asked);
        let list = concepts(task, language);
        let declared = !task.concepts.is_empty();
        // Key phrases are cut by punctuation, which says little about what a negation reaches.
        let denials = declared && language == Language::English;
        Self {
            references: task.references().iter().map(prepare).collect(),
            concepts: Concepts::new(list, &asked, language, denials),
            declared,
            language,
            asked,
        }
    }

    /// Judges an answer. Where its words cannot be compared with the key's, because it is in
    /// another language, the judgement has no score.
    pub fn judge(&self, submission: &Submission, reading: &Reading) -> Judgement {
        let mut judgement = Judgement::new(Method::Keyword);
        judgement.concepts_from = Some(concepts_from(&submission.task, self.concepts.iter()));
        if !reading.comparable {
            judgement
                .flags
                .push(Flag::whole(FlagCode::DifferentLanguage));
            DIFFERENT_LANGUAGE.clone_into(&mut judgement.feedback);
            return judgement;
        }
        let text = reading.text_without_suspicious();
        let answer = Prepared::new(terms(&text, self.language), &self.asked);
        if self
            .references
            .iter()
            .all(|reference| reference.terms.is_empty())
        {
            return without_words(judgement, submission, reading);
        }
        let Some(best) = matching::best(&self.references, &answer, &self.asked, self.language)
        else {
            return judgement;
        };
        judgement.overall = Some(best.score);
        for (code, ceiling) in best.fired {
            judgement.flags.push(Flag::whole(code));
            judgement.ceiling = judgement.ceiling.min(ceiling);
        }

        for (concept, found) in self.concepts.find(&text, &answer.terms) {
            let quote = |span| reading.quote(&submission.candidate_answer, span);
            let passage = found
                .passage
                .and_then(|span| reading.outside_suspicious(span));
            let evidence = passage.and_then(quote);
            judgement
                .concepts
                .push(ConceptGrade::new(concept, found.verdict, evidence));
        }
        if self.declared {
            // The formula counts the words of what an answer denies as if it said it.
            let kept = 1.0 - denied_share(&judgement.concepts);
            judgement.overall = judgement.overall.map(|overall| overall * kept);
        }
        judgement.bounded_by_concepts = self.declared;
        judgement.confidence = confidence(&judgement);
        judgement.feedback = feedback::sentences(&judgement.concepts);
        judgement
    }
}

/// A reference of symbols only ("!=") can be met to the letter; nothing else is known about it.
fn without_words(
    mut judgement: Judgement,
    submission: &Submission,
    reading: &Reading,
) -> Judgement {
    let answer = reading.text.text().trim();
    if submission
        .task
        .references()
        .iter()
        .any(|reference| reference.trim() == answer)
    {
        judgement.overall = Some(1.0);
        judgement.confidence = 0.7;
    } else {
        judgement
            .flags
            .push(Flag::whole(FlagCode::ReferenceWithoutWords));
        judgement.feedback =
            "The reference has no words to compare with, so this was not graded offline.".into();
    }
    judgement
}

/// Of the weight of all concepts whose words were found, the share that the answer denies.
fn denied_share(concepts: &[ConceptGrade]) -> f64 {
    let weight = |verdict: Verdict| -> f64 {
        let such = concepts.iter().filter(|concept| concept.verdict == verdict);
        such.map(|concept| concept.weight).sum()
    };
    let denied = weight(Verdict::Contradicted);
    let found = denied + weight(Verdict::Covered) + weight(Verdict::Partial);
    if found > 0.0 { denied / found } else { 0.0 }
}

/// What a candidate is told whose words cannot be compared.
const DIFFERENT_LANGUAGE: &str =
    "The answer is in another language than the reference, so it was not graded offline.";

/// Words decide little where they are neither nearly all there nor nearly all absent, and nothing
/// understands them, so the confidence stays between .3 and .7. An ordering, not a chance.
fn confidence(judgement: &Judgement) -> f64 {
    let overall = judgement.overall.unwrap_or_default();
    let clear = (2.0 * overall - 1.0).abs();
    let agreed = concept_score(&judgement.concepts).map_or(0.0, |score| (overall - score).abs());
    let doubt = 0.1 * judgement.flags.len() as f64;
    (0.5 + 0.2 * clear - 0.2 * agreed - doubt).clamp(0.1, 0.7)
}
