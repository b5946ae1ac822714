use std::io;

use anstyle::{AnsiColor, Style};
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
};

use crate::eval::{Conclusion, Outcome};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const RED: Style = AnsiColor::Red.on_default();

/// The most columns of a terminal that a text in a table takes before it is broken.
const WIDEST_CELL: u16 = 44;

/// Spaces between the columns of a table.
const GAP: u16 = 2;

const RULE: char = '─';

/// Nothing but a line below the titles.
const PLAIN: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill(RULE).junction(RULE));

/// The colour of a conclusion.
pub(super) const fn of_conclusion(conclusion: Conclusion) -> Style {
    match conclusion {
        Conclusion::Pass => GREEN,
        Conclusion::Fail => RED,
        Conclusion::Inconclusive => YELLOW,
    }
}

/// The colour of a comparison's outcome.
pub(super) const fn of_outcome(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Better | Outcome::NoWorse => GREEN,
        Outcome::Worse => RED,
        Outcome::CannotTell => YELLOW,
    }
}

/// A terminal of a certain width that is written to from top to bottom.
pub(super) struct Screen<'a> {
    out: &'a mut dyn io::Write,
    width: u16,
}

impl<'a> Screen<'a> {
    /// Writes to `out`, and breaks lines after `width` columns.
    pub(super) fn new(out: &'a mut dyn io::Write, width: u16) -> Self {
        Self { out, width }
    }

    /// How many columns of text fit side by side behind a first one.
    pub(super) fn fitting(&self, first: u16, each: u16) -> usize {
        usize::from((self.width.saturating_sub(first) / (each + GAP)).max(1))
    }

    /// Writes a line as it is.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// Writes an empty line and a title.
    pub(super) fn section(&mut self, title: &str) -> io::Result<()> {
        self.line("")?;
        self.line(&format!("{BOLD}{title}{BOLD:#}"))
    }

    /// Writes text in one style, broken at words.
    pub(super) fn paragraph(&mut self, style: Style, text: &str) -> io::Result<()> {
        let mut table = self.bare();
        table.add_row([text]);
        unpadded(&mut table);
        for line in lines(&table) {
            self.line(&format!("{style}{line}{style:#}"))?;
        }
        Ok(())
    }

    /// Writes text, broken at words, behind a mark; each has a style of its own.
    pub(super) fn marked(
        &mut self,
        (mark, mark_style): (&str, Style),
        (text, style): (&str, Style),
    ) -> io::Result<()> {
        let indent = mark.chars().count() + usize::from(GAP);
        let mut table = self.bare();
        let left = usize::from(self.width).saturating_sub(indent);
        table.set_width(u16::try_from(left).unwrap_or(self.width));
        table.add_row([text]);
        unpadded(&mut table);
        let mut before = format!(
            "{mark_style}{mark}{mark_style:#}{:1$}",
            "",
            usize::from(GAP)
        );
        for line in lines(&table) {
            self.line(&format!("{before}{style}{line}{style:#}"))?;
            before = " ".repeat(indent);
        }
        Ok(())
    }

    /// Writes a table with titles in bold above a line; a title that ends in `:` stands for a
    /// column of numbers.
    pub(super) fn table<T: AsRef<str>>(
        &mut self,
        titles: &[T],
        rows: impl Iterator<Item = Vec<String>>,
    ) -> io::Result<()> {
        let mut table = self.bare();
        table.load_style(PLAIN);
        table.set_header(
            titles
                .iter()
                .map(|title| title.as_ref().trim_end_matches(':')),
        );
        table.add_rows(rows);
        for (column, title) in table.column_iter_mut().zip(titles) {
            column.set_padding((0, GAP));
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(
                WIDEST_CELL + GAP,
            )));
            if title.as_ref().ends_with(':') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut is_title = true;
        for line in lines(&table) {
            if line.starts_with(RULE) {
                is_title = false;
                self.line(&format!("{DIM}{line}{DIM:#}"))?;
            } else if is_title {
                self.line(&format!("{BOLD}{line}{BOLD:#}"))?;
            } else {
                self.line(&line)?;
            }
        }
        Ok(())
    }

    fn bare(&self) -> Table {
        let mut table = Table::new();
        table
            .load_style(TableStyle::new())
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width);
        table
    }
}

fn unpadded(table: &mut Table) {
    for column in table.column_iter_mut() {
        column.set_padding((0, 0));
    }
}

/// A table's lines without the spaces around them.
fn lines(table: &Table) -> impl Iterator<Item = String> {
    table.lines().map(|line| line.trim_end().to_owned())
}
