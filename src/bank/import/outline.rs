use super::Fault;
use super::sections::Section;
use crate::bank::slug::slug;

/// A question of the notes.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) topic: Option<String>,
    pub(super) question: String,
    pub(super) answer: String,
}

/// How plainly a heading is a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Plain,
    /// "3. …": a question, or a step of an answer.
    Numbered,
    /// "Q3: …" or "…?".
    Asking,
}

/// Tells the questions among the sections:
///
/// - a heading alone at the top of all others is the title;
/// - one without text and with headings below it is their topic;
/// - any other is a question. Headings below it belong to its answer, unless they ask and are
///   questions of their own.
pub(super) fn entries(sections: &[Section], faults: &mut Vec<Fault>) -> Vec<Entry> {
    let mut fault = |line, detail: &str| faults.push((line, detail.to_owned()));
    let sections = match sections {
        [before, rest @ ..] => {
            if !before.text.is_empty() {
                fault(
                    before.line,
                    "the text before the first heading belongs to no question",
                );
            }
            rest
        }
        [] => sections,
    };
    let mut entries = Vec::new();
    let mut topics = Vec::<&Section>::new();
    let mut at = title(sections, &mut fault);
    while let Some(section) = sections.get(at) {
        let below = below(sections, at);
        let (question, form) = without_number(&section.heading);
        let asked = below.iter().any(|inner| asks_below(form, inner));
        topics.retain(|topic| topic.level < section.level);
        at += 1;
        if question.is_empty() {
            fault(section.line, "the heading is empty");
        } else if section.text.is_empty() && !below.is_empty() && (form != Form::Asking || asked) {
            topics.push(section);
        } else if !section.text.is_empty() && form == Form::Plain && asked {
            fault(
                section.line,
                "the heading has a text of its own and questions below it: if it is a topic, \
                   delete the text, and if it is a question, let it end with a question mark",
            );
        } else {
            let own = below
                .iter()
                .take_while(|inner| !asks_below(form, inner))
                .count();
            let answer = answer(section, &below[..own]);
            at += own;
            if answer.is_empty() {
                fault(section.line, unanswered(sections.get(at)));
                continue;
            }
            let topic = topics.last().map(|topic| without_number(&topic.heading).0);
            entries.push(Entry {
                line: section.line,
                topic: topic.map(|topic| slug(topic).unwrap_or_else(|| topic.to_owned())),
                question: question.to_owned(),
                answer,
            });
        }
    }
    entries
}

/// Gives the index after the title, where there is one.
fn title(sections: &[Section], fault: &mut impl FnMut(usize, &str)) -> usize {
    let is_title = |first: &Section| {
        let below = below(sections, 0).len();
        below > 0 && below + 1 == sections.len() && form(first) != Form::Asking
    };
    let Some(title) = sections.first().filter(|first| is_title(first)) else {
        return 0;
    };
    if !title.text.is_empty() {
        fault(
            title.line,
            "the text under the title belongs to no question: delete it, or, if the heading is a \
               question, let it end with a question mark",
        );
    }
    1
}

/// The sections under a heading.
fn below(sections: &[Section], at: usize) -> &[Section] {
    let Some((section, after)) = sections.get(at..).and_then(<[Section]>::split_first) else {
        return &[];
    };
    let end = after.iter().position(|other| other.level <= section.level);
    &after[..end.unwrap_or(after.len())]
}

/// Whether a heading below one of the form `above` is a question of its own.
fn asks_below(above: Form, inner: &Section) -> bool {
    match form(inner) {
        Form::Plain => false,
        Form::Numbered => above == Form::Plain,
        Form::Asking => true,
    }
}

fn answer(section: &Section, parts: &[Section]) -> String {
    let is_text = |text: &&str| !text.is_empty();
    if section.text.is_empty() && parts.iter().all(|part| part.text.is_empty()) {
        return String::new();
    }
    let mut texts = vec![section.text.as_str()];
    texts.extend(
        parts
            .iter()
            .flat_map(|part| [part.heading.as_str(), part.text.as_str()]),
    );
    texts
        .into_iter()
        .filter(is_text)
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn unanswered(next: Option<&Section>) -> &'static str {
    if next.is_some_and(|next| next.underlined) {
        "the question has no answer; the line of --- under the text below makes that a heading, so put an empty \
         line between them"
    } else {
        "the question has no answer under it"
    }
}

fn form(section: &Section) -> Form {
    without_number(&section.heading).1
}

/// Takes "3. ", "3) ", "Q: " or "Question 3. " off a heading.
fn without_number(heading: &str) -> (&str, Form) {
    let letters = heading.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let word = heading[..heading.len() - letters.len()].to_ascii_lowercase();
    let is_question = matches!(word.as_str(), "q" | "question");
    let number = if is_question {
        letters.trim_start()
    } else {
        heading
    };
    let after = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let digits = &number[..number.len() - after.len()];
    let has_digit = digits.starts_with(|c: char| c.is_ascii_digit());
    let rest = match after.strip_prefix([')', ':']) {
        Some(rest) if is_question || (has_digit && after.starts_with(')')) => Some(rest),
        None if digits.ends_with('.') && (is_question || has_digit) => Some(after),
        _ => None,
    };
    let (question, form) =
        match rest.filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            Some(rest) if is_question => (rest.trim(), Form::Asking),
            Some(rest) => (rest.trim(), Form::Numbered),
            None => (heading, Form::Plain),
        };
    (
        question,
        if question.ends_with(['?', '？']) {
            Form::Asking
        } else {
            form
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("1. Name a verb.", "Name a verb.", Form::Numbered)]
    #[case("12) Name a verb.", "Name a verb.", Form::Numbered)]
    #[case("1.2. Name a verb.", "Name a verb.", Form::Numbered)]
    #[case("Q3: Name a verb.", "Name a verb.", Form::Asking)]
    #[case("q: Name a verb.", "Name a verb.", Form::Asking)]
    #[case("Question 3. Name a verb.", "Name a verb.", Form::Asking)]
    #[case("2. Which verbs?", "Which verbs?", Form::Asking)]
    #[case("3D models", "3D models", Form::Plain)]
    #[case("404: not found", "404: not found", Form::Plain)]
    #[case(".NET", ".NET", Form::Plain)]
    #[case("2.0 and 3.0", "2.0 and 3.0", Form::Plain)]
    #[case("Queues: what for", "Queues: what for", Form::Plain)]
    #[case("Q", "Q", Form::Plain)]
    #[case("7.", "", Form::Numbered)]
    fn numbers_are_taken_off_and_versions_are_not(
        #[case] heading: &str,
        #[case] question: &str,
        #[case] form: Form,
    ) {
        assert_eq!(without_number(heading), (question, form));
    }
}
