use super::attacks;
use super::draw::Draw;
use super::robustness;
use super::text::word_count;
use super::{Perturbation, Subject, Target};

/// An answer of fewer words has too little to be changed.
const FEWEST_WORDS: usize = 3;

impl Perturbation {
    /// Makes the changed text of a subject; the same for the same seed, subject and perturbation.
    ///
    /// None where it does not apply: the answer has fewer than three words, nothing in it can be
    /// changed, the change is for English only, or there is no question or reference to start
    /// from. Attacks that add something apply to every answer, even to an empty one.
    pub fn apply(self, subject: &Subject<'_>, seed: u64) -> Option<String> {
        let mut draw = Draw::new(seed, self.seed_id(subject), self);
        match self.target() {
            Target::EveryAnswer => self.changed(subject, &mut draw),
            Target::EachQuestion => self.replaced(subject, &mut draw),
            Target::FailedAnswers => self.added(subject.candidate_answer, &mut draw),
        }
    }

    /// Whether the changed text is to be sent as a transcript of speech.
    pub fn is_transcript(self, subject: &Subject<'_>) -> bool {
        match self.target() {
            // A replacement is written whatever the answers of the question are.
            Target::EachQuestion => false,
            Target::EveryAnswer | Target::FailedAnswers => {
                subject.speech || self == Self::SpeechNoise
            }
        }
    }

    /// The id that outcomes carry: a text made for a question must not hang on one of its cases.
    pub(super) fn seed_id<'a>(self, subject: &Subject<'a>) -> &'a str {
        match self.target() {
            Target::EachQuestion => subject.question_id,
            Target::EveryAnswer | Target::FailedAnswers => subject.id,
        }
    }

    fn changed(self, subject: &Subject<'_>, draw: &mut Draw) -> Option<String> {
        let text = subject.candidate_answer;
        if word_count(text) < FEWEST_WORDS || (self.is_english_only() && !subject.is_english()) {
            return None;
        }
        let changed = match self {
            Self::Typos => robustness::typos(text, draw),
            Self::LowerCase => Some(robustness::lower_case(text)),
            Self::UpperCase => Some(robustness::upper_case(text)),
            Self::Padding => Some(robustness::padding(text, draw)),
            Self::Formatting => Some(robustness::formatting(text, draw)),
            Self::ConfidentTone => robustness::confident_tone(text, draw),
            Self::HedgedTone => robustness::hedged_tone(text, draw),
            Self::SpeakerName => robustness::speaker_name(text, draw),
            Self::Dialect => robustness::dialect(text, draw),
            Self::Gender => robustness::gender(text, draw),
            Self::SpeechNoise => robustness::speech_noise(text, draw),
            _ => None,
        };
        changed.filter(|changed| changed != text)
    }

    /// Whether it uses words of English, which would mix languages elsewhere.
    const fn is_english_only(self) -> bool {
        matches!(
            self,
            Self::Padding
                | Self::ConfidentTone
                | Self::HedgedTone
                | Self::SpeakerName
                | Self::Dialect
                | Self::Gender
                | Self::SpeechNoise
        )
    }

    fn replaced(self, subject: &Subject<'_>, draw: &mut Draw) -> Option<String> {
        let reference = subject.reference_answer;
        let english = subject.is_english();
        let replaced = match self {
            Self::QuestionEcho => Some(subject.question.to_owned()),
            Self::KeywordList => attacks::keyword_list(reference, english),
            Self::ShuffledWords => attacks::shuffled_words(reference, draw),
            Self::NegatedReference if english => attacks::negated(reference),
            Self::Antonyms if english => attacks::antonyms(reference),
            Self::OtherReference => subject.other_reference.map(str::to_owned),
            Self::MasterKey => attacks::master_key(draw),
            _ => None,
        };
        replaced.filter(|text| !text.trim().is_empty() && text.trim() != reference.trim())
    }

    fn added(self, text: &str, draw: &mut Draw) -> Option<String> {
        match self {
            Self::MasterKeyPrefix => attacks::master_key_prefix(text, draw),
            Self::Instructions => attacks::instructions(text, draw),
            Self::HomoglyphInstructions => attacks::homoglyph_instructions(text, draw),
            Self::ExaminerNote => attacks::examiner_note(text, draw),
            Self::FakeVerdict => attacks::fake_verdict(text, draw),
            Self::FenceClosing => attacks::fence_closing(text, draw),
            Self::HiddenUnicode => attacks::hidden_unicode(text, draw),
            Self::ConfidentPrefix => attacks::confident_prefix(text, draw),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use crate::eval::probe::samples;

    use super::*;

    fn applied(subject: &Subject<'_>) -> Vec<Perturbation> {
        let all = Perturbation::ALL.into_iter();
        all.filter(|known| known.apply(subject, 7).is_some())
            .collect()
    }

    fn of_target(target: Target) -> Vec<Perturbation> {
        let all = Perturbation::ALL.into_iter();
        all.filter(|known| known.target() == target).collect()
    }

    #[test]
    fn everything_applies_to_a_long_english_answer() {
        assert_eq!(applied(&samples::long()), Perturbation::ALL);
    }

    #[rstest]
    #[case("empty")]
    #[case("blank")]
    #[case("punctuation")]
    fn an_answer_that_says_nothing_is_only_added_to(#[case] id: &str) {
        let subject = samples::named(id);
        let without_robustness = [
            of_target(Target::EachQuestion),
            of_target(Target::FailedAnswers),
        ];
        assert_eq!(applied(&subject), without_robustness.concat());
    }

    #[test]
    fn a_german_answer_is_spared_what_needs_english() {
        let applied = applied(&samples::named("german"));
        for known in Perturbation::ALL {
            let needs_english = known.is_english_only()
                || matches!(
                    known,
                    Perturbation::NegatedReference | Perturbation::Antonyms
                );
            assert_eq!(!needs_english, applied.contains(&known), "{known:?}");
        }
    }

    #[test]
    fn without_question_and_key_only_an_opener_replaces_the_answer() {
        let subject = samples::named("bare");
        let replacing = of_target(Target::EachQuestion).into_iter();
        let applied: Vec<_> = replacing
            .filter(|known| known.apply(&subject, 7).is_some())
            .collect();
        assert_eq!(applied, [Perturbation::MasterKey]);
    }

    #[test]
    fn the_echo_is_the_question_and_the_other_key_is_the_other_key() {
        let subject = samples::long();
        let echo = Perturbation::QuestionEcho.apply(&subject, 7);
        assert_eq!(echo.as_deref(), Some(subject.question));
        let other = Perturbation::OtherReference.apply(&subject, 7);
        assert_eq!(other.as_deref(), subject.other_reference);
    }

    #[test]
    fn a_replacement_does_not_hang_on_the_case() {
        let subject = samples::long();
        let other_case = Subject {
            id: "orm-99",
            candidate_answer: "Something else.",
            speech: true,
            ..subject
        };
        for known in of_target(Target::EachQuestion) {
            assert_eq!(known.apply(&subject, 7), known.apply(&other_case, 7));
            assert!(!known.is_transcript(&other_case));
        }
    }

    #[test]
    fn only_speech_is_sent_as_a_transcript() {
        let written = samples::long();
        let spoken = Subject {
            speech: true,
            ..written
        };
        for known in Perturbation::ALL {
            assert_eq!(
                known.is_transcript(&written),
                known == Perturbation::SpeechNoise
            );
            let replaces = known.target() == Target::EachQuestion;
            assert_eq!(known.is_transcript(&spoken), !replaces);
        }
    }

    fn keeps_answer(known: Perturbation) -> bool {
        use Perturbation::{ConfidentTone, HedgedTone, Padding, SpeakerName};
        let quotes = matches!(known, Padding | ConfidentTone | HedgedTone | SpeakerName);
        quotes || (known.target() == Target::FailedAnswers && known != Perturbation::HiddenUnicode)
    }

    fn shown(text: &str) -> String {
        text.chars().filter(|c| !attacks::is_hidden(*c)).collect()
    }

    fn holds_what_it_promises(subject: &Subject<'_>, seed: u64) {
        for known in Perturbation::ALL {
            let Some(text) = known.apply(subject, seed) else {
                continue;
            };
            assert_eq!(known.apply(subject, seed).as_ref(), Some(&text));
            assert!(!text.is_empty());
            if known.target() != Target::EachQuestion {
                assert_ne!(text, subject.candidate_answer, "{known:?}");
            }
            if keeps_answer(known) {
                assert!(text.contains(subject.candidate_answer), "{known:?}");
            }
            if known == Perturbation::HiddenUnicode {
                assert_eq!(shown(&text), shown(subject.candidate_answer));
            }
        }
    }

    #[test]
    fn every_sample_is_changed_as_described() {
        for subject in samples::all() {
            for seed in 0..40 {
                holds_what_it_promises(&subject, seed);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_changed_as_described(
            answer in any::<String>(),
            reference in "(\\PC|[a-z ]|is not |Use an index\\. |`|\n    x){0,60}",
            english: bool,
            seed: u64,
        ) {
            let subject = Subject {
                candidate_answer: &answer,
                reference_answer: &reference,
                question: &answer,
                language: if english { "en" } else { "fr" },
                ..samples::long()
            };
            holds_what_it_promises(&subject, seed);
            let swapped = Subject { candidate_answer: &reference, reference_answer: &answer, ..subject };
            holds_what_it_promises(&swapped, seed);
        }
    }
}
