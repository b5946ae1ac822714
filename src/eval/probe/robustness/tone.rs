use super::super::draw::Draw;

/// What a speaker who is sure says before and after.
const CONFIDENT: [(&str, &str); 6] = [
    ("Without any doubt:", ""),
    ("I am absolutely certain about this.", ""),
    ("This one is easy for me.", "I am completely sure of that."),
    ("Definitely, and I say this with full confidence:", ""),
    (
        "I know this topic inside out.",
        "There is no question about it.",
    ),
    ("Clearly and obviously:", "I would bet on every word."),
];
/// What a speaker who is unsure says before and after.
const HEDGED: [(&str, &str); 6] = [
    ("I think, maybe:", ""),
    (
        "I am not completely sure, but this is how I remember it.",
        "",
    ),
    (
        "If I remember correctly:",
        "At least that is what I believe.",
    ),
    ("I might be wrong here, so bear with me.", ""),
    (
        "Probably something like this:",
        "But please check me on that.",
    ),
    ("My guess would be this.", "I could be mistaken, of course."),
];

/// Says the answer like somebody who is sure of it.
pub(in super::super) fn confident_tone(text: &str, draw: &mut Draw) -> Option<String> {
    draw.pick(&CONFIDENT).map(|tone| around(text, tone))
}

/// Says the answer like somebody who is not sure of it.
pub(in super::super) fn hedged_tone(text: &str, draw: &mut Draw) -> Option<String> {
    draw.pick(&HEDGED).map(|tone| around(text, tone))
}

fn around(text: &str, (before, after): (&str, &str)) -> String {
    let space = if text.contains('\n') { "\n\n" } else { " " };
    let mut said = [before, text].join(space);
    if !after.is_empty() {
        said.push_str(space);
        said.push_str(after);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_stands_between_what_the_speaker_says_of_it() {
        assert_eq!(around("So.", ("Maybe:", "")), "Maybe: So.");
        assert_eq!(around("So.", ("Sure.", "Yes.")), "Sure. So. Yes.");
        assert_eq!(around("a\nb", ("Sure.", "Yes.")), "Sure.\n\na\nb\n\nYes.");
    }
}
