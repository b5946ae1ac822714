use std::collections::HashSet;

use super::assertion::Assertion;
use super::test::{Entries, Test};
use crate::eval::import::draft::Draft;
use crate::eval::import::fields::{Naming, Role, is_usual};
use crate::eval::import::log::{Log, shown};
use crate::eval::import::node::{Node, Place, Value};
use crate::eval::import::template::{Shows, names, shows};

/// Turns tests into drafts.
pub(super) struct Conversion<'a> {
    pub(super) naming: &'a Naming,
    /// The most characters of a concept.
    pub(super) longest: usize,
    pub(super) log: &'a mut Log,
    /// The names that were met, each with whether it is one of metadata.
    pub(super) met: HashSet<(bool, String)>,
    /// The thresholds of tests, where they are about the answer.
    pub(super) marks: Vec<(f64, Place)>,
    /// How many tests are about the answer.
    pub(super) judged: usize,
    /// Lines of results, of which several may be about one answer.
    kept: HashSet<String>,
}

/// Which variables of a test play which roles.
pub(super) struct Cast<'t> {
    question: Option<&'t str>,
    pub(super) answer: Option<&'t str>,
    reference: Option<&'t str>,
    pub(super) score: Option<&'t str>,
    id: Option<&'t str>,
}

impl<'a> Conversion<'a> {
    pub(super) fn new(naming: &'a Naming, longest: usize, log: &'a mut Log) -> Self {
        Self {
            naming,
            longest,
            log,
            met: HashSet::new(),
            marks: Vec::new(),
            judged: 0,
            kept: HashSet::new(),
        }
    }

    /// A test with one value for each variable as a draft; nothing where it has no key, which is
    /// said.
    pub(super) fn draft(&mut self, test: &Test, vars: &Entries) -> Option<Draft> {
        let referred = referred(test);
        let cast = self.cast(test, vars, &referred);
        let about_answer = cast.answer.is_none_or(|name| shows_only(test, name));
        let mut draft = Draft {
            place: test.place.clone(),
            id: self.text(cast.id, vars),
            description: test
                .description
                .clone()
                .filter(|text| !text.starts_with("Row #")),
            question: self.text(cast.question, vars).unwrap_or_default(),
            references: Vec::new(),
            concepts: Vec::new(),
            answer: cast.answer.and_then(|name| self.answer(name, vars)),
            label: self.label(test, &cast, vars, about_answer),
            full_marks: self.naming.max_score,
            tags: self.tags(test, cast.score),
        };
        if cast.question.is_none() {
            let what = "no variable is a question; --question names one";
            self.log.note(&test.place, what);
        }
        if let Some(text) = self.text(cast.reference, vars) {
            draft.add_reference(&text);
        }
        if let (None, Some(output)) = (cast.answer, &test.output) {
            draft.answer = output.text().map(std::borrow::Cow::into_owned);
            if draft.answer.is_none() {
                self.log
                    .note(&output.place, "outputs that are no text are no answers");
            }
        }
        if draft.answer.is_none()
            && draft.label.is_some()
            && cast.answer.is_none_or(|name| !names_file(vars, name))
        {
            let what = "scores of tests without an answer are left out: they would be of whatever is filled in";
            self.log.note(&test.place, what);
            draft.label = None;
        }
        if let (Some(name), Some(_)) = (cast.answer.filter(|name| test.is_list(name)), draft.label)
        {
            let what = format!(
                "`{}` is a list, and each of its answers has the score of the test: read them",
                shown(name)
            );
            self.log.note(&test.place, what);
        }
        if about_answer {
            self.key(test, cast.answer, vars, &mut draft);
        } else if let Some(first) = test.assertions.first() {
            let what = "tests whose `prompts` do more than show the answer: their assertions are about the reply to the prompt, so they are left out";
            self.log.note(&first.place, what);
        }
        if !draft.has_key() {
            self.context(vars, &mut draft);
        }
        self.unused(test, &cast, vars, &referred);
        if draft.has_key() {
            if about_answer {
                self.judged += 1;
                self.marks.extend(test.threshold.clone());
            }
            return self.once(test, &cast, &draft).then_some(draft);
        }
        let what = "tests with neither a reference answer nor an assertion that makes one cannot be graded, so they are left out; --reference names a variable";
        self.log.note(&test.place, what);
        None
    }

    fn cast<'t>(
        &mut self,
        test: &'t Test,
        vars: &'t Entries,
        referred: &HashSet<String>,
    ) -> Cast<'t> {
        let names = vars.iter().map(|(name, _)| name.as_str());
        let all = names
            .clone()
            .chain(test.metadata.iter().map(|(name, _)| name.as_str()));
        self.met
            .extend(names.clone().map(|name| (false, name.to_owned())));
        let of_metadata = test.metadata.iter().map(|(name, _)| (true, name.clone()));
        self.met.extend(of_metadata);
        let naming = self.naming;
        // What an assertion compares with is a key, whatever it is called, and what no prompt shows
        // is what the reply was to be like.
        let is_answer = |name: &str| !referred.contains(name) && may_show(test, name);
        let find = |role| naming.find(role, &names, |_| true);
        let unshown = || {
            let found = naming.find(Role::Answer, &names, |name| !may_show(test, name));
            found.filter(|_| naming.given(Role::Answer).is_none())
        };
        let answer = naming.find(Role::Answer, &names, is_answer);
        // What a test brings along is its reply; an `answer` beside it, with no prompt that shows it, is what that
        // should be like.
        let is_beside = test.output.is_some() && test.prompts.is_none();
        let beside = answer.filter(|_| is_beside && naming.given(Role::Answer).is_none());
        Cast {
            question: find(Role::Question),
            answer: answer.filter(|_| beside.is_none()),
            reference: find(Role::Reference).or_else(unshown).or(beside),
            score: naming.score(&all, |name| value(test, vars, name), self.log),
            id: naming.find(Role::Id, &names, |_| true),
        }
    }

    /// The text of a variable, which is never opened as a file.
    fn text(&mut self, name: Option<&str>, vars: &Entries) -> Option<String> {
        let (name, node) = entry(vars, name?)?;
        let text = node.text();
        match &text {
            None if node.value == Value::Null => {}
            None => self.log.wrong(&node.place, name, "must be a text"),
            Some(text) if text.starts_with("file://") => {
                self.log.wrong(
                    &node.place,
                    name,
                    "names a file; files of variables are not read, so write the text here",
                );
            }
            Some(text) if !names(text).is_empty() => {
                self.log
                    .note(&node.place, "double braces in variables stay as they are");
            }
            Some(_) => {}
        }
        text.map(std::borrow::Cow::into_owned)
    }

    /// The answer, exactly as it stands: it may hold anything, and none of it is expanded or opened.
    /// One that is only the name of a file is no answer.
    fn answer(&mut self, name: &str, vars: &Entries) -> Option<String> {
        let (_, node) = entry(vars, name)?;
        let text = node.text();
        if text.is_none() && node.value != Value::Null {
            self.log.wrong(&node.place, name, "must be a text");
        }
        let text = text?;
        if is_file_name(&text) {
            let what = "answers that are only the name of a file are left open: files of variables are not read, so write the text there";
            self.log.note(&node.place, what);
            return None;
        }
        Some(text.into_owned())
    }

    /// The context that a test brings, where it has no other key.
    fn context(&mut self, vars: &Entries, draft: &mut Draft) {
        if let Some((_, node)) = entry(vars, "context").filter(|(_, node)| node.string().is_some())
        {
            if let Some(text) = self.text(Some("context"), vars) {
                draft.add_reference(&text);
            }
            self.log.note(
                &node.place,
                "`context` became the reference answer, since the test has no other",
            );
        }
    }

    /// Names the variables that a case has no place for.
    fn unused(&mut self, test: &Test, cast: &Cast, vars: &Entries, referred: &HashSet<String>) {
        let cast = [
            cast.question,
            cast.answer,
            cast.reference,
            cast.score,
            cast.id,
        ];
        let filled = test
            .assertions
            .iter()
            .filter_map(Assertion::texts)
            .flatten();
        let filled: Vec<String> = filled.collect();
        for (name, node) in vars {
            let is_used = cast.contains(&Some(name))
                || referred.contains(name)
                || name == "context"
                || filled
                    .iter()
                    .any(|text| matches!(shows(text, name), Shows::Only | Shows::Among));
            if is_used || is_usual(Role::MaxScore, name) {
                continue;
            }
            // The first row of a table without names is an answer as likely as not.
            let what = if name.split_whitespace().count() > 4 {
                "a variable whose name is a sentence is not kept: the first row of a table has to name the columns".to_owned()
            } else {
                format!("the variable `{}` is not kept", shown(name))
            };
            self.log.note(&node.place, what);
        }
    }

    /// Metadata as tags, in the words of promptfoo's own filter: `topic=orm`.
    fn tags(&mut self, test: &Test, score: Option<&str>) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for (name, node) in &test.metadata {
            if name == "conversationId" || score == Some(name) {
                continue;
            }
            for value in node.list().unwrap_or(std::slice::from_ref(node)) {
                let Some(word) = value.text() else {
                    let what = "metadata that is neither a text nor a list of texts is not kept";
                    self.log.note(&value.place, what);
                    continue;
                };
                let tag = format!("{}={}", shown(name), shown(&word));
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
        }
        tags
    }

    /// Whether an answer that stands in a test is met for the first time: there may be several results of it.
    fn once(&mut self, test: &Test, cast: &Cast, draft: &Draft) -> bool {
        if test.result_of.is_none() || cast.answer.is_none() {
            return true;
        }
        let line = serde_json::to_string(&draft.line("")).unwrap_or_default();
        if self.kept.insert(line) {
            return true;
        }
        self.log.note(
            &test.place,
            "an answer that several results are about is kept once",
        );
        false
    }
}

/// Whether a text is only the name of a file, as promptfoo would open it.
pub(super) fn is_file_name(text: &str) -> bool {
    text.starts_with("file://") && !text.trim().contains(char::is_whitespace)
}

fn names_file(vars: &Entries, name: &str) -> bool {
    let found = entry(vars, name).and_then(|(_, node)| node.text());
    found.is_some_and(|text| is_file_name(&text))
}

/// What a test has under a name: a variable, else metadata.
pub(super) fn value<'e>(test: &'e Test, vars: &'e Entries, name: &str) -> Option<&'e Node> {
    let (_, node) = entry(vars, name).or_else(|| entry(&test.metadata, name))?;
    Some(node)
}

/// A variable by its name.
pub(super) fn entry<'e>(entries: &'e Entries, name: &str) -> Option<(&'e str, &'e Node)> {
    let (name, node) = entries.iter().find(|(known, _)| known == name)?;
    Some((name, node))
}

/// The variables that the assertions compare with: those that are a value by themselves. What an instruction to
/// a judge mentions may well be the answer.
fn referred(test: &Test) -> HashSet<String> {
    let meant = test.assertions.iter().filter(|one| one.meaning().is_some());
    let texts = meant.filter_map(Assertion::texts).flatten();
    texts
        .filter_map(|text| {
            let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
            Some(inner.trim().to_owned())
        })
        .collect()
}

/// Whether the prompts, as far as the file has any, all show the answer and nothing else: then what is
/// asserted of the reply is asserted of the answer.
fn shows_only(test: &Test, answer: &str) -> bool {
    let only = |prompt: &String| shows(prompt, answer) == Shows::Only;
    test.prompts
        .as_ref()
        .is_none_or(|prompts| prompts.iter().all(only))
}

/// Whether a prompt may show a variable: one does, or there is one of which that cannot be told.
fn may_show(test: &Test, name: &str) -> bool {
    let may = |prompt: &String| shows(prompt, name) != Shows::Nothing;
    test.prompts
        .as_ref()
        .is_none_or(|prompts| prompts.iter().any(may))
}
