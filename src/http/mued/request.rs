use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::error::Problem;
use crate::grade::{
    Concept, FeedbackLevel, FieldError, GradeRequest, JsonError, Misconception, RequestedMethod,
    parse_json,
};

/// The key of what is ours in `vendorExtensions`.
pub(super) const OURS: &str = "x-answer-grader";

/// Types of submissions that µEd knows; the first is what can be judged here.
const TYPES: [&str; 5] = ["TEXT", "CODE", "MODEL", "MATH", "OTHER"];

/// Formats of texts; a text is judged by what it says, not by how it is set.
pub(super) const FORMATS: [&str; 3] = ["plain", "plain_text", "markdown"];

/// µEd's request. What it allows to be there and is not used here is read over; what would be misleading
/// to read over is refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct EvaluateRequest {
    task: Option<Task>,
    submission: Submission,
    user: Option<User>,
    criteria: Option<Vec<Value>>,
    pre_submission_feedback: Option<PreSubmission>,
    callback_url: Option<Value>,
    configuration: Option<Configuration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    #[serde(rename = "taskId")]
    id: Option<String>,
    title: Option<String>,
    content: Option<Content>,
    reference_solution: Option<Content>,
    /// Free in its form; of `language` a code is understood.
    context: Option<Value>,
}

/// A text, plain or as Markdown; what else a platform puts there is its own.
#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    markdown: Option<String>,
}

impl Content {
    /// The first of the two that says something.
    fn text(self) -> Option<String> {
        let is_blank = self.text.as_ref().is_none_or(|text| text.trim().is_empty());
        match self.markdown {
            Some(markdown) if is_blank => Some(markdown),
            _ => self.text,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Submission {
    task_id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    format: Option<String>,
    content: Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    user_id: Option<String>,
}

#[derive(Deserialize)]
struct PreSubmission {
    enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    llm: Option<Map<String, Value>>,
    data_policy: Option<Value>,
    execution_policy: Option<ExecutionPolicy>,
    vendor_extensions: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct ExecutionPolicy {
    timeout: Option<Whole>,
}

/// A whole number as JSON Schema has them: 5000.0 is one.
#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Whole(u64);

impl TryFrom<f64> for Whole {
    type Error = &'static str;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was looked at before"
    )]
    fn try_from(number: f64) -> Result<Self, Self::Error> {
        if number.fract() == 0.0 && (0.0..=9e15).contains(&number) {
            Ok(Self(number as u64))
        } else {
            Err("must be a whole number, 0 or more")
        }
    }
}

/// What is ours in `configuration.vendorExtensions`: fields of `POST /v1/grade`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ours {
    #[serde(default)]
    alternative_answers: Vec<String>,
    #[serde(default)]
    concepts: Vec<Concept>,
    #[serde(default)]
    misconceptions: Vec<Misconception>,
    method: Option<RequestedMethod>,
    feedback: Option<FeedbackLevel>,
    #[serde(default)]
    redact: Vec<String>,
}

/// A request that can be graded.
pub(in crate::http) struct Asked {
    question: String,
    reference: Option<String>,
    task_id: Option<String>,
    answer: String,
    pub(super) format: Option<String>,
    language: Option<String>,
    user: Option<String>,
    /// What the points are given for, as it was sent but for what is `null`.
    pub(super) criterion: Option<Value>,
    pub(super) max_points: f64,
    /// Whether no points may be given yet.
    pub(super) is_draft: bool,
    deadline_ms: Option<u64>,
    ours: Ours,
}

/// Where a field of ours stands in a request.
fn place(pointer: &str) -> String {
    format!("/configuration/vendorExtensions/{OURS}{pointer}")
}

fn wrong(pointer: &str, detail: impl Into<String>) -> Problem {
    Problem::fields(vec![FieldError {
        pointer: pointer.to_owned(),
        detail: detail.into(),
    }])
}

impl EvaluateRequest {
    /// Refuses what cannot be done here, and says why.
    pub(super) fn check(self) -> Result<Asked, Problem> {
        if self.callback_url.is_some_and(|url| !url.is_null()) {
            let detail = "is refused: this service makes no request to an address that a request names, since that \
                          could be anybody's; leave it out and wait for the response, or use POST /v1/jobs";
            return Err(wrong("/callbackUrl", detail));
        }
        let configuration = self.configuration.unwrap_or(Configuration {
            llm: None,
            data_policy: None,
            execution_policy: None,
            vendor_extensions: None,
        });
        let credentials = configuration
            .llm
            .and_then(|mut llm| llm.remove("credentials"));
        if credentials.is_some_and(|credentials| !credentials.is_null()) {
            let detail = "are refused: the service has credentials of its own, and those of a request would end up \
                          where they do not belong";
            return Err(wrong("/configuration/llm/credentials", detail));
        }
        if configuration
            .data_policy
            .is_some_and(|policy| !policy.is_null())
        {
            return Err(Problem::mued_unsupported(
                "configuration.dataPolicy cannot be promised: what is kept, and for how long, is a setting of the \
                 service ([privacy]); leave it out where that fits",
            ));
        }
        let submission = self.submission;
        if !TYPES.contains(&submission.kind.as_str()) {
            let detail = format!("must be one of {}", TYPES.join(", "));
            return Err(wrong("/submission/type", detail));
        }
        let known = |format: &String| FORMATS.contains(&format.as_str());
        if submission.kind != TYPES[0] || !submission.format.as_ref().is_none_or(known) {
            return Err(Problem::mued_unsupported(
                "this service judges submissions of the type TEXT, plain or markdown",
            ));
        }
        let answer = submission.content.text();
        let answer =
            answer.ok_or_else(|| wrong("/submission/content/text", "is required (or markdown)"))?;
        let ours = match configuration
            .vendor_extensions
            .and_then(|mut all| all.remove(OURS))
        {
            None | Some(Value::Null) => Ours::default(),
            // By the reader that names the field that is wrong, and quotes nothing.
            Some(ours) => parse_json(ours.to_string().as_bytes()).map_err(|error| match error {
                JsonError::Field(FieldError { pointer, detail }) => wrong(&place(&pointer), detail),
                JsonError::Malformed { .. } => wrong(&place(""), error.to_string()),
            })?,
        };
        let (criterion, max_points) = criterion(self.criteria.unwrap_or_default())?;
        let task = self.task;
        let mut asked = Asked {
            question: String::new(),
            reference: None,
            task_id: submission.task_id,
            answer,
            format: submission.format,
            language: None,
            user: self.user.and_then(|user| user.user_id),
            criterion,
            max_points,
            is_draft: self
                .pre_submission_feedback
                .is_some_and(|draft| draft.enabled),
            deadline_ms: configuration
                .execution_policy
                .and_then(|policy| policy.timeout)
                .map(|Whole(timeout)| timeout),
            ours,
        };
        if let Some(task) = task {
            let says = |text: &String| !text.trim().is_empty();
            let question = task.content.and_then(Content::text).filter(says);
            asked.question = question.or(task.title).unwrap_or_default();
            let reference = task.reference_solution.and_then(Content::text);
            asked.reference = reference.filter(says);
            asked.task_id = task.id.or(asked.task_id);
            let language = task.context.as_ref().and_then(|all| all.get("language"));
            asked.language = language.and_then(Value::as_str).map(str::to_owned);
        }
        Ok(asked)
    }
}

/// The criterion that points are given for, and how many.
fn criterion(mut criteria: Vec<Value>) -> Result<(Option<Value>, f64), Problem> {
    if criteria.len() > 1 {
        let detail = "has more than one criterion, and an answer is judged against its reference as a whole: send one, or \
                      none";
        return Err(wrong("/criteria", detail));
    }
    let Some(mut criterion) = criteria.pop() else {
        return Ok((None, 1.0));
    };
    // It is sent back, where the schema's words allow `null` and the schema does not.
    if let Some(fields) = criterion.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    let is_named = criterion.get("name").is_some_and(Value::is_string);
    if !is_named {
        return Err(wrong("/criteria/0/name", "is required, a text"));
    }
    let is = |name: &str, fits: fn(&Value) -> bool| criterion.get(name).is_none_or(fits);
    for (name, is_right, what) in [
        ("criterionId", is("criterionId", Value::is_string), "a text"),
        (
            "context",
            is("context", |context| {
                context.is_string() || context.is_object()
            }),
            "a text or an object",
        ),
        ("maxPoints", is("maxPoints", Value::is_number), "a number"),
    ] {
        if !is_right {
            let detail = format!("must be {what}");
            return Err(wrong(&format!("/criteria/0/{name}"), detail));
        }
    }
    let number = |pointer: &str| criterion.pointer(pointer).and_then(Value::as_f64);
    // Points from another number than 0 on are nothing that a share of the whole can be turned into.
    if number("/gradeConfig/min").is_some_and(|min| min != 0.0) {
        return Err(wrong("/criteria/0/gradeConfig/min", "must be 0"));
    }
    let most = match (criterion.get("gradeConfig"), number("/gradeConfig/max")) {
        (Some(_), None) => {
            let detail = "must be numeric (min, max and value): points are no letters";
            return Err(wrong("/criteria/0/gradeConfig", detail));
        }
        (_, most) => most.or_else(|| number("/maxPoints")),
    };
    Ok((Some(criterion), most.unwrap_or(1.0)))
}

impl Asked {
    /// The same as a request of ours. Where no reference comes with it the task's id has to be a question's.
    pub(super) fn request(&self, is_known: impl Fn(&str) -> bool) -> Result<GradeRequest, Problem> {
        let mut request = GradeRequest {
            candidate_answer: self.answer.clone(),
            max_points: Some(self.max_points),
            method: self.ours.method,
            feedback: if self.is_draft {
                // Who may still answer is not to see what is missing, whatever the request says.
                let given = self.ours.feedback.unwrap_or(FeedbackLevel::Hint);
                Some(given.at_most(FeedbackLevel::Hint))
            } else {
                self.ours.feedback
            },
            redact: self.ours.redact.clone(),
            deadline_ms: self.deadline_ms,
            subject: self.user.clone(),
            ..GradeRequest::default()
        };
        let known = self.task_id.as_ref().filter(|id| is_known(id));
        if let Some(id) = known.filter(|_| self.reference.is_none()) {
            request.question_id = Some(id.clone());
        } else if self.reference.is_none() && self.ours.concepts.is_empty() {
            return Err(wrong(
                "/task/referenceSolution/text",
                "is required, unless taskId is a question of a loaded bank, such as django/signals",
            ));
        } else {
            request.question = Some(self.question.clone());
            request.reference_answer.clone_from(&self.reference);
        }
        // Beside a bank's question they are refused by the check of the request.
        request.concepts.clone_from(&self.ours.concepts);
        request
            .alternative_answers
            .clone_from(&self.ours.alternative_answers);
        request.misconceptions.clone_from(&self.ours.misconceptions);
        // One that is not known is found out from the texts.
        request.language = self
            .language
            .as_ref()
            .and_then(|language| language.parse().ok());
        Ok(request)
    }

    /// Tells what is wrong by where it stands in µEd's request.
    pub(super) fn explain(&self, problem: Problem) -> Problem {
        let criterion = self.criterion.as_ref();
        let is_numeric = criterion.is_some_and(|one| one.get("gradeConfig").is_some());
        problem.with_pointers(|pointer| match pointer {
            "/candidate_answer" => "/submission/content/text".to_owned(),
            "/question" => "/task/content/text".to_owned(),
            "/reference_answer" => "/task/referenceSolution/text".to_owned(),
            "/max_points" if is_numeric => "/criteria/0/gradeConfig/max".to_owned(),
            "/max_points" => "/criteria/0/maxPoints".to_owned(),
            "/deadline_ms" => "/configuration/executionPolicy/timeout".to_owned(),
            "/subject" => "/user/userId".to_owned(),
            other => place(other),
        })
    }
}
