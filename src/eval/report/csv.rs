use std::borrow::Cow;
use std::io;

use super::row::{COLUMNS, Row, rows};
use crate::eval::Report;

/// Writes a header and a row per case result. Lists are joined by `;`; what is absent is empty, so
/// that a case labelled as missing nothing and an unlabelled one look the same: JSONL tells them
/// apart.
///
/// A spreadsheet runs cells that begin with `=`, `+`, `-` or `@` as formulas, and ids and tags come
/// from a case file. Such texts get a `'` before them, the usual guard (OWASP, "CSV Injection"), as
/// do those that begin with a tab or a line break, and parts behind a `;`, where spreadsheets of
/// many countries begin a cell. Numbers stay as they are.
pub(super) fn csv(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS).map_err(of_stream)?;
    for row in rows(report) {
        writer
            .write_record(cells(&row).iter().map(|cell| cell.as_bytes()))
            .map_err(of_stream)?;
    }
    writer.flush()
}

/// Takes the stream's own error out, so that a closed pipe is still known for one.
fn of_stream(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

fn cells<'a>(row: &Row<'a>) -> [Cow<'a, str>; COLUMNS.len()] {
    [
        guarded(row.run.into()),
        guarded(row.id.into()),
        guarded(row.question_id.into()),
        number(Some(row.repetition)),
        list(row.tags),
        number(Some(row.human_score)),
        number(row.score),
        number(row.difference),
        guarded(row.ungraded.unwrap_or_default().into()),
        guarded(row.method.unwrap_or_default().into()),
        list(row.missing_concepts),
        list(row.labelled_missing.unwrap_or_default()),
        number(Some(row.confidence)),
        number(Some(row.needs_review)),
        list(row.review_reasons),
        list(row.flags),
        guarded(row.snapshot.unwrap_or_default().into()),
        number(Some(row.input_tokens)),
        number(Some(row.output_tokens)),
        number(row.cost_usd),
        number(Some(row.latency_ms)),
    ]
}

fn number<'a>(value: Option<impl ToString>) -> Cow<'a, str> {
    value.map_or(Cow::Borrowed(""), |value| Cow::Owned(value.to_string()))
}

fn list(items: &[String]) -> Cow<'_, str> {
    match items {
        [] => Cow::Borrowed(""),
        [only] => guarded(only.as_str().into()),
        items => guarded(items.join(";").into()),
    }
}

fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.split(';').any(is_formula) {
        return text;
    }
    let guard = |part| if is_formula(part) { "'" } else { "" };
    let parts: Vec<String> = text
        .split(';')
        .map(|part| format!("{}{part}", guard(part)))
        .collect();
    parts.join(";").into()
}

/// Tells whether a spreadsheet takes a text for a formula; East Asian ones read wide signs alike.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::eval::report::sample;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        csv(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_stands_for_a_case_result() {
        let text = written(&sample::full());
        let mut lines = text.lines();
        assert_eq!(lines.next().unwrap(), COLUMNS.join(","));
        assert_eq!(
            lines.next().unwrap(),
            "\"keyword, @a\",a-1,q1,1,short;'=SUM(A1),0.8,0.4,-0.4,,llm,c1;c2,,0.75,true,\
             low_confidence,very_long,model-2,900,80,0.0012,812.5"
        );
        assert_eq!(lines.count(), 3);
    }

    #[rstest]
    #[case("=1+1", "'=1+1")]
    #[case("+1", "'+1")]
    #[case("-1", "'-1")]
    #[case("@SUM(A1)", "'@SUM(A1)")]
    #[case("\t=1", "'\t=1")]
    #[case("a;=1", "a;'=1")]
    #[case("q-1 = a@b", "q-1 = a@b")]
    #[case("", "")]
    fn text_cannot_become_a_formula(#[case] text: &str, #[case] expected: &str) {
        let mut report = sample::full();
        text.clone_into(&mut report.runs[0].cases[0].id);
        let written = written(&report);
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(&record[1], expected);
        assert_eq!(&record[7], "-0.4", "a negative number stays a number");
    }

    #[test]
    fn commas_quotes_and_line_breaks_survive() {
        let mut report = sample::full();
        let id = "a, \"b\"\nc";
        id.clone_into(&mut report.runs[0].cases[0].id);
        let written = written(&report);
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        assert_eq!(&reader.records().next().unwrap().unwrap()[1], id);
    }

    #[test]
    fn no_runs_leave_the_header() {
        assert_eq!(written(&sample::empty()), COLUMNS.join(",") + "\n");
    }
}
