use std::io;
use std::path::{Path, PathBuf};

use super::csv::csv;
use super::html::html;
use super::json::json;
use super::jsonl::jsonl;
use super::junit::junit;
use super::markdown::markdown;
use super::promptfoo::promptfoo;
use crate::eval::{Report, Texts};

/// The formats of a report that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The whole report; the only format that can be read back.
    Json,
    /// A JSON object per case result.
    Jsonl,
    /// A row per case result, for a spreadsheet.
    Csv,
    /// A comment on a pull request.
    Markdown,
    /// Test results for a build server.
    Junit,
    /// A page to read answers on; it holds personal data.
    Html,
    /// An export of promptfoo, for its viewer; it holds personal data.
    Promptfoo,
}

impl Format {
    /// All formats, in the order in which they are named to a person.
    pub const ALL: [Self; 7] = [
        Self::Json,
        Self::Jsonl,
        Self::Csv,
        Self::Markdown,
        Self::Junit,
        Self::Html,
        Self::Promptfoo,
    ];

    /// The end of a file's name that asks for the format, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Junit => "xml",
            Self::Html => "html",
            Self::Promptfoo => "promptfoo.json",
        }
    }

    /// Finds the format that a file's name asks for; capitals count as small letters.
    ///
    /// # Errors
    ///
    /// [`UnknownFormat`] where the name has another extension or none.
    pub fn of(path: &Path) -> Result<Self, UnknownFormat> {
        let extension = path.extension().unwrap_or_default();
        let before = path.file_stem().map(Path::new).and_then(Path::extension);
        let is_double = before.is_some_and(|before| before.eq_ignore_ascii_case("promptfoo"));
        if is_double && extension.eq_ignore_ascii_case("json") {
            return Ok(Self::Promptfoo);
        }
        Self::ALL
            .into_iter()
            .find(|format| extension.eq_ignore_ascii_case(format.extension()))
            .ok_or_else(|| UnknownFormat(path.to_owned()))
    }
}

/// Says that a file's name asks for no known format, and which are known.
#[derive(Debug, thiserror::Error)]
#[error("no report format is known for {}; its name must end in {}", .0.display(), known())]
pub struct UnknownFormat(PathBuf);

fn known() -> String {
    let extensions = Format::ALL.map(|format| format!(".{}", format.extension()));
    let (last, others) = extensions.split_last().unwrap_or((&extensions[0], &[]));
    format!("{} or {last}", others.join(", "))
}

/// Writes a report in a format.
///
/// # Errors
///
/// Those of `out`.
pub fn write(
    format: Format,
    report: &Report,
    texts: &Texts,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Json => json(report, out),
        Format::Jsonl => jsonl(report, out),
        Format::Csv => csv(report, out),
        Format::Markdown => markdown(report, out),
        Format::Junit => junit(report, out),
        Format::Html => {
            let page = html(report, texts).map_err(io::Error::other)?;
            out.write_all(page.as_bytes())
        }
        Format::Promptfoo => promptfoo(report, texts, out),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::eval::report::sample;

    #[rstest]
    #[case("out/report.json", Format::Json)]
    #[case("cases.jsonl", Format::Jsonl)]
    #[case("cases.csv", Format::Csv)]
    #[case("comment.md", Format::Markdown)]
    #[case("junit.xml", Format::Junit)]
    #[case("page.HTML", Format::Html)]
    #[case("r.promptfoo.json", Format::Promptfoo)]
    #[case("promptfoo.json", Format::Json)]
    fn a_name_asks_for_a_format(#[case] path: &str, #[case] expected: Format) {
        assert_eq!(Format::of(Path::new(path)).unwrap(), expected);
    }

    #[rstest]
    #[case("report.txt")]
    #[case("report")]
    #[case(".json")]
    #[case("")]
    fn another_name_is_refused_with_the_known_ones(#[case] path: &str) {
        let message = Format::of(Path::new(path)).unwrap_err().to_string();
        assert!(message.contains(path), "{message}");
        assert!(
            message.ends_with(".json, .jsonl, .csv, .md, .xml, .html or .promptfoo.json"),
            "{message}"
        );
    }

    #[test]
    fn each_format_is_written_by_its_own_writer() {
        let starts = [
            (
                Format::Json,
                "{\n  \"schema\": \"answer-grader/eval-report/1\"",
            ),
            (Format::Jsonl, "{\"run\":"),
            (Format::Csv, "run,id,"),
            (Format::Markdown, "## "),
            (Format::Junit, "<?xml "),
            (Format::Promptfoo, "{\"evalId\":\"eval-"),
        ];
        for (format, start) in starts {
            let mut out = Vec::new();
            write(format, &sample::full(), &Texts::default(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.starts_with(start), "{format:?}: {text}");
            assert!(text.ends_with('\n'), "{format:?}");
        }
    }

    #[test]
    fn a_full_disk_is_reported_by_every_format() {
        for format in Format::ALL {
            if format == Format::Html {
                continue; // its writer has tests of its own
            }
            let mut room = [0_u8; 16];
            let result = write(
                format,
                &sample::full(),
                &Texts::default(),
                &mut room.as_mut_slice(),
            );
            assert!(result.is_err(), "{format:?}");
        }
    }
}
