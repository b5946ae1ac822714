use std::collections::HashSet;

use super::{FeedbackLevel, Grade, Submission, Verdict};
use crate::text::{Language, terms};

/// From this many words on, a run of the key's words gives it away.
const LEAK: usize = 6;

/// Takes out of a grade what the submission's feedback level does not allow: below `full`, no text
/// of the key, and no feedback that repeats a run of six or more of its words which the candidate
/// did not write.
pub(super) fn restrict(grade: &mut Grade, submission: &Submission) {
    if submission.feedback == FeedbackLevel::Full {
        return;
    }
    for concept in &mut grade.concepts {
        concept.text = None;
    }
    for missing in &mut grade.missing_concepts {
        missing.text = None;
    }
    for misconception in &mut grade.misconceptions {
        misconception.text = None;
    }
    match submission.feedback {
        FeedbackLevel::None => grade.feedback.clear(),
        _ if leaks(&grade.feedback, submission) => grade.feedback = count_only(grade),
        _ => {}
    }
}

/// Feedback that tells how much is there and nothing about what is not.
pub(crate) fn count_only(grade: &Grade) -> String {
    let count = |verdict| {
        grade
            .concepts
            .iter()
            .filter(|concept| concept.verdict == verdict)
            .count()
    };
    let all = grade.concepts.len();
    match (count(Verdict::Covered), count(Verdict::Partial)) {
        (covered, 0) => format!("The answer covers {covered} of {all} ideas."),
        (covered, partly) => {
            format!("The answer covers {covered} of {all} ideas, and {partly} in part.")
        }
    }
}

fn leaks(feedback: &str, submission: &Submission) -> bool {
    let task = &submission.task;
    let misconceptions = task
        .misconceptions
        .iter()
        .map(|misconception| misconception.text.as_str());
    let key = std::iter::once(task.key_text()).chain(misconceptions.map(str::to_owned));
    let given = runs(&submission.candidate_answer);
    let asked = runs(&task.question);
    let secret: HashSet<_> = key
        .flat_map(|text| runs(&text))
        .filter(|run| !given.contains(run) && !asked.contains(run))
        .collect();
    runs(feedback).iter().any(|run| secret.contains(run))
}

fn runs(text: &str) -> HashSet<String> {
    let words: Vec<_> = terms(text, Language::Other(*b"und"))
        .into_iter()
        .map(|term| term.word)
        .collect();
    words.windows(LEAK).map(|window| window.join(" ")).collect()
}
