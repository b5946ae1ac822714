use std::fmt::{self, Write as _};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Calibrated, CalibrationReport};
use crate::grade::{
    CALIBRATION_SCHEMA, Calibration, CalibrationError, CalibrationField, ConfidenceStep,
    ConfidenceTable, Method, MethodCalibration, ScoreMap,
};

/// Writes the TOML file of a calibration; where a method was fitted twice, the first one counts.
///
/// It begins with what made it, and has no date: the same cases make the same file. `software` is
/// the version of this software, `suite` the suite's name.
pub fn write_calibration(software: &str, suite: &str, fitted: &[Calibrated]) -> String {
    let of = |method| fitted.iter().find(|one| one.method == method);
    let fitted: Vec<_> = [Method::Llm, Method::Keyword]
        .into_iter()
        .filter_map(of)
        .collect();
    let mut text = format!(
        "# Made by `answer-grader calibrate`, version {}, of the suite \"{}\".\n",
        software.escape_debug(),
        suite.escape_debug()
    );
    for one in &fitted {
        let report = &one.report;
        let _ = writeln!(
            text,
            "# {}: run \"{}\", {} grades of {} answers to {} questions",
            one.method.name(),
            report.run.escape_debug(),
            report.n,
            report.answers,
            report.questions
        );
        for warning in &report.warnings {
            let _ = writeln!(text, "#   warning: {warning}");
        }
    }
    let _ = write!(text, "{GUIDE}\nschema = \"{CALIBRATION_SCHEMA}\"\n");
    for one in fitted {
        let method = one.method.name();
        write_method(&mut text, method, &one.calibration);
        let _ = write!(text, "\n[{method}.fitted]\n{}", Fitted::from(&one.report));
    }
    text
}

const GUIDE: &str = "\
#
# map: pairs of a score and what it becomes, joined by straight lines; 0 stays 0.
# confidence: from a confidence of `at_least` on, the estimated chance that a person's score lies
#   within .15 of the calibrated one.
# review_below: a grade whose confidence, as the grader gave it, is below this is for a person to
#   look at.
# fitted: agreement with people before and after, each question calibrated by the others alone.
";

fn write_method(text: &mut String, method: &str, calibration: &MethodCalibration) {
    let _ = writeln!(text, "\n[{method}]");
    if let Some(limit) = calibration.review_below() {
        let _ = writeln!(text, "review_below = {limit:?}");
    }
    text.push_str("map = [\n");
    for [score, calibrated] in calibration.map().points() {
        let _ = writeln!(text, "    [{score:?}, {calibrated:?}],");
    }
    text.push_str("]\nconfidence = [\n");
    for ConfidenceStep { at_least, chance } in calibration.confidence_table().steps() {
        let _ = writeln!(
            text,
            "    {{ at_least = {at_least:?}, chance = {chance:?} }},"
        );
    }
    text.push_str("]\n");
}

/// Says what is wrong with a calibration's file, and where.
///
/// Displayed as `line:column: detail`, for the file's name to stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalibrationFileError {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong, with the field, and what would be right.
    pub detail: String,
}

impl fmt::Display for CalibrationFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.detail)
    }
}

impl std::error::Error for CalibrationFileError {}

/// Reads a calibration from the text of its file; `name` is the stem of the file's name, with which
/// the identity begins.
///
/// # Errors
/// The text is not TOML, has another schema, a field that is unknown, missing or of another kind,
/// or numbers that make no calibration.
pub fn read_calibration(name: &str, text: &str) -> Result<Calibration, CalibrationFileError> {
    let explain = |error: toml::de::Error| wrong(text, error.span(), error.message());
    // The schema first: a file of another one has other fields, and should not be blamed for them.
    let Header { schema } = toml::from_str(text).map_err(explain)?;
    if schema.get_ref() != CALIBRATION_SCHEMA {
        let detail = format!("schema: must be {CALIBRATION_SCHEMA:?}");
        return Err(wrong(text, Some(schema.span()), detail));
    }
    let file: File = toml::from_str(text).map_err(explain)?;
    let method = |table: Option<Table>, method: Method| {
        let made = table.map(|table| {
            let spans = table.spans();
            let name = method.name();
            let explain = |error| wrong(text, spans.of(error), format!("{name}.{error}"));
            table.calibration().map_err(explain)
        });
        made.transpose()
    };
    let llm = method(file.llm, Method::Llm)?;
    let keyword = method(file.keyword, Method::Keyword)?;
    Calibration::new(name, llm, keyword).map_err(|error| wrong(text, None, error.to_string()))
}

fn wrong(
    text: &str,
    span: Option<Range<usize>>,
    detail: impl Into<String>,
) -> CalibrationFileError {
    let before = text
        .get(..span.map_or(0, |span| span.start))
        .unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or(before);
    CalibrationFileError {
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
        detail: detail.into(),
    }
}

#[derive(Deserialize)]
struct Header {
    schema: Spanned<String>,
}

/// The file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: String,
    llm: Option<Table>,
    keyword: Option<Table>,
}

/// A method's table, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    review_below: Option<Spanned<f64>>,
    map: Spanned<Vec<Spanned<[f64; 2]>>>,
    confidence: Spanned<Vec<Spanned<Step>>>,
    /// For people; read so that a misspelt field of it is refused like any other.
    #[serde(rename = "fitted")]
    _fitted: Option<Fitted>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
struct Step {
    at_least: f64,
    chance: f64,
}

impl Table {
    fn calibration(self) -> Result<MethodCalibration, CalibrationError> {
        let points = self.map.into_inner().into_iter().map(Spanned::into_inner);
        let steps = self
            .confidence
            .into_inner()
            .into_iter()
            .map(Spanned::into_inner);
        let steps = steps.map(|Step { at_least, chance }| ConfidenceStep { at_least, chance });
        MethodCalibration::new(
            ScoreMap::new(points.collect())?,
            ConfidenceTable::new(steps.collect())?,
            self.review_below.map(Spanned::into_inner),
        )
    }

    fn spans(&self) -> Spans {
        Spans {
            map: self.map.span(),
            points: self.map.get_ref().iter().map(Spanned::span).collect(),
            confidence: self.confidence.span(),
            steps: self
                .confidence
                .get_ref()
                .iter()
                .map(Spanned::span)
                .collect(),
            review_below: self.review_below.as_ref().map(Spanned::span),
        }
    }
}

/// Where a method's fields stand in the file.
struct Spans {
    map: Range<usize>,
    points: Vec<Range<usize>>,
    confidence: Range<usize>,
    steps: Vec<Range<usize>>,
    review_below: Option<Range<usize>>,
}

impl Spans {
    fn of(&self, error: CalibrationError) -> Option<Range<usize>> {
        let entry = |entries: &[Range<usize>]| error.index.and_then(|at| entries.get(at).cloned());
        match error.field {
            CalibrationField::Map => entry(&self.points).or_else(|| Some(self.map.clone())),
            CalibrationField::Confidence => {
                entry(&self.steps).or_else(|| Some(self.confidence.clone()))
            }
            CalibrationField::ReviewBelow => self.review_below.clone(),
            CalibrationField::Name | CalibrationField::Methods => None,
        }
    }
}

/// The figures that stand in the file for people to read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fitted {
    n: usize,
    questions: usize,
    rmse: Change,
    qwk: Change,
    pearson_r: Change,
}

/// A figure before and after; absent where it is undefined.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    before: Option<f64>,
    after: Option<f64>,
}

impl From<&CalibrationReport> for Fitted {
    fn from(report: &CalibrationReport) -> Self {
        let (before, after) = (&report.before, &report.after);
        let change = |before, after| Change { before, after };
        Self {
            n: report.n,
            questions: report.questions,
            rmse: change(Some(before.rmse), Some(after.rmse)),
            qwk: change(before.qwk, after.qwk),
            pearson_r: change(before.pearson_r, after.pearson_r),
        }
    }
}

impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "n = {}\nquestions = {}", self.n, self.questions)?;
        writeln!(f, "rmse = {}", self.rmse)?;
        writeln!(f, "qwk = {}", self.qwk)?;
        writeln!(f, "pearson_r = {}", self.pearson_r)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sides = [("before", self.before), ("after", self.after)];
        let known = sides.map(|(side, value)| value.map(|value| format!("{side} = {value:.4}")));
        let known: Vec<_> = known.into_iter().flatten().collect();
        write!(f, "{{ {} }}", known.join(", "))
    }
}

#[cfg(test)]
mod tests;
