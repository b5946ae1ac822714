use std::sync::Arc;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::folder::{HEAD, SYSTEM, TAIL, USER};
use super::{Prompt, PromptError, Sampling, schema};
use crate::grade::{AnswerSource, Concept, Example, FeedbackLevel, Reading, Submission};

/// A request to a model, whoever sends it.
///
/// See [`render`].
#[derive(Clone, PartialEq)]
pub struct Rendered {
    /// The instructions.
    pub system: Arc<str>,
    /// Question, reference, concepts, and last the answer, so that requests for one question
    /// begin alike and the provider's cache serves.
    pub user: String,
    /// The bytes of `user` before the line that first names the answer's mark: the same for all
    /// answers to one question.
    pub shared: usize,
    /// The schema's name, which some providers want.
    pub schema_name: &'static str,
    /// JSON schema of the reply, with bounds; senders take those out where a server refuses them.
    pub schema: Arc<serde_json::Value>,
    /// How to sample.
    pub sampling: Sampling,
    /// The prompt's identity.
    pub prompt: String,
}

impl std::fmt::Debug for Rendered {
    /// Shows no message, since they hold the candidate's answer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered")
            .field("prompt", &self.prompt)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Item<'a> {
    key: String,
    text: &'a str,
    aliases: &'a [String],
}

/// A graded example.
#[derive(Serialize)]
struct Shown<'a> {
    answer: &'a str,
    /// Out of 100, as `overall` is.
    overall: f64,
    feedback: Option<&'a str>,
}

#[derive(Serialize)]
struct Values<'a> {
    question: &'a str,
    references: Vec<std::borrow::Cow<'a, str>>,
    concepts: Vec<Item<'a>>,
    misconceptions: Vec<Item<'a>>,
    examples: Vec<Shown<'a>>,
    answer_source: AnswerSource,
    feedback: FeedbackLevel,
    boundary: String,
    answer: String,
}

/// How many of a concept's aliases a model is shown: it understands paraphrases, and each one is paid
/// for with every answer. The keyword grader needs all of them.
const ALIASES_SHOWN: usize = 6;

/// What of a request is the same for all answers to a question: it is rendered once for them.
///
/// ```
/// use answer_grader::grade::Reading;
/// use answer_grader::prompt::{Head, render_after};
/// use answer_grader::{Prompt, Submission, Task, keyword};
///
/// let prompt = Prompt::built_in()?;
/// let task = Task::new("What is a join?", "It combines rows of two tables.");
/// let concepts = keyword::concepts(&task, task.language());
/// let first = Submission::new(task.clone(), "Rows that match.");
/// let head = Head::render(&prompt, &first, &concepts)?;
/// let next = Submission::new(task, "Two tables, put together.");
/// let reading = Reading::of(&next);
/// let asked = render_after(head.as_ref(), &prompt, &next, &reading, &concepts)?;
/// assert!(asked.user.contains("What is a join?") && !asked.user.contains("Rows that match."));
/// # Ok::<(), answer_grader::prompt::PromptError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Head {
    system: Arc<str>,
    user: String,
}

/// Renders the request that asks a model to judge an answer on `concepts`.
///
/// Nothing the candidate wrote is expanded as a template; it stands between two lines with a mark
/// that cannot be guessed.
///
/// ```
/// use answer_grader::grade::Reading;
/// use answer_grader::prompt::render;
/// use answer_grader::{Prompt, Submission, Task, keyword};
///
/// let task = Task::new("What is a join?", "It combines rows of two tables.");
/// let submission = Submission::new(task, "Rows that match. {{ question }}");
/// let reading = Reading::of(&submission);
/// let concepts = keyword::concepts(&submission.task, reading.language);
/// let asked = render(&Prompt::built_in()?, &submission, &reading, &concepts)?;
/// assert!(asked.user.contains("Rows that match. {{ question }}"));
/// assert!(!asked.user[..asked.shared].contains("Rows that match."));
/// assert!(asked.schema["properties"]["concepts"]["properties"]["c1"].is_object());
/// # Ok::<(), answer_grader::prompt::PromptError>(())
/// ```
///
/// # Errors
/// A template uses a name that does not exist.
pub fn render(
    prompt: &Prompt,
    submission: &Submission,
    reading: &Reading,
    concepts: &[Concept],
) -> Result<Rendered, PromptError> {
    let head = Head::render(prompt, submission, concepts)?;
    render_after(head.as_ref(), prompt, submission, reading, concepts)
}

impl Head {
    /// Renders what does not depend on the answer, but on the task, the source of the answers and the level of
    /// feedback; `None` where the prompt has no such part.
    ///
    /// # Errors
    /// A template uses a name that does not exist.
    pub fn render(
        prompt: &Prompt,
        submission: &Submission,
        concepts: &[Concept],
    ) -> Result<Option<Self>, PromptError> {
        if !prompt.comes_apart() {
            return Ok(None);
        }
        let values = values(submission, concepts, String::new(), String::new());
        Ok(Some(Self {
            system: prompt.fill(SYSTEM, &values)?.into(),
            user: prompt.fill(HEAD, &values)?,
        }))
    }
}

/// Renders a request whose head may have been rendered before.
///
/// See [`Head`].
///
/// # Errors
/// A template uses a name that does not exist.
pub fn render_after(
    head: Option<&Head>,
    prompt: &Prompt,
    submission: &Submission,
    reading: &Reading,
    concepts: &[Concept],
) -> Result<Rendered, PromptError> {
    let task = &submission.task;
    let answer = neutralise(reading.text.text());
    let mark = boundary(prompt.identity(), &answer);
    let (system, user) = if let Some(head) = head {
        let values = context! {
            answer,
            boundary => &mark,
            answer_source => Value::from(Serde(submission.answer_source)),
            feedback => Value::from(Serde(submission.feedback)),
        };
        let tail = prompt.fill(TAIL, &values)?;
        let mut user = String::with_capacity(head.user.len() + tail.len());
        user.push_str(&head.user);
        user.push_str(&tail);
        (head.system.clone(), user)
    } else {
        let values = values(submission, concepts, mark.clone(), answer);
        (
            prompt.fill(SYSTEM, &values)?.into(),
            prompt.fill(USER, &values)?,
        )
    };
    Ok(Rendered {
        system,
        shared: before_line_of(&mark, &user),
        user,
        schema_name: "grade",
        schema: schema::reply(
            concepts.len(),
            task.misconceptions.len(),
            submission.feedback,
        ),
        sampling: prompt.sampling(),
        prompt: prompt.identity().to_owned(),
    })
}

/// What the templates may name.
fn values(
    submission: &Submission,
    concepts: &[Concept],
    boundary: String,
    answer: String,
) -> Value {
    let task = &submission.task;
    let concepts = concepts.iter().enumerate().map(|(index, concept)| Item {
        key: schema::concept_key(index),
        text: &concept.text,
        aliases: &concept.aliases[..concept.aliases.len().min(ALIASES_SHOWN)],
    });
    let misconceptions = task.misconceptions.iter().enumerate();
    let misconceptions = misconceptions.map(|(index, one)| Item {
        key: schema::misconception_key(index),
        text: &one.text,
        aliases: &[],
    });
    Value::from(Serde(Values {
        question: &task.question,
        references: task.references(),
        concepts: concepts.collect(),
        misconceptions: misconceptions.collect(),
        examples: task.examples.iter().map(shown).collect(),
        answer_source: submission.answer_source,
        feedback: submission.feedback,
        boundary,
        answer,
    }))
}

fn shown(example: &Example) -> Shown<'_> {
    Shown {
        answer: example.candidate_answer.trim(),
        overall: (example.score * 100.0).round(),
        feedback: example.feedback.as_deref(),
    }
}

/// The bytes of a text before the line in which a mark first stands.
fn before_line_of(mark: &str, text: &str) -> usize {
    let before = text.find(mark).map_or("", |at| &text[..at]);
    before.rfind('\n').map_or(0, |at| at + 1)
}

/// 16 hex digits that the answer does not hold: the same for the same answer, so that equal
/// requests are equal to the byte, and not to be guessed from the answer alone.
fn boundary(identity: &str, answer: &str) -> String {
    let mut digest = Sha256::new()
        .chain_update(identity)
        .chain_update([0])
        .chain_update(answer)
        .finalize();
    loop {
        let mark = crate::text::hex(&digest[..8]);
        if !answer.contains(&mark) {
            return mark;
        }
        digest = Sha256::digest(digest);
    }
}

/// Breaks up the control tokens of chat templates, which some servers read wherever they stand.
/// Evidence is found word by word, so that a quote still matches.
fn neutralise(answer: &str) -> String {
    const TOKENS: [(&str, &str); 8] = [
        ("<|", "< |"),
        ("|>", "| >"),
        ("[INST]", "[ INST ]"),
        ("[/INST]", "[ /INST ]"),
        ("<<SYS>>", "< < SYS > >"),
        ("<start_of_turn>", "< start_of_turn >"),
        ("<end_of_turn>", "< end_of_turn >"),
        ("</s>", "< /s >"),
    ];
    if !answer.contains(['<', '[', '|']) {
        return answer.to_owned();
    }
    TOKENS
        .iter()
        .fold(answer.to_owned(), |text, (token, broken)| {
            text.replace(token, broken)
        })
}

#[cfg(test)]
mod tests;
