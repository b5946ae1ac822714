use pyo3::prelude::*;

use crate::grade::Grade;
use crate::text::Text;
use crate::wrong::ReplyError;

/// What a model is asked about an answer.
#[pyclass(frozen, module = "answer_grader")]
pub(crate) struct Exchange(Box<answer_grader::grader::Exchange>);

impl Exchange {
    pub(crate) fn of(exchange: Box<answer_grader::grader::Exchange>) -> Self {
        Self(exchange)
    }
}

#[pymethods]
impl Exchange {
    /// The instructions.
    #[getter]
    fn system(&self) -> &str {
        &self.0.request().system
    }

    /// Question, key and, last, the answer, fenced.
    #[getter]
    fn user(&self) -> &str {
        &self.0.request().user
    }

    /// The schema's name, which some providers want.
    #[getter]
    fn schema_name(&self) -> &'static str {
        self.0.request().schema_name
    }

    /// The JSON schema of the reply.
    #[getter]
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(pythonize::pythonize(py, &*self.0.request().schema)?)
    }

    /// The prompt's identity.
    #[getter]
    fn prompt(&self) -> &str {
        &self.0.request().prompt
    }

    /// Turns a reply into a grade, every claim checked against the answer.
    fn finish(&self, py: Python<'_>, reply: Text) -> PyResult<Grade> {
        py.detach(move || self.0.finish(&reply.0))
            .map(Grade::of)
            .map_err(|error| ReplyError::new_err(error.to_string()))
    }
}
