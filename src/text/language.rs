use std::fmt;
use std::str::FromStr;

use rust_stemmers::{Algorithm, Stemmer};
use serde::{Deserialize, Serialize};

use super::census::Census;
use super::{function_words, terms};

/// Names the language of a text.
///
/// The named variants have a Snowball stemmer and a stop list. `Other` is every language without
/// them: its words are compared as they stand.
///
/// It is read from a code of two or three letters, with or without a region, and written as one:
///
/// ```
/// use answer_grader::text::Language;
///
/// assert_eq!("en-GB".parse(), Ok(Language::English));
/// let swahili: Language = "sw".parse()?;
/// assert_eq!(swahili.to_string(), "sw");
/// # Ok::<(), answer_grader::text::LanguageParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the language it names")]
pub enum Language {
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Turkish,
    /// A language given by another code, as its lower-case letters; 0 stands for a third one that
    /// is not there.
    Other([u8; 3]),
}

/// Says why a language code was refused.
///
/// ```
/// use answer_grader::text::Language;
///
/// let error = "english".parse::<Language>().unwrap_err();
/// assert!(error.to_string().starts_with("must be a two- or three-letter code"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a two- or three-letter code such as \"en\" or \"de\", optionally with a region (\"en-GB\")"
)]
pub struct LanguageParseError;

/// One row per language that has both a stop list and a stemmer.
pub(super) const KNOWN: [(Language, &str, Algorithm, whatlang::Lang); 16] = [
    (
        Language::Danish,
        "da",
        Algorithm::Danish,
        whatlang::Lang::Dan,
    ),
    (Language::Dutch, "nl", Algorithm::Dutch, whatlang::Lang::Nld),
    (
        Language::English,
        "en",
        Algorithm::English,
        whatlang::Lang::Eng,
    ),
    (
        Language::Finnish,
        "fi",
        Algorithm::Finnish,
        whatlang::Lang::Fin,
    ),
    (
        Language::French,
        "fr",
        Algorithm::French,
        whatlang::Lang::Fra,
    ),
    (
        Language::German,
        "de",
        Algorithm::German,
        whatlang::Lang::Deu,
    ),
    (Language::Greek, "el", Algorithm::Greek, whatlang::Lang::Ell),
    (
        Language::Hungarian,
        "hu",
        Algorithm::Hungarian,
        whatlang::Lang::Hun,
    ),
    (
        Language::Italian,
        "it",
        Algorithm::Italian,
        whatlang::Lang::Ita,
    ),
    (
        Language::Norwegian,
        "no",
        Algorithm::Norwegian,
        whatlang::Lang::Nob,
    ),
    (
        Language::Portuguese,
        "pt",
        Algorithm::Portuguese,
        whatlang::Lang::Por,
    ),
    (
        Language::Romanian,
        "ro",
        Algorithm::Romanian,
        whatlang::Lang::Ron,
    ),
    (
        Language::Russian,
        "ru",
        Algorithm::Russian,
        whatlang::Lang::Rus,
    ),
    (
        Language::Spanish,
        "es",
        Algorithm::Spanish,
        whatlang::Lang::Spa,
    ),
    (
        Language::Swedish,
        "sv",
        Algorithm::Swedish,
        whatlang::Lang::Swe,
    ),
    (
        Language::Turkish,
        "tr",
        Algorithm::Turkish,
        whatlang::Lang::Tur,
    ),
];

impl Language {
    /// The language's row in the table of known ones.
    pub(super) fn row(self) -> Option<usize> {
        KNOWN.iter().position(|row| row.0 == self)
    }

    /// Tells whether `word`, in lower case, is a function word of the language.
    ///
    /// The lists are NLTK's, through the crate `stop-words`.
    ///
    /// ```
    /// use answer_grader::text::Language;
    ///
    /// assert!(Language::English.is_stop_word("the"));
    /// assert!(!Language::English.is_stop_word("index"));
    /// ```
    pub fn is_stop_word(self, word: &str) -> bool {
        function_words::of(self).is_some_and(|words| words.contains_key(word))
    }

    /// Makes the language's Snowball stemmer; `None` where there is none.
    pub(crate) fn stemmer(self) -> Option<Stemmer> {
        self.row().map(|row| Stemmer::create(KNOWN[row].2))
    }

    /// Guesses the language of a text, or `None` where the text does not tell.
    ///
    /// Trigram statistics are unreliable on a sentence full of identifiers, so function words
    /// decide first and the trigrams only where no language has enough of those.
    ///
    /// ```
    /// use answer_grader::text::Language;
    ///
    /// let german = "Ein Index beschleunigt das Lesen, aber nicht das Schreiben.";
    /// assert_eq!(Language::detect(german), Some(Language::German));
    /// assert_eq!(Language::detect("LEFT JOIN"), None);
    /// ```
    pub fn detect(text: &str) -> Option<Self> {
        let terms = terms(text, UNKNOWN);
        let census = Census::of(&terms);
        let (language, share) = census.best();
        if census.words >= MIN_WORDS && share >= MIN_STOP_SHARE {
            return Some(language);
        }
        let info = whatlang::detect(text)?;
        let row = KNOWN.iter().find(|row| row.3 == info.lang())?;
        info.is_reliable().then_some(row.0)
    }
}

/// The code for a text whose language is not known.
const UNKNOWN: Language = Language::Other(*b"und");
/// Fewer words than this never decide about a language: "via JOIN" is no Swedish.
pub(super) const MIN_WORDS: usize = 4;
/// Share of function words from which they settle the language; running prose has .35 to .55.
pub(super) const MIN_STOP_SHARE: f64 = 0.2;

impl FromStr for Language {
    type Err = LanguageParseError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let primary = code
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let primary = if matches!(primary.as_str(), "nb" | "nn") {
            "no"
        } else {
            &primary
        };
        if let Some(row) = KNOWN.iter().find(|row| row.1 == primary) {
            return Ok(row.0);
        }
        if !(2..=3).contains(&primary.len())
            || !primary.bytes().all(|byte| byte.is_ascii_lowercase())
        {
            return Err(LanguageParseError);
        }
        let mut letters = [0; 3];
        letters[..primary.len()].copy_from_slice(primary.as_bytes());
        Ok(Self::Other(letters))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(letters) => {
                let code = letters
                    .iter()
                    .filter(|byte| **byte != 0)
                    .map(|byte| char::from(*byte));
                f.write_str(&code.collect::<String>())
            }
            named => f.write_str(named.row().map_or("", |row| KNOWN[row].1)),
        }
    }
}

impl Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "The ORM maps tables to classes and rows to objects.",
        Some(Language::English)
    )]
    #[case(
        "Das ORM bildet Tabellen auf Klassen und Zeilen auf Objekte ab.",
        Some(Language::German)
    )]
    #[case(
        "El ORM convierte las tablas en clases y las filas en objetos.",
        Some(Language::Spanish)
    )]
    #[case("select_related prefetch_related", None)]
    #[case("", None)]
    fn a_text_tells_its_language_or_nothing(
        #[case] text: &str,
        #[case] expected: Option<Language>,
    ) {
        assert_eq!(Language::detect(text), expected);
    }

    #[test]
    fn codes_are_read_with_their_region_and_written_without() {
        assert_eq!("en-GB".parse(), Ok(Language::English));
        assert_eq!(
            "ja".parse::<Language>().map(|l| l.to_string()),
            Ok("ja".to_owned())
        );
        assert_eq!("english".parse::<Language>(), Err(LanguageParseError));
    }
}
