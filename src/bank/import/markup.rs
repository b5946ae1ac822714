//! What stands in Markdown and is no text: tags, fences, and the matter before the first line.

/// Tags that lay a text out. Others are kept: "List<String>" is a type, not a tag.
const LAYOUT: [&str; 24] = [
    "a", "b", "br", "center", "code", "details", "div", "em", "font", "hr", "i", "img", "kbd",
    "li", "ol", "p", "pre", "small", "span", "strong", "sub", "summary", "sup", "ul",
];

/// Takes comments and layout tags out of HTML. An unclosed comment runs to the end.
pub(super) fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = rest.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if let Some((tag, after)) = rest.split_once('>').filter(|(tag, _)| is_layout(tag)) {
            text.push_str(if tag.starts_with("<br") { "\n" } else { "" });
            rest = after;
        } else {
            text.push('<');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

/// `tag` begins with its angle bracket.
fn is_layout(tag: &str) -> bool {
    let name = tag[1..].trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    LAYOUT.contains(&&name[..end.unwrap_or(name.len())])
}

/// Tells whether HTML ends inside a comment.
pub(super) fn ends_in_comment(html: &str) -> bool {
    html.rsplit_once("<!--")
        .is_some_and(|(_, after)| !after.contains("-->"))
}

/// Says what is wrong with the end of a fenced code block; `block` is its source, fences included,
/// `line` that of its beginning.
pub(super) fn fence_fault(block: &str, line: usize) -> Option<String> {
    let mut lines = block.lines().enumerate();
    let opening = fence(lines.next()?.1);
    let last = lines.clone().last();
    let (index, last) = last.unwrap_or_default();
    let closing = fence(last);
    if !(closing.starts_with(opening) && is_bare(last)) {
        return Some("the code block that begins here is not closed".to_owned());
    }
    // A fence that names a language cannot close a block, so the block's own end is missing.
    let inner = lines.take_while(|(at, _)| *at < index);
    let mut opened = inner.filter(|(_, text)| fence(text).starts_with(opening) && !is_bare(text));
    opened.next().map(|(at, _)| {
        let other = line + at;
        format!(
            "the code block that begins here is not closed before another begins on line {other}"
        )
    })
}

/// The run of backticks or tildes a line begins with, after the marks of quotes.
fn fence(line: &str) -> &str {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let mark = if line.starts_with('~') { '~' } else { '`' };
    &line[..line.len() - line.trim_start_matches(mark).len()]
}

/// Whether a line is a fence and nothing else.
fn is_bare(line: &str) -> bool {
    line.trim_matches([' ', '\t', '>']) == fence(line)
}

/// Blanks front matter, the settings of other programs between `---` lines at the top of a file:
/// Markdown would take them for a heading. Lines keep their numbers.
pub(super) fn without_front_matter(markdown: &str) -> String {
    let Some(after) = markdown.strip_prefix("---\n") else {
        return markdown.to_owned();
    };
    let is_setting = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let settings = after
        .lines()
        .take_while(|line| *line != "---" && is_setting(line));
    let count = settings.count();
    let mut rest = after.splitn(count + 2, '\n').skip(count);
    if count == 0 || rest.next() != Some("---") {
        return markdown.to_owned();
    }
    "\n".repeat(count + 2) + rest.next().unwrap_or_default()
}
