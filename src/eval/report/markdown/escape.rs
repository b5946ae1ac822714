use std::fmt::Write as _;

use super::super::names::{plain, shown};
use super::super::numbers::UNDEFINED;

/// Writes a name from a case file as code, where no mark, link, mention or HTML means anything.
///
/// The fence has a backtick more than the longest run of them inside (`CommonMark` 0.31, 6.1).
pub(super) fn code(name: &str) -> String {
    let name = shown(name);
    if name.trim().is_empty() {
        return UNDEFINED.to_owned();
    }
    let longest = name
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A space at either end is taken off again; without it a backtick would join the fence.
    let space = if longest > 0 || name.starts_with(' ') || name.ends_with(' ') {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{name}{space}{fence}")
}

/// Writes a name as [`code`] for a table, where a bar ends a cell even within code.
pub(super) fn cell(name: &str) -> String {
    code(name).replace('|', "\\|")
}

/// Writes a sentence so that nothing in it means anything to Markdown or to GitHub: marks are
/// escaped or become entities, and a space without width parts `@` from the name it would call.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            '@' => escaped.push_str("@\u{200b}"),
            '#' => escaped.push_str("#\u{200b}"),
            '[' | ']' | '*' | '_' | '~' => escaped.extend(['\\', character]),
            '&' | '<' | '>' | '`' | '\\' | '|' | '$' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    // These two begin what GitHub makes a link of by itself.
    escaped
        .replace("://", "&#58;//")
        .replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser};
    use rstest::rstest;

    use super::*;

    /// What a reader of the table's only cell sees, and whether all of it is code.
    fn read_cell(cell: &str) -> (String, bool) {
        let table = format!("| head |\n|---|\n| {cell} |\n");
        let mut is_body = false;
        let mut text = String::new();
        let mut is_code = true;
        for event in Parser::new_ext(&table, Options::ENABLE_TABLES) {
            match event {
                Event::End(pulldown_cmark::TagEnd::TableHead) => is_body = true,
                Event::Code(code) if is_body => text.push_str(&code),
                Event::Text(plain) if is_body => {
                    is_code = false;
                    text.push_str(&plain);
                }
                Event::Html(html) | Event::InlineHtml(html) => panic!("HTML: {html}"),
                _ => {}
            }
        }
        (text, is_code)
    }

    #[rstest]
    #[case("q1-a3")]
    #[case("a|b||c")]
    #[case("``")]
    #[case("`a``b`")]
    #[case(" a ")]
    #[case("@octocat and #12")]
    #[case("<script>alert(1)</script>")]
    #[case("&lt;b&gt; **bold** _it_ [a](https://example.org) $x$ :+1:")]
    #[case("a\\")]
    #[case("\\`")]
    fn a_name_in_a_table_is_code_and_nothing_else(#[case] name: &str) {
        assert_eq!(read_cell(&cell(name)), (name.to_owned(), true));
    }

    #[test]
    fn a_line_break_stays_in_its_cell() {
        assert_eq!(
            read_cell(&cell("a\nb\r\nc")).0,
            "a\u{fffd}b\u{fffd}\u{fffd}c"
        );
        assert_eq!(cell(""), "–");
    }

    #[test]
    fn a_sentence_is_read_as_it_was_and_calls_nobody() {
        let text = "a|b `c` <i>d</i> *e* _f_ [g](https://example.org) www.example.org $x$ 5 > 4";
        assert_eq!(read_cell(&prose(text)), (text.to_owned(), false));
        let mention = prose("grade@octocat fixes #12");
        assert!(
            !mention.contains("@o") && !mention.contains("#1"),
            "{mention}"
        );
        assert!(!prose(text).contains("://") && !prose(text).contains("www."));
    }
}
