use serde_json::{Map, Value};

use super::{Bank, BankError, Problem};

/// Fields that a form leaves empty where there is nothing to say.
const MAY_BE_LEFT_OUT: [&str; 5] = ["as_of", "topic", "level", "reference_answer", "feedback"];
/// The order in which a question's fields are written; tables come last.
const ORDER: [&str; 13] = [
    "id",
    "title",
    "as_of",
    "topic",
    "level",
    "labelled",
    "question",
    "reference_answer",
    "alternative_answers",
    "concepts",
    "misconceptions",
    "examples",
    "links",
];

impl Bank {
    /// Makes a bank of JSON in the structure of its TOML. Fields that are `null`, and optional texts
    /// that are empty, count as left out.
    ///
    /// # Errors
    /// All that is wrong with the bank, by place.
    pub fn from_json(bank: Value) -> Result<Self, BankError> {
        const FILE: &str = "bank.json";
        let written = toml::to_string_pretty(&tidy(bank)).map_err(|error| {
            BankError::Invalid(vec![Problem {
                file: FILE.to_owned(),
                line: 1,
                column: None,
                place: None,
                detail: format!("cannot be written as TOML: {error}"),
            }])
        })?;
        Self::parse(&written, FILE)
    }
}

fn tidy(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let said = |name: &str, value: &Value| match value {
                Value::Null => false,
                Value::String(text) => !(text.trim().is_empty() && MAY_BE_LEFT_OUT.contains(&name)),
                Value::Array(list) => !list.is_empty(),
                Value::Object(table) => !table.is_empty(),
                _ => true,
            };
            let mut fields: Vec<_> = fields
                .into_iter()
                .filter(|(name, value)| said(name, value))
                .map(|(name, value)| (name, tidy(value)))
                .collect();
            let rank = |name: &str| ORDER.iter().position(|one| *one == name);
            fields.sort_by_key(|(name, _)| rank(name).unwrap_or(ORDER.len()));
            Value::Object(Map::from_iter(fields))
        }
        Value::Array(list) => list.into_iter().map(tidy).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::Banks;
    use serde_json::json;

    #[test]
    fn a_bank_is_written_as_it_was_read() {
        let banks = Banks::built_in().unwrap();
        let bank = banks.get("django").unwrap();
        let json = serde_json::to_value(bank).unwrap();
        let again = Bank::from_json(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&again).unwrap(), json);
        assert_ne!(again.toml(), bank.toml());
    }

    #[test]
    fn what_is_left_empty_is_left_out() {
        let bank = json!({"id": "x", "title": "X", "as_of": "", "questions": [{
            "id": "q", "topic": null, "level": "", "question": "Why?", "reference_answer": " ",
            "concepts": [{"id": "a", "text": "So.", "weight": 2, "aliases": []}], "links": {},
        }]});
        let bank = Bank::from_json(bank).unwrap();
        assert_eq!((bank.as_of, bank.questions[0].level), (None, None));
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let bank = json!({"id": "x", "title": "X", "questions": [{
            "id": "q", "question": "Why?", "reference_answer": "So.",
            "concepts": [{"id": "a", "text": "So.", "weight": -1}],
            "links": {"a": "http://example.org", "b": "https://example.org"}, "follow_ups": {"a": " "},
        }]});
        let BankError::Invalid(problems) = Bank::from_json(bank).unwrap_err() else {
            panic!("another error");
        };
        let mut places: Vec<_> = problems.into_iter().filter_map(|one| one.place).collect();
        places.sort();
        let expected = [
            "questions[q].concepts[a].weight",
            "questions[q].follow_ups.a",
            "questions[q].links.a",
            "questions[q].links.b",
        ];
        assert_eq!(places, expected);
    }
}
