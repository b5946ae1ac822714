use super::{FeedbackLevel, Grade, Method, Submission, Verdict};
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
    grade.explanation = None;
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
        // The keyword grader's feedback is made of the key's texts.
        _ if grade.method == Method::Keyword && grade.score.is_some() => {
            grade.feedback = count_only(grade);
        }
        _ if leaks(&grade.feedback, submission) => grade.feedback = count_only(grade),
        _ => {}
    }
}

/// Feedback that tells how much is there and nothing about what is not.
fn count_only(grade: &Grade) -> String {
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
        .map(|misconception| &misconception.text);
    let concepts = task
        .concepts
        .iter()
        .flat_map(|c| std::iter::once(&c.text).chain(&c.aliases));
    let references = task.references();
    let given = words(&submission.candidate_answer) + &words(&task.question);
    let said = words(feedback);
    let secret = |run: &String| said.contains(run.as_str()) && !given.contains(run.as_str());
    let examples = task
        .examples
        .iter()
        .map(|example| &example.candidate_answer);
    let declared = concepts.chain(misconceptions).chain(examples);
    let declared = declared.map(String::as_str);
    let texts = references.iter().map(|text| &**text).chain(declared);
    texts.flat_map(runs).any(|run| secret(&run))
}

/// The words of a text, set apart so that only whole ones are found in one another.
fn words(text: &str) -> String {
    let words: Vec<_> = plain(text);
    format!(" {} ", words.join(" "))
}

fn plain(text: &str) -> Vec<String> {
    terms(text, Language::Other(*b"und"))
        .into_iter()
        .map(|term| term.word.into_string())
        .collect()
}

/// Runs of the key that give it away; a text of fewer words, but more than one, is a run itself.
fn runs(text: &str) -> Vec<String> {
    let words = plain(text);
    match words.len() {
        0 | 1 => Vec::new(),
        short if short < LEAK => vec![format!(" {} ", words.join(" "))],
        _ => words
            .windows(LEAK)
            .map(|window| format!(" {} ", window.join(" ")))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::Task;
    use rstest::rstest;

    #[rstest]
    #[case("Think about when rows become objects.", true)]
    #[case("Say that a queryset is a lazy collection of database rows.", true)]
    #[case("Look again at when the database is asked.", false)]
    #[case("You are right that rows are sorted.", false)]
    fn the_key_is_recognised_in_a_hint(#[case] feedback: &str, #[case] leaks_key: bool) {
        let mut task = Task::new(
            "What is a queryset?",
            "A queryset is a lazy collection of database rows.",
        );
        task.alternative_answers
            .push("rows become objects".to_owned());
        task.alternative_answers.push("rows are sorted".to_owned());
        let submission = Submission::new(task, "I know that rows are sorted.");
        assert_eq!(leaks(feedback, &submission), leaks_key);
    }
}
