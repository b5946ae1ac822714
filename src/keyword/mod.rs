//! The offline grader: how much of the reference an answer says, by its words alone.
//!
//! | file | job |
//! |---|---|
//! | `similarity` | how alike two words are |
//! | `coverage` | the formula: how much of a reference an answer covers |
//! | `guards` | answers written for a word counter |
//! | `concepts` | declared concepts, one by one |
//! | `passages` | an answer cut into passages, and what each says |
//! | `negation` | which words stand in a negated clause |
//! | `phrases` | key phrases of a reference, where no concepts are declared |
//! | `feedback` | what was found and what was not, in sentences |
//!
//! Pure, and total: every answer in every script has a judgement. Nothing here understands a text;
//! an answer in quite other words than the key's scores low, and `confidence` says so.

mod concepts;
mod coverage;
mod feedback;
mod guards;
mod negation;
mod passages;
mod phrases;
mod similarity;

use std::collections::HashSet;

use concepts::Concepts;
use coverage::Prepared;

use crate::grade::{
    Concept, ConceptGrade, Flag, FlagCode, Judgement, Method, Reading, Submission, Task, Verdict,
    concepts_hash,
};
use crate::text::{Language, Term, terms};

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
        let Some(best) = self.best_match(&answer) else {
            return judgement;
        };
        judgement.overall = Some(best.score);
        for (code, ceiling) in best.fired {
            judgement.flags.push(Flag::whole(code));
            judgement.ceiling = judgement.ceiling.min(ceiling);
        }

        for (concept, found) in self.concepts.find(&text, &answer.terms) {
            judgement.concepts.push(ConceptGrade {
                id: concept.id.clone(),
                text: Some(concept.text.clone()),
                weight: concept.weight,
                verdict: found.verdict,
                evidence: found
                    .passage
                    .and_then(|span| reading.quote(&submission.candidate_answer, span)),
            });
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

    /// Compares with every reference and keeps the best, guards included: what negates one
    /// accepted answer may be another one.
    fn best_match(&self, answer: &Prepared) -> Option<Match> {
        let matches = self.references.iter().map(|reference| {
            let score = self.score(reference, answer);
            let english = self.language == Language::English;
            let mut fired = if english {
                guards::check(reference, answer, score)
            } else {
                Vec::new()
            };
            if answer.terms.len() > VERY_LONG * stretch(reference) {
                fired.push((FlagCode::VeryLong, score));
            }
            Match { score, fired }
        });
        matches.max_by(|a, b| a.guarded().total_cmp(&b.guarded()))
    }

    /// The formula's score, mapped. In a text of many times the reference's length each of its words
    /// is found somewhere, by chance; there the best stretch of a few times that length counts.
    fn score(&self, reference: &Prepared, answer: &Prepared) -> f64 {
        let stretch = stretch(reference);
        let value = |terms: &[Term]| {
            coverage::value(
                reference,
                &Prepared::new(terms.to_vec(), &self.asked),
                &self.asked,
            )
        };
        let value = if answer.terms.len() <= stretch {
            coverage::value(reference, answer, &self.asked)
        } else {
            let starts = (0..answer.terms.len() - stretch / 2).step_by(stretch / 2);
            let stretches =
                starts.map(|from| &answer.terms[from..answer.terms.len().min(from + stretch)]);
            stretches.map(value).fold(0.0, f64::max)
        };
        coverage::score(value)
    }
}

/// Words of an answer that are compared with a reference at once.
fn stretch(reference: &Prepared) -> usize {
    STRETCH * reference.terms.len().max(SHORT_REFERENCE)
}

/// Times its reference's length up to which an answer is compared as a whole.
const STRETCH: usize = 2;
/// Stretches from which an answer is so long that a person should see it.
const VERY_LONG: usize = 3;
/// Words; answers to a shorter reference are compared as if it had so many.
const SHORT_REFERENCE: usize = 50;

/// An answer compared with one reference.
struct Match {
    score: f64,
    fired: Vec<guards::Fired>,
}

impl Match {
    fn guarded(&self) -> f64 {
        self.fired
            .iter()
            .fold(self.score, |score, (_, ceiling)| score.min(*ceiling))
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

/// The concepts an answer is judged on: the declared ones, else the reference's key phrases.
pub fn concepts(task: &Task, language: Language) -> Vec<Concept> {
    if !task.concepts.is_empty() {
        return task.concepts.clone();
    }
    let references = task.references();
    let reference = references.first().map_or("", String::as_str);
    let phrases = phrases::key_phrases(reference, &asked(task, language), language);
    if !phrases.is_empty() {
        return phrases;
    }
    // Without any concept nothing would bound what a model gives.
    let whole = Concept {
        id: "k1".to_owned(),
        text: reference.trim().to_owned(),
        weight: 1.0,
        aliases: Vec::new(),
        required: false,
    };
    vec![whole]
}

/// Says where a list of concepts came from, with its hash, for a grade's provenance.
pub fn concepts_from<'a>(task: &Task, concepts: impl Iterator<Item = &'a Concept>) -> String {
    let source = if task.concepts.is_empty() {
        "reference"
    } else {
        "declared"
    };
    format!("{source}@{}", concepts_hash(concepts))
}

fn asked(task: &Task, language: Language) -> HashSet<String> {
    let content = terms(&task.question, language)
        .into_iter()
        .filter(|term| term.content);
    content.map(|term| term.stem).collect()
}

/// Words decide little where they are neither nearly all there nor nearly all absent, and nothing
/// understands them, so the confidence stays between .3 and .7. An ordering, not a chance.
fn confidence(judgement: &Judgement) -> f64 {
    let overall = judgement.overall.unwrap_or_default();
    let clear = (2.0 * overall - 1.0).abs();
    let agreed = crate::grade::concept_score(&judgement.concepts)
        .map_or(0.0, |score| (overall - score).abs());
    let doubt = 0.1 * judgement.flags.len() as f64;
    (0.5 + 0.2 * clear - 0.2 * agreed - doubt).clamp(0.1, 0.7)
}

/// Tells whether a verdict counts as found.
fn is_found(verdict: Verdict) -> bool {
    verdict.needs_evidence()
}
