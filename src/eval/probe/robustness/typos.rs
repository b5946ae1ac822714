use super::super::draw::Draw;
use super::super::text::{TokenKind, reword, tokens};

/// So many slips for a hundred letters: many, and still easy to read.
const SLIPS_PER_HUNDRED: usize = 3;
/// Shorter words can turn into others that mean something.
const SHORTEST: usize = 4;
/// The letters beside each letter of a QWERTY keyboard, in the order of the alphabet.
const NEIGHBOURS: [&str; 26] = [
    "sqz", "vn", "xv", "sf", "wr", "dg", "fh", "gj", "uo", "hk", "jl", "k", "n", "bm", "ip", "o",
    "wa", "et", "ad", "ry", "yi", "cb", "qe", "zc", "tu", "xa",
];
/// Words that turn a sentence round: a slip in one of them is no longer harmless.
const NEGATIONS: [&str; 7] = [
    "cannot", "never", "none", "nothing", "neither", "without", "unless",
];

/// Makes slips in words of prose: swapped, dropped, doubled letters and neighbouring keys, at most
/// one in a word. First letters, abbreviations and identifiers stay.
pub(in super::super) fn typos(text: &str, draw: &mut Draw) -> Option<String> {
    let tokens = tokens(text);
    let words = tokens.iter().filter(|token| token.kind == TokenKind::Word);
    let letters: usize = words.clone().map(|word| word.text.chars().count()).sum();
    let mut candidates: Vec<usize> = words
        .enumerate()
        .filter(|(_, word)| may_slip(word.text))
        .map(|(position, _)| position)
        .collect();
    draw.shuffle(&mut candidates);
    let slips = (letters * SLIPS_PER_HUNDRED + 50) / 100;
    candidates.truncate(slips.max(1));
    if candidates.is_empty() {
        return None;
    }
    // In the order of the text, so that each slip is drawn for the word it happens in.
    candidates.sort_unstable();
    let mut position = 0;
    Some(reword(text, |word| {
        let here = candidates.contains(&position);
        position += 1;
        here.then(|| slip(word, draw))
    }))
}

/// Latin, Greek and Cyrillic words with a small letter, long enough; other scripts are typed
/// otherwise.
fn may_slip(word: &str) -> bool {
    word.chars().count() >= SHORTEST
        && word.chars().all(|c| c.is_alphabetic() && c < '\u{530}')
        && word.chars().skip(1).all(char::is_lowercase)
        && !NEGATIONS.contains(&word.to_lowercase().as_str())
}

fn slip(word: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + draw.below(letters.len() - 2);
    match draw.below(4) {
        0 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        2 => {
            if let Some(key) = neighbour(letters[at], draw) {
                letters[at] = key;
            } else {
                letters.insert(at, letters[at]);
            }
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

fn neighbour(letter: char, draw: &mut Draw) -> Option<char> {
    let row = u32::from(letter).checked_sub(u32::from('a'))?;
    let keys = NEIGHBOURS.get(usize::try_from(row).ok()?)?;
    keys.chars().nth(draw.below(keys.len()))
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::{Perturbation, samples};

    use super::*;

    fn drawn(text: &str, seed: u64) -> Option<String> {
        typos(text, &mut Draw::new(seed, "a", Perturbation::Typos))
    }

    fn of_kind(text: &str, wanted: TokenKind) -> Vec<&str> {
        let found = tokens(text)
            .into_iter()
            .filter(|token| token.kind == wanted);
        found.map(|token| token.text).collect()
    }

    #[test]
    fn about_three_letters_of_a_hundred_slip_and_no_identifier() {
        let text = samples::long().candidate_answer;
        for seed in 0..50 {
            let slipped = drawn(text, seed).unwrap();
            assert_eq!(
                of_kind(&slipped, TokenKind::Code),
                of_kind(text, TokenKind::Code)
            );
            let before = of_kind(text, TokenKind::Word);
            let after = of_kind(&slipped, TokenKind::Word);
            assert_eq!(before.len(), after.len());
            let changed = before.iter().zip(&after).filter(|(one, two)| one != two);
            // 185 letters of prose, counted with Python, make 5.55 slips.
            assert_eq!(changed.count(), 6, "{slipped}");
            let kept = before.iter().zip(&after);
            assert!(kept.into_iter().all(|(one, two)| one[..1] == two[..1]));
        }
    }

    #[test]
    fn every_kind_of_slip_happens() {
        let slips: Vec<String> = (0..200).filter_map(|seed| drawn("index", seed)).collect();
        for expected in ["idnex", "inex", "inddex", "imdex"] {
            assert!(slips.iter().any(|slip| slip == expected), "{expected}");
        }
        assert!(slips.iter().all(|slip| slip != "index"));
    }

    #[test]
    fn words_that_deny_and_short_words_stay() {
        for text in [
            "it is not so",
            "never without",
            "SQL JOIN",
            "save()",
            "缓存数据库",
            "",
        ] {
            assert_eq!(drawn(text, 3), None, "{text}");
        }
    }
}
