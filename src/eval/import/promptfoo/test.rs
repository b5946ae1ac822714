use std::sync::Arc;

use super::assertion::Assertion;
use crate::eval::import::node::{Node, Place, Value};

/// Names and their values, in order.
pub(super) type Entries = Vec<(String, Node)>;

/// A test of promptfoo.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) place: Place,
    pub(super) description: Option<String>,
    pub(super) vars: Entries,
    pub(super) assertions: Vec<Assertion>,
    pub(super) threshold: Option<(f64, Place)>,
    pub(super) metadata: Entries,
    /// An output that stands in the test, or that an evaluation kept.
    pub(super) output: Option<Node>,
    /// What a person gave the output in promptfoo's viewer.
    pub(super) rating: Option<Node>,
    /// Of what an evaluation kept, the file and the number of the test that it is a result of, where that is said.
    pub(super) result_of: Option<(Arc<str>, Option<usize>)>,
    /// Whether other outputs are of the same test.
    pub(super) is_one_of_several: bool,
    /// Whether it does without the assertions of `defaultTest`.
    pub(super) without_default_assertions: bool,
    /// Whether lists of variables multiply the test; nothing where it does not say.
    pub(super) multiplies: Option<bool>,
    /// The prompts of the configuration; nothing where the file has none.
    pub(super) prompts: Option<Arc<[String]>>,
}

impl Test {
    /// A test that says nothing yet.
    pub(super) fn empty(place: &Place) -> Self {
        Self {
            place: place.clone(),
            description: None,
            vars: Vec::new(),
            assertions: Vec::new(),
            threshold: None,
            metadata: Vec::new(),
            output: None,
            rating: None,
            result_of: None,
            is_one_of_several: false,
            without_default_assertions: false,
            multiplies: None,
            prompts: None,
        }
    }

    /// The test on top of what holds for all: its own variables and metadata win, in the order of
    /// the base, and its assertions come after those of the base.
    pub(super) fn over(self, base: &Self) -> Self {
        let mut assertions = Vec::new();
        if !self.without_default_assertions {
            assertions.clone_from(&base.assertions);
        }
        assertions.extend(self.assertions);
        Self {
            description: self.description.or_else(|| base.description.clone()),
            vars: merged(&base.vars, self.vars),
            assertions,
            threshold: self.threshold.or_else(|| base.threshold.clone()),
            metadata: merged(&base.metadata, self.metadata),
            output: self.output.or_else(|| base.output.clone()),
            without_default_assertions: self.without_default_assertions,
            multiplies: self.multiplies.or(base.multiplies),
            prompts: self.prompts.or_else(|| base.prompts.clone()),
            ..self
        }
    }

    /// How many tests it stands for.
    pub(super) fn count(&self) -> usize {
        let choices = self.vars.iter().map(|(_, node)| self.choices(node).len());
        choices.fold(1_usize, usize::saturating_mul)
    }

    /// The variables of each test that it stands for: a list whose first entry is a text stands for
    /// a test with each entry, several lists for all their combinations, the first varying slowest.
    pub(super) fn combinations(&self) -> impl Iterator<Item = Entries> {
        (0..self.count()).map(|number| {
            let mut rest = number;
            let mut vars: Entries = Vec::with_capacity(self.vars.len());
            for (name, node) in self.vars.iter().rev() {
                let choices = self.choices(node);
                vars.push((name.clone(), choices[rest % choices.len()].clone()));
                rest /= choices.len();
            }
            vars.reverse();
            vars
        })
    }

    fn choices<'a>(&self, node: &'a Node) -> &'a [Node] {
        match node.list() {
            Some([first, ..]) if self.multiplies != Some(false) && first.string().is_some() => {
                node.list().unwrap_or_default()
            }
            _ => std::slice::from_ref(node),
        }
    }

    /// Whether a variable stands for several tests.
    pub(super) fn is_list(&self, name: &str) -> bool {
        let found = self.vars.iter().find(|(known, _)| known == name);
        found.is_some_and(|(_, node)| matches!(node.value, Value::List(_)))
    }
}

fn merged(base: &Entries, own: Entries) -> Entries {
    let mut all = base.clone();
    for (name, node) in own {
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, value)) => *value = node,
            None => all.push((name, node)),
        }
    }
    all
}
