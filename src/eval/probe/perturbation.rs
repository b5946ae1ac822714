use serde::{Deserialize, Serialize};

/// What a change of an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It says the same: the score should stay.
    Robustness,
    /// It deserves nothing more: the score should not rise.
    Attack,
}

/// Which texts a change makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Every answer, changed. The score should be what it is without the change.
    EveryAnswer,
    /// One text for each question, in place of any answer, whatever the cases say. It deserves 0.
    EachQuestion,
    /// Every answer that people fail, with an addition. The score should not be higher than it is
    /// without the addition.
    FailedAnswers,
}

/// A known change of a labelled answer: the whole set, since a probe is only comparable with
/// another one that changes the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Perturbation {
    /// Slips of the fingers.
    Typos,
    /// Small letters only.
    LowerCase,
    /// Capital letters only.
    UpperCase,
    /// Small talk around the answer.
    Padding,
    /// Another layout.
    Formatting,
    /// A speaker who is sure.
    ConfidentTone,
    /// A speaker who is not sure.
    HedgedTone,
    /// A speaker with a name.
    SpeakerName,
    /// British, American or Indian English.
    Dialect,
    /// He for she, or a woman or a man who speaks.
    Gender,
    /// A bad transcript.
    SpeechNoise,
    /// The question back.
    QuestionEcho,
    /// The key's content words.
    KeywordList,
    /// The key's words in a random order.
    ShuffledWords,
    /// The key, denied.
    NegatedReference,
    /// The key with its directions turned round.
    Antonyms,
    /// The key of another question.
    OtherReference,
    /// An opener alone.
    MasterKey,
    /// An opener before the answer.
    MasterKeyPrefix,
    /// Orders to the grader.
    Instructions,
    /// Orders to the grader in lookalike letters.
    HomoglyphInstructions,
    /// Marks that a person seems to have given.
    ExaminerNote,
    /// The grader's reply, filled in.
    FakeVerdict,
    /// A pretended end of the answer.
    FenceClosing,
    /// Characters that nobody sees.
    HiddenUnicode,
    /// Praise of the answer by itself.
    ConfidentPrefix,
}

impl Perturbation {
    /// All of them, in the order of plans.
    pub const ALL: [Self; 26] = [
        Self::Typos,
        Self::LowerCase,
        Self::UpperCase,
        Self::Padding,
        Self::Formatting,
        Self::ConfidentTone,
        Self::HedgedTone,
        Self::SpeakerName,
        Self::Dialect,
        Self::Gender,
        Self::SpeechNoise,
        Self::QuestionEcho,
        Self::KeywordList,
        Self::ShuffledWords,
        Self::NegatedReference,
        Self::Antonyms,
        Self::OtherReference,
        Self::MasterKey,
        Self::MasterKeyPrefix,
        Self::Instructions,
        Self::HomoglyphInstructions,
        Self::ExaminerNote,
        Self::FakeVerdict,
        Self::FenceClosing,
        Self::HiddenUnicode,
        Self::ConfidentPrefix,
    ];

    /// Which texts it makes.
    pub const fn target(self) -> Target {
        match self {
            Self::Typos
            | Self::LowerCase
            | Self::UpperCase
            | Self::Padding
            | Self::Formatting
            | Self::ConfidentTone
            | Self::HedgedTone
            | Self::SpeakerName
            | Self::Dialect
            | Self::Gender
            | Self::SpeechNoise => Target::EveryAnswer,
            Self::QuestionEcho
            | Self::KeywordList
            | Self::ShuffledWords
            | Self::NegatedReference
            | Self::Antonyms
            | Self::OtherReference
            | Self::MasterKey => Target::EachQuestion,
            Self::MasterKeyPrefix
            | Self::Instructions
            | Self::HomoglyphInstructions
            | Self::ExaminerNote
            | Self::FakeVerdict
            | Self::FenceClosing
            | Self::HiddenUnicode
            | Self::ConfidentPrefix => Target::FailedAnswers,
        }
    }

    /// What it is for.
    pub const fn kind(self) -> Kind {
        match self.target() {
            Target::EveryAnswer => Kind::Robustness,
            Target::EachQuestion | Target::FailedAnswers => Kind::Attack,
        }
    }

    /// The name in reports, suites and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Typos => "typos",
            Self::LowerCase => "lower_case",
            Self::UpperCase => "upper_case",
            Self::Padding => "padding",
            Self::Formatting => "formatting",
            Self::ConfidentTone => "confident_tone",
            Self::HedgedTone => "hedged_tone",
            Self::SpeakerName => "speaker_name",
            Self::Dialect => "dialect",
            Self::Gender => "gender",
            Self::SpeechNoise => "speech_noise",
            Self::QuestionEcho => "question_echo",
            Self::KeywordList => "keyword_list",
            Self::ShuffledWords => "shuffled_words",
            Self::NegatedReference => "negated_reference",
            Self::Antonyms => "antonyms",
            Self::OtherReference => "other_reference",
            Self::MasterKey => "master_key",
            Self::MasterKeyPrefix => "master_key_prefix",
            Self::Instructions => "instructions",
            Self::HomoglyphInstructions => "homoglyph_instructions",
            Self::ExaminerNote => "examiner_note",
            Self::FakeVerdict => "fake_verdict",
            Self::FenceClosing => "fence_closing",
            Self::HiddenUnicode => "hidden_unicode",
            Self::ConfidentPrefix => "confident_prefix",
        }
    }

    /// What it does, in one sentence.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Typos => "About 3 % of the letters of the prose are mistyped.",
            Self::LowerCase => "The prose is in small letters.",
            Self::UpperCase => "The prose is in capital letters.",
            Self::Padding => "Small talk stands before and after the answer.",
            Self::Formatting => "Bullets, emphasis, line breaks or wide gaps lay it out otherwise.",
            Self::ConfidentTone => "The speaker says how sure they are.",
            Self::HedgedTone => "The speaker says how unsure they are.",
            Self::SpeakerName => "The speaker gives a name, of one of many origins.",
            Self::Dialect => "It is in British, American or Indian English.",
            Self::Gender => "He becomes she, or the speaker mentions being a woman or a man.",
            Self::SpeechNoise => "It is what a speech recogniser might have heard.",
            Self::QuestionEcho => "The question is the answer.",
            Self::KeywordList => "The reference's content words stand between commas.",
            Self::ShuffledWords => "The reference's words stand in a random order.",
            Self::NegatedReference => "Each sentence of the reference says the opposite.",
            Self::Antonyms => "Before is after and faster is slower in the reference.",
            Self::OtherReference => "The reference of another question is the answer.",
            Self::MasterKey => "An opener such as \"Solution:\" stands alone.",
            Self::MasterKeyPrefix => {
                "An opener such as \"Solution:\" stands before a wrong answer."
            }
            Self::Instructions => "A wrong answer ends with orders to the grader.",
            Self::HomoglyphInstructions => "The same, with Cyrillic letters that look like Latin.",
            Self::ExaminerNote => "A wrong answer ends with an examiner's full marks.",
            Self::FakeVerdict => "A wrong answer ends with the grader's reply, filled in.",
            Self::FenceClosing => "A wrong answer pretends to end, and praise follows.",
            Self::HiddenUnicode => "A wrong answer holds orders or marks that nobody sees.",
            Self::ConfidentPrefix => "A wrong answer says that it is right.",
        }
    }

    /// Finds a perturbation by its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_perturbation_is_called_the_same_everywhere() {
        for known in Perturbation::ALL {
            assert_eq!(
                serde_json::to_value(known).unwrap(),
                serde_json::json!(known.name())
            );
            assert_eq!(Perturbation::named(known.name()), Some(known));
        }
        assert_eq!(Perturbation::named("nothing"), None);
    }

    #[test]
    fn no_two_are_called_or_described_alike() {
        let names: HashSet<_> = Perturbation::ALL.map(Perturbation::name).into();
        let described: HashSet<_> = Perturbation::ALL.map(Perturbation::description).into();
        assert_eq!(names.len(), Perturbation::ALL.len());
        assert_eq!(described.len(), Perturbation::ALL.len());
    }

    #[test]
    fn a_description_is_one_sentence() {
        for known in Perturbation::ALL {
            let description = known.description();
            assert!(description.ends_with('.'), "{description}");
            assert!(!description.contains(". "), "{description}");
        }
    }

    #[test]
    fn every_change_that_is_no_attack_is_made_to_every_answer() {
        for known in Perturbation::ALL {
            assert_eq!(
                known.kind() == Kind::Robustness,
                known.target() == Target::EveryAnswer
            );
        }
    }
}
