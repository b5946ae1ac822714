use std::ops::Range;

use super::{Language, Mapped, Term, terms};

mod corrections;

use corrections::corrections;

/// Sounds that fill a pause, in the languages whose transcripts have been seen so far.
const FILLERS: [&str; 13] = [
    "um", "umm", "uh", "uhh", "uhm", "erm", "er", "hmm", "hm", "mhm", "äh", "ähm", "öhm",
];
/// Phrases that say nothing where they interrupt a sentence.
const FILLER_PHRASES: [&str; 4] = ["you know", "i mean", "sort of", "kind of"];
/// Notes a transcriber leaves about the sound.
const SOUND_NOTES: [&str; 10] = [
    "inaudible",
    "silence",
    "noise",
    "background noise",
    "music",
    "crosstalk",
    "unintelligible",
    "pause",
    "laughter",
    "blank_audio",
];
/// Words before "kind of" and "sort of" that make them part of a statement ("what kind of index").
const BEFORE_PLAIN_KIND: [&str; 12] = [
    "what", "which", "this", "that", "some", "any", "a", "the", "same", "one", "each", "every",
];
/// Symbols as they are spoken, and how they join their neighbours.
const SPOKEN_SYMBOLS: [(&str, &str); 5] = [
    ("dash dash", "--"),
    ("double underscore", "__"),
    ("dunder", "__"),
    ("underscore", "_"),
    ("n plus one", "n+1"),
];

/// A stretch of the text and what takes its place.
type Edit = (Range<usize>, String);
/// One step of the cleaning, given the text's characters and words.
type Step<'a> = &'a dyn Fn(&[char], &[Term]) -> Vec<Edit>;

/// Cleans a transcript for judging: sound notes, fillers, repeated words and what the speaker
/// took back go; identifiers spoken in pieces ("pre fetch related") become those of `vocabulary`,
/// such as [`identifiers`](super::identifiers) gives. Its words are English.
///
/// Only for judging: offsets still lead to the transcript as it was sent.
///
/// ```
/// use answer_grader::text::{Mapped, clean_transcript};
///
/// let sent = Mapped::new("um you use pre fetch related");
/// let cleaned = clean_transcript(&sent, &["prefetch_related"]);
/// assert_eq!(cleaned.text().trim(), "you use prefetch_related");
/// ```
pub fn clean_transcript(transcript: &Mapped, vocabulary: &[&str]) -> Mapped {
    let steps: [Step<'_>; 7] = [
        &|text, words| sound_notes(text, words),
        &|_, words| pauses(words),
        &|_, words| symbols(words),
        &|_, words| spoken_identifiers(words, vocabulary),
        &|text, words| corrections(text, words),
        // After the corrections, which "I mean" may belong to.
        &|_, words| filler_phrases(words),
        &|text, words| repetitions(text, words),
    ];
    steps.iter().fold(transcript.clone(), |cleaned, step| {
        let chars: Vec<char> = cleaned.text().chars().collect();
        // Stems of the transcript's language are not needed to find hesitations.
        let edits = step(&chars, &terms(cleaned.text(), Language::English));
        let edits: Vec<_> = edits
            .iter()
            .map(|(range, text)| (range.clone(), text.as_str()))
            .collect();
        cleaned.replace(&edits)
    })
}

fn span(words: &[Term]) -> Range<usize> {
    words.first().map_or(0, |word| word.span.start)..words.last().map_or(0, |word| word.span.end)
}

fn says(words: &[Term], phrase: &str) -> Option<usize> {
    let mut count = 0;
    for (position, expected) in phrase.split(' ').enumerate() {
        (words.get(position)?.word == expected).then_some(())?;
        count += 1;
    }
    Some(count)
}

/// Walks over the words; `find` says how many words an edit at this place takes, and its text.
fn edits(words: &[Term], find: impl Fn(&[Term]) -> Option<(usize, String)>) -> Vec<Edit> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match find(&words[at..]) {
            Some((count, text)) if count > 0 => {
                found.push((span(&words[at..at + count]), text));
                at += count;
            }
            _ => at += 1,
        }
    }
    found
}

fn sound_notes(text: &[char], words: &[Term]) -> Vec<Edit> {
    let bracketed = |range: &Range<usize>| {
        let before = range.start.checked_sub(1).and_then(|at| text.get(at));
        matches!(
            (before, text.get(range.end)),
            (Some('[' | '(' | '<'), Some(']' | ')' | '>'))
        )
    };
    let mut notes = Vec::new();
    for note in SOUND_NOTES {
        let phrase = note.replace('_', " ");
        let found = edits(words, |rest| {
            says(rest, &phrase).map(|count| (count, String::new()))
        });
        notes.extend(found.into_iter().filter(|(range, _)| bracketed(range)));
    }
    for (range, _) in &mut notes {
        *range = range.start - 1..range.end + 1;
    }
    notes.sort_by_key(|(range, _)| range.start);
    notes
}

fn pauses(words: &[Term]) -> Vec<Edit> {
    edits(words, |rest| {
        let pause = rest
            .first()
            .filter(|word| FILLERS.contains(&word.word.as_str()));
        pause.map(|_| (1, String::new()))
    })
}

fn filler_phrases(words: &[Term]) -> Vec<Edit> {
    let plain = |rest: &[Term]| {
        let at = words.len() - rest.len();
        let before = at.checked_sub(1).map(|before| words[before].word.as_str());
        rest[0].word != "you"
            && rest[0].word != "i"
            && before.is_some_and(|word| BEFORE_PLAIN_KIND.contains(&word))
    };
    edits(words, |rest| {
        if plain(rest) {
            return None;
        }
        let phrase = FILLER_PHRASES.iter().find_map(|phrase| says(rest, phrase));
        phrase.map(|count| (count, String::new()))
    })
}

fn symbols(words: &[Term]) -> Vec<Edit> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let hit = SPOKEN_SYMBOLS
            .iter()
            .find_map(|(spoken, written)| Some((says(&words[at..], spoken)?, *written)));
        let Some((count, written)) = hit else {
            at += 1;
            continue;
        };
        let mut range = span(&words[at..at + count]);
        // "settings underscore file" is one word; "n plus one queries" keeps its space.
        if written.starts_with('_') && at > 0 {
            range.start = words[at - 1].span.end;
        }
        if written != "n+1" {
            range.end = words
                .get(at + count)
                .map_or(range.end, |next| next.span.start);
        }
        found.push((range, written.to_owned()));
        at += count;
    }
    found
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Joins runs of up to five words whose letters are those of an identifier, one slip allowed in
/// eight letters or more ("pre fetch relate it").
fn spoken_identifiers(words: &[Term], vocabulary: &[&str]) -> Vec<Edit> {
    let known: Vec<(String, &str)> = vocabulary
        .iter()
        .map(|name| (letters(name), *name))
        .collect();
    edits(words, |rest| {
        (1..=rest.len().min(5)).rev().find_map(|count| {
            let spoken: String = rest[..count]
                .iter()
                .map(|word| letters(&word.word))
                .collect();
            let same = |written: &str| {
                spoken == written
                    || (written.len() >= 8
                        && count > 1
                        && strsim::osa_distance(&spoken, written) <= 1)
            };
            let (_, name) = known.iter().find(|(written, _)| same(written))?;
            let as_written = count == 1 && spoken.len() == name.len();
            (!as_written).then(|| (count, (*name).to_owned()))
        })
    })
}

/// Keeps the later of two equal runs of one to three words ("we use, we use").
fn repetitions(text: &[char], words: &[Term]) -> Vec<Edit> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let same = |size: usize| {
            let (one, two) = (
                words.get(at..at + size),
                words.get(at + size..at + 2 * size),
            );
            one.zip(two).is_some_and(|(one, two)| {
                // Terms of Chinese or Japanese overlap; those are no repetition.
                let gap = text.get(one[size - 1].span.end..two[0].span.start);
                let hesitates = |c: &char| c.is_whitespace() || matches!(c, ',' | '-' | '…');
                gap.is_some_and(|gap| gap.iter().all(hesitates))
                    && one.iter().zip(two).all(|(a, b)| a.word == b.word)
            })
        };
        match (1..=3).rev().find(|size| same(*size)) {
            Some(size) => {
                found.push((
                    words[at].span.start..words[at + size].span.start,
                    String::new(),
                ));
                at += size;
            }
            None => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn clean(text: &str) -> String {
        let vocabulary = ["prefetch_related", "select_related", "settings.py"];
        let cleaned = clean_transcript(&Mapped::new(text), &vocabulary);
        cleaned
            .text()
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[rstest]
    #[case("um you use uh pre fetch related", "you use prefetch_related")]
    #[case("select underscore related", "select_related")]
    #[case(
        "that saves one query, no wait, I mean two queries",
        "that saves two queries"
    )]
    #[case("it makes one query no sorry two queries", "it makes two queries")]
    #[case(
        "signals run in a thread, scratch that, they run in the same thread",
        "they run in the same thread"
    )]
    #[case("the the the model", "the model")]
    #[case("we use we use an index", "we use an index")]
    #[case("[inaudible] the view (background noise) runs", "the view runs")]
    #[case("pass dash dash fake", "pass --fake")]
    #[case("that avoids n plus one queries", "that avoids n+1 queries")]
    #[case("I kind of know it, you know", "I know it")]
    #[case("No signal is sent.", "No signal is sent.")]
    #[case(
        "there is actually no query until you iterate",
        "there is actually no query until you iterate"
    )]
    #[case(
        "with async there is no wait for it",
        "with async there is no wait for it"
    )]
    #[case(
        "the threads wait no longer than that",
        "the threads wait no longer than that"
    )]
    #[case(
        "error correction codes add redundancy",
        "error correction codes add redundancy"
    )]
    #[case(
        "gaps of 5 mm and what kind of index",
        "gaps of 5 mm and what kind of index"
    )]
    #[case("User.user is set", "User.user is set")]
    #[case(
        "use select_related no wait prefetch_related for it",
        "use prefetch_related for it"
    )]
    fn a_transcript_is_read_as_it_was_meant(#[case] spoken: &str, #[case] meant: &str) {
        assert_eq!(clean(spoken), meant);
    }

    #[test]
    fn what_was_cleaned_still_leads_to_the_transcript() {
        let spoken = "so um pre fetch related runs";
        let cleaned = clean_transcript(&Mapped::new(spoken), &["prefetch_related"]);
        let at = cleaned.text().find("prefetch_related").unwrap();
        let place = cleaned
            .original(crate::text::Span {
                start: at,
                end: at + 16,
            })
            .unwrap();
        assert_eq!(place.of(spoken), "pre fetch related");
    }
}
