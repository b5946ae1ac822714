use std::collections::HashSet;

/// Characters of an id that is made of a text; more are harder to read than a number.
const LONGEST: usize = 60;

/// Makes an id of each text, each another one; a text without a letter or digit has `kind` and its
/// number.
pub(super) fn ids<'a>(texts: impl Iterator<Item = &'a str>, kind: &str) -> Vec<String> {
    let mut taken = HashSet::new();
    let named = texts.enumerate().map(|(index, text)| {
        let id = slug(text).unwrap_or_else(|| format!("{kind}-{}", index + 1));
        unique(id, &mut taken)
    });
    named.collect()
}

/// The id, or the id with the first number that makes it another one.
pub(super) fn unique(id: String, taken: &mut HashSet<String>) -> String {
    if taken.insert(id.clone()) {
        return id;
    }
    let numbered = (2..).map(|count| format!("{id}-{count}"));
    let free = numbered.into_iter().find(|id| !taken.contains(id));
    let id = free.unwrap_or(id);
    taken.insert(id.clone());
    id
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
}
