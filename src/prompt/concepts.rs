use std::borrow::Cow;
use std::collections::HashSet;

use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};

use super::folder::{SYSTEM, USER};
use super::{Prompt, PromptError, Rendered, ReplyError, json, schema};
use crate::grade::{Concept, Task, locate};

/// The most concepts that a model may make of a reference.
const MOST: usize = 12;
/// Characters of a concept's text.
const TEXT_LENGTH: usize = 300;
/// Characters of an alias.
const ALIAS_LENGTH: usize = 80;
/// The most aliases of a concept.
const MOST_ALIASES: usize = 4;

#[derive(Serialize)]
struct Values<'a> {
    question: &'a str,
    references: Vec<Cow<'a, str>>,
    most: usize,
}

#[derive(Deserialize)]
struct Reply {
    concepts: Vec<Proposed>,
}

#[derive(Deserialize)]
struct Proposed {
    quote: String,
    text: String,
    aliases: Vec<String>,
    weight: f64,
}

/// Renders the request that asks a model for the concepts of a task's reference.
///
/// ```
/// use answer_grader::prompt::render_concepts;
/// use answer_grader::{Prompt, Task};
///
/// let task = Task::new("What is a join?", "It combines rows of two tables.");
/// let asked = render_concepts(&Prompt::built_in_concepts()?, &task)?;
/// assert_eq!(asked.schema_name, "concepts");
/// assert!(asked.user.contains("It combines rows of two tables."));
/// # Ok::<(), answer_grader::prompt::PromptError>(())
/// ```
///
/// # Errors
/// A template uses a name that does not exist.
pub fn render_concepts(prompt: &Prompt, task: &Task) -> Result<Rendered, PromptError> {
    let values = Value::from(Serde(Values {
        question: &task.question,
        references: task.references(),
        most: MOST,
    }));
    Ok(Rendered {
        system: prompt.fill(SYSTEM, &values)?.into(),
        user: prompt.fill(USER, &values)?,
        shared: 0,
        schema_name: "concepts",
        schema: reply_schema().into(),
        sampling: prompt.sampling(),
        prompt: prompt.identity().to_owned(),
    })
}

/// The passage comes before the idea that is made of it.
fn reply_schema() -> serde_json::Value {
    let text = |length: usize| serde_json::json!({"type": "string", "maxLength": length});
    let aliases =
        serde_json::json!({"type": "array", "items": text(ALIAS_LENGTH), "maxItems": MOST_ALIASES});
    let concept = schema::object([
        ("quote".into(), text(schema::QUOTE_LENGTH)),
        ("text".into(), text(TEXT_LENGTH)),
        ("aliases".into(), aliases),
        (
            "weight".into(),
            serde_json::json!({"type": "integer", "minimum": 1, "maximum": 3}),
        ),
    ]);
    let list =
        serde_json::json!({"type": "array", "items": concept, "minItems": 1, "maxItems": MOST});
    schema::object([("concepts".into(), list)])
}

/// Reads a model's reply: the concepts whose passage stands in a reference, as `c1`, `c2` … in the
/// reply's order, 12 at most, with weights from 1 to 3. Those without one, or that say again what
/// another says, are left out.
///
/// ```
/// use answer_grader::{Task, prompt::read_concepts};
///
/// let task = Task::new("What is a join?", "It combines rows of two tables.");
/// let reply = r#"{"concepts": [
///     {"quote": "combines rows", "text": "Rows are combined", "aliases": ["merges rows"], "weight": 2},
///     {"quote": "uses an index", "text": "An index is used", "aliases": [], "weight": 1}]}"#;
/// let concepts = read_concepts(reply, &task)?;
/// // The reference says nothing of an index.
/// assert_eq!(concepts.len(), 1);
/// assert_eq!((concepts[0].id.as_str(), concepts[0].weight), ("c1", 2.0));
/// # Ok::<(), answer_grader::prompt::ReplyError>(())
/// ```
///
/// # Errors
/// The reply is not what the schema asked for, or none of its concepts is the reference's.
pub fn read_concepts(reply: &str, task: &Task) -> Result<Vec<Concept>, ReplyError> {
    let reply = Reply::deserialize(json::value(json::object_in(reply)?)?);
    let reply = reply.map_err(|_| ReplyError::Schema("/concepts".to_owned()))?;
    let references = task.references();
    let mut said = HashSet::new();
    let mut concepts = Vec::new();
    for (at, proposed) in reply.concepts.into_iter().enumerate() {
        if !(1.0..=3.0).contains(&proposed.weight) {
            return Err(ReplyError::Schema(format!("/concepts/{at}/weight")));
        }
        let grounded = references
            .iter()
            .any(|reference| locate(&proposed.quote, reference).is_some());
        let text = proposed.text.trim();
        let fits = !text.is_empty() && text.chars().count() <= TEXT_LENGTH;
        if grounded && fits && said.insert(text.to_lowercase()) {
            concepts.push(Concept {
                id: schema::concept_key(concepts.len()),
                text: text.to_owned(),
                weight: proposed.weight,
                aliases: aliases(&proposed.aliases, text),
                required: false,
            });
        }
    }
    concepts.truncate(MOST);
    if concepts.is_empty() {
        return Err(ReplyError::Schema("/concepts".to_owned()));
    }
    Ok(concepts)
}

/// The aliases that say something in other words than the concept and one another.
fn aliases(proposed: &[String], text: &str) -> Vec<String> {
    let mut said = HashSet::from([text.to_lowercase()]);
    let trimmed = proposed.iter().map(|alias| alias.trim());
    let usable = trimmed.filter(|alias| {
        let length = alias.chars().count();
        length > 0 && length <= ALIAS_LENGTH && said.insert(alias.to_lowercase())
    });
    usable.take(MOST_ALIASES).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> Task {
        Task::new(
            "What is a queryset?",
            "A lazy collection of rows. It runs no query until it is evaluated.",
        )
    }

    fn proposed(quote: &str, text: &str, weight: f64) -> serde_json::Value {
        serde_json::json!({"quote": quote, "text": text, "aliases": ["on demand", " On demand "], "weight": weight})
    }

    fn read(concepts: &[serde_json::Value]) -> Result<Vec<Concept>, ReplyError> {
        read_concepts(
            &serde_json::json!({"concepts": concepts}).to_string(),
            &task(),
        )
    }

    #[test]
    fn a_concept_is_kept_where_the_reference_says_it() {
        let concepts = read(&[
            proposed("a LAZY collection", "rows are loaded lazily", 3.0),
            proposed("it caches every result", "results are cached", 2.0),
            proposed(
                "no query until it is evaluated",
                "Rows are loaded lazily",
                1.0,
            ),
            proposed(
                "no query until it is evaluated",
                "evaluation runs the query",
                1.0,
            ),
        ]);
        let concepts = concepts.unwrap();
        let told: Vec<_> = concepts
            .iter()
            .map(|one| (one.id.as_str(), one.text.as_str(), one.weight))
            .collect();
        assert_eq!(
            told,
            [
                ("c1", "rows are loaded lazily", 3.0),
                ("c2", "evaluation runs the query", 1.0)
            ]
        );
        assert_eq!(concepts[0].aliases, ["on demand"]);
    }

    #[test]
    fn a_list_of_nothing_is_no_list() {
        let none = ReplyError::Schema("/concepts".into());
        assert_eq!(read(&[]).unwrap_err(), none);
        assert_eq!(read(&[proposed("invented", "x", 1.0)]).unwrap_err(), none);
        assert_eq!(
            read_concepts("{\"concepts\": 3}", &task()).unwrap_err(),
            none
        );
        assert_eq!(
            read_concepts("none", &task()).unwrap_err(),
            ReplyError::NoJson
        );
        let heavy = read(&[proposed("a lazy collection", "x", 9.0)]).unwrap_err();
        assert_eq!(heavy, ReplyError::Schema("/concepts/0/weight".into()));
    }

    #[test]
    fn the_built_in_prompt_renders_and_shows_the_reference() {
        let prompt = Prompt::built_in_concepts().unwrap();
        let rendered = render_concepts(&prompt, &task()).unwrap();
        assert!(rendered.user.contains("A lazy collection of rows."));
        assert!(rendered.system.contains("12 at most"));
        assert!(rendered.prompt.starts_with("concepts@"));
    }
}
