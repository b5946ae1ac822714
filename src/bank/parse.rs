use std::path::Path;

use serde::Deserialize as _;
use toml::de::{Deserializer, ValueDeserializer};

use super::raw::{RawBank, RawQuestion};
use super::source::Source;
use super::{Bank, BankError, check};

impl Bank {
    /// Parses a bank from TOML; `file_name` is what the problems call it.
    ///
    /// # Errors
    /// [`BankError::Invalid`]: all that is wrong with the bank, by line.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, BankError> {
        let source =
            Source::parse(text, file_name).map_err(|problem| BankError::Invalid(vec![problem]))?;
        let mut problems = Vec::new();
        let bank = RawBank::deserialize(Deserializer::from(source.root.clone()))
            .map_err(|error| problems.push(source.explain(&error)))
            .ok();
        let mut questions = Vec::new();
        for (index, value) in source.questions().iter().enumerate() {
            match RawQuestion::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(question) => questions.push((index, question)),
                Err(error) => problems.push(source.explain(&error)),
            }
        }
        check::bank(bank, questions, &source, problems, text)
    }

    /// Reads a bank from its file.
    ///
    /// ```no_run
    /// use std::path::Path;
    ///
    /// let bank = answer_grader::bank::Bank::read(Path::new("banks/sql.toml"))?;
    /// println!("{} has {} questions", bank.title, bank.questions.len());
    /// # Ok::<(), answer_grader::bank::BankError>(())
    /// ```
    ///
    /// # Errors
    /// [`BankError::Unreadable`]: the file cannot be read. [`BankError::Invalid`]: all that is wrong
    /// with the bank, by line.
    pub fn read(path: &Path) -> Result<Self, BankError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| BankError::Unreadable {
            path: name.clone(),
            source,
        })?;
        Self::parse(&text, &name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::Level;
    use rstest::rstest;

    const SECRET: &str = "The answer nobody may read.";

    fn problems(text: &str) -> Vec<String> {
        match Bank::parse(text, "x.toml") {
            Ok(_) => vec![],
            Err(error) => error.to_string().lines().map(str::to_owned).collect(),
        }
    }

    /// A bank of one question whose lines after its id are `rest`, from line 5 on.
    fn question(rest: &str) -> String {
        format!("id = 'x'\ntitle = 'X'\n[[questions]]\nid = 'orm'\n{rest}\n")
    }

    #[test]
    fn a_bank_is_read_with_all_its_fields() {
        let text = question(
            "topic = 'databases'\nlevel = 'senior'\nquestion = 'Why?'\n\
             reference_answer = \"\"\"\nBecause.\n\"\"\"\nalternative_answers = ['So.']\n\
             [[questions.concepts]]\nid = 'a'\ntext = 'one idea'\nweight = 2\n\
             [[questions.misconceptions]]\nid = 'm'\ntext = 'wrong'\ncap = 1\n\
             [[questions.examples]]\ncandidate_answer = 'Well.'\nscore = 0.5\n",
        );
        let bank = Bank::parse(&text, "x.toml").unwrap();
        let orm = bank.question("orm").unwrap();
        assert_eq!(orm.level, Some(Level::Senior));
        assert_eq!(orm.task().reference_answer, "Because.");
        let json = serde_json::to_value(&bank).unwrap()["questions"][0].take();
        assert_eq!(json["question"], "Why?");
        assert_eq!(json["level"], "senior");
        assert_eq!(json["concepts"][0]["weight"], 2.0);
        assert_eq!(json["examples"][0]["score"], 0.5);
    }

    #[rstest]
    #[case("id = 'x'\ntitle = 'X", "x.toml:2:11: ")]
    #[case(
        "id = 'x'\ntitle = 5",
        "x.toml:2:9: invalid type: integer `5`, expected a string"
    )]
    #[case(
        "id = 'x'\ntitle = 'X'\nauthor = 'me'",
        "x.toml:3:1: unknown field `author`"
    )]
    #[case("id = 'é'; x", "x.toml:1:9: ")]
    #[case(
        "id = 'x'\ntitle = 'X'",
        "x.toml:1: questions: a bank needs at least one question"
    )]
    #[case(
        "id = 'x'\r\ntitle = 'X'\r\nquestions = []",
        "x.toml:3: questions: a bank needs"
    )]
    #[case(
        "id = 'X Y'\ntitle = 'X'\nquestions = [{id='q',question='?',reference_answer='r'}]",
        "x.toml:1: id: must consist of a-z, 0-9 and '-'"
    )]
    fn a_mistake_in_the_file_has_its_line(#[case] text: &str, #[case] expected: &str) {
        let problems = problems(text);
        let told = problems.iter().any(|one| one.starts_with(expected));
        assert!(told, "{problems:?}");
    }

    #[rstest]
    #[case("question = 'Q'", &["4: questions[orm]: needs a reference_answer or concepts"])]
    #[case("question = ' '\nreference_answer = ''",
        &["5: questions[orm].question: must not be empty", "6: questions[orm].reference_answer: must not be empty"])]
    #[case("question = 'Q'\nreference_answer = 'R'\n[[questions.concepts]]\nid = 'a'\ntext = ''\n[[questions.concepts]]\n\
            id = 'a'\ntext = 'T'\nweight = -1",
        &["9: questions[orm].concepts[a].text: must not be empty", "11: questions[orm].concepts[a].id: is used by an entry before",
          "13: questions[orm].concepts[a].weight: must be above 0 and at most 1000"])]
    #[case("question = 'Q'\nconcepts = [\n{ id = 'A b', text = 'T', aliases = ['one', 'One '] },\n\
            { id = '', text = 'U' }]",
        &["7: questions[orm].concepts[0].id: must consist of a-z, 0-9 and '-'",
          "7: questions[orm].concepts[0].aliases[1]: repeats an alias of this concept",
          "8: questions[orm].concepts[1].id: must not be empty"])]
    #[case("question = 'Q'\nreference_answer = 'R'\n[[questions.misconceptions]]\nid = 'm'\ntext = 'T'\ncap = 1.5",
        &["10: questions[orm].misconceptions[m].cap: must be from 0 to 1"])]
    #[case("question = 'Q'\nreference_answer = 'R'\n[[questions.examples]]\ncandidate_answer = 'A'\nscore = nan",
        &["9: questions[orm].examples[0].score: must be from 0 to 1"])]
    #[case("question = 'Q'\nreference_answer = 'R'\n[[questions]]\nid = 'orm'\nquestion = 'P'\nreference_answer = 'R'",
        &["8: questions[orm].id: is used by a question before"])]
    #[case("question = 'Q'\nreference_answer = 'R'\nlevel = 'expert'\n[[questions]]\nid = 'b'\nquestion = ''\nreference_answer = 'R'",
        &["7:9: unknown variant `expert`, expected one of `junior`, `intermediate`, `senior`",
          "10: questions[b].question: must not be empty"])]
    fn all_that_is_wrong_is_told_with_its_line(#[case] rest: &str, #[case] expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(|one| format!("x.toml:{one}")).collect();
        assert_eq!(problems(&question(rest)), expected);
    }

    #[test]
    fn a_long_id_is_refused() {
        let rest = "question = 'Q'\nreference_answer = 'R'";
        let long = question(rest).replace("'orm'", &format!("'{}'", "a".repeat(61)));
        assert!(problems(&long)[0].ends_with("must have at most 60 characters"));
    }

    #[rstest]
    #[case("question = 'Q'\nreference_answer = 'R'\nalternative_answers = \"SECRET\"")]
    #[case("question = 'Q'\nreference_answer = 'R'\nexamples = ['SECRET']")]
    #[case("question = 'Q'\nreference_answer = ['SECRET']")]
    #[case("question = 'Q'\nreference_answer = \"\"\"SECRET")]
    #[case("question = 'Q'\nreference_answer = 'SECRET' SECRET")]
    #[case("question = 'Q'\nreference_answer = SECRET")]
    #[case("question = ''\nreference_answer = 'SECRET'")]
    fn no_problem_shows_an_answer(#[case] rest: &str) {
        let problems = problems(&question(rest).replace("SECRET", SECRET));
        assert!(!problems.is_empty());
        assert!(!problems.join(" ").contains("nobody"), "{problems:?}");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let error = Bank::read(Path::new("no/such.toml")).unwrap_err();
        assert!(error.to_string().ends_with("cannot read no/such.toml"));
    }
}
