/// What stands between the double braces of a text, in order; an open pair without an end is text.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest
        .split_once("{{")
        .and_then(|(_, rest)| rest.split_once("}}"))
    {
        names.push(name.trim());
        rest = after;
    }
    names
}

/// What a text shows of a name, as far as that can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// Its value and nothing else.
    Only,
    /// More than its value, or something made of it.
    Among,
    /// Nothing of it.
    Nothing,
    /// It is no template: the name of a file or program, or a program itself.
    Unknown,
}

/// Tells what a prompt shows of a variable.
pub(super) fn shows(text: &str, name: &str) -> Shows {
    let text = text.trim();
    if !text.contains("{{") && !text.contains("{%") {
        return Shows::Unknown;
    }
    let alone = text
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"));
    // A filter, such as `trim`, shows it still.
    if alone.is_some_and(|inner| !inner.contains("}}") && base(inner) == name) {
        return Shows::Only;
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut sections = text.split('{').filter_map(|rest| {
        let inner = rest.strip_prefix('%').or(Some(rest))?;
        inner.split_once('}').map(|(inner, _)| inner)
    });
    let names = |inner: &str| {
        inner
            .split(|c: char| !is_part(c))
            .any(|word| word.trim_matches('-') == name)
    };
    if sections.any(names) {
        Shows::Among
    } else {
        Shows::Nothing
    }
}

/// The name in what stands between double braces, without filters and marks for blanks.
pub(super) fn base(inner: &str) -> &str {
    let inner = inner.split('|').next().unwrap_or(inner);
    inner.trim().trim_matches('-').trim()
}

/// Says why a template cannot be filled.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// It asks for more than a name: a filter, an expression, a block.
    NotPlain,
    /// Nothing has this name.
    Unknown(String),
}

/// Puts the value of each name between double braces in its place. What was put in is text: braces
/// in it stay as they are.
pub(super) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, Unfilled> {
    let is_block = |text: &str| text.contains("{%") || text.contains("{#");
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            break;
        };
        let name = name.trim();
        if !is_plain(name) || is_block(before) {
            return Err(Unfilled::NotPlain);
        }
        filled.push_str(before);
        filled.push_str(&value(name).ok_or_else(|| Unfilled::Unknown(name.to_owned()))?);
        rest = after;
    }
    if is_block(rest) {
        return Err(Unfilled::NotPlain);
    }
    filled.push_str(rest);
    Ok(filled)
}

fn is_plain(name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && name.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn filled(text: &str) -> Result<String, Unfilled> {
        fill(text, |name| match name {
            "a" => Some("one".to_owned()),
            "b" => Some("{{a}}".to_owned()),
            _ => None,
        })
    }

    #[rstest]
    #[case("x {{a}} y {{ a }}", "x one y one")]
    #[case("{{b}}", "{{a}}")]
    #[case("{{ open", "{{ open")]
    #[case("{} }}", "{} }}")]
    fn names_are_filled_once(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(filled(text).as_deref(), Ok(expected));
    }

    #[rstest]
    #[case("{{ a | upper }}", Unfilled::NotPlain)]
    #[case("{{ }}", Unfilled::NotPlain)]
    #[case("{% if a %}x{% endif %}", Unfilled::NotPlain)]
    #[case("{{ none }}", Unfilled::Unknown("none".to_owned()))]
    fn more_than_a_known_name_is_refused(#[case] text: &str, #[case] expected: Unfilled) {
        assert_eq!(filled(text), Err(expected));
    }

    #[rstest]
    #[case("{{answer}}", Shows::Only)]
    #[case(" {{- answer | trim -}}\n", Shows::Only)]
    #[case("Grade {{answer}}", Shows::Among)]
    #[case("{{answer}}{{answer}}", Shows::Among)]
    #[case("{{answer|trim}} {{question}}", Shows::Among)]
    #[case("{{ answer.text }}", Shows::Among)]
    #[case("{{ answer[0] }}", Shows::Among)]
    #[case("{% if answer %}x{% endif %}", Shows::Among)]
    #[case("Say {{question}} {answers}", Shows::Nothing)]
    #[case("Say {{ model_answer }}", Shows::Nothing)]
    #[case("prompts/grade.txt", Shows::Unknown)]
    #[case("", Shows::Unknown)]
    fn what_a_prompt_shows_is_told(#[case] text: &str, #[case] expected: Shows) {
        assert_eq!(shows(text, "answer"), expected);
    }

    #[test]
    fn names_are_listed_in_order() {
        assert_eq!(names("{{ a }} {{item.b}} {{"), ["a", "item.b"]);
    }
}
