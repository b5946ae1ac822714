use answer_grader::grade::RequestError;
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

/// All that is wrong, a line for each field.
pub(crate) fn invalid(error: &RequestError) -> PyErr {
    match error {
        RequestError::Invalid(errors) => {
            let lines: Vec<_> = errors
                .iter()
                .map(|error| {
                    format!(
                        "{}: {}",
                        error.pointer.trim_start_matches('/'),
                        error.detail
                    )
                })
                .collect();
            InvalidRequestError::new_err(lines.join("\n"))
        }
        other => InvalidRequestError::new_err(other.to_string()),
    }
}
