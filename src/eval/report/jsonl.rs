use std::io;

use super::row::rows;
use crate::eval::Report;

/// Writes a JSON object per case result, with null for what is absent. Texts stand as they are in
/// the case file: unlike in CSV nothing is guarded, since no spreadsheet reads this.
pub(super) fn jsonl(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    for row in rows(report) {
        serde_json::to_writer(&mut out, &row)?;
        io::Write::write_all(&mut out, b"\n")?;
    }
    io::Write::flush(&mut out)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::eval::report::{row::COLUMNS, sample};

    fn lines(report: &Report) -> Vec<Value> {
        let mut out = Vec::new();
        jsonl(report, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let parse = |line| serde_json::from_str(line).unwrap();
        text.lines().map(parse).collect()
    }

    #[test]
    fn every_case_result_of_every_run_is_a_line_with_all_columns() {
        let report = sample::full();
        let lines = lines(&report);
        let runs: Vec<_> = lines.iter().map(|line| line["run"].clone()).collect();
        assert_eq!(runs, ["keyword, @a", "keyword, @a", "keyword, @a", "b"]);
        for line in &lines {
            let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
            assert_eq!(keys, COLUMNS);
        }
    }

    #[test]
    fn a_line_says_what_became_of_the_case() {
        let line = &lines(&sample::full())[0];
        assert_eq!(line["id"], "a-1");
        assert_eq!(line["difference"], json!(-0.4));
        assert_eq!(line["tags"], json!(["short", "=SUM(A1)"]));
        assert_eq!(line["labelled_missing"], json!([]));
        assert_eq!(line["cost_usd"], json!(0.0012));
    }

    #[test]
    fn what_is_absent_is_null() {
        let line = &lines(&sample::full())[2];
        assert_eq!(line["ungraded"], "timeout");
        for absent in [
            "score",
            "difference",
            "method",
            "labelled_missing",
            "cost_usd",
        ] {
            assert_eq!(line[absent], Value::Null, "{absent}");
        }
    }

    #[test]
    fn no_runs_are_no_lines() {
        assert!(lines(&sample::empty()).is_empty());
    }
}
