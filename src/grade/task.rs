use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::text::Language;

/// One idea that an answer either expresses or does not.
///
/// # Examples
///
/// ```
/// use answer_grader::Concept;
/// use answer_grader::grade::parse_json;
///
/// let concept: Concept = parse_json(br#"{"id": "join", "text": "It is a SQL join"}"#)?;
/// assert_eq!((concept.weight, concept.required), (1.0, false));
/// # Ok::<(), answer_grader::grade::JsonError>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// Names the concept within its task, for example `select-related`.
    pub id: String,
    /// States the idea in a sentence or a phrase.
    pub text: String,
    /// How much it counts beside the other concepts; above 0, 1 where nothing is said.
    #[serde(default = "one")]
    pub weight: f64,
    /// Other ways to say it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Whether an answer without it is held to a low score.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

fn one() -> f64 {
    1.0
}

/// Something people wrongly believe about the question.
///
/// # Examples
///
/// ```
/// use answer_grader::{Misconception, Prepared, Prompt, Submission, Task, Verdict, prepare};
///
/// let eager = Misconception { id: "eager".to_owned(), text: "It runs at once".to_owned(), cap: 0.3 };
/// let task = Task { misconceptions: vec![eager], ..Task::new("When does a QuerySet run?", "When read.") };
/// let submission = Submission::new(task, "When it is read, and it runs at once.");
/// let Prepared::Ask(exchange) = prepare(submission, &Prompt::built_in()?)? else {
///     panic!("settled");
/// };
/// let grade = exchange.finish(
///     r#"{"concepts": {"c1": {"quote": "When it is read", "verdict": "covered"}},
///         "misconceptions": {"m1": {"quote": "it runs at once", "asserted": true}}, "overall": 90}"#,
/// )?;
/// assert_eq!((grade.score, grade.misconceptions[0].id.as_str()), (Some(0.3), "eager"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misconception {
    /// Names the misconception within its task.
    pub id: String,
    /// States the mistaken belief.
    pub text: String,
    /// The highest score, 0..1, of an answer that asserts it.
    pub cap: f64,
}

/// An answer with the score a person gave it, to show a model how to grade.
///
/// # Examples
///
/// ```
/// use answer_grader::grade::Example;
/// use answer_grader::{Prepared, Prompt, Submission, Task, prepare};
///
/// let example = Example {
///     candidate_answer: "Something with tables.".to_owned(), score: 0.1, feedback: None,
/// };
/// let task = Task { examples: vec![example], ..Task::new("What is a join?", "It combines rows.") };
/// let prepared = prepare(Submission::new(task, "Rows that match."), &Prompt::built_in()?)?;
/// assert!(matches!(prepared, Prepared::Ask(exchange)
///     if exchange.request().user.contains("Something with tables.")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The answer.
    pub candidate_answer: String,
    /// Its score, 0..1.
    pub score: f64,
    /// What the candidate was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<String>,
}

/// Says who made a task's list of concepts.
///
/// # Examples
///
/// See [`concepts_from`](crate::keyword::concepts_from).
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConceptSource {
    /// Whoever set the question.
    #[default]
    Declared,
    /// A model, from the reference.
    Extracted,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_declared(source: &ConceptSource) -> bool {
    *source == ConceptSource::Declared
}

/// What is asked, and by what an answer to it is judged.
///
/// # Examples
///
/// ```
/// use answer_grader::{Concept, Task};
///
/// let task = Task {
///     alternative_answers: vec!["It follows foreign keys with a JOIN.".to_owned()],
///     concepts: vec![Concept {
///         id: "fewer-queries".to_owned(),
///         text: "It saves a query for each row".to_owned(),
///         weight: 2.0,
///         aliases: vec!["no N+1 queries".to_owned()],
///         required: true,
///     }],
///     ..Task::new("What does select_related() do?", "It joins, which saves a query for each row.")
/// };
/// assert_eq!(task.references().len(), 2);
/// assert_eq!(task.key_texts().count(), 4);
/// assert!(task.key_text().contains("no N+1 queries"));
/// assert_eq!(task.language().to_string(), "en");
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The question; may be empty.
    pub question: String,
    /// An answer that deserves full marks; may be empty only where there are concepts.
    pub reference_answer: String,
    /// Other answers that deserve full marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternative_answers: Vec<String>,
    /// The ideas an answer should express, declared by whoever set the question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<Concept>,
    /// Mistaken beliefs to look for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misconceptions: Vec<Misconception>,
    /// Graded answers; a model sees them, and they are never among the cases of an evaluation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
    /// Who made the list of concepts, where there is one.
    ///
    /// Declared ones are not written down, so that a task reads, and hashes, as it always did.
    #[serde(default, skip_serializing_if = "is_declared")]
    pub concepts_from: ConceptSource,
}

impl Task {
    /// Makes a task of a question and a reference answer, without declared concepts.
    pub fn new(question: impl Into<String>, reference_answer: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            reference_answer: reference_answer.into(),
            ..Self::default()
        }
    }

    /// All texts that deserve full marks. Where only concepts were given, their texts together
    /// stand in for the reference.
    ///
    /// ```
    /// use answer_grader::Task;
    ///
    /// let task = Task::new("What is a join?", "It combines rows of two tables.");
    /// assert_eq!(task.references(), ["It combines rows of two tables."]);
    /// ```
    pub fn references(&self) -> Vec<Cow<'_, str>> {
        let given = std::iter::once(&self.reference_answer).chain(&self.alternative_answers);
        let given = given.filter(|text| !text.trim().is_empty());
        let mut given: Vec<_> = given.map(|text| Cow::from(text.as_str())).collect();
        if given.is_empty() {
            let texts = self.concepts.iter().map(|concept| concept.text.as_str());
            given.push(texts.collect::<Vec<_>>().join(". ").into());
        }
        given
    }

    /// The language of question and key, as far as it can be told; English where it cannot.
    ///
    /// It takes longer than reading an answer: whoever grades many answers to one question gives
    /// it to each submission.
    pub fn language(&self) -> Language {
        let about = format!("{}\n{}", self.question, self.key_text());
        Language::detect(&about).unwrap_or(Language::English)
    }

    /// All texts of the key: references, concepts and their aliases.
    pub fn key_texts(&self) -> impl Iterator<Item = &str> + Clone {
        let references = std::iter::once(&self.reference_answer).chain(&self.alternative_answers);
        let concepts = self.concepts.iter();
        let concepts = concepts.flat_map(|c| std::iter::once(&c.text).chain(&c.aliases));
        let texts = references.chain(concepts).map(String::as_str);
        texts.filter(|text| !text.trim().is_empty())
    }

    /// Everything the key says, for telling what it names: identifiers, its language.
    pub fn key_text(&self) -> String {
        self.key_texts().collect::<Vec<_>>().join("\n")
    }
}

/// Identifies a question with its accepted answers, which a list of concepts is made of: 32 hex
/// digits of a SHA-256.
///
/// ```
/// use answer_grader::Task;
/// use answer_grader::grade::reference_hash;
///
/// let task = Task::new("What is a join?", "It combines rows.");
/// assert_eq!(reference_hash(&task).len(), 32);
/// assert_ne!(reference_hash(&task), reference_hash(&Task::new("", "It combines rows.")));
/// ```
pub fn reference_hash(task: &Task) -> String {
    let mut hash = Sha256::new();
    let references = [&task.question, &task.reference_answer];
    for text in references.into_iter().chain(&task.alternative_answers) {
        part(&mut hash, text);
    }
    crate::text::hex(&hash.finalize()[..16])
}

/// Identifies a list of concepts, so that grades judged on the same list can be told: 12 hex digits
/// of a SHA-256 over ids, texts, aliases, weights and which are required.
///
/// ```
/// use answer_grader::grade::concepts_hash;
/// use answer_grader::keyword::concepts;
/// use answer_grader::{Task, text::Language};
///
/// let list = |reference| concepts(&Task::new("What is a join?", reference), Language::English);
/// let (one, other) = (list("It combines rows."), list("It matches keys."));
/// assert_eq!(concepts_hash(one.iter()).len(), 12);
/// assert_ne!(concepts_hash(one.iter()), concepts_hash(other.iter()));
/// ```
pub fn concepts_hash<'a>(concepts: impl Iterator<Item = &'a Concept>) -> String {
    let mut hash = Sha256::new();
    for concept in concepts {
        let texts = [&concept.id, &concept.text];
        for text in texts.into_iter().chain(&concept.aliases) {
            part(&mut hash, text);
        }
        hash.update(concept.weight.to_le_bytes());
        hash.update([u8::from(concept.required)]);
    }
    crate::text::hex(&hash.finalize()[..6])
}

/// Adds a text with its length, so that two texts are not taken for one.
fn part(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text);
}
