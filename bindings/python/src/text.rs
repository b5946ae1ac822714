use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// A text of Python's, each half of a surrogate pair as U+FFFD: one character before and after, so that offsets stay.
pub(crate) struct Text(pub(crate) String);

impl<'a, 'py> FromPyObject<'a, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let text = object.cast::<PyString>()?;
        match text.to_str() {
            Ok(whole) => Ok(Self(whole.to_owned())),
            Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(object.py()) => {
                let codes = text.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
                let (codes, _) = codes.cast::<PyBytes>()?.as_bytes().as_chunks();
                let characters = codes.iter().map(|code| {
                    char::from_u32(u32::from_le_bytes(*code)).unwrap_or(char::REPLACEMENT_CHARACTER)
                });
                Ok(Self(characters.collect()))
            }
            Err(error) => Err(error),
        }
    }
}
