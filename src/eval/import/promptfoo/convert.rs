use std::collections::HashSet;

use super::assertion::Assertion;
use super::test::{Entries, Test};
use crate::eval::import::draft::Draft;
use crate::eval::import::fields::{Label, Naming, Role, Scale, is_usual, label};
use crate::eval::import::log::{Log, shown};
use crate::eval::import::node::{Node, Place, Value};
use crate::eval::import::template::names;

/// Turns tests into drafts.
pub(super) struct Conversion<'a> {
    naming: &'a Naming,
    /// The most characters of a concept.
    pub(super) longest: usize,
    pub(super) log: &'a mut Log,
    /// The variables that were met.
    pub(super) met: HashSet<String>,
    /// The thresholds of tests, where they are about the answer.
    pub(super) marks: Vec<(f64, Place)>,
}

/// Which variables of a test play which roles.
struct Cast<'t> {
    question: Option<&'t str>,
    answer: Option<&'t str>,
    reference: Option<&'t str>,
    score: Option<&'t str>,
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
            tags: tags(test, cast.score),
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
        if about_answer {
            self.key(test, cast.answer, vars, &mut draft);
        } else if let Some(first) = test.assertions.first() {
            let what = "tests whose `prompts` do more than show the answer: their assertions are about the reply to the prompt, so they are left out";
            self.log.note(&first.place, what);
        }
        if !draft.has_key() {
            self.context(vars, &mut draft);
        }
        self.unused(&cast, vars, &referred);
        if draft.has_key() {
            if let Some(mark) = test.threshold.clone().filter(|_| about_answer) {
                self.marks.push(mark);
            }
            return Some(draft);
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
        self.met.extend(all.clone().map(str::to_owned));
        let naming = self.naming;
        // What an assertion compares with is a key, whatever it is called, and what no prompt shows
        // is what the reply was to be like.
        let is_answer = |name: &str| !referred.contains(name) && may_show(test, name);
        let find = |role| naming.find(role, &names, |_| true);
        let unshown = || {
            let found = naming.find(Role::Answer, &names, |name| !may_show(test, name));
            found.filter(|_| naming.given(Role::Answer).is_none())
        };
        Cast {
            question: find(Role::Question),
            answer: naming.find(Role::Answer, &names, is_answer),
            reference: find(Role::Reference).or_else(unshown),
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
        if text.starts_with("file://") && !text.trim().contains(char::is_whitespace) {
            let what = "answers that are only the name of a file are left open: files of variables are not read, so write the text there";
            self.log.note(&node.place, what);
            return None;
        }
        Some(text.into_owned())
    }

    /// What people gave: of a reply what was given in the viewer, unless a name is asked for. A score
    /// that stands in a test is that of its reply only where there is one.
    fn label(
        &mut self,
        test: &Test,
        cast: &Cast,
        vars: &Entries,
        about_answer: bool,
    ) -> Option<Label> {
        let was_given = self.naming.given(Role::Score).is_some();
        if let Some(rating) = test.rating.as_ref().filter(|_| about_answer && !was_given) {
            if let Some(name) = cast.score {
                let what = format!(
                    "`{}` gives way to what was given in the viewer",
                    shown(name)
                );
                self.log.note(&test.place, what);
            }
            return label("score", rating, None, self.log);
        }
        let name = cast.score?;
        if cast.answer.is_none() && test.is_one_of_several {
            let what = format!(
                "`{}` is of a test with several outputs, so it is not known which it is the score of",
                shown(name)
            );
            self.log.note(&test.place, what);
            return None;
        }
        if test.is_list(name) {
            let place = &test.place;
            self.log.wrong(
                place,
                name,
                "is a list, which promptfoo pairs with every answer; write a test for each answer",
            );
            return None;
        }
        let node = value(test, vars, name)?;
        let most = self.naming.max_score.or_else(|| {
            let all = vars.iter().chain(&test.metadata);
            let mut marks = all.filter(|(name, _)| is_usual(Role::MaxScore, name));
            marks.next().and_then(|(_, node)| node.number())
        });
        let scale = most
            .filter(|most| *most > 0.0)
            .map(|most| Scale { least: 0.0, most });
        label(name, node, scale, self.log)
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
    fn unused(&mut self, cast: &Cast, vars: &Entries, referred: &HashSet<String>) {
        let cast = [
            cast.question,
            cast.answer,
            cast.reference,
            cast.score,
            cast.id,
        ];
        for (name, node) in vars {
            let is_used =
                cast.contains(&Some(name)) || referred.contains(name) || name == "context";
            if !is_used && !is_usual(Role::MaxScore, name) {
                let what = format!("the variable `{}` is not kept", shown(name));
                self.log.note(&node.place, what);
            }
        }
    }
}

/// What a test has under a name: a variable, else metadata.
fn value<'e>(test: &'e Test, vars: &'e Entries, name: &str) -> Option<&'e Node> {
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
    let shows = |prompt: &String| {
        let inner = prompt
            .trim()
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"));
        // A filter, such as `trim`, shows it still.
        let name = inner.and_then(|inner| inner.split('|').next());
        name.is_some_and(|name| name.trim() == answer)
    };
    test.prompts
        .as_ref()
        .is_none_or(|prompts| prompts.iter().all(shows))
}

/// Whether a prompt may show a variable: one mentions it, or there is one whose text is not known.
fn may_show(test: &Test, name: &str) -> bool {
    let shows = |prompt: &String| {
        let is_unknown = prompt.is_empty() || prompt.starts_with("file://");
        is_unknown
            || names(prompt)
                .iter()
                .any(|shown| shown.split_whitespace().next() == Some(name))
    };
    test.prompts
        .as_ref()
        .is_none_or(|prompts| prompts.iter().any(shows))
}

/// Metadata as tags, in the words of promptfoo's own filter: `topic=orm`.
fn tags(test: &Test, score: Option<&str>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for (name, node) in &test.metadata {
        let values = node.list().unwrap_or(std::slice::from_ref(node));
        for text in values.iter().filter_map(Node::text) {
            let tag = format!("{}={}", shown(name), shown(&text));
            if name != "conversationId" && score != Some(name) && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    tags
}
