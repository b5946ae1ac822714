use std::borrow::Cow;

use super::answer::Answer;
use super::concepts::Concepts;
use super::coverage::Reference;
use super::explain::explain;
use super::guards::Question;
use super::lexicon::Lexicon;
use super::matching::{self, Accepted};
use super::{concepts, concepts_from, feedback};
use crate::grade::{
    Concept, ConceptGrade, Flag, FlagCode, Judgement, Method, Reading, Submission, Task, Verdict,
    concept_score,
};
use crate::text::{Language, Words, terms};

/// A task, prepared for grading any number of answers to it in one language.
///
/// ```
/// use answer_grader::grade::{Judgement, Reading};
/// use answer_grader::keyword::Key;
/// use answer_grader::{Submission, Task};
///
/// let task = Task::new("What does select_related() do?", "It joins the related table.");
/// let key = Key::new(&task, task.language());
/// let judge = |answer| -> Judgement {
///     let submission = Submission::new(task.clone(), answer);
///     key.judge(&submission, &Reading::of(&submission))
/// };
/// assert!(judge("It makes a join with the related table.").overall > Some(0.7));
/// assert!(judge("It deletes rows.").overall < Some(0.3));
/// let german = judge("Es ist für die Sortierung der Ergebnisse da und sonst für nichts.");
/// assert_eq!(german.overall, None);
/// ```
///
/// [`OfflineGrader`](crate::OfflineGrader) does the same with the gate before it, and gives a grade.
#[derive(Debug, Clone)]
pub struct Key {
    language: Language,
    lexicon: Lexicon,
    question: Question,
    references: Vec<Accepted>,
    concepts: Concepts,
    concepts_from: String,
    declared: bool,
}

impl Key {
    /// Prepares a task whose words are compared in `language`.
    pub fn new(task: &Task, language: Language) -> Self {
        let mut lexicon = Lexicon::default();
        let asked = terms(&task.question, language);
        let question = Question::new(&task.question, &asked, &mut lexicon);
        let texts = task.references();
        let references = texts.iter().map(|text| {
            Accepted::new(
                text,
                Reference::new(text, terms(text, language), &mut lexicon),
            )
        });
        let references = references.collect();
        let list = concepts(task, language);
        let declared = !task.concepts.is_empty();
        let concepts_from = concepts_from(task, list.iter());
        let concepts = Concepts::new(list, &mut lexicon, language, declared);
        lexicon.compare();
        Self {
            language,
            lexicon,
            question,
            references,
            concepts,
            concepts_from,
            declared,
        }
    }

    /// The language that words are compared in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The concepts that answers are judged on, as [`concepts`] lists them.
    ///
    /// ```
    /// use answer_grader::{Task, keyword::Key, text::Language};
    ///
    /// let task = Task::new("", "Lookups become faster. Writes become slower.");
    /// let key = Key::new(&task, Language::English);
    /// let ids: Vec<_> = key.concepts().map(|concept| concept.id.as_str()).collect();
    /// assert_eq!(ids, ["k1", "k2"]);
    /// ```
    pub fn concepts(&self) -> impl Iterator<Item = &Concept> + Clone {
        self.concepts.iter()
    }

    /// Judges an answer, of which `reading` is [`Reading::of`]. Where its words cannot be compared
    /// with the key's, because it is in another language, the judgement has no score.
    ///
    /// The confidence is from .1 to .7, and 0 without a score: an ordering, not a chance.
    pub fn judge(&self, submission: &Submission, reading: &Reading) -> Judgement {
        let mut judgement = Judgement::new(Method::Keyword);
        judgement.concepts_from = Some(self.concepts_from.clone());
        if !reading.comparable {
            judgement
                .flags
                .push(Flag::whole(FlagCode::DifferentLanguage));
            DIFFERENT_LANGUAGE.clone_into(&mut judgement.feedback);
            return judgement;
        }
        let said = Said::new(reading, self.language);
        let answer = Answer::new(&said.text, &said.words, &self.lexicon);
        let has_words = |accepted: &Accepted| !accepted.reference.terms.is_empty();
        if !self.references.iter().any(has_words) {
            return without_words(judgement, submission, reading);
        }
        let question = (self.language == Language::English).then_some(&self.question);
        let Some((number, best)) =
            matching::best(&self.references, &answer, &self.lexicon, question)
        else {
            return judgement;
        };
        for (code, ceiling) in &best.fired {
            judgement.flags.push(Flag::whole(*code));
            judgement.ceiling = judgement.ceiling.min(*ceiling);
        }

        judgement.concepts.reserve_exact(self.concepts.len());
        for (concept, found) in self.concepts.find(&said.text, &answer, &best.listed) {
            let quote = |span| reading.quote(&submission.candidate_answer, span);
            let passage = found
                .passage
                .and_then(|span| reading.outside_suspicious(span));
            let evidence = passage.and_then(quote);
            judgement
                .concepts
                .push(ConceptGrade::new(concept, found.verdict, evidence));
        }
        let denied = if self.declared {
            // The formula counts the words of what an answer denies as if it said it.
            denied_share(&judgement.concepts)
        } else {
            0.0
        };
        let said = (1.0 - denied) * best.score;
        let declared = concept_score(&judgement.concepts).filter(|_| self.declared);
        // The two err differently: one counts all words, the other only whole ideas.
        judgement.overall = Some(declared.map_or(said, |concepts| f64::midpoint(said, concepts)));
        if submission.explain {
            let reference = (number, &self.references[number].reference);
            let explanation = explain(reference, &best, &answer, &self.lexicon, denied);
            judgement.explanation = Some(explanation);
        }
        judgement.bounded_by_concepts = self.declared;
        let covered = |concept: &ConceptGrade| concept.verdict == Verdict::Covered;
        if self.declared && !judgement.concepts.iter().any(covered) {
            judgement.ceiling = judgement.ceiling.min(NONE_COVERED);
        }
        judgement.confidence = confidence(&judgement);
        judgement.feedback = feedback::sentences(&judgement.concepts);
        judgement
    }
}

/// What an answer says, but for the passages that talk to the grader.
struct Said<'a> {
    text: Cow<'a, str>,
    words: Cow<'a, Words>,
}

impl<'a> Said<'a> {
    fn new(reading: &'a Reading, language: Language) -> Self {
        if reading.suspicious.is_empty() && reading.language == language {
            return Self {
                text: reading.text.text().into(),
                words: Cow::Borrowed(&reading.words),
            };
        }
        let text = reading.text_without_suspicious();
        Self {
            words: Cow::Owned(Words::of(&text, language)),
            text: text.into(),
        }
    }
}

/// The most an answer can have that says no declared concept as a whole, "a trace of something
/// relevant" in the rubric of `fixtures/README.md`: any text on the subject has some words of some
/// concepts.
const NONE_COVERED: f64 = 0.25;

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
