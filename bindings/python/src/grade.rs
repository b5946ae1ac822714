use answer_grader::grade::{Grade as Inner, parse_json};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;
use serde::Serialize;

/// A grade.
#[pyclass(frozen, module = "answer_grader")]
pub(crate) struct Grade(Box<Inner>);

impl Grade {
    pub(crate) fn of(grade: Inner) -> Self {
        Self(Box::new(grade))
    }
}

fn value<'py>(py: Python<'py>, part: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    Ok(pythonize::pythonize(py, part)?)
}

#[pymethods]
impl Grade {
    /// Reads a grade back from its JSON.
    #[new]
    fn new(json: &str) -> PyResult<Self> {
        let grade = parse_json::<Inner>(json.as_bytes());
        grade
            .map(Self::of)
            .map_err(|error| PyValueError::new_err(format!("it is no grade: {error}")))
    }

    /// What it is pickled as: its JSON.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyType>, (String,))> {
        let json = serde_json::to_string(&*self.0)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok((py.get_type::<Self>(), (json,)))
    }

    /// Nothing changes it.
    fn __copy__(itself: Py<Self>) -> Py<Self> {
        itself
    }

    fn __deepcopy__(itself: Py<Self>, _copied: &Bound<'_, PyAny>) -> Py<Self> {
        itself
    }

    #[getter]
    fn score(&self) -> Option<f64> {
        self.0.score
    }

    #[getter]
    fn points(&self) -> Option<f64> {
        self.0.points
    }

    #[getter]
    fn max_points(&self) -> f64 {
        self.0.max_points
    }

    #[getter]
    fn method<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value(py, &self.0.method)
    }

    /// Why the answer was not graded as asked.
    #[getter]
    fn degraded(&self) -> Option<&str> {
        self.0
            .degraded
            .as_ref()
            .map(|degraded| degraded.reason.as_str())
    }

    #[getter]
    fn feedback(&self) -> &str {
        &self.0.feedback
    }

    #[getter]
    fn confidence(&self) -> f64 {
        self.0.confidence
    }

    #[getter]
    fn needs_review(&self) -> bool {
        self.0.needs_review
    }

    #[getter]
    fn review_reasons(&self) -> Vec<String> {
        self.0.review_reasons.clone()
    }

    #[getter]
    fn concepts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value(py, &self.0.concepts)
    }

    #[getter]
    fn missing_concepts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value(py, &self.0.missing_concepts)
    }

    #[getter]
    fn misconceptions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value(py, &self.0.misconceptions)
    }

    #[getter]
    fn flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value(py, &self.0.flags)
    }

    /// The whole grade, as over HTTP.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value(py, &*self.0)
    }

    /// The same grade, marked as not graded as asked.
    fn degraded_by(&self, reason: &str) -> Self {
        let mut grade = self.0.clone();
        grade.degrade(reason);
        grade.ask_review("keyword_grade");
        Self(grade)
    }

    /// Shows no text of the answer.
    fn __repr__(&self) -> String {
        let score = self
            .0
            .score
            .map_or_else(|| "None".to_owned(), |score| score.to_string());
        format!("Grade(score={score}, method={:?})", self.0.method)
    }
}
