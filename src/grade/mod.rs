//! The words of the project, and the rules that hold whoever does the judging.
//!
//! ```text
//! GradeRequest ─check─► Submission ─► Reading ─► gate ─► Judgement ─► bounds ─► Grade
//! ```
//!
//! | file | job |
//! |---|---|
//! | `task`, `submission`, `policy` | what is asked, what was answered, how to grade it |
//! | `request` | the wire form of these, checked field by field |
//! | `concept_list` | a request for the concepts of a reference, and what comes of it |
//! | `json` | JSON text to these, with a pointer to what is wrong |
//! | `flag` | what was noticed about an answer or its judgement |
//! | `reading` | the answer as it is judged: cleaned, its language, what is suspicious in it |
//! | `suspicion` | passages that talk to the grader |
//! | `gate` | answers that need no judging |
//! | `evidence` | quotes found in the answer, and whether they support a verdict |
//! | `score` | concept score, and the bounds it sets |
//! | `judgement` | what a grader found, turned into a grade |
//! | `consensus` | several judgements of one answer made one |
//! | `calibration` | from a grader's scores to people's |
//! | `result` | the grade |
//! | `explanation` | how the offline grader came to its score |
//! | `disclosure` | what of a grade may be shown to a candidate |
//!
//! All of it is pure: no clock, no randomness, no I/O.

mod account;
mod calibration;
mod check;
mod concept_list;
mod consensus;
mod disclosure;
mod evidence;
mod explanation;
mod flag;
mod gate;
mod json;
mod judgement;
mod policy;
mod reading;
mod request;
mod result;
mod score;
mod submission;
mod suspicion;
mod task;

pub use account::{Account, account};
pub use calibration::{
    CALIBRATION_SCHEMA, Calibration, CalibrationError, CalibrationField, ConfidenceStep,
    ConfidenceTable, MethodCalibration, ScoreMap,
};
pub use concept_list::{ConceptList, ConceptsRequest};
pub use consensus::consensus;
pub use evidence::{Finding, QuoteCheck, QuoteKey, locate};
pub use explanation::{Explanation, FiredGuard, FormulaParts, MatchedWord};
pub use flag::{Flag, FlagCode};
pub use gate::{Gate, Settled};
pub use json::{JsonError, parse_json};
pub use judgement::{Judgement, Standard, grade};
pub use policy::{Fallback, Method, Policy, RequestedMethod};
pub use reading::Reading;
pub use request::{Defaults, FieldError, GradeRequest, Limits, RequestError};
pub use result::{
    ConceptGrade, Degraded, Evidence, Grade, MisconceptionGrade, MissingConcept, Provenance,
    ScoreParts, Timing, Usage, Verdict,
};
pub use score::{NO_EVIDENCE_CEILING, REQUIRED_MISSING_CEILING, TOLERANCE, concept_score};
pub use submission::{AnswerSource, FeedbackLevel, Submission};
pub use task::{
    Concept, ConceptSource, Example, Misconception, Task, concepts_hash, reference_hash,
};
