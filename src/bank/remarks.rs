use std::collections::{HashMap, HashSet};

use super::check::folded;
use super::{Bank, Problem, Question};
use crate::text::{Language, distinct_stems, terms};

impl Bank {
    /// Lists what is allowed and probably not meant: a question without concepts, an alias of two
    /// concepts, a concept that the question gives away. A bank with remarks can be used.
    ///
    /// ```
    /// use answer_grader::bank::Bank;
    ///
    /// let text = "id = 'sql'\ntitle = 'SQL'\n[[questions]]\nid = 'join'\nquestion = 'What is a join?'\n\
    ///             reference_answer = 'It combines rows.'";
    /// let remarks = Bank::parse(text, "sql.toml")?.remarks();
    /// assert_eq!(remarks[0].place.as_deref(), Some("questions[join].concepts"));
    /// # Ok::<(), answer_grader::bank::BankError>(())
    /// ```
    pub fn remarks(&self) -> Vec<Problem> {
        let mut remarks = Vec::new();
        for question in &self.questions {
            let at = format!("questions[{}]", question.id);
            let found = (without_concepts(question).into_iter())
                .chain(shared_aliases(question))
                .chain(given_away(question));
            remarks.extend(found.map(|(field, detail)| Problem {
                file: self.file.clone(),
                line: question.line,
                column: None,
                place: Some(format!("{at}.{field}")),
                pointer: None,
                detail,
            }));
        }
        remarks
    }
}

/// A field of the question, and what is odd about it.
type Remark = (String, String);

fn without_concepts(question: &Question) -> Option<Remark> {
    let detail = "has none, so an answer is compared with the reference as a whole; \
                  add concepts to tell what is missing";
    let empty = question.task.concepts.is_empty();
    empty.then(|| ("concepts".to_owned(), detail.to_owned()))
}

/// One phrase would be evidence for two ideas.
fn shared_aliases(question: &Question) -> Vec<Remark> {
    let mut owners = HashMap::<String, &str>::new();
    let mut remarks = Vec::new();
    for concept in &question.task.concepts {
        for alias in &concept.aliases {
            let owner = owners.entry(folded(alias)).or_insert(&concept.id);
            if *owner != concept.id {
                let field = format!("concepts[{}].aliases", concept.id);
                let detail = format!("{alias:?} is an alias of concepts[{owner}] too");
                remarks.push((field, detail));
            }
        }
    }
    remarks
}

/// An answer that only says the question again would express the concept.
fn given_away(question: &Question) -> Vec<Remark> {
    let task = &question.task;
    let language = Language::detect(&format!("{}\n{}", task.question, task.key_text()))
        .unwrap_or(Language::English);
    let asked = terms(&task.question, language);
    let asked: HashSet<_> = distinct_stems(&asked).into_iter().collect();
    let given_away = |text: &str| {
        let terms = terms(text, language);
        let stems = distinct_stems(&terms);
        !stems.is_empty() && stems.iter().all(|stem| asked.contains(stem))
    };
    let concepts = task.concepts.iter();
    concepts
        .filter(|concept| given_away(&concept.text))
        .map(|concept| {
            let detail = "has no word that is not in the question, so that saying the question \
                          again would express it";
            (format!("concepts[{}].text", concept.id), detail.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const QUESTION: &str = "id = 'x'\ntitle = 'X'\n[[questions]]\nid = 'q'\n\
                            question = 'What is a lazy queryset?'\nreference_answer = 'Rows on demand.'\n";

    #[rstest]
    #[case("", &["questions[q].concepts: has none"])]
    #[case("concepts = [{ id = 'a', text = 'a queryset runs when it is used' }]", &[])]
    #[case("concepts = [{ id = 'a', text = 'Querysets are lazy.' }]", &["questions[q].concepts[a].text: has no word"])]
    #[case("concepts = [{ id = 'a', text = 'rows', aliases = ['On demand'] }, { id = 'b', text = 'speed', aliases = ['on demand '] }]",
        &["questions[q].concepts[b].aliases: \"on demand \" is an alias of concepts[a] too"])]
    fn what_is_probably_not_meant_is_remarked(#[case] concepts: &str, #[case] expected: &[&str]) {
        let bank = Bank::parse(&format!("{QUESTION}{concepts}"), "x.toml").unwrap();
        let remarks: Vec<_> = bank.remarks().iter().map(ToString::to_string).collect();
        assert_eq!(remarks.len(), expected.len(), "{remarks:?}");
        for (remark, expected) in remarks.iter().zip(expected) {
            let start = format!("x.toml:4: {expected}");
            assert!(remark.starts_with(&start), "{remark}");
        }
    }
}
