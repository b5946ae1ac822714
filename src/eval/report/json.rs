use std::io;

use serde::Deserialize;

use crate::eval::{Report, SCHEMA};

/// Writes the whole report as indented JSON, as `docs/eval-report.schema.json` describes it.
pub(super) fn json(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, report)?;
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)
}

/// Says why a text is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It is a report of another version, whose fields mean something else.
    #[error("the report has schema {found:?}, and this version reads {SCHEMA:?}")]
    Schema {
        /// The schema that the text names.
        found: String,
    },
    /// It is no JSON, or lacks what a report has.
    #[error("not an evaluation report: {0}")]
    Invalid(#[from] serde_json::Error),
}

/// Reads a report from JSON.
///
/// # Errors
///
/// [`ReportError::Schema`] for a report of another version, [`ReportError::Invalid`] with the line
/// and column for anything else.
pub fn read_report(text: &str) -> Result<Report, ReportError> {
    /// Read first, so that a report of another version is called that and not malformed.
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }

    let Head { schema } = serde_json::from_str(text)?;
    if schema != SCHEMA {
        return Err(ReportError::Schema { found: schema });
    }
    Ok(serde_json::from_str(text)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::eval::Estimate;
    use crate::eval::metrics::Metric;
    use crate::eval::report::sample;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        json(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_comes_back_as_it_was() {
        for report in [sample::full(), sample::empty(), sample::ungraded()] {
            assert_eq!(read_report(&written(&report)).unwrap(), report);
        }
    }

    proptest! {
        #[test]
        fn every_figure_comes_back_to_the_last_bit(value in -1.0..1.0_f64) {
            let mut report = sample::full();
            let estimate = Estimate { value: Some(value), ci95: Some([value, value]) };
            report.runs[0].metrics.agreement.insert(Metric::Bias, estimate);
            report.runs[0].cases[0].human_score = value;
            prop_assert_eq!(read_report(&written(&report)).unwrap(), report);
        }
    }

    #[test]
    fn another_schema_is_refused_with_both_names() {
        let text = written(&sample::full()).replace(SCHEMA, "answer-grader/eval-report/2");
        let message = read_report(&text).unwrap_err().to_string();
        assert!(message.contains("answer-grader/eval-report/2"), "{message}");
        assert!(message.contains("answer-grader/eval-report/1"), "{message}");
    }

    #[test]
    fn a_broken_report_is_refused_with_its_place() {
        let text = written(&sample::full());
        let error = |text: &str| read_report(text).unwrap_err().to_string();
        let wrong = text.replacen("\"repeat\": 2", "\"repeat\": \"two\"", 1);
        let line = 1 + wrong
            .lines()
            .take_while(|line| !line.contains("two"))
            .count();
        assert!(error(&wrong).contains(&format!("at line {line} column ")));
        assert!(error("").contains("line 1 column 0"));
        assert!(error("{}").contains("missing field `schema`"));
        assert!(error(&text[..text.len() / 2]).contains("EOF while parsing"));
        let unknown = text.replacen("\"qwk\"", "\"kappa_of_mine\"", 1);
        assert!(error(&unknown).contains("kappa_of_mine"));
    }
}
