//! OpenAI's graders, and the items that they grade.
//!
//! | file | job |
//! |---|---|
//! | `graders` | a grader, several, or those of an eval |
//! | `items` | a line of a data source as a draft |

mod graders;
mod items;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::PathBuf;

use super::fields::{Naming, unmet};
use super::files::Content;
use super::log::Log;
use super::names::ids;
use super::node::{Node, Place};
use super::{Import, agreed, nodes, start_of};

use graders::{Grader, Kind};
use items::Items;

/// Tells whether a value is a grader, or an eval with graders.
pub(super) fn is_grader(node: &Node) -> bool {
    let kinds = [
        "score_model",
        "text_similarity",
        "multi",
        "string_check",
        "label_model",
        "python",
    ];
    let kind = node.get("type").and_then(Node::string);
    node.get("testing_criteria").is_some()
        || kind.is_some_and(|kind| kinds.contains(&kind))
        || node
            .list()
            .is_some_and(|entries| entries.iter().any(is_grader))
}

/// Reads graders and items into drafts.
pub(super) fn import(contents: Vec<(PathBuf, Content)>, naming: &Naming, import: &mut Import) {
    let log = &mut import.log;
    let start = contents.first().map(|(path, _)| start_of(path));
    let mut graders = Vec::new();
    let mut entries = Vec::new();
    for (path, content) in contents {
        if matches!(content, Content::Table(_)) {
            log.wrong(
                &start_of(&path),
                "",
                "items are JSON Lines (.jsonl), one `{\"item\": {…}}` a line",
            );
            continue;
        }
        for node in nodes(content) {
            let source = node
                .get("data_source")
                .and_then(|source| source.get("source"));
            if let Some(source) = source {
                let content = source.get("content").and_then(Node::list);
                entries.extend(content.unwrap_or_default().to_vec());
            }
            if is_grader(&node) {
                graders::read(&node, &mut graders, log);
            } else if source.is_none() {
                entries.push(node);
            }
        }
    }
    let Some(start) = start else { return };
    if graders.is_empty() && log.problems.is_empty() {
        let left_out = log
            .notes
            .iter()
            .map(|note| format!("{}: {}", note.first, note.what));
        let told: Vec<_> = left_out.collect();
        let detail = format!(
            "no grader that can be kept: `score_model` and `text_similarity` are\n{}",
            told.join("\n")
        );
        log.wrong(&start, "", detail.trim_end());
        return;
    }
    if entries.is_empty() && log.problems.is_empty() {
        log.wrong(
            &start,
            "",
            "a grader without items has nothing to grade; give the file of its items (.jsonl), too",
        );
        return;
    }
    let mut items = Items::new(&graders, naming, log);
    for entry in &entries {
        import.drafts.extend(items.draft(entry));
    }
    let met = std::mem::take(&mut items.met);
    unmet(naming, |_, name| met.contains(name), &start, log);
    let marks = marks(&graders, log);
    import.pass_mark = agreed(&marks, marks.len(), log);
    import.prompts = prompts(&graders);
}

/// The thresholds of models' scores, on a scale from 0 to 1.
fn marks(graders: &[Grader], log: &mut Log) -> Vec<(f64, Place)> {
    let mut marks = Vec::new();
    for grader in graders {
        let Some(threshold) = grader.pass_threshold else {
            continue;
        };
        if grader.kind == Kind::ScoreModel {
            let scale = grader.scale;
            marks.push((
                (threshold - scale.least) / (scale.most - scale.least),
                grader.place.clone(),
            ));
        } else {
            log.note(&grader.place, "the `pass_threshold` of `text_similarity` is of a measure of its own, so it is not kept");
        }
    }
    marks
}

/// The prompts of models as texts for a person: they ask for one number, and a prompt of ours for
/// a verdict and a quote for each concept, so that nothing of them could be used as it is.
fn prompts(graders: &[Grader]) -> Vec<(String, String)> {
    let of_models = || {
        graders
            .iter()
            .filter(|grader| grader.kind == Kind::ScoreModel)
    };
    let ids = ids(of_models().map(|grader| grader.name.as_str()), "grader");
    let texts = of_models().zip(ids).map(|(grader, id)| {
        let mut text = format!(
            "<!-- What OpenAI's grader was told. `eval` does not read this file: the prompts of answer-grader ask\n\
             for a verdict and a quote for each concept. Carry over what is special to your grading into a copy\n\
             of prompts/grade (prompts/README.md), and compare the two with eval --prompt. -->\n\nModel: {}\n",
            grader.model.as_deref().unwrap_or("not given")
        );
        for (role, message) in &grader.messages {
            let _ = write!(text, "\n## {role}\n\n{message}\n");
        }
        (format!("grader-{id}.md"), text)
    });
    texts.collect()
}
