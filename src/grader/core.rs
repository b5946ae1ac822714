use std::sync::Arc;

use super::OfflineGrader;
use crate::grade::{
    Concept, ConceptGrade, Gate, Grade, Judgement, QuoteKey, Reading, Settled, Standard,
    Submission, Task, Verdict, grade,
};
use crate::keyword::{concepts, concepts_from};
use crate::prompt::{Prompt, PromptError, Rendered, ReplyError, read_reply, render};
use crate::text::Language;

/// Grades an answer by its words alone; needs no network, no key and no clock.
///
/// Whoever grades several answers to one question prepares it once: [`OfflineGrader`].
pub fn grade_offline(submission: &Submission) -> Grade {
    let reading = Reading::of(submission);
    let judge = OfflineGrader::in_language(submission.task.clone(), reading.language);
    let judgement = judge.settle_or_judge(submission, &reading);
    grade(submission, &reading, judgement, &Standard::default())
}

/// An answer that says nothing lacks every concept.
pub(super) fn as_judgement<'a>(
    settled: Settled,
    task: &Task,
    concepts: impl Iterator<Item = &'a Concept> + Clone,
) -> Judgement {
    let judged = settled.score.is_some();
    let mut judgement = Judgement::from(settled);
    if judged {
        judgement.concepts_from = Some(concepts_from(task, concepts.clone()));
        let missing = |concept| ConceptGrade::new(concept, Verdict::Missing, None);
        judgement.concepts = concepts.map(missing).collect();
    }
    judgement
}

/// A submission that was read: settled at once, or a question to a model.
#[derive(Debug)]
pub enum Prepared {
    /// The answer needs no judging.
    Settled(Box<Grade>),
    /// A model has to be asked.
    Ask(Box<Exchange>),
}

/// What to ask a model, and how to read its reply.
#[derive(Debug)]
pub struct Exchange {
    submission: Submission,
    reading: Reading,
    brief: Arc<Brief>,
    request: Rendered,
}

/// A task as a model judges it, prepared for any number of answers.
#[derive(Debug)]
pub(super) struct Brief {
    concepts: Vec<Concept>,
    concepts_from: String,
    quotes: QuoteKey,
}

impl Brief {
    pub(super) fn new(task: &Task, language: Language) -> Self {
        let concepts = concepts(task, language);
        Self {
            concepts_from: concepts_from(task, concepts.iter()),
            quotes: QuoteKey::new(task, &concepts, language),
            concepts,
        }
    }
}

/// Prepares a submission for a model: gate, concepts, rendered request. Send
/// [`Exchange::request`] with any HTTP client and give the reply's text to [`Exchange::finish`].
///
/// # Errors
/// The prompt's templates use a name that does not exist.
pub fn prepare(submission: Submission, prompt: &Prompt) -> Result<Prepared, PromptError> {
    let reading = Reading::of(&submission);
    if let Some(settled) = settle(&submission, &reading) {
        let settled = grade(&submission, &reading, settled, &Standard::default());
        return Ok(Prepared::Settled(Box::new(settled)));
    }
    let brief = Arc::new(Brief::new(&submission.task, reading.language));
    let exchange = Exchange::new(submission, reading, brief, prompt)?;
    Ok(Prepared::Ask(Box::new(exchange)))
}

/// Settles an answer that needs no judging, where its task was not prepared.
pub(super) fn settle(submission: &Submission, reading: &Reading) -> Option<Judgement> {
    let gate = Gate::new(&submission.task, reading.language);
    let settled = gate.settle(submission.answer_source, reading)?;
    let concepts = concepts(&submission.task, reading.language);
    Some(as_judgement(settled, &submission.task, concepts.iter()))
}

impl Exchange {
    pub(super) fn new(
        submission: Submission,
        reading: Reading,
        brief: Arc<Brief>,
        prompt: &Prompt,
    ) -> Result<Self, PromptError> {
        let request = render(prompt, &submission, &reading, &brief.concepts)?;
        Ok(Self {
            submission,
            reading,
            brief,
            request,
        })
    }

    /// What to send.
    pub fn request(&self) -> &Rendered {
        &self.request
    }

    /// Turns the reply's text into a grade, every claim checked against the answer.
    ///
    /// # Errors
    /// The reply is not what the schema asked for; that is an error and never a score of 0.
    pub fn finish(&self, reply: &str) -> Result<Grade, ReplyError> {
        Ok(self.grade(self.judge(reply)?, &Standard::default()))
    }

    pub(super) fn judge(&self, reply: &str) -> Result<Judgement, ReplyError> {
        let Brief {
            concepts,
            concepts_from,
            quotes,
        } = &*self.brief;
        let mut judgement = read_reply(reply, &self.submission, &self.reading, concepts, quotes)?;
        judgement.concepts_from = Some(concepts_from.clone());
        Ok(judgement)
    }

    #[cfg(feature = "llm")]
    pub(super) fn by_keywords(&self, keys: &super::keys::Keys) -> Judgement {
        keys.judge(&self.submission, &self.reading)
    }

    pub(super) fn grade(&self, judgement: Judgement, standard: &Standard) -> Grade {
        let by_model = judgement.method == crate::grade::Method::Llm;
        let mut grade = grade(&self.submission, &self.reading, judgement, standard);
        grade.provenance.prompt = by_model.then(|| self.request.prompt.clone());
        grade
    }
}
