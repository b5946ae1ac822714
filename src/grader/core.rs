use crate::grade::{
    Concept, ConceptGrade, Grade, Judgement, Reading, Settled, Standard, Submission, Verdict,
    grade, settle,
};
use crate::keyword::{Key, concepts, concepts_from};
use crate::prompt::{Prompt, PromptError, Rendered, ReplyError, read_reply, render};

/// Grades an answer by its words alone; needs no network, no key and no clock.
///
/// Whoever grades several answers to one question prepares it once: [`super::OfflineGrader`].
pub fn grade_offline(submission: &Submission) -> Grade {
    settle_or(submission, |reading| {
        Key::new(&submission.task, reading.language).judge(submission, reading)
    })
}

/// Grades an answer by the gate, or else by a judge that needs nothing from outside.
pub(super) fn settle_or(
    submission: &Submission,
    judge: impl FnOnce(&Reading) -> Judgement,
) -> Grade {
    let reading = Reading::of(submission);
    let judgement = match settle(submission, &reading) {
        Some(settled) => as_judgement(settled, submission, &reading),
        None => judge(&reading),
    };
    grade(submission, &reading, judgement, &Standard::default())
}

/// An answer that says nothing lacks every concept.
pub(super) fn as_judgement(
    settled: Settled,
    submission: &Submission,
    reading: &Reading,
) -> Judgement {
    let judged = settled.score.is_some();
    let mut judgement = Judgement::from(settled);
    if judged {
        let concepts = concepts(&submission.task, reading.language);
        judgement.concepts_from = Some(concepts_from(&submission.task, concepts.iter()));
        let missing = |concept| ConceptGrade::new(concept, Verdict::Missing, None);
        judgement.concepts = concepts.iter().map(missing).collect();
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
    concepts: Vec<Concept>,
    request: Rendered,
}

/// Prepares a submission for a model: gate, concepts, rendered request. Send
/// [`Exchange::request`] with any HTTP client and give the reply's text to [`Exchange::finish`].
///
/// # Errors
/// The prompt's templates use a name that does not exist.
pub fn prepare(submission: Submission, prompt: &Prompt) -> Result<Prepared, PromptError> {
    let reading = Reading::of(&submission);
    if let Some(settled) = settle(&submission, &reading) {
        let settled = as_judgement(settled, &submission, &reading);
        let settled = grade(&submission, &reading, settled, &Standard::default());
        return Ok(Prepared::Settled(Box::new(settled)));
    }
    Ok(Prepared::Ask(Box::new(Exchange::new(
        submission, reading, prompt,
    )?)))
}

impl Exchange {
    pub(super) fn new(
        submission: Submission,
        reading: Reading,
        prompt: &Prompt,
    ) -> Result<Self, PromptError> {
        let concepts = concepts(&submission.task, reading.language);
        let request = render(prompt, &submission, &reading, &concepts)?;
        Ok(Self {
            submission,
            reading,
            concepts,
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
        let mut judgement = read_reply(reply, &self.submission, &self.reading, &self.concepts)?;
        judgement.concepts_from = Some(concepts_from(&self.submission.task, self.concepts.iter()));
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
