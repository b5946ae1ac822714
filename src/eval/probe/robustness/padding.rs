use super::super::draw::Draw;

/// Neutral sentences for the beginning.
const BEFORE: [&str; 10] = [
    "Thank you for the question.",
    "Sorry, the connection was bad for a moment.",
    "It has been raining here since the morning.",
    "I had a cup of tea just before this call.",
    "Give me a second to move my chair.",
    "I hope you can hear me well.",
    "The train was late today, so I am a little out of breath.",
    "My neighbour is mowing the lawn, I will close the window.",
    "This is the part of the interview I was looking forward to.",
    "I slept well and had a good breakfast.",
];
/// Neutral sentences for the end.
const AFTER: [&str; 10] = [
    "That is it from my side.",
    "Let me know when you would like to go on.",
    "By the way, the view from this window is lovely.",
    "I will have a sip of water now.",
    "The weather is supposed to get better tomorrow.",
    "Sorry about the dog in the background.",
    "I am happy to take the next question.",
    "It is nearly time for lunch here.",
    "My headphones are about to run out of battery.",
    "I enjoyed the walk to the office this morning.",
];

/// Puts one or two sentences of small talk before and after the answer, which stays as it is.
pub(in super::super) fn padding(text: &str, draw: &mut Draw) -> String {
    // Code and lists begin and end on lines of their own.
    let space = if text.contains('\n') { "\n\n" } else { " " };
    let before = talk(BEFORE, draw);
    let after = talk(AFTER, draw);
    format!("{before}{space}{text}{space}{after}")
}

fn talk<const COUNT: usize>(mut table: [&'static str; COUNT], draw: &mut Draw) -> String {
    draw.shuffle(&mut table);
    let count = 1 + draw.below(2);
    table[..count.min(COUNT)].join(" ")
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::Perturbation;

    use super::*;

    #[test]
    fn the_answer_stands_between_small_talk() {
        for seed in 0..50 {
            let mut draw = Draw::new(seed, "a", Perturbation::Padding);
            let padded = padding("The answer.", &mut draw);
            let (before, after) = padded.split_once(" The answer. ").unwrap();
            assert!(BEFORE.iter().any(|sentence| before.starts_with(sentence)));
            assert!(AFTER.iter().any(|sentence| after.ends_with(sentence)));
        }
    }

    #[test]
    fn an_answer_of_several_lines_keeps_its_lines() {
        let mut draw = Draw::new(1, "a", Perturbation::Padding);
        assert!(padding("```\nx\n```", &mut draw).contains("\n\n```\nx\n```\n\n"));
    }
}
