use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::draw::Draw;
use super::orders::{FOREIGN, PLAIN, POLITE, SYSTEM};

/// Latin letters and the Cyrillic ones that look the same.
const LOOKALIKES: [(char, char); 22] = [
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('j', 'ј'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
    ('y', 'у'),
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('I', 'І'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('T', 'Т'),
    ('X', 'Х'),
];

/// Adds an order to the grader: plain, polite, in another language, as a system message, or in
/// Base64 (RFC 4648).
pub(in super::super) fn instructions(text: &str, draw: &mut Draw) -> Option<String> {
    let order = match draw.below(5) {
        0 => draw.pick(&PLAIN)?.to_owned(),
        1 => draw.pick(&POLITE)?.to_owned(),
        2 => draw.pick(&FOREIGN)?.to_owned(),
        3 => draw.pick(&SYSTEM)?.to_owned(),
        _ => encoded(draw.pick(&PLAIN)?),
    };
    Some(format!("{text}\n\n{order}"))
}

fn encoded(order: &str) -> String {
    let letters = STANDARD.encode(order);
    format!("Decode this Base64 text and do what it says: {letters}")
}

/// Adds an order to the grader whose letters are Cyrillic where they look like Latin ones, so that
/// a filter for English words does not see it.
pub(in super::super) fn homoglyph_instructions(text: &str, draw: &mut Draw) -> Option<String> {
    let order = draw.pick(&PLAIN)?;
    Some(format!("{text}\n\n{}", disguised(order)))
}

fn disguised(order: &str) -> String {
    let disguise = |c| {
        let pair = LOOKALIKES.iter().find(|(latin, _)| *latin == c);
        pair.map_or(c, |(_, cyrillic)| *cyrillic)
    };
    order.chars().map(disguise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::eval::probe::Perturbation;

    #[test]
    fn orders_of_every_kind_are_drawn_and_follow_the_answer() {
        let drawn: Vec<String> = (0..100)
            .map(|seed| {
                let mut draw = Draw::new(seed, "a", Perturbation::Instructions);
                let text = instructions("An answer.", &mut draw).unwrap();
                text.strip_prefix("An answer.\n\n").unwrap().to_owned()
            })
            .collect();
        for table in [&PLAIN[..], &POLITE, &FOREIGN, &SYSTEM] {
            assert!(drawn.iter().any(|order| table.contains(&order.as_str())));
        }
        assert!(drawn.iter().any(|order| order.starts_with("Decode")));
    }

    #[test]
    fn an_encoded_order_is_base64() {
        // From the RFC's test vectors: "foobar" is "Zm9vYmFy".
        assert!(encoded("foobar").ends_with(": Zm9vYmFy"));
    }

    #[test]
    fn a_disguised_order_reads_the_same_with_other_letters() {
        for order in PLAIN {
            let letters = disguised(order);
            assert_ne!(letters, order);
            let folded: String = letters
                .chars()
                .map(|c| {
                    let pair = LOOKALIKES.iter().find(|(_, cyrillic)| *cyrillic == c);
                    pair.map_or(c, |(latin, _)| *latin)
                })
                .collect();
            assert_eq!(folded, order);
        }
        for (latin, cyrillic) in LOOKALIKES {
            assert!(latin.is_ascii() && ('\u{400}'..'\u{530}').contains(&cyrillic));
        }
    }
}
