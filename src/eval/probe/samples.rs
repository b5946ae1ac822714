//! Subjects that the room's tests share.

use super::{Outcome, Perturbation, ProbeLimits, ProbeReport, ProbeRun, ProbeSetup, Subject};

const QUESTION: &str = "How do you speed up a slow Django list view?";
const REFERENCE: &str = "First measure how many queries the view runs. If each row triggers another \
     query, use select_related() before the loop for foreign keys and prefetch_related() for the \
     many side. An index always makes filters faster. Caching reduces the load further.";

/// A long English answer with identifiers.
pub(super) fn long() -> Subject<'static> {
    Subject {
        id: "orm-01",
        question_id: "orm",
        question: QUESTION,
        reference_answer: REFERENCE,
        candidate_answer: "He should look at connection.queries first, because the colour of the \
            problem is usually the N+1 query. Then I would use select_related() and \
            prefetch_related() so that their objects are fetched before the loop runs. It does \
            not help to cache everything, and I'd organise an index on 3 columns.",
        other_reference: Some("A mutex lets one thread at a time into a critical section."),
        language: "en",
        speech: false,
    }
}

fn with(id: &'static str, candidate_answer: &'static str) -> Subject<'static> {
    Subject {
        id,
        candidate_answer,
        ..long()
    }
}

/// Answers of every sort that has caused trouble, by id.
pub(super) fn all() -> Vec<Subject<'static>> {
    vec![
        long(),
        with("short", "Use an index"),
        with(
            "fenced",
            "You write this instead of the loop:\n```python\nBook.objects.filter(id=1)\n```\nand \
             then the database does the counting.",
        ),
        with("empty", ""),
        with("blank", " \n\t"),
        with("punctuation", "?!... --- ;"),
        with(
            "emoji",
            "Use an index 🙂👩‍💻 because filters are faster 🏴󠁧󠁢󠁥󠁮󠁧󠁿 with one.",
        ),
        Subject {
            id: "german",
            question: "Wie wird eine langsame Liste schneller?",
            reference_answer: "Zuerst die Abfragen zählen, dann select_related() benutzen und \
                einen Index über die gefilterten Spalten anlegen.",
            candidate_answer: "Man zählt zuerst die Abfragen und benutzt dann select_related(), \
                damit nicht jede Zeile eine eigene Abfrage auslöst. Außerdem hilft ein Index.",
            language: "de",
            ..long()
        },
        Subject {
            id: "bare",
            question: "",
            reference_answer: "",
            other_reference: None,
            ..long()
        },
    ]
}

/// The subject of that id.
pub(super) fn named(id: &str) -> Subject<'static> {
    let subject = all().into_iter().find(|subject| subject.id == id);
    subject.expect("the sample is listed")
}

/// What became of a text about the question "orm".
pub(super) fn outcome(
    perturbation: Perturbation,
    id: &str,
    before: Option<f64>,
    after: Option<f64>,
) -> Outcome {
    Outcome {
        perturbation,
        id: id.to_owned(),
        question_id: "orm".to_owned(),
        human_score: 0.5,
        before,
        after,
        ungraded: after.is_none().then(|| "timeout".to_owned()),
        refused: false,
        needs_review: false,
    }
}

/// A report with rows of both kinds, a failed check and an inconclusive one.
pub(super) fn report() -> ProbeReport {
    let outcomes = [
        outcome(Perturbation::Typos, "orm-01", Some(0.8), Some(0.8)),
        outcome(Perturbation::Typos, "orm-02", Some(0.4), Some(0.42)),
        outcome(Perturbation::Padding, "orm-01", Some(0.8), Some(0.5)),
        outcome(Perturbation::Dialect, "orm-01", Some(0.8), None),
        outcome(Perturbation::QuestionEcho, "orm", None, Some(0.0)),
        outcome(Perturbation::Instructions, "orm-02", Some(0.2), Some(0.9)),
    ];
    let setup = ProbeSetup {
        suite: "django".to_owned(),
        software: "0.1.0".to_owned(),
        run: ProbeRun {
            name: "keyword".to_owned(),
            method: "keyword".to_owned(),
            model: None,
            prompt: None,
        },
        pass_mark: 0.6,
        seed: 7,
    };
    ProbeReport::new(setup, &outcomes, &ProbeLimits::default())
}
