use answer_grader::grade::{FieldError, JsonError, RequestError};
use serde_json::json;
use wasm_bindgen::JsValue;

/// A request that is wrong: its fields, as `{"fields": [{"pointer", "detail"}]}`.
pub(crate) fn invalid(error: &RequestError) -> JsValue {
    match error {
        RequestError::Invalid(errors) => fields(errors),
        RequestError::UnknownQuestion => fields(&[FieldError {
            pointer: "/question_id".to_owned(),
            detail: "there are no banks here; give question and reference_answer".to_owned(),
        }]),
    }
}

/// A request that is no such JSON.
pub(crate) fn unreadable(error: &JsonError) -> JsValue {
    match error {
        JsonError::Field(error) => fields(std::slice::from_ref(error)),
        JsonError::Malformed { .. } => fields(&[FieldError {
            pointer: String::new(),
            detail: error.to_string(),
        }]),
    }
}

/// Fields that are wrong.
pub(crate) fn fields(errors: &[FieldError]) -> JsValue {
    json!({ "fields": errors }).to_string().into()
}

/// Anything else that is wrong, as `{"message"}`.
pub(crate) fn other(error: &impl ToString) -> JsValue {
    json!({ "message": error.to_string() }).to_string().into()
}
