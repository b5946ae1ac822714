use std::sync::{Arc, Mutex, PoisonError};

use super::OfflineGrader;
use crate::grade::{
    AnswerSource, Concept, ConceptGrade, FeedbackLevel, Gate, Grade, Judgement, QuoteKey, Reading,
    Settled, Standard, Submission, Task, Verdict, grade,
};
use crate::keyword::{concepts, concepts_from};
use crate::prompt::{Head, Prompt, PromptError, Rendered, ReplyError, read_reply, render_after};
use crate::text::Language;

/// Grades an answer by its words alone; needs no network, no key and no clock.
///
/// Whoever grades several answers to one question prepares it once: [`OfflineGrader`].
///
/// ```
/// use answer_grader::{Submission, Task, grade_offline};
///
/// let task = Task::new("What does an index do?", "It speeds up lookups. Writes become slower.");
/// let grade = grade_offline(&Submission::new(task, "An index makes lookups faster."));
/// assert!(grade.score > Some(0.2) && grade.score < Some(0.8));
/// assert_eq!(grade.missing_concepts[0].text.as_deref(), Some("Writes become slower"));
/// ```
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
///
/// See [`prepare`].
#[derive(Debug)]
pub enum Prepared {
    /// The answer needs no judging.
    Settled(Box<Grade>),
    /// A model has to be asked.
    Ask(Box<Exchange>),
}

/// What to ask a model, and how to read its reply.
///
/// See [`prepare`].
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
    /// What is asked about it, as far as no answer stands in it.
    heads: Mutex<Vec<(HeadName, Arc<Option<Head>>)>>,
}

/// The prompt's identity, and what of a submission a head depends on.
type HeadName = (String, AnswerSource, FeedbackLevel);
/// So many heads of a task are kept: more than there are sources and levels of feedback.
const MOST_HEADS: usize = 16;

impl Brief {
    pub(super) fn new(task: &Task, language: Language) -> Self {
        let concepts = concepts(task, language);
        Self {
            concepts_from: concepts_from(task, concepts.iter()),
            quotes: QuoteKey::new(task, &concepts, language),
            concepts,
            heads: Mutex::default(),
        }
    }

    fn head(
        &self,
        prompt: &Prompt,
        submission: &Submission,
    ) -> Result<Arc<Option<Head>>, PromptError> {
        let is_it = |(name, _): &&(HeadName, _)| {
            name.0 == prompt.identity()
                && (name.1, name.2) == (submission.answer_source, submission.feedback)
        };
        let kept = self
            .heads()
            .iter()
            .find(is_it)
            .map(|(_, head)| head.clone());
        if let Some(head) = kept {
            return Ok(head);
        }
        let head = Arc::new(Head::render(prompt, submission, &self.concepts)?);
        let name = (
            prompt.identity().to_owned(),
            submission.answer_source,
            submission.feedback,
        );
        let mut heads = self.heads();
        if heads.len() >= MOST_HEADS {
            heads.clear();
        }
        heads.push((name, head.clone()));
        Ok(head)
    }

    fn heads(&self) -> std::sync::MutexGuard<'_, Vec<(HeadName, Arc<Option<Head>>)>> {
        // Nothing in it can be left half done.
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prepares a submission for a model: gate, concepts, rendered request. Send
/// [`Exchange::request`] with any HTTP client and give the reply's text to [`Exchange::finish`].
///
/// ```
/// use answer_grader::{Prepared, Prompt, Submission, Task, prepare};
///
/// let task = Task::new("What does an index do?", "It speeds up lookups.");
/// let prompt = Prompt::built_in()?;
/// let submission = Submission::new(task.clone(), "It makes lookups faster.");
/// let Prepared::Ask(exchange) = prepare(submission, &prompt)? else {
///     panic!("settled");
/// };
/// let asked = exchange.request();
/// assert!(asked.user.contains("It makes lookups faster."));
/// // Here your client sends `asked.system`, `asked.user` and `asked.schema`.
/// let reply = r#"{"concepts": {"c1": {"quote": "lookups faster", "verdict": "covered"}},
///                 "overall": 90, "feedback": "Right."}"#;
/// let grade = exchange.finish(reply)?;
/// assert_eq!(grade.score, Some(0.9));
/// assert!(exchange.finish("I would give full marks.").is_err());
///
/// let settled = prepare(Submission::new(task, "No idea."), &prompt)?;
/// assert!(matches!(settled, Prepared::Settled(grade) if grade.score == Some(0.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        let head = brief.head(prompt, &submission)?;
        let concepts = &brief.concepts;
        let request = render_after((*head).as_ref(), prompt, &submission, &reading, concepts)?;
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
            ..
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
