use std::collections::HashMap;

/// Characters of an id that is made of a text; more are harder to read than a number.
const LONGEST: usize = 60;

/// Makes an id of each text, each another one; a text without a letter or digit has `kind` and its
/// number.
pub(super) fn ids<'a>(texts: impl Iterator<Item = &'a str>, kind: &str) -> Vec<String> {
    let mut taken = Taken::default();
    let named = texts.enumerate().map(|(index, text)| {
        let id = slug(text).unwrap_or_else(|| format!("{kind}-{}", index + 1));
        taken.unique(id)
    });
    named.collect()
}

/// The ids that there are, each with the number that its next namesake may have: counted, since
/// thousands of tests may have one description.
#[derive(Debug, Default)]
pub(super) struct Taken(HashMap<String, usize>);

impl Taken {
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// The id, or the id with the first number that makes it another one.
    pub(super) fn unique(&mut self, id: String) -> String {
        let Some(next) = self.0.get(&id) else {
            self.0.insert(id.clone(), 2);
            return id;
        };
        let mut number = *next;
        let mut numbered = format!("{id}-{number}");
        while self.has(&numbered) {
            number += 1;
            numbered = format!("{id}-{number}");
        }
        self.0.insert(id, number + 1);
        self.0.insert(numbered.clone(), 2);
        numbered
    }
}

/// A text in small letters and digits, with a hyphen where anything else stood.
pub(super) fn slug(text: &str) -> Option<String> {
    let small = text.to_lowercase();
    let mut slug = String::new();
    for word in small
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let length = slug.chars().count() + word.chars().count();
        if length >= LONGEST && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(LONGEST));
    }
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_differ() {
        let long = "word ".repeat(40);
        let texts = ["select_related", "Select related!", "?", "Индекс", &long];
        let ids = ids(texts.into_iter(), "concept");
        assert_eq!(
            ids[..4],
            ["select-related", "select-related-2", "concept-3", "индекс"]
        );
        assert!(ids[4].len() <= LONGEST, "{}", ids[4]);
    }

    #[test]
    fn a_number_that_is_taken_is_passed_over() {
        let ids = ids(["a", "a 2", "a", "a", "a 2"].into_iter(), "concept");
        assert_eq!(ids, ["a", "a-2", "a-3", "a-4", "a-2-2"]);
    }
}
