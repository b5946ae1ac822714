use crate::eval::import::fields::Scale;
use crate::eval::import::log::{Log, shown};
use crate::eval::import::node::{Node, Place};

/// The graders that can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ScoreModel,
    TextSimilarity,
}

/// A grader of OpenAI, as far as a suite has a place for it.
#[derive(Debug)]
pub(super) struct Grader {
    pub(super) place: Place,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) model: Option<String>,
    /// Roles and texts of the messages to a model.
    pub(super) messages: Vec<(String, String)>,
    /// What is compared, and with what.
    pub(super) input: Option<String>,
    pub(super) reference: Option<String>,
    /// The range of a model's score.
    pub(super) scale: Scale,
    pub(super) pass_threshold: Option<f64>,
}

/// Reads a grader, those within a `multi`, or those of an eval; others are named and left out.
pub(super) fn read(node: &Node, graders: &mut Vec<Grader>, log: &mut Log) {
    if let Some(criteria) = node.get("testing_criteria") {
        match criteria.list() {
            Some(criteria) => criteria.iter().for_each(|one| read(one, graders, log)),
            None => log.wrong(
                &criteria.place,
                "testing_criteria",
                "must be a list of graders",
            ),
        }
        return;
    }
    let kind = match node.get("type").and_then(Node::string) {
        Some("score_model") => Kind::ScoreModel,
        Some("text_similarity") => Kind::TextSimilarity,
        Some("multi") => return multi(node, graders, log),
        Some(other) => {
            let what = format!(
                "`{}` graders have no counterpart, so they are left out",
                shown(other)
            );
            return log.note(&node.place, what);
        }
        None => return log.wrong(&node.place, "type", "is required in a grader"),
    };
    let text = |field: &str| node.get(field).and_then(Node::string).map(str::to_owned);
    let mut grader = Grader {
        place: node.place.clone(),
        kind,
        name: text("name").unwrap_or_default(),
        model: text("model"),
        messages: Vec::new(),
        input: None,
        reference: None,
        scale: Scale {
            least: 0.0,
            most: 1.0,
        },
        pass_threshold: None,
    };
    if let Some(threshold) = node.get("pass_threshold") {
        grader.pass_threshold = threshold.number();
        if grader.pass_threshold.is_none() {
            log.wrong(&threshold.place, "pass_threshold", "must be a number");
        }
    }
    match kind {
        Kind::ScoreModel => {
            grader.scale = scale(node, log);
            match node.get("input").and_then(Node::list) {
                Some(input) => grader.messages = input.iter().map(message).collect(),
                None => log.wrong(&node.place, "input", "must be a list of messages"),
            }
        }
        Kind::TextSimilarity => {
            grader.input = text("input");
            grader.reference = text("reference");
            if grader.input.is_none() || grader.reference.is_none() {
                log.wrong(&node.place, "input", "and `reference` must be texts");
            }
            let metric = text("evaluation_metric").unwrap_or_default();
            let what = format!(
                "the measure `{}` of `text_similarity` has no counterpart: eval grades with graders of its own",
                shown(&metric)
            );
            log.note(&node.place, what);
        }
    }
    graders.push(grader);
}

fn multi(node: &Node, graders: &mut Vec<Grader>, log: &mut Log) {
    if let Some(formula) = node.get("calculate_output") {
        log.note(
            &formula.place,
            "`calculate_output` of `multi` is not kept: a case has one score",
        );
    }
    let Some(inner) = node.get("graders") else {
        return log.wrong(&node.place, "graders", "is required in a `multi`");
    };
    match (inner.map(), inner.list()) {
        (Some(named), _) => named.iter().for_each(|(_, one)| read(one, graders, log)),
        (_, Some(list)) => list.iter().for_each(|one| read(one, graders, log)),
        _ => log.wrong(&inner.place, "graders", "must be graders by name"),
    }
}

fn scale(node: &Node, log: &mut Log) -> Scale {
    let usual = Scale {
        least: 0.0,
        most: 1.0,
    };
    let Some(range) = node.get("range") else {
        return usual;
    };
    let ends: Option<Vec<_>> = range
        .list()
        .map(|ends| ends.iter().filter_map(Node::number).collect());
    match ends.as_deref() {
        Some([least, most]) if least < most => Scale {
            least: *least,
            most: *most,
        },
        _ => {
            log.wrong(
                &range.place,
                "range",
                "must be two numbers, the lesser first",
            );
            usual
        }
    }
}

/// A message's role and text; of a list of parts those that are texts.
fn message(node: &Node) -> (String, String) {
    fn text(node: &Node) -> String {
        if let Some(parts) = node.list() {
            return parts.iter().map(text).collect::<Vec<_>>().join("\n");
        }
        let inner = || node.get("text").and_then(Node::string);
        node.string().or_else(inner).unwrap_or_default().to_owned()
    }
    let role = node.get("role").and_then(Node::string).unwrap_or("user");
    let content = node.get("content").map(text).unwrap_or_default();
    (shown(role), content)
}
