use super::super::draw::Draw;
use super::super::text::{TokenKind, reword, sentences, tokens};

/// The shortest word that is emphasised.
const EMPHASISED: usize = 6;

/// Lays the same words out otherwise: as a list, with emphasis, with blank lines between the
/// sentences, or with wide gaps. Text with fenced code keeps its lines.
pub(in super::super) fn formatting(text: &str, draw: &mut Draw) -> String {
    let layouts: &[fn(&str) -> String] = if text.contains("```") {
        &[emphasis, wide_gaps]
    } else {
        &[emphasis, wide_gaps, bullets, paragraphs]
    };
    draw.pick(layouts)
        .map_or_else(|| text.to_owned(), |layout| layout(text))
}

fn bullets(text: &str) -> String {
    lines(text, "- ", "\n")
}

fn paragraphs(text: &str) -> String {
    format!("\n{}\n", lines(text, "", "\n\n"))
}

fn lines(text: &str, mark: &str, end: &str) -> String {
    let sentences = sentences(text);
    let lines = sentences.iter().map(|sentence| sentence.trim());
    let lines: Vec<String> = lines
        .filter(|sentence| !sentence.is_empty())
        .map(|sentence| format!("{mark}{sentence}"))
        .collect();
    lines.join(end)
}

/// Sets every second long word in bold and the others of them in italics.
fn emphasis(text: &str) -> String {
    let mut bold = false;
    let emphasised = reword(text, |word| {
        (word.chars().count() >= EMPHASISED).then(|| {
            bold = !bold;
            let mark = if bold { "**" } else { "*" };
            format!("{mark}{word}{mark}")
        })
    });
    format!("**Answer**\n\n{emphasised}")
}

fn wide_gaps(text: &str) -> String {
    let widened = tokens(text).into_iter().map(|token| match token.kind {
        TokenKind::Gap => token.text.replace(' ', "   "),
        TokenKind::Word | TokenKind::Code => token.text.to_owned(),
    });
    format!("  {}\n\n", widened.collect::<String>())
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::{Perturbation, samples};

    use super::*;

    fn says(text: &str) -> Vec<&str> {
        let said = tokens(text)
            .into_iter()
            .filter(|token| token.kind != TokenKind::Gap);
        said.map(|token| token.text).collect()
    }

    #[test]
    fn each_layout_lays_out_what_it_is_called_after() {
        let text = "Filters need it. Use save() twice.";
        assert_eq!(bullets(text), "- Filters need it.\n- Use save() twice.");
        assert_eq!(
            paragraphs(text),
            "\nFilters need it.\n\nUse save() twice.\n"
        );
        assert_eq!(
            emphasis("Filters save() always"),
            "**Answer**\n\n**Filters** save() *always*"
        );
        assert_eq!(wide_gaps("a `b c` d"), "  a   `b c`   d\n\n");
    }

    #[test]
    fn every_word_and_every_piece_of_code_stays() {
        for subject in samples::all() {
            for seed in 0..20 {
                let mut draw = Draw::new(seed, subject.id, Perturbation::Formatting);
                let laid_out = formatting(subject.candidate_answer, &mut draw);
                let laid_out = laid_out.strip_prefix("**Answer**").unwrap_or(&laid_out);
                assert_eq!(says(laid_out), says(subject.candidate_answer));
            }
        }
    }
}
