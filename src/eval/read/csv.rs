use ::csv::{Position, StringRecord};
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

/// Tells on which line of a table a row begins. The reader's own count lags behind where lines end
/// in CR LF, since it takes a row to end at the CR.
pub(in crate::eval) struct RowLines<'a> {
    text: &'a [u8],
    /// How far the text is counted.
    counted: usize,
    line: usize,
}

impl<'a> RowLines<'a> {
    /// The lines of a text that the reader reads, too.
    pub(in crate::eval) fn of(text: &'a [u8]) -> Self {
        Self {
            text,
            counted: 0,
            line: 1,
        }
    }

    /// The line of a row, which lies behind those that were asked for before.
    pub(in crate::eval) fn line(&mut self, position: Option<&Position>) -> usize {
        let start = position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
        let start = start.clamp(self.counted, self.text.len());
        let ends = self.text[start..].iter();
        let blank = ends
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let passed = &self.text[self.counted..start + blank];
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.counted = start + blank;
        self.line
    }
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

    #[rstest]
    #[case("a,b\n1,2\n3,4\n\n5,6\n", &[2, 3, 5])]
    #[case("a,b\r\n1,2\r\n3,4\r\n\r\n5,6\r\n", &[2, 3, 5])]
    #[case("a,b\r\n\"1\r\n1\",2\r\n3,4", &[2, 4])]
    fn a_row_has_the_line_that_an_editor_shows(#[case] text: &str, #[case] expected: &[usize]) {
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let mut lines = RowLines::of(text.as_bytes());
        let found = reader
            .records()
            .map(|row| lines.line(row.unwrap().position()));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_empty_cell_is_left_out_but_an_answer_may_be_empty() {
        let header = StringRecord::from(vec!["id", "candidate_answer", "score"]);
        let row = StringRecord::from(vec!["a", "", ""]);
        let fields = Value::from(fields(&header, &row));
        assert_eq!(fields, json!({"id": "a", "candidate_answer": ""}));
    }
}
