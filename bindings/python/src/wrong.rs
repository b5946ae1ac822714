use answer_grader::grade::{FieldError, JsonError, RequestError};
use pyo3::exceptions::PyValueError;
use pyo3::{PyErr, create_exception};

// Named by where they are imported from: they are pickled by that.
create_exception!(
    answer_grader,
    InvalidRequestError,
    PyValueError,
    "Fields of a request are missing, contradict each other or exceed a limit. No message repeats a field's text."
);
create_exception!(
    answer_grader,
    ReplyError,
    PyValueError,
    "A model's reply is not what was asked for; that is an error and never a score of 0."
);

/// All that is wrong.
pub(crate) fn invalid(error: &RequestError) -> PyErr {
    InvalidRequestError::new_err(lines(error).join("\n"))
}

/// A request that is not what it should be.
pub(crate) fn unreadable(error: &JsonError) -> PyErr {
    InvalidRequestError::new_err(match error {
        JsonError::Field(error) => line(error),
        JsonError::Malformed { .. } => error.to_string(),
    })
}

/// A line for each field.
pub(crate) fn lines(error: &RequestError) -> Vec<String> {
    match error {
        RequestError::Invalid(errors) => errors.iter().map(line).collect(),
        RequestError::UnknownQuestion => vec![error.to_string()],
    }
}

fn line(error: &FieldError) -> String {
    let place = error.pointer.trim_start_matches('/');
    format!("{place}: {}", error.detail)
}
