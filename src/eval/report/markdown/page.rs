use super::super::numbers::count;

/// The most bytes of a page; GitHub takes no comment of 65,536 characters.
pub(super) const LIMIT: usize = 60_000;

/// What is kept free for the line that counts what was left out.
const NOTE: usize = 120;

/// What a table with one row takes at most, names being shortened.
const SMALLEST_TABLE: usize = 1_500;

/// A page of Markdown that grows section by section, each up to a ceiling of its own: what an
/// earlier section did not need is left to the later ones.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

/// How far a section may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// The bytes that the page may have behind the section.
    pub(super) ceiling: usize,
    /// The most rows of a table.
    pub(super) rows: usize,
}

impl Page {
    /// Adds a line.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Adds a line with an empty one behind it.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.line(text);
        self.text.push('\n');
    }

    /// Tells whether a small table fits below a ceiling.
    pub(super) fn has_room(&self, room: Room) -> bool {
        self.text.len() + SMALLEST_TABLE <= room.ceiling
    }

    /// Adds a list, or as much of it as fits; nothing where it is empty.
    pub(super) fn list(&mut self, items: impl Iterator<Item = String>, room: Room, what: &str) {
        let mut items = items.map(|item| format!("- {item}\n")).peekable();
        if items.peek().is_some() {
            self.lines(items, room, what);
        }
    }

    /// Adds a table, or as many of its rows as fit. A title that ends in `:` stands for a column
    /// of numbers, as in Markdown's own line of dashes.
    pub(super) fn table(
        &mut self,
        titles: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
        room: Room,
        what: &str,
    ) {
        let heads: Vec<&str> = titles
            .iter()
            .map(|title| title.trim_end_matches(':'))
            .collect();
        self.line(&format!("| {} |", heads.join(" | ")));
        for title in titles {
            self.text
                .push_str(if title.ends_with(':') { "|--:" } else { "|---" });
        }
        self.line("|");
        let rows = rows.map(|cells| format!("| {} |\n", cells.join(" | ")));
        self.lines(rows, room, what);
    }

    /// Adds a part for each item while there is room.
    pub(super) fn parts<T>(
        &mut self,
        mut items: impl Iterator<Item = T>,
        room: Room,
        what: &str,
        mut part: impl FnMut(&mut Self, T),
    ) {
        while self.has_room(room)
            && let Some(item) = items.next()
        {
            part(self, item);
        }
        self.left_out(items.count(), what);
    }

    /// The page as text.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn lines(&mut self, lines: impl Iterator<Item = String>, room: Room, what: &str) {
        let mut written = 0;
        let mut left_out = 0;
        for line in lines {
            let fits = self.text.len() + line.len() + NOTE <= room.ceiling;
            if left_out == 0 && written < room.rows && fits {
                self.text.push_str(&line);
                written += 1;
            } else {
                left_out += 1;
            }
        }
        self.text.push('\n');
        self.left_out(left_out, what);
    }

    fn left_out(&mut self, number: usize, what: &str) {
        if number > 0 {
            let number = count(number);
            self.paragraph(&format!("*{number} more {what} left out here.*"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(ceiling: usize, rows: usize) -> Room {
        Room { ceiling, rows }
    }

    #[test]
    fn rows_that_do_not_fit_are_counted() {
        let mut page = Page::default();
        let rows = (0..2_000).map(|number| vec![number.to_string(), "x".repeat(30)]);
        page.table(&["Case", "Score:"], rows, room(1_000, 5_000), "cases");
        let text = page.into_text();
        assert!(text.starts_with("| Case | Score |\n|---|--:|\n| 0 | xxx"));
        assert!(text.len() <= 1_000);
        let shown = text.lines().filter(|line| line.contains("xxx")).count();
        let note = format!("\n\n*1,{} more cases left out here.*\n\n", 1_000 - shown);
        assert!(text.ends_with(&note), "{text}");
    }

    #[test]
    fn a_table_has_no_more_rows_than_it_may() {
        let mut page = Page::default();
        let rows = (0..5).map(|number| vec![number.to_string()]);
        page.table(&["n"], rows, room(LIMIT, 3), "numbers");
        assert_eq!(
            page.into_text(),
            "| n |\n|---|\n| 0 |\n| 1 |\n| 2 |\n\n*2 more numbers left out here.*\n\n"
        );
    }

    #[test]
    fn parts_end_where_no_table_fits_any_more() {
        let mut page = Page::default();
        page.parts(0..10, room(2_000, 1), "runs", |page, _| {
            page.line(&"x".repeat(299));
        });
        // 1,500 bytes are kept for a table: two parts of 300 leave room for no third.
        let text = page.into_text();
        assert!(text.ends_with("*8 more runs left out here.*\n\n"), "{text}");
    }
}
