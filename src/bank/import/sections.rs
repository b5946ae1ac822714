use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::Fault;
use super::markup::{ends_in_comment, fence_fault, without_front_matter, without_tags};
use crate::bank::source::Lines;

/// A heading and the text under it, up to the next heading.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// 1 for the highest; 0 for the text before the first heading.
    pub(super) level: u8,
    /// Without markup.
    pub(super) heading: String,
    /// Where the heading stands; for the text before the first one, where that begins.
    pub(super) line: usize,
    /// Whether a line of `---` under it makes it a heading, which happens by mistake.
    pub(super) underlined: bool,
    /// Without markup but for code blocks, which keep their fences.
    pub(super) text: String,
}

/// Cuts Markdown at its headings; the first section is the text before them.
pub(super) fn read(markdown: &str) -> (Vec<Section>, Vec<Fault>) {
    let markdown = without_front_matter(markdown);
    let mut reader = Reader {
        source: &markdown,
        lines: Lines::new(&markdown),
        done: Vec::new(),
        current: Section::default(),
        in_heading: false,
        containers: 0,
        held: String::new(),
        holding: false,
        faults: Vec::new(),
    };
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for (event, range) in Parser::new_ext(&markdown, options).into_offset_iter() {
        reader.take(event, range);
    }
    let mut sections = reader.done;
    sections.push(reader.current);
    for section in &mut sections {
        section.heading = section.heading.trim().to_owned();
        section.text = section.text.trim().to_owned();
    }
    (sections, reader.faults)
}

struct Reader<'a> {
    source: &'a str,
    lines: Lines<'a>,
    done: Vec<Section>,
    current: Section,
    in_heading: bool,
    /// Lists and quotes around the present place; a heading inside them is only text.
    containers: usize,
    /// The contents of a block of code or HTML, which count as a whole.
    held: String,
    holding: bool,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn take(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::Code(text) => self.push(&text, &range),
            Event::Html(html) => self.push(&html, &range),
            Event::InlineHtml(html) => self.push(&without_tags(&html), &range),
            Event::SoftBreak => self.push(" ", &range),
            Event::HardBreak => self.push("\n", &range),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } if self.containers == 0 => {
                let next = Section {
                    level: *level as u8,
                    line: self.lines.line(range.start),
                    underlined: self.source[range].trim_end().ends_with("---"),
                    ..Section::default()
                };
                self.done.push(std::mem::replace(&mut self.current, next));
                self.in_heading = true;
            }
            Tag::Heading { .. } | Tag::Paragraph | Tag::Table(_) | Tag::Item => self.begin_block(),
            Tag::CodeBlock(_) | Tag::HtmlBlock => {
                self.begin_block();
                self.holding = true;
            }
            Tag::List(_) => self.containers += 1,
            Tag::BlockQuote(_) => {
                self.begin_block();
                self.containers += 1;
            }
            Tag::Strong => self.push(dunder(&self.source[range.clone()]), &range),
            _ => {}
        }
        if let Tag::CodeBlock(kind) = tag {
            self.held = match kind {
                CodeBlockKind::Fenced(language) => format!("{language}\n"),
                CodeBlockKind::Indented => "\n".to_owned(),
            };
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(_) => self.in_heading = false,
            TagEnd::CodeBlock => {
                let block = &self.source[range.clone()];
                let line = self.lines.line(range.start);
                if block.trim_start().starts_with(['`', '~'])
                    && let Some(fault) = fence_fault(block, line)
                {
                    self.faults.push((line, fault));
                }
                let held = self.release();
                let fence = "`".repeat(longest_run(&held).max(2) + 1);
                // The line end keeps text that follows without a block of its own off the fence.
                self.push(&format!("{fence}{held}{fence}\n"), &range);
            }
            TagEnd::HtmlBlock => {
                let held = self.release();
                if ends_in_comment(&held) {
                    let line = self.lines.line(range.start);
                    let fault = "the comment that begins here is not closed";
                    self.faults.push((line, fault.to_owned()));
                }
                self.push(without_tags(&held).trim(), &range);
            }
            TagEnd::List(_) | TagEnd::BlockQuote(_) => {
                self.containers = self.containers.saturating_sub(1);
            }
            TagEnd::Strong => self.push(dunder(&self.source[range.clone()]), &range),
            TagEnd::TableCell => self.push(" | ", &range),
            TagEnd::TableHead | TagEnd::TableRow => {
                let text = &mut self.current.text;
                text.truncate(text.trim_end_matches(" | ").len());
                text.push('\n');
            }
            _ => {}
        }
    }

    fn release(&mut self) -> String {
        self.holding = false;
        std::mem::take(&mut self.held)
    }

    fn push(&mut self, text: &str, range: &Range<usize>) {
        if self.holding {
            self.held.push_str(text);
            return;
        }
        if self.in_heading {
            self.current.heading.push_str(&text.replace('\n', " "));
            return;
        }
        if self.current.line == 0 && !text.trim().is_empty() {
            self.current.line = self.lines.line(range.start);
        }
        self.current.text.push_str(text);
    }

    /// Parts blocks by an empty line, and those inside a list by a line end.
    fn begin_block(&mut self) {
        let text = &mut self.current.text;
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push_str(if self.containers == 0 { "\n\n" } else { "\n" });
        }
    }
}

/// The underscores of a name such as `__init__`, which Markdown takes for emphasis.
fn dunder(strong: &str) -> &'static str {
    let is_name = strong.starts_with("__") && !strong.contains(char::is_whitespace);
    if is_name { "__" } else { "" }
}

/// The longest run of backticks at the beginning of a line.
fn longest_run(code: &str) -> usize {
    let run = |line: &str| {
        let line = line.trim_start();
        line.len() - line.trim_start_matches('`').len()
    };
    code.lines().map(run).max().unwrap_or_default()
}
