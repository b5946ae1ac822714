use serde::{Deserialize, Serialize};

use super::request::{deadline, policy};
use super::{
    Concept, Defaults, Degraded, Fallback, Limits, Method, Policy, Provenance, RequestError,
    RequestedMethod, Task, Timing, Usage, check,
};

/// Asks for the concepts of a reference answer. This is the form on the wire; unknown fields are
/// refused.
///
/// # Examples
///
/// ```
/// use answer_grader::grade::{ConceptsRequest, Defaults, Limits, parse_json};
///
/// let json = br#"{"question": "What is a view?", "reference_answer": "It answers a request."}"#;
/// let request: ConceptsRequest = parse_json(json)?;
/// let (task, policy) = request.check(&Limits::default(), Defaults::default())?;
/// assert_eq!(task.reference_answer, "It answers a request.");
/// assert_eq!(policy.deadline, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of a request for a grade")]
pub struct ConceptsRequest {
    pub question: String,
    pub reference_answer: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternative_answers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<RequestedMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "serve", schema(minimum = 1, maximum = 600_000))]
    pub deadline_ms: Option<u64>,
}

impl ConceptsRequest {
    /// Checks every field and turns the request into a task and the policy to ask by; `defaults`
    /// serve where it is silent.
    ///
    /// # Errors
    /// [`RequestError::Invalid`]: all that is wrong with the request, field by field. A reference is
    /// required, and a deadline is from 1 to 600,000 ms.
    pub fn check(
        self,
        limits: &Limits,
        defaults: Defaults,
    ) -> Result<(Task, Policy), RequestError> {
        let mut errors = check::Errors::default();
        deadline(self.deadline_ms, &mut errors);
        let policy = policy(self.method, self.fallback, self.deadline_ms, defaults);
        let task = Task {
            alternative_answers: self.alternative_answers,
            ..Task::new(self.question, self.reference_answer)
        };
        if task.reference_answer.trim().is_empty() {
            errors.push("/reference_answer", "must not be empty");
        }
        check::task(&task, limits, "", &mut errors);
        errors.none()?;
        Ok((task, policy))
    }
}

/// The ideas that answers to a question are judged by where none are declared.
///
/// # Examples
///
/// `Grader::concepts` (feature `llm`) gives one.
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConceptList {
    /// The concepts, in the order of the reference; they can be sent with a request for a grade as
    /// they are.
    pub concepts: Vec<Concept>,
    /// `llm`, or `keyword` for the reference's key phrases.
    pub method: Method,
    /// Why no model made the list; `null` where one did, or none was asked for.
    pub degraded: Option<Degraded>,
    /// Who made it.
    pub provenance: Provenance,
    /// What it cost now; nothing where it was known.
    pub usage: Usage,
    /// How long it took.
    pub timing_ms: Timing,
}
