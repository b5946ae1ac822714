use ::csv::StringRecord;
use serde_json::{Map, Value};

/// The columns that hold lists or objects: JSON, or entries between semicolons.
const LISTS: [&str; 4] = ["alternative_answers", "scores", "missing_concepts", "tags"];
const JSON: [&str; 3] = ["concepts", "misconceptions", "metadata"];
const NUMBERS: [&str; 3] = ["score", "points", "max_points"];

/// Turns a row into the fields of a case. An empty cell is a field that is left out, except for the
/// answer, which may be empty.
pub(super) fn fields(header: &StringRecord, row: &StringRecord) -> Map<String, Value> {
    let cells = header.iter().map(str::trim).zip(row.iter());
    cells
        .filter(|(name, cell)| !cell.is_empty() || *name == "candidate_answer")
        .map(|(name, cell)| (name.to_owned(), value(name, cell)))
        .collect()
}

fn value(name: &str, cell: &str) -> Value {
    let text = || Value::String(cell.to_owned());
    let json = || serde_json::from_str(cell.trim()).unwrap_or_else(|_| text());
    if LISTS.contains(&name) {
        if cell.trim_start().starts_with('[') {
            return json();
        }
        let entries = cell
            .split(';')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let entry = |entry: &str| match (name, entry.parse::<f64>()) {
            ("scores", Ok(number)) => number.into(),
            _ => Value::from(entry),
        };
        return entries.map(entry).collect();
    }
    if JSON.contains(&name) || NUMBERS.contains(&name) {
        // What is neither stays a text, and is refused by its type.
        return json();
    }
    text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("score", "0.5", json!(0.5))]
    #[case("score", "half", json!("half"))]
    #[case("id", "12", json!("12"))]
    #[case("tags", "full; spoken", json!(["full", "spoken"]))]
    #[case("tags", r#"["a;b"]"#, json!(["a;b"]))]
    #[case("scores", "0.5;1", json!([0.5, 1.0]))]
    #[case("concepts", r#"[{"id": "a", "text": "t"}]"#, json!([{"id": "a", "text": "t"}]))]
    fn a_cell_becomes_what_its_column_holds(
        #[case] name: &str,
        #[case] cell: &str,
        #[case] expected: Value,
    ) {
        assert_eq!(value(name, cell), expected);
    }

    #[test]
    fn an_empty_cell_is_left_out_but_an_answer_may_be_empty() {
        let header = StringRecord::from(vec!["id", "candidate_answer", "score"]);
        let row = StringRecord::from(vec!["a", "", ""]);
        let fields = Value::from(fields(&header, &row));
        assert_eq!(fields, json!({"id": "a", "candidate_answer": ""}));
    }
}
