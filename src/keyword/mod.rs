//! The offline grader: how much of the reference an answer says, by its words alone.
//!
//! | file | job |
//! |---|---|
//! | `key` | a task prepared, and an answer judged by it |
//! | `matching` | an answer compared with every reference |
//! | `coverage` | the formula: how much of a reference an answer covers |
//! | `answer` | an answer's words, compared with those of the key |
//! | `lexicon` | the stems of a key, and what is like them |
//! | `similarity` | how alike two words are |
//! | `sequence` | words in the same order |
//! | `choice` | the choice an answer begins with |
//! | `guards` | answers written for a word counter |
//! | `concepts` | declared concepts, one by one |
//! | `passages` | an answer cut into passages, and what each says |
//! | `negation` | which words stand in a negated clause |
//! | `phrases` | key phrases of a reference, where no concepts are declared |
//! | `explain` | how a score came about |
//! | `feedback` | what was found and what was not, in sentences |
//!
//! Pure, and total: every answer in every script has a judgement. Nothing here understands a text;
//! an answer in quite other words than the key's scores low, and `confidence` says so.

mod answer;
mod choice;
mod concepts;
mod coverage;
mod explain;
mod feedback;
mod guards;
mod key;
mod lexicon;
mod matching;
mod negation;
mod passages;
mod phrases;
mod sequence;
mod similarity;

pub use key::Key;

use compact_str::CompactString;
use foldhash::HashSet;

use crate::grade::{Concept, ConceptSource, Task, concepts_hash};
use crate::text::{Language, terms};

/// The concepts an answer is judged on: the declared ones, else the reference's key phrases, `k1` to
/// `k12` at most.
///
/// A key phrase weighs as much as it has content words that neither the question nor a phrase before
/// it has.
///
/// ```
/// use answer_grader::{Task, keyword::concepts, text::Language};
///
/// let task = Task::new("What does an index do?", "Lookups become faster. Writes become slower.");
/// let list = concepts(&task, Language::English);
/// assert_eq!((list[1].id.as_str(), list[1].text.as_str()), ("k2", "Writes become slower"));
/// ```
pub fn concepts(task: &Task, language: Language) -> Vec<Concept> {
    if !task.concepts.is_empty() {
        return task.concepts.clone();
    }
    let references = task.references();
    let reference = references.first().map_or("", |text| &**text);
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

/// Says where a list of concepts came from, with its [`concepts_hash`], for a grade's provenance:
/// `declared@…`, `extracted@…` or `reference@…`.
///
/// ```
/// use answer_grader::grade::ConceptSource;
/// use answer_grader::keyword::{concepts, concepts_from};
/// use answer_grader::{Task, text::Language};
///
/// let task = Task::new("What does an index do?", "Lookups become faster.");
/// let list = concepts(&task, Language::English);
/// assert!(concepts_from(&task, list.iter()).starts_with("reference@"));
/// let task = Task { concepts: list, concepts_from: ConceptSource::Extracted, ..task };
/// assert!(concepts_from(&task, task.concepts.iter()).starts_with("extracted@"));
/// ```
pub fn concepts_from<'a>(task: &Task, concepts: impl Iterator<Item = &'a Concept>) -> String {
    let source = match task.concepts_from {
        _ if task.concepts.is_empty() => "reference",
        ConceptSource::Declared => "declared",
        ConceptSource::Extracted => "extracted",
    };
    format!("{source}@{}", concepts_hash(concepts))
}

fn asked(task: &Task, language: Language) -> HashSet<CompactString> {
    let content = terms(&task.question, language)
        .into_iter()
        .filter(|term| term.content);
    content.map(|term| term.stem).collect()
}
