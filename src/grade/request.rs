use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    AnswerSource, Concept, Fallback, FeedbackLevel, Misconception, Policy, RequestedMethod,
    Submission, Task, check,
};
use crate::text::{Language, Redaction};

/// A request to grade, as it comes over the wire; unknown fields are refused.
///
/// # Examples
///
/// ```
/// use answer_grader::GradeRequest;
/// use answer_grader::grade::{Defaults, Limits, parse_json};
///
/// let request: GradeRequest = parse_json(
///     br#"{"question": "What is a view?", "reference_answer": "It answers a request.",
///          "candidate_answer": "It takes a request and answers it.", "max_points": 4}"#,
/// )?;
/// let (submission, _policy) = request.check(&Limits::default(), Defaults::default(), |_question_id| None)?;
/// assert_eq!(submission.max_points, 4.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeRequest {
    /// The answer. Personal data and hostile input.
    pub candidate_answer: String,
    /// A question of a loaded bank, instead of `question` and what belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question_id: Option<String>,
    /// What was asked; may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// An answer that deserves full marks; may be left out where there are concepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_answer: Option<String>,
    /// Other answers that deserve full marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternative_answers: Vec<String>,
    /// The ideas to look for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<Concept>,
    /// Mistaken beliefs, judged by a language model only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misconceptions: Vec<Misconception>,
    /// What a score of 1 is worth; 1 where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_points: Option<f64>,
    /// Who is to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<RequestedMethod>,
    /// What happens when the language model fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// How much of the key the grade may show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackLevel>,
    /// The language of question and reference, such as `en`; detected where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "serve", schema(value_type = Option<String>, example = "en"))]
    pub language: Option<Language>,
    /// How the answer was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_source: Option<AnswerSource>,
    /// Milliseconds that the whole grading may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "serve", schema(minimum = 1, maximum = 600_000))]
    pub deadline_ms: Option<u64>,
    /// Whether a keyword grade should explain its score (`explanation`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explain: bool,
    /// The person who answered, by a name or number of the caller's; never judged. What is kept of
    /// theirs is erased by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Names that are masked in the answer before anybody else sees it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redact: Vec<String>,
    /// Whether nothing that is kept of this request may be erased until the hold is lifted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub legal_hold: bool,
    /// The caller's own notes about the request; never judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

/// How large a request may be.
///
/// See [`GradeRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Characters of a candidate's answer.
    pub answer_chars: usize,
    /// Characters of a question or of one reference answer.
    pub reference_chars: usize,
    /// Alternative answers of a task.
    pub alternative_answers: usize,
    /// Concepts, and misconceptions, of a task.
    pub concepts: usize,
    /// Characters of a concept's text or alias.
    pub concept_chars: usize,
    /// Aliases of a concept.
    pub aliases: usize,
    /// Bytes of `metadata` as JSON.
    pub metadata_bytes: usize,
}

/// Those of the service where its settings say nothing (`[limits]` in `config.toml`).
impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_chars: 50_000,
            reference_chars: 50_000,
            alternative_answers: 20,
            concepts: 40,
            concept_chars: 500,
            aliases: 20,
            metadata_bytes: 16_384,
        }
    }
}

impl Limits {
    /// Checks a candidate's answer alone, where all else of a request was checked before.
    ///
    /// # Errors
    /// It is too long.
    pub fn check_answer(&self, candidate_answer: &str) -> Result<(), RequestError> {
        self.check_answer_length(candidate_answer.chars().count())
    }

    /// Checks how many characters a candidate's answer has, for callers that have it in another form and copy
    /// only what is short enough.
    ///
    /// # Errors
    /// It is too long.
    pub fn check_answer_length(&self, characters: usize) -> Result<(), RequestError> {
        let mut errors = check::Errors::default();
        errors.at_most(
            "/candidate_answer",
            characters,
            self.answer_chars,
            "characters",
        );
        errors.none()
    }

    /// Checks what is kept with grades and not judged, where all else of a request comes later.
    #[cfg(feature = "serve")]
    pub(crate) fn check_aside(
        &self,
        subject: Option<&str>,
        metadata: Option<&Map<String, Value>>,
    ) -> Vec<FieldError> {
        let mut errors = check::Errors::default();
        aside(subject, metadata, self, &mut errors);
        match errors.none() {
            Err(RequestError::Invalid(errors)) => errors,
            _ => Vec::new(),
        }
    }
}

fn aside(
    subject: Option<&str>,
    metadata: Option<&Map<String, Value>>,
    limits: &Limits,
    errors: &mut check::Errors,
) {
    if let Some(subject) = subject {
        errors.filled("/subject".to_owned(), subject, check::LONGEST_SUBJECT);
    }
    if let Some(metadata) = metadata {
        let bytes = serde_json::to_string(metadata).map_or(0, |json| json.len());
        errors.at_most("/metadata", bytes, limits.metadata_bytes, "bytes");
    }
}

/// What holds where a request is silent.
///
/// ```
/// use answer_grader::grade::{Defaults, FeedbackLevel};
///
/// let defaults = Defaults { feedback: FeedbackLevel::Hint, redact_emails: true, ..Defaults::default() };
/// assert!(!defaults.redact_phones);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Defaults {
    /// How to grade.
    pub policy: Policy,
    /// How much of the key to show.
    pub feedback: FeedbackLevel,
    /// Whether e-mail addresses in answers are masked.
    pub redact_emails: bool,
    /// Whether telephone numbers in answers are masked.
    pub redact_phones: bool,
}

/// One thing that is wrong with a request.
///
/// # Examples
///
/// See [`RequestError`].
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer to the field.
    pub pointer: String,
    /// What is wrong with it, and what would be right; never the field's contents.
    pub detail: String,
}

/// Says why a request cannot be graded.
///
/// ```
/// use answer_grader::GradeRequest;
/// use answer_grader::grade::{Defaults, Limits, RequestError};
///
/// let request = GradeRequest {
///     question: Some("What is a view?".to_owned()),
///     candidate_answer: "It answers a request.".to_owned(),
///     ..GradeRequest::default()
/// };
/// match request.check(&Limits::default(), Defaults::default(), |_| None) {
///     Err(RequestError::Invalid(errors)) => assert_eq!(errors[0].pointer, "/reference_answer"),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Fields are missing, contradict each other or exceed a limit.
    #[error("{}", list(.0))]
    Invalid(Vec<FieldError>),
    /// No loaded bank has the question.
    #[error("no loaded bank has a question with this id")]
    UnknownQuestion,
}

fn list(errors: &[FieldError]) -> String {
    let lines: Vec<_> = errors
        .iter()
        .map(|error| format!("{}: {}", error.pointer, error.detail))
        .collect();
    lines.join("; ")
}

/// Checks a request's deadline.
pub(super) fn deadline(milliseconds: Option<u64>, errors: &mut check::Errors) {
    let allowed = 1..=check::LONGEST_DEADLINE_MS;
    if milliseconds.is_some_and(|deadline| !allowed.contains(&deadline)) {
        errors.push(
            "/deadline_ms",
            format!("must be from 1 to {}", check::LONGEST_DEADLINE_MS),
        );
    }
}

/// What a request asks for, and the defaults where it is silent.
pub(super) fn policy(
    method: Option<RequestedMethod>,
    fallback: Option<Fallback>,
    deadline_ms: Option<u64>,
    defaults: Defaults,
) -> Policy {
    let deadline = deadline_ms.map(Duration::from_millis);
    Policy {
        method: method.unwrap_or(defaults.policy.method),
        fallback: fallback.unwrap_or(defaults.policy.fallback),
        deadline: deadline.or(defaults.policy.deadline),
    }
}

impl GradeRequest {
    /// Checks every field and turns the request into a submission and the policy to grade it by.
    ///
    /// `find` looks a question up in the loaded banks; `defaults` serve where the request is silent.
    ///
    /// # Errors
    /// All that is wrong with the request, field by field, or that its question is unknown. Beside
    /// what `limits` and [`Task::check`] say, `max_points` is above 0 and at most 1,000,000, and a
    /// deadline from 1 to 600,000 ms.
    pub fn check(
        self,
        limits: &Limits,
        defaults: Defaults,
        find: impl Fn(&str) -> Option<std::sync::Arc<Task>>,
    ) -> Result<(Submission, Policy), RequestError> {
        let mut errors = check::Errors::default();
        errors.text(
            "/candidate_answer",
            &self.candidate_answer,
            limits.answer_chars,
        );
        if let Some(points) = self.max_points
            && !(points > 0.0 && points <= check::MOST_POINTS)
        {
            errors.push(
                "/max_points",
                format!("must be above 0 and at most {}", check::MOST_POINTS),
            );
        }
        deadline(self.deadline_ms, &mut errors);
        errors.at_most("/redact", self.redact.len(), check::MOST_NAMES, "names");
        for (index, name) in self.redact.iter().enumerate() {
            errors.filled(format!("/redact/{index}"), name, check::LONGEST_SUBJECT);
        }
        let (subject, metadata) = (self.subject.as_deref(), self.metadata.as_ref());
        aside(subject, metadata, limits, &mut errors);
        let policy = policy(self.method, self.fallback, self.deadline_ms, defaults);
        let (answer_source, language) = (self.answer_source.unwrap_or_default(), self.language);
        let explain = self.explain;
        let redaction = Redaction {
            names: self.redact.clone(),
            emails: defaults.redact_emails,
            phones: defaults.redact_phones,
        };
        let (max_points, feedback) = (
            self.max_points.unwrap_or(1.0),
            self.feedback.unwrap_or(defaults.feedback),
        );
        let task = if let Some(id) = &self.question_id {
            self.refuse_beside_question_id(&mut errors);
            let length = id.chars().count();
            errors.at_most("/question_id", length, check::LONGEST_ID, "characters");
            errors.none()?;
            find(id).ok_or(RequestError::UnknownQuestion)?
        } else {
            if self.question.is_none() {
                errors.push(
                    "/question",
                    "is required (it may be empty), or give question_id",
                );
            }
            let task = Task {
                question: self.question.unwrap_or_default(),
                reference_answer: self.reference_answer.unwrap_or_default(),
                alternative_answers: self.alternative_answers,
                concepts: self.concepts,
                misconceptions: self.misconceptions,
                ..Task::default()
            };
            if task.reference_answer.trim().is_empty() && task.concepts.is_empty() {
                errors.push(
                    "/reference_answer",
                    "is required where there are no concepts",
                );
            }
            check::task(&task, limits, "", &mut errors);
            task.into()
        };
        errors.none()?;
        let candidate_answer = self.candidate_answer;
        Ok((
            Submission {
                task,
                candidate_answer,
                answer_source,
                language,
                max_points,
                feedback,
                explain,
                redaction,
            },
            policy,
        ))
    }

    fn refuse_beside_question_id(&self, errors: &mut check::Errors) {
        let given = [
            ("/question", self.question.is_some()),
            ("/reference_answer", self.reference_answer.is_some()),
            ("/alternative_answers", !self.alternative_answers.is_empty()),
            ("/concepts", !self.concepts.is_empty()),
            ("/misconceptions", !self.misconceptions.is_empty()),
        ];
        for (pointer, _) in given.iter().filter(|(_, given)| *given) {
            errors.push(
                *pointer,
                "comes from the bank where question_id is given; leave one of the two out",
            );
        }
    }
}
