use std::collections::HashSet;

use super::graders::{Grader, Kind};
use crate::eval::import::draft::Draft;
use crate::eval::import::fields::{Label, Naming, Role, Scale, full_marks, is_usual, label};
use crate::eval::import::log::{Log, shown};
use crate::eval::import::node::{Node, Value};
use crate::eval::import::template::{Unfilled, base, fill, names};

/// Turns items into drafts, with what the graders' templates say of their fields.
pub(super) struct Items<'a> {
    naming: &'a Naming,
    log: &'a mut Log,
    /// Where the answer stands, such as `sample.output_text`; from the templates.
    answer: Option<String>,
    /// The field of the question, from the templates.
    question: Option<String>,
    /// Templates of the reference.
    references: Vec<String>,
    scale: Option<Scale>,
    /// The given fields that some item has.
    pub(super) met: HashSet<String>,
}

impl<'a> Items<'a> {
    pub(super) fn new(graders: &[Grader], naming: &'a Naming, log: &'a mut Log) -> Self {
        let mut items = Self {
            naming,
            log,
            answer: None,
            question: None,
            references: Vec::new(),
            scale: None,
            met: HashSet::new(),
        };
        for grader in graders {
            items.learn(grader);
        }
        items
    }

    /// Learns from a grader's templates which fields hold what.
    fn learn(&mut self, grader: &Grader) {
        match grader.kind {
            Kind::TextSimilarity => {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let (mut input, mut reference) = (text(&grader.input), text(&grader.reference));
                // Some write them the other way round.
                let samples =
                    |text: &str| names(text).into_iter().any(|name| is_sampled(base(name)));
                if samples(&reference) && !samples(&input) {
                    std::mem::swap(&mut input, &mut reference);
                }
                if let [name] = names(&input)[..] {
                    self.learn_answer(base(name), grader);
                }
                self.references.push(reference);
            }
            Kind::ScoreModel => {
                let texts = grader.messages.iter().flat_map(|(_, text)| names(text));
                for name in texts {
                    let name = base(name);
                    if self.naming.is_given(name) {
                        continue;
                    }
                    let leaf = name.rsplit('.').next().unwrap_or(name);
                    if is_sampled(name) || is_usual(Role::Answer, leaf) {
                        self.learn_answer(name, grader);
                    } else if is_usual(Role::Question, leaf) {
                        self.question.get_or_insert_with(|| name.to_owned());
                    } else if is_usual(Role::Reference, leaf) {
                        self.references.push(format!("{{{{{name}}}}}"));
                    } else {
                        let what = format!(
                            "`{{{{{}}}}}` in the prompt of a `score_model` is no question, answer or reference, so it is not kept",
                            shown(name)
                        );
                        self.log.note(&grader.place, what);
                    }
                }
                match self.scale {
                    Some(scale) if scale != grader.scale => {
                        self.log.wrong(&grader.place, "range", "differs from that of another grader; --max-score says what full marks are worth");
                    }
                    _ => self.scale = Some(grader.scale),
                }
            }
        }
    }

    /// What a model sampled is the answer; an `item.answer` beside it is what it should have been. Of two
    /// items either could be.
    fn learn_answer(&mut self, name: &str, grader: &Grader) {
        if self.naming.is_given(name) || self.answer.as_deref() == Some(name) {
            return;
        }
        let Some(known) = self.answer.clone() else {
            self.answer = Some(name.to_owned());
            return;
        };
        let reference = match (is_sampled(&known), is_sampled(name)) {
            (true, false) => name.to_owned(),
            (false, true) => {
                self.answer = Some(name.to_owned());
                known
            }
            _ if self.naming.given(Role::Answer).is_some() => return,
            _ => {
                let detail = format!(
                    "both `{}` and `{}` may be the answer; --answer and --reference say which is which",
                    shown(&known),
                    shown(name)
                );
                return self.log.wrong(&grader.place, "input", detail);
            }
        };
        self.references.push(format!("{{{{{reference}}}}}"));
    }

    pub(super) fn draft(&mut self, entry: &Node) -> Option<Draft> {
        let Some(fields) = entry.get("item").unwrap_or(entry).map() else {
            self.log.wrong(&entry.place, "item", "must be an object");
            return None;
        };
        let given = Role::NAMED.iter();
        let given = given.filter_map(|role| self.naming.given(*role));
        let met = given.filter(|path| found(entry, path).is_some());
        self.met.extend(met.map(str::to_owned));
        let find = |naming: &Naming, role| {
            let names = fields.iter().map(|(name, _)| name.as_str());
            naming.find(role, &names, |_| true).map(str::to_owned)
        };
        let place_of = |learned: &Option<String>, role| match self.naming.given(role) {
            Some(given) => Some(given.to_owned()),
            None => learned.clone().or_else(|| find(self.naming, role)),
        };
        let question = place_of(&self.question, Role::Question);
        let answer = place_of(&self.answer, Role::Answer);
        let names = fields.iter().map(|(name, _)| name.as_str());
        let score = self.naming.given(Role::Score).or_else(|| {
            let value = |name: &str| found(entry, name);
            self.naming.score(&names, value, self.log)
        });
        let id = place_of(&None, Role::Id);
        let reference = place_of(&None, Role::Reference);
        let used = [&question, &answer, &id, &reference];
        let used = used.into_iter().flatten().map(String::as_str).chain(score);
        self.unused(fields, used);
        let mut draft = Draft {
            place: entry.place.clone(),
            id: id.and_then(|name| self.text(entry, &name)),
            description: None,
            question: question
                .and_then(|name| self.text(entry, &name))
                .unwrap_or_default(),
            references: Vec::new(),
            concepts: Vec::new(),
            answer: answer.and_then(|name| self.text(entry, &name)),
            label: score.and_then(|name| self.label(entry, name)),
            full_marks: self.full_marks(fields),
            tags: Vec::new(),
        };
        if draft.answer.is_none() && draft.label.take().is_some() {
            let what = "scores of items without an answer are left out: they would be of whatever is filled in";
            self.log.note(&entry.place, what);
        }
        self.references(entry, &mut draft, reference);
        if draft.question.is_empty() {
            self.log
                .note(&entry.place, "no field is a question; --question names one");
        }
        if draft.has_key() {
            return Some(draft);
        }
        self.log.note(&entry.place, "items without a reference answer cannot be graded, so they are left out; --reference names a field");
        None
    }

    /// What full marks are worth where nobody has given any.
    fn full_marks(&self, fields: &[(String, Node)]) -> Option<f64> {
        let of_item = || {
            let mut named = fields
                .iter()
                .filter(|(name, _)| is_usual(Role::MaxScore, name));
            named.find_map(|(_, node)| node.number().filter(|most| *most > 0.0))
        };
        let of_grader = || self.scale.map(|scale| scale.most - scale.least);
        self.naming.max_score.or_else(of_item).or_else(of_grader)
    }

    /// Names the fields that a case has no place for.
    fn unused<'u>(&mut self, fields: &[(String, Node)], used: impl Iterator<Item = &'u str>) {
        let references = self.references.iter().flat_map(|text| names(text));
        let top = |path: &'u str| path.strip_prefix("item.").unwrap_or(path);
        let used: HashSet<String> = used
            .map(|path| top(path).to_owned())
            .chain(references.map(|path| base(path).trim_start_matches("item.").to_owned()))
            .flat_map(|path| {
                let first = path.split('.').next().unwrap_or_default().to_owned();
                [path, first]
            })
            .collect();
        for (name, node) in fields {
            let is_used = name == "sample" || used.contains(name);
            if !is_used && !is_usual(Role::MaxScore, name) {
                let what = format!("the field `{}` is not kept", shown(name));
                self.log.note(&node.place, what);
            }
        }
    }

    fn references(&mut self, entry: &Node, draft: &mut Draft, field: Option<String>) {
        if self.naming.given(Role::Reference).is_some() || self.references.is_empty() {
            if let Some(text) = field.and_then(|name| self.text(entry, &name)) {
                draft.add_reference(&text);
            }
            return;
        }
        for template in &self.references {
            let value = |name: &str| Some(found(entry, name)?.text()?.into_owned());
            match fill(template, value) {
                Ok(text) => draft.add_reference(&text),
                Err(unfilled) => {
                    let what = match unfilled {
                        Unfilled::NotPlain => "references with more than `{{item.name}}` between double braces are left out".to_owned(),
                        Unfilled::Unknown(name) => format!("`{{{{{}}}}}` is in no field of the item", shown(&name)),
                    };
                    self.log.note(&entry.place, what);
                }
            }
        }
    }

    fn label(&mut self, entry: &Node, name: &str) -> Option<Label> {
        let node = found(entry, name)?;
        let given = self.naming.max_score;
        let fields = entry.get("item").unwrap_or(entry).map().unwrap_or_default();
        let most = match given {
            None if node.value != Value::Null => full_marks(fields.iter(), self.log).ok()?,
            given => given,
        };
        label(name, node, most.map(Scale::from_0).or(self.scale), self.log)
    }

    /// The text of a field, exactly as it stands.
    fn text(&mut self, entry: &Node, name: &str) -> Option<String> {
        let node = found(entry, name)?;
        let text = node.text().map(std::borrow::Cow::into_owned);
        if text.is_none() && node.value != Value::Null {
            self.log.wrong(&node.place, name, "must be a text");
        }
        text
    }
}

/// Whether a path leads to what a model said, not to a field of the item.
fn is_sampled(path: &str) -> bool {
    path.starts_with("sample.")
}

/// What a path such as `item.reference` or `sample.output_text` leads to; an item may also be
/// written without the object around it.
fn found<'n>(entry: &'n Node, path: &str) -> Option<&'n Node> {
    let (space, rest) = path.split_once('.').unwrap_or(("item", path));
    let (start, rest) = match space {
        "sample" => (entry.get("sample")?, rest),
        "item" => (entry.get("item").unwrap_or(entry), rest),
        _ => (entry.get("item").unwrap_or(entry), path),
    };
    if let Some(whole) = start.get(rest) {
        return Some(whole);
    }
    rest.split('.').try_fold(start, |node, part| node.get(part))
}
