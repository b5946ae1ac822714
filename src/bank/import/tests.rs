use rstest::rstest;

use super::import;
use crate::bank::{Bank, BankError};

const NOTES: &str = r#"# Web notes

## HTTP

### 1. What does a `304 Not Modified` response say?
- The copy the client holds is **still good**, so
  no body is sent.
- It answers a request with `If-None-Match`.

```http
GET /style.css
If-None-Match: "a\b"
```
The tag is compared as a whole.

<!-- ask for ETags, too -->
### Q2: Name two _safe_ methods.
1. GET
2. HEAD
   - both change nothing

SQL
---

### Which join keeps unmatched rows?
A [left join](https://example.org) keeps those of its """left""" table.

#### Example
    SELECT * FROM a LEFT JOIN b

### When does `__init__` matter to a SELECT * query?
Never: __init__ belongs to Python<br>and List<String> to Java.
"#;

fn bank(markdown: &str) -> Bank {
    let text = import(markdown, "notes.md", "web", "Web").unwrap();
    Bank::parse(&text, "web.toml").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Questions as `topic/id: question`.
fn questions(markdown: &str) -> Vec<String> {
    let bank = bank(markdown);
    let questions = bank.questions.iter().map(|one| {
        let topic = one.topic.as_deref().unwrap_or_default();
        format!("{topic}/{}: {}", one.id, one.task().question)
    });
    questions.collect()
}

fn answers(markdown: &str) -> Vec<String> {
    let questions = bank(markdown).questions.into_iter();
    questions
        .map(|one| one.task().reference_answer.clone())
        .collect()
}

fn problems(markdown: &str) -> Vec<String> {
    match import(markdown, "notes.md", "web", "Web") {
        Ok(_) => vec![],
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    }
}

const QUESTIONS: [&str; 4] = [
    "http/304-modified-response-say: What does a 304 Not Modified response say?",
    "http/name-two-safe-methods: Name two safe methods.",
    "sql/join-keeps-unmatched-rows: Which join keeps unmatched rows?",
    "sql/init-matter-select-query: When does __init__ matter to a SELECT * query?",
];

const ANSWERS: [&str; 4] = [
    "The copy the client holds is still good, so no body is sent.\nIt answers a request with If-None-Match.\n\n\
     ```http\nGET /style.css\nIf-None-Match: \"a\\b\"\n```\n\nThe tag is compared as a whole.",
    "GET\nHEAD\nboth change nothing",
    "A left join keeps those of its \"\"\"left\"\"\" table.\n\nExample\n\n```\nSELECT * FROM a LEFT JOIN b\n```",
    "Never: __init__ belongs to Python\nand List<String> to Java.",
];

#[test]
fn notes_become_a_bank_that_can_be_read_back() {
    assert_eq!(questions(NOTES), QUESTIONS);
    assert_eq!(answers(NOTES), ANSWERS);
}

#[test]
fn line_ends_and_a_byte_order_mark_make_no_difference() {
    let notes = format!("\u{feff}{}", NOTES.replace('\n', "\r\n"));
    assert_eq!(questions(&notes), QUESTIONS);
    assert_eq!(answers(&notes), ANSWERS);
}

#[test]
fn the_new_bank_has_the_layout_of_the_others() {
    let text = import(
        "# Why?\nBecause \"it\" is.\n",
        "notes.md",
        "web",
        "The \"Web\"",
    )
    .unwrap();
    let (comment, rest) = text.split_once("\n\n").unwrap();
    assert!(
        comment.lines().all(|line| line.starts_with("# ")),
        "{comment}"
    );
    assert!(comment.contains("notes.md") && comment.contains("concepts"));
    let expected = "id = \"web\"\ntitle = \"The \\\"Web\\\"\"\n\n[[questions]]\nid = \"question-1\"\nquestion = \"Why?\"\n\
                    reference_answer = \"\"\"\nBecause \"it\" is.\n\"\"\"\n";
    assert_eq!(rest, expected);
}

#[rstest]
#[case::steps("## How is a site deployed?\n### 1. Build\nb\n### 2. Ship\ns",
    &["/site-deployed: How is a site deployed?"])]
#[case::follow_up("## What is TLS?\na\n### What is a certificate?\nb\n### Example\nc",
    &["/tls: What is TLS?", "/certificate: What is a certificate?", "/example: Example"])]
#[case::parts("## Caching\na\n### Example\nb\n## Cookies\nc", &["/caching: Caching", "/cookies: Cookies"])]
#[case::nested_topics("# HTTP\n## Caching basics\n### Why?\na\n## Cookies\nb\n# SQL\nc",
    &["caching-basics/question-1: Why?", "http/cookies: Cookies", "/sql: SQL"])]
#[case::topic_that_asks("## What about HTTP?\n### What is it?\na\n## Cookies\nb",
    &["http/question-1: What is it?", "/cookies: Cookies"])]
#[case::setext("Title\n=====\n\nWhy is it?\n----------\nBecause.", &["/question-1: Why is it?"])]
#[case::front_matter("---\ntitle: x\ntags: [y]\n---\n# Cookies\na", &["/cookies: Cookies"])]
#[case::heading_in_code("# Cookies\n```sh\n# no heading\n```", &["/cookies: Cookies"])]
#[case::heading_in_list("# Cookies\n- # text", &["/cookies: Cookies"])]
fn headings_are_told_apart(#[case] markdown: &str, #[case] expected: &[&str]) {
    assert_eq!(questions(markdown), expected);
}

#[rstest]
#[case::comment("a <!-- b --> c\n\n<!--\nd\n-->\n\ne", "a  c\n\ne")]
#[case::details("<details>\n<summary>More</summary>\n\na\n\n</details>", "More\n\na")]
#[case::table("| a | b |\n|---|---|\n| 1 | 2 |\n\nc", "a | b\n1 | 2\n\nc")]
#[case::tasks("- [x] a\n- [ ] b", "a\nb")]
#[case::code_in_list("- a\n  ```\n  b\n  ```\n  c\n- d", "a\n```\nb\n```\nc\nd")]
#[case::fence_in_code("````md\n```\na\n```\n````", "````md\n```\na\n```\n````")]
#[case::tildes("~~~\na\n~~~", "```\na\n```")]
#[case::quote("> a\n> b\n\nc", "a b\n\nc")]
#[case::image_and_rule("![a](b.png)\n\n---\n\n***\nc", "a\n\nc")]
#[case::entities("a &lt; b \\* c", "a < b * c")]
fn markup_goes_and_text_stays(#[case] markdown: &str, #[case] expected: &str) {
    assert_eq!(answers(&format!("# Q?\n\n{markdown}\n")), [expected]);
}

#[rstest]
#[case::empty("", &["1: the notes have no questions"])]
#[case::only_comment("<!-- a -->\n", &["1: the notes have no questions"])]
#[case::unanswered("# A?\na\n# B?\n\n# C?\nc", &["3: the question has no answer under it"])]
#[case::unanswered_parts("# A?\n## B\n## C", &["1: the question has no answer under it"])]
#[case::before("\na\n\n# B\nb", &["2: the text before the first heading"])]
#[case::only_text("a", &["1: the text before the first heading"])]
#[case::again("# What is A?\na\n# B\nb\n# what  is _A_\nc", &["5: the question is the same as that of line 1"])]
#[case::not_again("# What is C?\na\n# What is C++?\nb", &[])]
#[case::fence("# A\n```sh\na\n", &["2: the code block that begins here is not closed"])]
#[case::swallowed("# A\n\n```sh\na\n# B\n```sh\nb\n```\n", &["3: the code block that begins here is not closed before another begins on line 6"])]
#[case::unclosed_comment("# A\na\n\n<!-- b\n# C\nc", &["4: the comment that begins here is not closed"])]
#[case::title("# T\na\n## B\nb", &["1: the text under the title"])]
#[case::topic("# T\n## HTTP\na\n### B?\nb\n## C\nc", &["2: the heading has a text of its own and questions below it"])]
#[case::no_heading("# \na\n# 1.\nb", &["1: the heading is empty", "3: the heading is empty"])]
#[case::underlined("### A?\nthe answer\n---\n### B?\nb", &["1: the question has no answer; the line of ---"])]
#[case::several("a\n# B?\n# C\n```\nc", &["1: the text before", "2: the question has no", "4: the code block"])]
fn all_that_is_wrong_has_its_line(#[case] markdown: &str, #[case] expected: &[&str]) {
    let problems = problems(markdown);
    assert_eq!(problems.len(), expected.len(), "{problems:?}");
    for (problem, expected) in problems.iter().zip(expected) {
        let start = format!("notes.md:{expected}");
        assert!(problem.starts_with(&start), "{problem}");
    }
}

#[test]
fn an_answer_that_no_bank_may_hold_is_refused_without_its_text() {
    let problems = problems(&format!("# A\n{}", "long ".repeat(5_000)));
    assert_eq!(
        problems,
        ["notes.md:1: reference_answer: has 24999 characters; at most 20000 are allowed"]
    );
}

#[rstest]
#[case(
    "My Bank",
    "T",
    "the id of the new bank must consist of a-z, 0-9 and '-'"
)]
#[case("", "T", "the id of the new bank must not be empty")]
#[case("x", " ", "the title of the new bank must not be empty")]
fn a_name_that_will_not_do_is_refused(
    #[case] id: &str,
    #[case] title: &str,
    #[case] expected: &str,
) {
    let error = import(NOTES, "notes.md", id, title).unwrap_err();
    assert!(matches!(error, BankError::Name { .. }));
    assert_eq!(error.to_string(), expected);
}

proptest::proptest! {
    #[test]
    fn whatever_is_imported_can_be_read_back(
        markdown in "([#=`~<>|*_ \t\\\\\"'.1?a-c-]|<!--|-->|# |```|\"\"\"|\n|\r|\n\n|\u{e9}|\u{0}|&#7;){0,60}"
    ) {
        if let Ok(text) = import(&format!("# a\n{markdown}"), "notes.md", "web", "Web") {
            let bank = Bank::parse(&text, "web.toml");
            proptest::prop_assert!(bank.is_ok(), "{}\n{text}", bank.unwrap_err());
        }
    }

    #[test]
    fn whatever_stands_in_an_answer_comes_back(answer in "[a\"\\\\\u{b}'é]{1,12}") {
        let code = format!("```\n{answer}\n```");
        let text = import(&format!("# Q?\n{code}\n"), "notes.md", "web", "Web").unwrap();
        let bank = Bank::parse(&text, "web.toml").unwrap();
        proptest::prop_assert_eq!(&bank.questions[0].task().reference_answer, &code);
    }
}
