use std::sync::Arc;

use super::{Bank, BankError, Origin, Question};
use crate::grade::Task;

const DJANGO: &str = include_str!("../../fixtures/banks/django.toml");

/// The loaded banks, each with an id of its own.
///
/// ```
/// use answer_grader::bank::Banks;
/// use answer_grader::{Submission, grade_offline};
///
/// let banks = Banks::built_in()?;
/// let task = banks.task("django/orm-performance").ok_or("no such question")?;
/// assert!(!task.concepts.is_empty());
/// let grade = grade_offline(&Submission::new(task, "Use select_related() to join."));
/// assert!(grade.score < Some(1.0));
/// assert!(banks.find("django/unheard-of").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Banks(Vec<Bank>);

impl Banks {
    /// The banks built into the program.
    ///
    /// # Errors
    /// None in a released build: a test reads the built-in banks.
    pub fn built_in() -> Result<Self, BankError> {
        let django = Bank::parse(DJANGO, "django.toml")?;
        Ok(Self(vec![django.of(Origin::BuiltIn)]))
    }

    /// Adds a bank.
    ///
    /// ```
    /// use answer_grader::bank::Banks;
    ///
    /// let mut banks = Banks::built_in()?;
    /// let again = banks.get("django").ok_or("not built in")?.clone();
    /// let error = banks.add(again.clone()).unwrap_err();
    /// assert_eq!(error.to_string(), "a bank with the id \"django\" is loaded already");
    /// banks.put(again);
    /// assert_eq!(banks.iter().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BankError::Repeated`]: a bank of the same id is loaded, and neither may hide the other's
    /// questions.
    pub fn add(&mut self, bank: Bank) -> Result<(), BankError> {
        if self.get(&bank.id).is_some() {
            return Err(BankError::Repeated(bank.id));
        }
        self.0.push(bank);
        Ok(())
    }

    /// Puts a bank in the place of the one of the same id, or adds it.
    pub fn put(&mut self, bank: Bank) {
        match self.0.iter_mut().find(|one| one.id == bank.id) {
            Some(one) => *one = bank,
            None => self.0.push(bank),
        }
    }

    /// Gets a bank by its id; `None` where it is not loaded.
    pub fn get(&self, id: &str) -> Option<&Bank> {
        self.iter().find(|bank| bank.id == id)
    }

    /// Finds a question by its `question_id`: the bank's id, a slash and the question's id.
    pub fn find(&self, question_id: &str) -> Option<&Question> {
        let (bank, question) = question_id.split_once('/')?;
        self.get(bank)?.question(question)
    }

    /// Finds the task of a question by its `question_id`.
    pub fn task(&self, question_id: &str) -> Option<Arc<Task>> {
        self.find(question_id)
            .map(|question| Arc::clone(question.task()))
    }

    /// Lists the banks, the built-in ones first, then in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Bank> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Banks {
    type Item = &'a Bank;
    type IntoIter = std::slice::Iter<'a, Bank>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn the_built_in_banks_can_be_used() {
        let banks = Banks::built_in().unwrap();
        let bank = banks.get("django").unwrap();
        assert!(bank.questions.len() >= 30);
        for question in &bank.questions {
            let id = &question.id;
            let named = |table: &std::collections::BTreeMap<String, String>| {
                let ids: Vec<_> = table.keys().cloned().collect();
                ids
            };
            let concepts = question.task.concepts.iter();
            let mut concepts: Vec<_> = concepts.map(|one| one.id.clone()).collect();
            concepts.sort();
            assert_eq!(named(&question.links), concepts, "links of {id}");
            assert_eq!(named(&question.follow_ups), concepts, "follow-ups of {id}");
        }
        let remarks: Vec<_> = bank.remarks().iter().map(ToString::to_string).collect();
        assert_eq!(remarks, [""; 0]);
    }

    #[rstest]
    #[case("django/orm-performance", true)]
    #[case("django/unheard-of", false)]
    #[case("flask/orm-performance", false)]
    #[case("orm-performance", false)]
    #[case("django/", false)]
    fn a_question_is_found_by_bank_and_id(#[case] id: &str, #[case] found: bool) {
        let banks = Banks::built_in().unwrap();
        assert_eq!(banks.find(id).is_some(), found);
        assert_eq!(banks.task(id).is_some(), found);
    }

    #[test]
    fn a_task_is_shared_and_not_copied() {
        let banks = Banks::built_in().unwrap();
        let task = |id| banks.task(id).unwrap();
        assert!(Arc::ptr_eq(&task("django/orm"), &task("django/orm")));
    }

    #[test]
    fn a_second_bank_of_the_same_id_is_refused() {
        let mut banks = Banks::built_in().unwrap();
        let again = banks.get("django").unwrap().clone();
        let error = banks.add(again).unwrap_err().to_string();
        assert_eq!(error, "a bank with the id \"django\" is loaded already");
        assert_eq!(banks.iter().count(), 1);
    }
}
