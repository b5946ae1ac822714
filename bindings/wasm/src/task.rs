use answer_grader::grade::{FieldError, Grade, GradeRequest, Limits, Submission, parse_json};
use answer_grader::{Prompt, TaskGrader};
use wasm_bindgen::prelude::*;

use crate::exchange::Asked;
use crate::wrong::{fields, invalid, other, unreadable};

/// A question with its key, prepared for any number of answers.
#[wasm_bindgen]
pub struct Task(TaskGrader);

#[wasm_bindgen]
impl Task {
    /// Prepares the task of a request to grade, as JSON with an empty answer.
    ///
    /// # Errors
    /// All that is wrong with the request.
    #[wasm_bindgen(constructor)]
    pub fn new(request: &str) -> Result<Self, JsValue> {
        let request: GradeRequest =
            parse_json(request.as_bytes()).map_err(|error| unreadable(&error))?;
        let ignored = of_the_service(&request);
        if !ignored.is_empty() {
            return Err(fields(&ignored));
        }
        let prompt = Prompt::built_in().map_err(|error| other(&error))?;
        TaskGrader::new(request, Limits::default(), prompt)
            .map(Self)
            .map_err(|error| invalid(&error))
    }

    /// Checks how many characters an answer has, so that one that is too long is not copied here: the
    /// module's memory never shrinks.
    ///
    /// # Errors
    /// The answer is too long.
    #[wasm_bindgen(js_name = checkLength)]
    pub fn check_length(characters: usize) -> Result<(), JsValue> {
        let checked = Limits::default().check_answer_length(characters);
        checked.map_err(|error| invalid(&error))
    }

    /// Grades an answer offline.
    ///
    /// # Errors
    /// The answer is too long.
    pub fn grade(&self, answer: String) -> Result<String, JsValue> {
        as_json(&self.0.grade(&self.submission(answer)?))
    }

    /// Grades an answer offline because a model failed, and says so.
    ///
    /// # Errors
    /// The answer is too long.
    #[wasm_bindgen(js_name = gradeDegraded)]
    pub fn grade_degraded(&self, answer: String, reason: &str) -> Result<String, JsValue> {
        let mut grade = self.0.grade(&self.submission(answer)?);
        grade.degrade(reason);
        grade.ask_review("keyword_grade");
        as_json(&grade)
    }

    /// Says what a model is to be asked about an answer.
    ///
    /// # Errors
    /// The answer is too long.
    pub fn prepare(&self, answer: String) -> Result<Asked, JsValue> {
        let prepared = self.0.prepare(self.submission(answer)?);
        prepared.map(Asked::of).map_err(|error| other(&error))
    }

    fn submission(&self, answer: String) -> Result<Submission, JsValue> {
        self.0.submission(answer).map_err(|error| invalid(&error))
    }
}

/// Fields of a request that only a service heeds: whoever gives one expects what does not happen here.
fn of_the_service(request: &GradeRequest) -> Vec<FieldError> {
    let given = [
        ("method", request.method.is_some()),
        ("fallback", request.fallback.is_some()),
        ("deadline_ms", request.deadline_ms.is_some()),
        ("subject", request.subject.is_some()),
        ("legal_hold", request.legal_hold),
        ("metadata", request.metadata.is_some()),
    ];
    let ignored = given.iter().filter(|(_, is_given)| *is_given);
    let told = ignored.map(|(name, _)| FieldError {
        pointer: format!("/{name}"),
        detail: "is for the service, and means nothing here; leave it out".to_owned(),
    });
    told.collect()
}

/// A grade in the API's form.
pub(crate) fn as_json(grade: &Grade) -> Result<String, JsValue> {
    serde_json::to_string(grade).map_err(|error| other(&error))
}
