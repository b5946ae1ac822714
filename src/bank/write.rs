use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::raw::RawQuestion;
use super::{Bank, BankError, Problem};
use crate::grade::{JsonError, parse_json};

/// What the problems call a bank that came as JSON.
const FILE: &str = "bank.json";

/// Fields that a form leaves empty where there is nothing to say.
const MAY_BE_EMPTY: [&str; 5] = ["as_of", "topic", "level", "reference_answer", "feedback"];

/// A bank, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWhole {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    questions: Vec<RawQuestion>,
}

impl Bank {
    /// Makes a bank of JSON in the structure of its TOML. Optional texts that are empty count as left out.
    ///
    /// ```
    /// use answer_grader::bank::Bank;
    ///
    /// let bank = Bank::from_json(
    ///     br#"{"id": "sql", "title": "SQL", "questions": [{"id": "join",
    ///          "question": "What is a join?", "reference_answer": "It combines rows."}]}"#,
    /// )?;
    /// assert_eq!(bank.questions[0].id, "join");
    /// # Ok::<(), answer_grader::bank::BankError>(())
    /// ```
    ///
    /// # Errors
    /// [`BankError::Invalid`]: all that is wrong with the bank, by place.
    pub fn from_json(text: &[u8]) -> Result<Self, BankError> {
        let value = without_empty(parse_json(text).map_err(problem)?);
        let text = serde_json::to_vec(&value).unwrap_or_default();
        let raw: RawWhole = parse_json(&text).map_err(problem)?;
        let written = toml::to_string_pretty(&raw).map_err(|error| {
            problem(JsonError::Field(crate::grade::FieldError {
                pointer: String::new(),
                detail: format!("cannot be written as TOML: {error}"),
            }))
        })?;
        Self::parse(&written, FILE)
    }
}

fn without_empty(value: Value) -> Value {
    let is_empty = |name: &str, value: &Value| {
        let text = value.as_str();
        MAY_BE_EMPTY.contains(&name) && text.is_some_and(|text| text.trim().is_empty())
    };
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(name, value)| !is_empty(name, value))
            .map(|(name, value)| (name, without_empty(value)))
            .collect(),
        Value::Array(list) => list.into_iter().map(without_empty).collect(),
        other => other,
    }
}

fn problem(error: JsonError) -> BankError {
    let at = |line, column, pointer, detail| Problem {
        file: FILE.to_owned(),
        line,
        column,
        place: None,
        pointer,
        detail,
    };
    BankError::Invalid(vec![match error {
        JsonError::Field(field) => at(1, None, Some(field.pointer), field.detail),
        JsonError::Malformed { cut, line, column } => {
            let why = if cut {
                "ends too soon"
            } else {
                "is not valid JSON"
            };
            at(line, Some(column), None, why.to_owned())
        }
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::Banks;
    use serde_json::json;

    fn pointers(bank: &Value) -> Vec<String> {
        match Bank::from_json(bank.to_string().as_bytes()) {
            Err(BankError::Invalid(problems)) => {
                let pointers = problems.into_iter().filter_map(|one| one.pointer);
                let mut pointers: Vec<_> = pointers.collect();
                pointers.sort();
                pointers
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bank_is_written_as_it_was_read() {
        let banks = Banks::built_in().unwrap();
        let bank = banks.get("django").unwrap();
        let json = serde_json::to_string(bank).unwrap();
        let again = Bank::from_json(json.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), json);
        assert_ne!(again.toml(), bank.toml());
    }

    #[test]
    fn what_is_left_empty_is_left_out() {
        let bank = json!({"id": "x", "title": "X", "as_of": "", "questions": [{
            "id": "q", "topic": null, "level": "", "question": "Why?", "reference_answer": " ",
            "concepts": [{"id": "a", "text": "So.", "weight": 2, "aliases": []}], "links": {},
        }]});
        let bank = Bank::from_json(bank.to_string().as_bytes()).unwrap();
        assert_eq!((bank.as_of, bank.questions[0].level), (None, None));
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let mut bank = json!({"id": "x", "title": "X", "questions": [{
            "id": "q", "question": "Why?", "reference_answer": "So.",
            "concepts": [{"id": "a", "text": "So.", "weight": -1}],
            "links": {"a": "http://example.org", "b": "https://example.org"}, "follow_ups": {"a": " "},
        }]});
        let expected = [
            "/questions/0/concepts/0/weight",
            "/questions/0/follow_ups/a",
            "/questions/0/links/a",
            "/questions/0/links/b",
        ];
        assert_eq!(pointers(&bank), expected);
        bank["questions"][0]["concepts"][0]["weight"] = json!("two");
        assert_eq!(pointers(&bank), ["/questions/0/concepts/0/weight"]);
        bank["questions"][0]["concepts"][0]["weight"] = json!(2);
        bank["as_of"] = json!({});
        assert_eq!(pointers(&bank), ["/as_of"]);
        bank["author"] = json!("me");
        assert!(!pointers(&bank).is_empty());
        assert_eq!(pointers(&json!("a bank")), [""]);
    }
}
