use std::sync::Arc;

use super::cell::in_words;
use super::test::Test;
use crate::eval::RowLines;
use crate::eval::import::log::{Log, shown};
use crate::eval::import::node::{Node, Place, Value};

/// Reads the rows of a table as tests: the columns are variables, but for those that begin with two
/// underscores.
pub(super) fn tests(text: &str, file: &Arc<str>, log: &mut Log) -> Vec<Test> {
    let at = |line| Place {
        file: Arc::clone(file),
        line,
    };
    if let Some((line, detail)) = wrong_quotes(text) {
        log.wrong(&at(line), "", detail);
        return Vec::new();
    }
    let mut reader = csv::ReaderBuilder::new()
        .flexible(false)
        .from_reader(text.as_bytes());
    let Ok(header) = reader.headers().cloned() else {
        log.wrong(&at(1), "", "is no readable CSV");
        return Vec::new();
    };
    if let Some(detail) = wrong_header(&header) {
        log.wrong(&at(1), "", detail);
        return Vec::new();
    }
    let mut tests = Vec::new();
    let mut lines = RowLines::of(text.as_bytes());
    for row in reader.records() {
        match row {
            Ok(row) => {
                let place = at(lines.line(row.position()));
                let cells = header.iter().map(str::trim).zip(row.iter());
                tests.push(test(&place, cells, log));
            }
            Err(error) => {
                let detail = match error.kind() {
                    csv::ErrorKind::UnequalLengths {
                        expected_len, len, ..
                    } => format!("the row has {len} cells and the header {expected_len}"),
                    _ => "is no readable CSV".to_owned(),
                };
                log.wrong(&at(lines.line(error.position())), "", detail);
            }
        }
    }
    tests
}

/// What is wrong with quotation marks, and the line of it: read on, a mark without another would take all rows after it for one
/// cell.
fn wrong_quotes(text: &str) -> Option<(usize, &'static str)> {
    let mut rest = text;
    let line_of = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
    loop {
        if let Some(inner) = rest.strip_prefix('"') {
            let opened = line_of(rest);
            let mut cell = inner;
            rest = loop {
                let Some((_, after)) = cell.split_once('"') else {
                    return Some((
                        opened,
                        "a quotation mark opens a cell here, and none closes it",
                    ));
                };
                match after.strip_prefix('"') {
                    Some(doubled) => cell = doubled,
                    None => break after,
                }
            };
            if !rest.is_empty() && !rest.starts_with([',', '\r', '\n']) {
                return Some((
                    line_of(rest),
                    "a cell goes on after the quotation mark that closes it; a mark within a cell has to be doubled",
                ));
            }
        }
        let end = rest.find([',', '\r', '\n'])?;
        rest = &rest[end + 1..];
    }
}

/// What is wrong with the names of columns.
fn wrong_header(header: &csv::StringRecord) -> Option<String> {
    let names: Vec<_> = header.iter().map(str::trim).collect();
    // A name may hold one by itself.
    let divided_by =
        |mark: char| names.iter().flat_map(|name| name.matches(mark)).count() >= names.len();
    if let Some(mark) = [';', '\t'].into_iter().find(|mark| divided_by(*mark)) {
        let name = if mark == ';' { "semicolons" } else { "tabs" };
        return Some(format!(
            "its cells are divided by {name}, and a .csv by commas; save it with those"
        ));
    }
    if ["Status", "Score", "Grader Reason"]
        .iter()
        .all(|own| names.contains(own))
    {
        let detail = "is what promptfoo eval -o out.csv writes, whose scores are those of assertions and no person's; take -o results.json";
        return Some(detail.to_owned());
    }
    let twice = names
        .iter()
        .enumerate()
        .find(|(index, name)| !name.is_empty() && names[..*index].contains(name));
    twice.map(|(_, name)| {
        format!(
            "there are two columns `{}`; give one another name",
            shown(name)
        )
    })
}

fn test<'a>(place: &Place, cells: impl Iterator<Item = (&'a str, &'a str)>, log: &mut Log) -> Test {
    let mut test = Test::empty(place);
    // A cell is one text, never a list.
    test.multiplies = Some(false);
    let node = |cell: &str| Node {
        place: place.clone(),
        value: Value::Text(cell.to_owned()),
    };
    let mut metric = None;
    for (column, cell) in cells {
        let is_filled = !cell.trim().is_empty();
        match column {
            "__description" => test.description = is_filled.then(|| cell.to_owned()),
            "__providerOutput" => test.output = is_filled.then(|| node(cell)),
            "__metric" => metric = is_filled.then(|| cell.to_owned()),
            "__threshold" if is_filled => match node(cell).number() {
                Some(number) => test.threshold = Some((number, place.clone())),
                None => log.wrong(place, "__threshold", "must be a number"),
            },
            _ if column.starts_with("__expected") => {
                if is_filled {
                    test.assertions.push(in_words(cell, place));
                }
            }
            _ if column.starts_with("__config:") => {
                if is_filled {
                    log.note(place, "thresholds of single assertions are not kept");
                }
            }
            _ if column.starts_with("__metadata:") => {
                let name = column.trim_start_matches("__metadata:");
                if is_filled {
                    test.metadata.push(metadata(name, cell, place));
                }
            }
            _ if column.starts_with("__") => {
                if is_filled {
                    log.note(place, format!("the column `{}` is not kept", shown(column)));
                }
            }
            "" if !is_filled => {}
            _ => test.vars.push((column.to_owned(), node(cell))),
        }
    }
    for assertion in &mut test.assertions {
        assertion.metric.clone_from(&metric);
    }
    test
}

/// A name that ends in `[]` holds a list between commas, where `\,` is a comma.
fn metadata(name: &str, cell: &str, place: &Place) -> (String, Node) {
    let node = |value| Node {
        place: place.clone(),
        value,
    };
    let Some(name) = name.strip_suffix("[]") else {
        return (name.to_owned(), node(Value::Text(cell.to_owned())));
    };
    let cell = cell.replace("\\,", "\u{0}");
    let entries = cell.split(',').map(|entry| {
        let entry = entry.trim().replace('\u{0}', ",");
        node(Value::Text(entry))
    });
    (name.to_owned(), node(Value::List(entries.collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_two_underscores_are_promptfoos_own() {
        let csv = "question,answer,__expected,__expected2,__metric,__threshold,__description,__metadata:topic,__metadata:tags[],__prefix\n\
                    Q?,\"a, {{b}}\",contains: x,y,idea,0.5,first,orm,\"a\\,b, c\",p\n";
        let mut log = Log::default();
        let tests = super::tests(csv, &"t.csv".into(), &mut log);
        let test = &tests[0];
        assert_eq!(test.place.line, 2);
        assert_eq!(test.vars[1].1.string(), Some("a, {{b}}"));
        let kinds: Vec<_> = test.assertions.iter().map(|one| &*one.kind).collect();
        assert_eq!(kinds, ["contains", "equals"]);
        assert_eq!(test.assertions[1].metric.as_deref(), Some("idea"));
        assert_eq!(test.threshold.as_ref().unwrap().0.to_string(), "0.5");
        assert_eq!(test.metadata[1].1.list().unwrap()[0].string(), Some("a,b"));
        assert_eq!(log.notes[0].what, "the column `__prefix` is not kept");
    }

    #[test]
    fn quotation_marks_are_closed_and_doubled() {
        let wrong = |text| wrong_quotes(text).map(|(line, _)| line);
        assert_eq!(wrong("a,b\n\"x, \"\"y\"\"\nz\",it\"s\r\n\"\",\"q\""), None);
        assert_eq!(wrong("a,b\n1,\"unclosed\n2,3\n"), Some(2));
        assert_eq!(wrong("a,b\n1,2\n\"He said \"yes\" ok\",3\n"), Some(3));
        assert_eq!(wrong(""), None);
    }

    #[test]
    fn a_row_that_does_not_fit_is_named() {
        let mut log = Log::default();
        super::tests("a,b\n1,2\n1\n", &"t.csv".into(), &mut log);
        let told: Vec<_> = log.problems.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["t.csv:3: the row has 1 cells and the header 2"]);
    }
}
