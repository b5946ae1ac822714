use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::raw::{RawBank, RawQuestion};
use super::source::Source;
use super::{Bank, BankError, Origin, Problem, Question};
use crate::grade::{Limits, RequestError, Task};

/// What a bank may hold; its owner is trusted, so these catch slips rather than abuse.
pub(super) const LIMITS: Limits = Limits {
    answer_chars: 20_000,
    reference_chars: 20_000,
    alternative_answers: 20,
    concepts: 50,
    concept_chars: 1_000,
    aliases: 50,
    metadata_bytes: 0,
};

/// Characters of the id of a bank or a question; two of them and a slash make a `question_id`.
pub(super) const LONGEST_ID: usize = 60;

/// Checks what was read and makes the bank of it; `problems` are those found by reading.
pub(super) fn bank(
    raw: Option<RawBank>,
    questions: Vec<(usize, RawQuestion)>,
    source: &Source,
    problems: Vec<Problem>,
    toml: &str,
) -> Result<Bank, BankError> {
    let mut check = Check { source, problems };
    if let Some(bank) = &raw {
        check.name("/id", &bank.id);
        check.filled("/title", Some(&bank.title));
        check.filled("/as_of", bank.as_of.as_ref());
    }
    if source.questions().is_empty() {
        check.push("/questions", "a bank needs at least one question");
    }
    let mut ids = HashSet::new();
    let questions = questions
        .into_iter()
        .map(|(index, raw)| {
            let at = format!("/questions/{index}");
            if !ids.insert(raw.id.clone()) {
                check.push(&format!("{at}/id"), "is used by a question before");
            }
            check.question(&at, raw)
        })
        .collect();
    match raw {
        Some(bank) if check.problems.is_empty() => Ok(Bank {
            id: bank.id,
            title: bank.title,
            as_of: bank.as_of,
            questions,
            origin: Origin::File,
            file: source.file.to_owned(),
            toml: toml.into(),
        }),
        _ => {
            check.problems.sort_by_key(|problem| problem.line);
            Err(BankError::Invalid(check.problems))
        }
    }
}

/// Collects what is wrong, so that all of it is seen at once.
struct Check<'a> {
    source: &'a Source<'a>,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn push(&mut self, pointer: &str, detail: &str) {
        self.problems.push(self.source.problem(pointer, detail));
    }

    /// Checks a text that may be left out but not empty.
    fn filled(&mut self, pointer: &str, text: Option<&String>) {
        if text.is_some_and(|text| text.trim().is_empty()) {
            self.push(pointer, "must not be empty");
        }
    }

    /// Checks the id of a bank or a question.
    fn name(&mut self, pointer: &str, id: &str) {
        if let Some(fault) = name_fault(id) {
            self.push(pointer, fault);
        }
    }

    fn question(&mut self, at: &str, raw: RawQuestion) -> Question {
        self.name(&format!("{at}/id"), &raw.id);
        self.filled(&format!("{at}/topic"), raw.topic.as_ref());
        self.filled(&format!("{at}/question"), Some(&raw.question));
        self.filled(
            &format!("{at}/reference_answer"),
            raw.reference_answer.as_ref(),
        );
        if raw.reference_answer.is_none() && raw.concepts.is_empty() {
            self.push(at, "needs a reference_answer or concepts");
        }
        let task = raw.task();
        self.task(at, &task);
        for (index, example) in raw.examples.iter().enumerate() {
            let at = format!("{at}/examples/{index}");
            self.filled(
                &format!("{at}/candidate_answer"),
                Some(&example.candidate_answer),
            );
            self.filled(&format!("{at}/feedback"), example.feedback.as_ref());
            if !(0.0..=1.0).contains(&example.score) {
                self.push(&format!("{at}/score"), "must be from 0 to 1");
            }
        }
        self.beside_concepts(at, "links", &raw.links, &task);
        self.beside_concepts(at, "follow_ups", &raw.follow_ups, &task);
        for (concept, link) in &raw.links {
            if !link.starts_with("https://") || link.contains(char::is_whitespace) {
                let pointer = format!("{at}/links/{concept}");
                self.push(&pointer, "must be an address that begins with https://");
            }
        }
        Question {
            line: self.source.place(at).0,
            id: raw.id,
            topic: raw.topic,
            level: raw.level,
            labelled: raw.labelled,
            links: raw.links,
            follow_ups: raw.follow_ups,
            task: Arc::new(task),
        }
    }

    /// Checks texts that belong to concepts, by their ids.
    fn beside_concepts(
        &mut self,
        at: &str,
        table: &str,
        texts: &BTreeMap<String, String>,
        task: &Task,
    ) {
        for (id, text) in texts {
            let pointer = format!("{at}/{table}/{id}");
            if !task.concepts.iter().any(|concept| concept.id == *id) {
                self.push(&pointer, "is for a concept that the question does not have");
            } else if text.trim().is_empty() {
                self.push(&pointer, "must not be empty");
            } else if text.chars().count() > LIMITS.concept_chars {
                self.push(&pointer, "has more than 1000 characters");
            }
        }
    }

    /// Checks a task by the rules of a request's fields, and by those that a bank adds.
    fn task(&mut self, at: &str, task: &Task) {
        if let Err(RequestError::Invalid(errors)) = task.check(&LIMITS, at) {
            for error in errors {
                self.push(&error.pointer, &error.detail);
            }
        }
        let concepts = task.concepts.iter().map(|concept| &concept.id);
        let misconceptions = task.misconceptions.iter().map(|one| &one.id);
        for (list, index, id) in (concepts
            .enumerate()
            .map(|(index, id)| ("concepts", index, id)))
        .chain((misconceptions.enumerate()).map(|(index, id)| ("misconceptions", index, id)))
        {
            // An empty id is refused with the task.
            if let Some(fault) = id_fault(id).filter(|_| !id.trim().is_empty()) {
                self.push(&format!("{at}/{list}/{index}/id"), fault);
            }
        }
        for (index, concept) in task.concepts.iter().enumerate() {
            let mut seen = HashSet::new();
            for (alias, text) in concept.aliases.iter().enumerate() {
                if !seen.insert(folded(text)) && !text.trim().is_empty() {
                    let pointer = format!("{at}/concepts/{index}/aliases/{alias}");
                    self.push(&pointer, "repeats an alias of this concept");
                }
            }
        }
    }
}

/// A text as it counts when two are compared: case and surrounding space do not.
pub(super) fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Says what is wrong with the characters of an id.
pub(super) fn id_fault(id: &str) -> Option<&'static str> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() {
        Some("must not be empty")
    } else if !id.bytes().all(allowed) {
        Some("must consist of a-z, 0-9 and '-'")
    } else {
        None
    }
}

/// Says what is wrong with the id of a bank or a question.
pub(super) fn name_fault(id: &str) -> Option<&'static str> {
    const { assert!(LONGEST_ID == 60, "the message below says so") };
    id_fault(id).or((id.len() > LONGEST_ID).then_some("must have at most 60 characters"))
}
