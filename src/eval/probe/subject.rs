/// What a perturbation works on: one labelled answer with its question and key.
///
/// It borrows everything, since a suite holds the texts already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The case's id; part of the seed, so that adding a case changes no other.
    pub id: &'a str,
    /// The question's id; takes the case's place where a text is made once for each question.
    pub question_id: &'a str,
    /// The question; may be empty.
    pub question: &'a str,
    /// The reference answer; may be empty.
    pub reference_answer: &'a str,
    /// The answer that people scored.
    pub candidate_answer: &'a str,
    /// The reference of another question of the suite; none where there is no other.
    pub other_reference: Option<&'a str>,
    /// The language's code, such as `en` or `de-AT`.
    pub language: &'a str,
    /// Whether the answer is a transcript of speech.
    pub speech: bool,
}

impl Subject<'_> {
    /// Tells whether the texts are English, of whatever region.
    pub fn is_english(&self) -> bool {
        let primary = self.language.split(['-', '_']).next().unwrap_or_default();
        primary.eq_ignore_ascii_case("en")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::eval::probe::samples;

    use super::*;

    #[rstest]
    #[case("en", true)]
    #[case("en-GB", true)]
    #[case("EN_us", true)]
    #[case("de", false)]
    #[case("enm", false)]
    #[case("", false)]
    fn english_is_told_by_the_code_without_its_region(
        #[case] language: &str,
        #[case] english: bool,
    ) {
        let subject = Subject {
            language,
            ..samples::long()
        };
        assert_eq!(subject.is_english(), english);
    }
}
