use std::collections::BTreeMap;

/// The texts behind a report, for formats that show them: answers are personal data, so they stay
/// out of the report itself.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// By case id.
    pub cases: BTreeMap<String, CaseText>,
    /// What models replied, by run, case id and repetition; nothing for a resumed case.
    pub replies: BTreeMap<(String, String, u32), String>,
}

/// The texts of one case.
#[derive(Debug, Clone, Default)]
pub struct CaseText {
    /// The question; may be empty.
    pub question: String,
    /// The first reference answer; may be empty.
    pub reference_answer: String,
    /// The answer as it stands in the case.
    pub candidate_answer: String,
    /// The declared concepts' texts by id; empty where none are declared.
    pub concepts: BTreeMap<String, String>,
}
