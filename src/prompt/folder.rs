use std::collections::BTreeMap;
use std::path::Path;

use minijinja::Environment;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// How the model picks its words.
///
/// See [`Prompt`].
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// 0 for the most likely words; providers take up to 2.
    pub temperature: Option<f64>,
    /// A fixed seed, where the provider takes one.
    pub seed: Option<u64>,
}

/// `prompt.toml`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    pub(super) id: String,
    pub(super) purpose: String,
    pub(super) sampling: Sampling,
}

/// A prompt: two templates in `MiniJinja`, `system.md` and `user.md`, and how to sample, `prompt.toml`.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use answer_grader::Prompt;
///
/// let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
/// let files = BTreeMap::from([
///     file("prompt.toml", "id = 'brief'\npurpose = 'Judges.'\n[sampling]\ntemperature = 0.0"),
///     file("system.md", "Judge what stands between the marks."),
///     file("user.md", "{{ question }}\n{{ boundary }}\n{{ answer }}\n{{ boundary }}"),
/// ]);
/// let prompt = Prompt::new(&files)?;
/// assert!(prompt.identity().starts_with("brief@"));
/// assert_eq!((prompt.purpose(), prompt.sampling().temperature), ("Judges.", Some(0.0)));
/// # Ok::<(), answer_grader::prompt::PromptError>(())
/// ```
#[derive(Debug)]
pub struct Prompt {
    identity: String,
    purpose: String,
    sampling: Sampling,
    templates: Environment<'static>,
    /// Whether [`HEAD`] and [`TAIL`] are there.
    comes_apart: bool,
}

/// Says why a prompt cannot be used.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use answer_grader::Prompt;
///
/// let error = Prompt::new(&BTreeMap::new()).unwrap_err();
/// assert!(error.to_string().starts_with("the prompt has no file prompt.toml"));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A prompt folder lacks a file.
    #[error("the prompt has no file {0}; it needs prompt.toml, system.md and user.md")]
    NoFile(&'static str),
    /// A file is not UTF-8 text.
    #[error("the prompt's file {0} is not UTF-8 text")]
    NotText(String),
    /// `prompt.toml` is not as it should be.
    #[error("prompt.toml: {0}")]
    Description(Box<toml::de::Error>),
    /// A template has an error.
    #[error("the prompt does not render: {0:#}")]
    Template(Box<minijinja::Error>),
}

impl From<minijinja::Error> for PromptError {
    fn from(error: minijinja::Error) -> Self {
        Self::Template(Box::new(error))
    }
}

pub(super) const DESCRIPTION: &str = "prompt.toml";
pub(super) const SYSTEM: &str = "system.md";
pub(super) const USER: &str = "user.md";
/// What of `user.md` is the same for all answers to a question, and what comes after it.
pub(super) const HEAD: &str = "user.md, head";
pub(super) const TAIL: &str = "user.md, tail";
/// The names that a template has for what is the answer's own.
const OF_THE_ANSWER: [&str; 2] = ["answer", "boundary"];
/// The names that [`TAIL`] may use.
const OF_THE_TAIL: [&str; 4] = ["answer", "boundary", "answer_source", "feedback"];

impl Prompt {
    /// Reads a prompt from its folder: all files in it but those whose names begin with a dot.
    ///
    /// ```no_run
    /// use std::path::Path;
    ///
    /// let prompt = answer_grader::Prompt::read(Path::new("prompts/mine"))?;
    /// println!("{}", prompt.identity());
    /// # Ok::<(), answer_grader::prompt::PromptError>(())
    /// ```
    ///
    /// # Errors
    /// [`PromptError::Unreadable`], or as of [`Self::new`].
    pub fn read(folder: &Path) -> Result<Self, PromptError> {
        let unreadable = |path: &Path| {
            let path = path.display().to_string();
            move |source| PromptError::Unreadable { path, source }
        };
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_file() && !name.starts_with('.') {
                files.insert(name, std::fs::read(&path).map_err(unreadable(&path))?);
            }
        }
        Self::new(&files)
    }

    /// Makes a prompt of its files, by name: `prompt.toml`, `system.md`, `user.md`. Others count for
    /// nothing but the identity.
    ///
    /// # Errors
    /// A file is missing, no UTF-8 text, or wrong: [`PromptError::NoFile`], [`PromptError::NotText`],
    /// [`PromptError::Description`] or [`PromptError::Template`]; the message names it.
    pub fn new(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, PromptError> {
        let description = toml::from_str(&text(files, DESCRIPTION)?)
            .map_err(|error| PromptError::Description(Box::new(error)))?;
        Self::of(files, description, Environment::new())
    }

    /// Makes a prompt of its files, read, and of what its templates may call.
    pub(super) fn of(
        files: &BTreeMap<String, Vec<u8>>,
        description: Description,
        mut templates: Environment<'static>,
    ) -> Result<Self, PromptError> {
        templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        templates.add_template_owned(SYSTEM, text(files, SYSTEM)?)?;
        templates.add_template_owned(USER, text(files, USER)?)?;
        let of_the_system = templates.get_template(SYSTEM)?.undeclared_variables(false);
        let comes_apart = OF_THE_ANSWER
            .iter()
            .all(|name| !of_the_system.contains(*name))
            && add_parts(&mut templates, &text(files, USER)?);
        Ok(Self {
            comes_apart,
            identity: format!("{}@{}", description.id, hash(files)),
            purpose: description.purpose,
            sampling: description.sampling,
            templates,
        })
    }

    /// The prompt's id and 12 hex digits of a SHA-256 of its files, such as `grade@1f3a9c02d4e5`,
    /// stamped on every grade.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// What the prompt is for, in a sentence.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// How to sample.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// Whether instructions and [`HEAD`] are the same for all answers to a question.
    pub(super) fn comes_apart(&self) -> bool {
        self.comes_apart
    }

    pub(super) fn fill(
        &self,
        template: &str,
        values: &minijinja::Value,
    ) -> Result<String, PromptError> {
        Ok(self.templates.get_template(template)?.render(values)?)
    }
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &'static str) -> Result<String, PromptError> {
    let bytes = files.get(name).ok_or(PromptError::NoFile(name))?;
    String::from_utf8(bytes.clone()).map_err(|_| PromptError::NotText(name.to_owned()))
}

/// Cuts the user's template before the line that first names the answer or its mark, where both parts render
/// to what the whole does: most of a prompt then has to be rendered once for a question only.
fn add_parts(templates: &mut Environment<'static>, user: &str) -> bool {
    // These take blanks away beyond where they stand, and a name that is set in one part may be used in the
    // other.
    let reaches_over = [
        "-%}",
        "-}}",
        "-#}",
        "{%-",
        "{{-",
        "{#-",
        "{% set",
        "{% macro",
        "{% import",
        "{% extends",
    ];
    if reaches_over.iter().any(|mark| user.contains(mark)) {
        return false;
    }
    let lines = user.match_indices('\n').map(|(at, _)| at + 1).rev();
    for at in lines {
        let (head, tail) = user.split_at(at);
        // The last line break of a template is no part of it; this one is.
        let head = format!("{head}\n");
        let mut parts = templates.clone();
        let added = parts.add_template_owned(HEAD, head).is_ok()
            && parts.add_template_owned(TAIL, tail.to_owned()).is_ok();
        let names = |name| {
            parts
                .get_template(name)
                .map(|part| part.undeclared_variables(false))
        };
        if let (true, Ok(head), Ok(tail)) = (added, names(HEAD), names(TAIL))
            && OF_THE_ANSWER.iter().all(|name| !head.contains(*name))
            && tail.iter().all(|name| OF_THE_TAIL.contains(&name.as_str()))
        {
            *templates = parts;
            return true;
        }
    }
    false
}

/// 12 hex digits over the sorted paths, lengths and bytes: the lengths keep two files from being
/// taken for one.
fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    crate::text::hex(&hash.finalize()[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> BTreeMap<String, Vec<u8>> {
        let description = "id = \"x\"\npurpose = \"p\"\n[sampling]\nseed = 9\n";
        let files = [(DESCRIPTION, description), (SYSTEM, "s"), (USER, "u")];
        files
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn every_byte_of_every_file_changes_the_identity() {
        let identity = |files| Prompt::new(&files).unwrap().identity().to_owned();
        let before = identity(files());
        assert!(before.starts_with("x@") && before.len() == 14, "{before}");
        let mut changed = files();
        changed.insert(USER.to_owned(), b"u ".to_vec());
        assert_ne!(identity(changed), before);
        let mut added = files();
        added.insert("notes.md".to_owned(), vec![]);
        assert_ne!(identity(added), before);
    }

    #[test]
    fn what_is_wrong_with_a_prompt_is_named() {
        let mut without = files();
        without.remove(SYSTEM);
        assert!(
            Prompt::new(&without)
                .unwrap_err()
                .to_string()
                .contains("system.md")
        );
        let mut broken = files();
        broken.insert(USER.to_owned(), b"{% if %}".to_vec());
        assert!(
            Prompt::new(&broken)
                .unwrap_err()
                .to_string()
                .contains("user.md")
        );
        let mut unknown = files();
        unknown.insert(DESCRIPTION.to_owned(), b"id = 1".to_vec());
        assert!(
            Prompt::new(&unknown)
                .unwrap_err()
                .to_string()
                .contains("prompt.toml")
        );
    }
}
